namespace Ringwright.Speech.Recognition;

/// <summary>
/// Languages in the words of those who listen, who refuse a tag of BCP 47 that they do not know: a country behind a language that they
/// have, or another name for it.
/// </summary>
internal static class HeardLanguage
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["nb"] = "no", ["fil"] = "tl", ["cmn"] = "zh", ["iw"] = "he", ["in"] = "id",
    };

    /// <summary>All with a country or a script that any of its models has (Deepgram, "Models &amp; Languages Overview").</summary>
    private static readonly string[] Regions =
    [
        "en-US", "en-AU", "en-GB", "en-IN", "en-NZ", "es-419", "fr-CA", "pt-BR", "pt-PT", "de-CH", "nl-BE", "sv-SE", "da-DK", "ko-KR",
        "th-TH", "hi-Latn", "zh-CN", "zh-Hans", "zh-TW", "zh-Hant", "zh-HK", "ar-AE", "ar-SA", "ar-QA", "ar-KW", "ar-SY", "ar-LB", "ar-PS",
        "ar-JO", "ar-EG", "ar-SD", "ar-TD", "ar-MA", "ar-DZ", "ar-TN", "ar-IQ", "ar-IR",
    ];

    /// <summary>Two letters, as whisper and those who serve it have them.</summary>
    public static string OfWhisper(string tag) => Plain(tag).Split('-')[0] switch
    {
        "jv" => "jw",
        var language => language,
    };

    public static string OfDeepgram(string tag)
    {
        string[] parts = Plain(tag).Split('-');
        for (int count = parts.Length; count > 1; count--)
        {
            string wanted = string.Join('-', parts[..count]);
            if (Array.Find(Regions, one => one.Equals(wanted, StringComparison.OrdinalIgnoreCase)) is { } known) return known;
        }
        return parts[0] switch
        {
            "nn" => "no",
            "yue" => "zh-HK",
            var language => language,
        };
    }

    private static string Plain(string tag)
    {
        int end = tag.IndexOf('-', StringComparison.Ordinal);
        string first = (end < 0 ? tag : tag[..end]).ToLowerInvariant();
        return Names.GetValueOrDefault(first, first) + (end < 0 ? "" : tag[end..]);
    }
}
