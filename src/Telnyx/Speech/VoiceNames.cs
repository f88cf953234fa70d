using Ringwright.Calls;

namespace Ringwright.Telnyx.Speech;

/// <summary>
/// Which names of voices are taken. The node speaks with its own; a name of a known provider's stands for the nearest of these, unless
/// the node is set to refuse it.
/// </summary>
internal static class VoiceNames
{
    /// <summary>Whose dialect this is: its names stand for the node's own voices.</summary>
    private const string Vendor = "Telnyx";

    /// <summary>What every node understands, whatever speaks for it.</summary>
    private static readonly HashSet<string> Plain = new(StringComparer.OrdinalIgnoreCase) { "female", "male", "woman", "man" };

    /// <summary>Why a name is not taken, as a sentence; null where it is.</summary>
    public static string? FaultOf(string voice, ISpeech speech)
    {
        var stand = speech.Find(voice);
        // What is declared is taken, whatever it is called.
        bool isKnown = stand.Voice != voice || Has(voice, speech.Voices);
        return stand.Refusal ?? (isKnown ? null : Detail(voice));
    }

    /// <param name="own">The node's voices; people of Amazon Polly are also called by their name alone.</param>
    private static bool Has(string voice, IReadOnlyList<SpeechVoice> own)
    {
        if (VoiceVendors.Of(voice) is not null || IsOwn(voice)) return true;
        string person = voice.Split('-')[0];
        return Plain.Contains(voice) || own.Any(v => v.Id.Equals(voice, StringComparison.OrdinalIgnoreCase)
            || v.Name.Equals(person, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What a name says: PROVIDER.MODEL.VOICE or PROVIDER.VOICE, where the voice may have points; else the voice alone.</summary>
    public static (string? Provider, string? Model, string? Voice) Parts(string voice)
    {
        string[] parts = voice.Split('.', 3);
        if (parts.Length == 1 || !IsProvider(parts[0])) return (null, null, voice.Length == 0 ? null : voice);
        return parts.Length == 2 ? (parts[0].ToLowerInvariant(), null, parts[1]) : (parts[0].ToLowerInvariant(), parts[1], parts[2]);
    }

    /// <summary>Somebody whose voices clients name, however its name is cased.</summary>
    public static bool IsProvider(string name) => VoiceVendors.Has(name) || name.Equals(Vendor, StringComparison.OrdinalIgnoreCase);

    private static bool IsOwn(string voice) =>
        voice.Length > Vendor.Length + 1 && voice.StartsWith(Vendor + ".", StringComparison.OrdinalIgnoreCase);

    public static string Detail(string voice) =>
        $"There is no voice '{voice}': GET /text-to-speech/voices lists this node's; a name of another provider's begins with it, as "
        + "AWS.Polly.Joanna does.";
}
