namespace Ringwright.Switch.Activities;

/// <summary>The words of one try, as they come.</summary>
internal sealed class SpokenEntry
{
    private readonly List<string> _words = [];
    private double _confidence;
    private int _rated;

    /// <summary>The party speaks just now.</summary>
    public bool IsSpeaking { get; set; }

    public bool IsEmpty => _words.Count == 0;

    /// <summary>Null when nothing was understood.</summary>
    public string? Text => IsEmpty ? null : string.Join(' ', _words);

    /// <summary>The mean of its pieces; null where none has any.</summary>
    public double? Confidence => _rated == 0 ? null : _confidence / _rated;

    public void Add(string text, double? confidence)
    {
        _words.Add(text);
        if (confidence is not { } rated) return;
        _confidence += rated;
        _rated++;
    }

    /// <summary>For the next try; who speaks goes on speaking.</summary>
    public void Clear()
    {
        _words.Clear();
        (_confidence, _rated) = (0, 0);
    }
}
