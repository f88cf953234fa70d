using Ringwright.Calls;

namespace Ringwright.Telnyx.Speech;

/// <summary>
/// Which names of voices are taken. The node speaks with its own; a name of a known provider's stands for the nearest of these.
/// </summary>
internal static class VoiceNames
{
    /// <summary>What a name begins with, before a point: each has a way of its own to name a voice behind it.</summary>
    private static readonly HashSet<string> Providers = new(StringComparer.OrdinalIgnoreCase)
    {
        "AWS", "Polly", "Azure", "ElevenLabs", "Telnyx", "Minimax", "Resemble", "Inworld", "xAI", "Rime", "Google", "OpenAI", "Soniox",
        "Humain", "Deepgram", "Cartesia",
    };

    /// <summary>What every node understands, whatever speaks for it.</summary>
    private static readonly HashSet<string> Plain = new(StringComparer.OrdinalIgnoreCase) { "female", "male", "woman", "man" };

    /// <param name="own">The node's voices; people of Amazon Polly are also called by their name alone.</param>
    public static bool Has(string voice, IReadOnlyList<SpeechVoice> own)
    {
        int point = voice.IndexOf('.');
        if (point > 0 && point < voice.Length - 1 && Providers.Contains(voice[..point])) return true;
        string person = voice.Split('-')[0];
        return Plain.Contains(voice) || own.Any(v => v.Id.Equals(voice, StringComparison.OrdinalIgnoreCase)
            || v.Name.Equals(person, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What a name says: PROVIDER.MODEL.VOICE or PROVIDER.VOICE, where the voice may have points; else the voice alone.</summary>
    public static (string? Provider, string? Model, string? Voice) Parts(string voice)
    {
        string[] parts = voice.Split('.', 3);
        if (parts.Length == 1 || !Providers.Contains(parts[0])) return (null, null, voice.Length == 0 ? null : voice);
        return parts.Length == 2 ? (parts[0].ToLowerInvariant(), null, parts[1]) : (parts[0].ToLowerInvariant(), parts[1], parts[2]);
    }

    /// <summary>Somebody whose voices clients name, however its name is cased.</summary>
    public static bool IsProvider(string name) => Providers.Contains(name);

    public static string Detail(string voice) =>
        $"There is no voice '{voice}': GET /text-to-speech/voices lists this node's; a name of another provider's begins with it, as "
        + "AWS.Polly.Joanna does.";
}
