using System.Collections.Frozen;
using Ringwright.Calls;

namespace Ringwright.Speech.EspeakNg;

/// <summary>
/// Finds an espeak-ng voice for whatever a customer calls a voice: the language decides, and a man or a woman. espeak-ng has no people;
/// "AWS.Polly.Joanna" becomes a woman who speaks American English.
/// </summary>
internal static class EspeakVoices
{
    private const string DefaultVoice = "en-us", Woman = "f3", Man = "m3";

    /// <summary>Language tags in lower case to espeak-ng's names where those differ from the tag's first part.</summary>
    private static readonly FrozenDictionary<string, string> Languages = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["arb"] = "ar", ["cmn"] = "cmn", ["zh"] = "cmn", ["yue"] = "yue", ["zh-hk"] = "yue",
        ["en"] = "en-us", ["en-us"] = "en-us", ["en-ca"] = "en-us", ["en-gb"] = "en-gb", ["en-gb-wls"] = "en-gb", ["en-au"] = "en-gb",
        ["en-in"] = "en-gb", ["en-nz"] = "en-gb", ["en-ie"] = "en-gb", ["en-za"] = "en-gb",
        ["es"] = "es", ["es-mx"] = "es-419", ["es-us"] = "es-419", ["es-419"] = "es-419", ["es-ar"] = "es-419", ["es-co"] = "es-419",
        ["fr"] = "fr-fr", ["fr-ca"] = "fr-fr", ["fr-be"] = "fr-be", ["fr-ch"] = "fr-ch",
        ["pt"] = "pt", ["pt-br"] = "pt-br", ["no"] = "nb", ["nn"] = "nb", ["iw"] = "he", ["fil"] = "en-us",
    }.ToFrozenDictionary();

    /// <summary>First parts of tags that are espeak-ng voices as they stand.</summary>
    private static readonly FrozenSet<string> Plain = (
        "af am ar as az be bg bn bs ca cs cy da de el eo et eu fa fi ga gd gu he hi hr hu hy id is it ja ka kk kn ko ku ky la lt lv mk "
        + "ml mr ms mt my nb ne nl "
        + "om or pa pl ro ru sd si sk sl sq sr sv sw ta te th tk tr tt ug uk ur uz vi").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Amazon Polly's voices by language; a star marks a man.</summary>
    private static readonly FrozenDictionary<string, (string Language, bool IsMan)> Polly = new Dictionary<string, string>
    {
        ["en-US"] = "Joanna Kendra Kimberly Salli Ivy Ruth Danielle Patrick* Matthew* Justin* Joey* Kevin* Stephen* Gregory*",
        ["en-GB"] = "Amy Emma Brian* Arthur* Geraint*",
        ["en-AU"] = "Nicole Olivia Russell*", ["en-IN"] = "Aditi Raveena Kajal", ["en-ZA"] = "Ayanda", ["en-IE"] = "Niamh",
        ["en-NZ"] = "Aria", ["de-DE"] = "Marlene Vicki Hans* Daniel*", ["de-AT"] = "Hannah", ["fr-FR"] = "Celine Lea Mathieu* Remi*",
        ["fr-CA"] = "Chantal Gabrielle Liam*", ["fr-BE"] = "Isabelle",
        ["es-ES"] = "Conchita Lucia Enrique* Sergio* Alba", ["es-MX"] = "Mia Andres*", ["es-US"] = "Lupe Penelope Miguel* Pedro*",
        ["it-IT"] = "Carla Bianca Giorgio* Adriano*", ["pt-BR"] = "Camila Vitoria Ricardo* Thiago*",
        ["pt-PT"] = "Ines Cristiano*", ["nl-NL"] = "Lotte Laura Ruben*",
        ["nl-BE"] = "Lisa", ["da-DK"] = "Naja Sofie Mads*", ["nb-NO"] = "Liv Ida", ["sv-SE"] = "Astrid Elin",
        ["fi-FI"] = "Suvi", ["is-IS"] = "Dora Karl*", ["pl-PL"] = "Ewa Maja Ola Jacek* Jan*", ["ro-RO"] = "Carmen",
        ["ru-RU"] = "Tatyana Maxim*", ["tr-TR"] = "Filiz Burcu", ["cy-GB"] = "Gwyneth", ["ca-ES"] = "Arlet", ["ar"] = "Zeina Hala Zayd*",
        ["ja-JP"] = "Mizuki Kazuha Tomoko Takumi*",
        ["ko-KR"] = "Seoyeon Jihye", ["cmn-CN"] = "Zhiyu", ["yue-CN"] = "Hiujin", ["cs-CZ"] = "Jitka",
    }.SelectMany(row => row.Value.Split(' ').Select(name => (Name: name.TrimEnd('*'), row.Key, IsMan: name.EndsWith('*'))))
        .ToFrozenDictionary(v => v.Name, v => (v.Key, v.IsMan), StringComparer.OrdinalIgnoreCase);

    /// <summary>First letter of a Kokoro voice ("af", "bm_george").</summary>
    private static readonly FrozenDictionary<char, string> Kokoro = new Dictionary<char, string>
    {
        ['a'] = "en-US", ['b'] = "en-GB",
        ['e'] = "es-ES", ['f'] = "fr-FR", ['h'] = "hi-IN", ['i'] = "it-IT", ['j'] = "ja-JP", ['p'] = "pt-BR", ['z'] = "cmn-CN",
    }.ToFrozenDictionary();

    /// <summary>Vendors whose voices say first what they speak: de-DE-KatjaNeural, de-DE-Wavenet-B.</summary>
    private static readonly string[] Tagged = ["Azure.", "Google."];

    /// <summary>The names that mean a certain voice here.</summary>
    public static readonly IReadOnlyList<SpeechVoice> All =
    [
        new("female", "female", "telnyx", "en-US", IsMan: false, EspeakNgSpeech.Name),
        new("male", "male", "telnyx", "en-US", IsMan: true, EspeakNgSpeech.Name),
        .. Polly.OrderBy(v => v.Value.Language, StringComparer.Ordinal).ThenBy(v => v.Key, StringComparer.Ordinal)
            .Select(v => new SpeechVoice($"AWS.Polly.{v.Key}", v.Key, "aws", v.Value.Language, v.Value.IsMan, EspeakNgSpeech.Name)),
    ];

    /// <param name="voice">
    /// "male", "AWS.Polly.Joanna-Neural", "Telnyx.KokoroTTS.af_heart", "Azure.de-DE-KatjaNeural", "Google.de-DE-Wavenet-B", …
    /// </param>
    /// <param name="language">Used when the voice does not say one.</param>
    /// <returns>An espeak-ng voice with variant: "en-us+f3". Made of our own table entries only, never of the customer's text.</returns>
    public static string Find(string voice, string? language)
    {
        string[] parts = voice.Split('.', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string name = parts.Length > 0 ? parts[^1] : "";

        if (Polly.TryGetValue(name.Split('-')[0], out var person) && IsPolly(parts)) return Compose(person.Language, person.IsMan);
        if (voice.Contains("Kokoro", StringComparison.OrdinalIgnoreCase) && name.Length >= 2
                && Kokoro.TryGetValue(char.ToLowerInvariant(name[0]), out string? spoken))
            return Compose(spoken, char.ToLowerInvariant(name[1]) == 'm');
        if (Array.Exists(Tagged, vendor => voice.StartsWith(vendor, StringComparison.OrdinalIgnoreCase))
                && name.Split('-') is [var first, var second, _, ..])
            return Compose($"{first}-{second}", isMan: false);
        return Compose(language ?? "en-US", name.ToLowerInvariant() is "male" or "man");
    }

    private static bool IsPolly(string[] parts) =>
        parts.Length == 1 || parts.Any(p => p.Equals("Polly", StringComparison.OrdinalIgnoreCase));

    private static string Compose(string language, bool isMan)
    {
        string tag = language.ToLowerInvariant();
        string first = tag.Split('-')[0];
        string voice = Languages.GetValueOrDefault(tag) ?? Languages.GetValueOrDefault(first)
            ?? (Plain.Contains(first) ? first : DefaultVoice);
        return $"{voice}+{(isMan ? Man : Woman)}";
    }
}
