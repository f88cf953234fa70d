namespace Ringwright.Calls;

/// <summary>Whose voices customers name: what a name begins with, before a point.</summary>
public static class VoiceVendors
{
    private static readonly HashSet<string> All = new(StringComparer.OrdinalIgnoreCase)
    {
        "AWS", "Polly", "Azure", "ElevenLabs", "Minimax", "Resemble", "Inworld", "xAI", "Rime", "Google", "OpenAI", "Soniox", "Humain",
        "Deepgram", "Cartesia",
    };

    /// <summary>However its name is cased.</summary>
    public static bool Has(string name) => All.Contains(name);

    /// <summary>"AWS" of "AWS.Polly.Joanna"; null where no vendor is named, or no voice behind it.</summary>
    public static string? Of(string voice)
    {
        int point = voice.IndexOf('.', StringComparison.Ordinal);
        return point > 0 && point < voice.Length - 1 && Has(voice[..point]) ? voice[..point] : null;
    }
}
