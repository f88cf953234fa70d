using System.Text.Json;

namespace Ringwright.Speech.Recognition.Live;

/// <summary>How one vendor's live recogniser is spoken to. One for each recognition: it may remember what was said before.</summary>
internal abstract class LiveProtocol
{
    /// <summary>With all parameters; no key is in it.</summary>
    public abstract string Url { get; }

    /// <summary>Of the handshake.</summary>
    public abstract IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>Whether it says that it listens, so that nothing is sent before.</summary>
    public virtual bool HasGreeting => false;

    /// <summary>The least audio of one message.</summary>
    public virtual TimeSpan LeastAudio => TimeSpan.Zero;

    /// <summary>Sent when there is no audio for a while; null where that does no harm.</summary>
    public virtual string? KeepAlive => null;

    /// <summary>Makes final what may still change; null where there is no such message.</summary>
    public virtual string? FinaliseMessage => null;

    /// <inheritdoc cref="IRecognition.FinalisesAfter"/>
    public virtual TimeSpan FinalisesAfter => TimeSpan.Zero;

    /// <summary>Sent after the last audio.</summary>
    public abstract string EndMessage { get; }

    /// <summary>Hints that did not fit.</summary>
    public int HintsLeftOut { get; protected set; }

    /// <summary>What is final although the far end went without saying so.</summary>
    public virtual IReadOnlyList<Recognised> Rest() => [];

    protected abstract LiveNews Read(JsonElement message);

    /// <summary>Never throws, whatever the far end sent.</summary>
    public LiveNews Read(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var document = JsonDocument.Parse(message);
            return document.RootElement.ValueKind is JsonValueKind.Object ? Read(document.RootElement) : new LiveNews.Nonsense();
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException)
        {
            // The latter two: a member is of another type than it should be, or a string is half a surrogate pair.
            return new LiveNews.Nonsense();
        }
    }

    /// <summary>Adds as many hints to the URL as there is room for.</summary>
    /// <param name="add">The URL with one more.</param>
    protected string WithHints(string url, IReadOnlyList<string> hints, Func<string, string, string> add)
    {
        int taken = 0;
        foreach (string hint in hints)
        {
            if (hint.Length is 0 or > Limits.HintCharacters || taken == Limits.Hints) continue;
            string longer = add(url, hint);
            if (longer.Length > Limits.LiveUrlCharacters) continue;
            url = longer;
            taken++;
        }
        HintsLeftOut = hints.Count - taken;
        return url;
    }

    protected static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    protected static bool IsTrue(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True;

    protected static double? Number(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out double number)
        && double.IsFinite(number) ? number : null;

    /// <summary>Null for what is no time within a day.</summary>
    protected static TimeSpan? Time(double? seconds) =>
        seconds is >= 0 and < 86_400 ? TimeSpan.FromSeconds(seconds.Value) : null;

    /// <summary>Null for what is none.</summary>
    protected static double? Confidence(double? value) => value is >= 0 and <= 1 ? value : null;

    protected static bool IsSaid(string? text) => !string.IsNullOrWhiteSpace(text) && text.Length <= Limits.RecognisedCharacters;
}
