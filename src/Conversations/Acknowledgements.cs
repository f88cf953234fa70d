using System.Collections.Frozen;

namespace Ringwright.Conversations;

/// <summary>What listeners say without wanting a turn, and what they say to get one at once; by language.</summary>
internal static class Acknowledgements
{
    private static readonly FrozenDictionary<string, FrozenSet<string>> Spoken = Sets(
        ("en", "yeah yes yep yup ok okay right sure mm mhm hm hmm mmm uh huh um aha ah oh i see good great fine"),
        ("de", "ja jo ok okay genau gut mm mhm hm hmm äh ähm aha ach so klar schön stimmt"),
        ("fr", "oui ouais ok okay d'accord bien mm mhm hm hmm euh ah bon"),
        ("es", "sí si ok okay vale bien claro mm mhm hm hmm eh ah ajá"));

    private static readonly FrozenDictionary<string, FrozenSet<string>> Halting = Sets(
        ("en", "stop wait hold"), ("de", "stopp stop halt warte warten moment"), ("fr", "stop attendez attends"),
        ("es", "alto para espera espere"));

    /// <summary>Nothing but such words.</summary>
    public static bool IsOnly(string text, string language) =>
        SpokenWords.Of(text) is { Count: > 0 } words && words.All(Of(Spoken, language).Contains);

    /// <summary>One of the words that always get a turn.</summary>
    public static bool Halts(string text, string language) => SpokenWords.Of(text).Any(Of(Halting, language).Contains);

    private static FrozenSet<string> Of(FrozenDictionary<string, FrozenSet<string>> sets, string language) =>
        sets.GetValueOrDefault(language.Split('-')[0].ToLowerInvariant()) ?? sets["en"];

    private static FrozenDictionary<string, FrozenSet<string>> Sets(params ReadOnlySpan<(string Language, string Words)> rows)
    {
        var sets = new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal);
        foreach (var (language, words) in rows) sets[language] = words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
        return sets.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
