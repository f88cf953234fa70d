using Ringwright.Calls;

namespace Ringwright.Speech;

/// <summary>
/// What a node makes of names of voices. One of another vendor's is spoken by a declared alias; without one by the provider's nearest or
/// usual voice with a warning, or not at all (ADR 162).
/// </summary>
public sealed class VoiceBook(ISpeechProvider provider, SpeechOptions options)
{
    private const char Any = '*';

    /// <summary>The provider's voices that may be asked for, and aliases of a whole name.</summary>
    public IReadOnlyList<SpeechVoice> Voices()
    {
        var own = provider.Voices.Where(voice => Find(voice.Id).Refusal is null).ToList();
        foreach (var (name, voice) in options.VoiceAliases)
        {
            if (name.EndsWith(Any) || own.Exists(v => Is(v.Id, name))) continue;
            var spoken = provider.Voices.FirstOrDefault(v => Is(v.Id, voice) || Is(v.Name, voice));
            own.Add(new(name, name[(name.LastIndexOf('.') + 1)..], VoiceVendors.Of(name)?.ToLowerInvariant() ?? "telnyx",
                spoken?.Language ?? "", spoken?.IsMan, spoken?.Engine ?? options.Provider));
        }
        return own;
    }

    public VoiceStand Find(string voice)
    {
        if (Alias(voice) is { } declared) return new(declared, Warning: null, Refusal: null);
        if (!IsForeign(voice)) return new(voice, Warning: null, Refusal: null);
        return options.IsStrictWithVoices
            ? new(voice, Warning: null, $"{voice} is not spoken here: it is another vendor's, and this node declares no alias for it.")
            : new(voice, $"{voice} is not spoken here: a voice of {options.Provider} speaks in its place.", Refusal: null);
    }

    /// <summary>A whole name before the longest beginning.</summary>
    private string? Alias(string voice)
    {
        string? found = null;
        int longest = 0;
        foreach (var (name, spoken) in options.VoiceAliases)
        {
            if (Is(name, voice)) return spoken;
            bool isOfBeginning = name.EndsWith(Any) && voice.StartsWith(name[..^1], StringComparison.OrdinalIgnoreCase);
            if (isOfBeginning && name.Length > longest) (found, longest) = (spoken, name.Length);
        }
        return found;
    }

    /// <summary>People of Amazon Polly are also called by their name alone.</summary>
    private bool IsForeign(string voice)
    {
        if (VoiceVendors.Of(voice) is not null) return !provider.Speaks(voice);
        string person = voice.Split('-')[0];
        return provider.Voices.FirstOrDefault(v => Is(v.Id, voice) || Is(v.Name, person)) is { } own
            && VoiceVendors.Of(own.Id) is not null && !provider.Speaks(own.Id);
    }

    private static bool Is(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
