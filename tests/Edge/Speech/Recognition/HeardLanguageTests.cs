using Ringwright.Speech.Recognition;

namespace Ringwright.Edge.Speech.Recognition;

/// <summary>Tags that callers' programs write, in the words of who listens.</summary>
public sealed class HeardLanguageTests
{
    [Theory]
    [InlineData("en", "en", "en"), InlineData("en-GB", "en", "en-GB"), InlineData("EN-us", "en", "en-US")]
    [InlineData("en-CA", "en", "en"), InlineData("de-DE", "de", "de"), InlineData("de-CH", "de", "de-CH"), InlineData("es-MX", "es", "es")]
    [InlineData("nb-NO", "no", "no"), InlineData("nn-NO", "nn", "no"), InlineData("no-NO", "no", "no"), InlineData("fil-PH", "tl", "tl")]
    [InlineData("cmn-Hans-CN", "zh", "zh-Hans"), InlineData("zh-TW", "zh", "zh-TW"), InlineData("yue-Hant-HK", "yue", "zh-HK")]
    [InlineData("jv", "jw", "jv"), InlineData("multi", "multi", "multi")]
    public void A_language_has_the_name_under_which_who_listens_has_it(string tag, string whisper, string deepgram) =>
        Assert.Equal((whisper, deepgram), (HeardLanguage.OfWhisper(tag), HeardLanguage.OfDeepgram(tag)));
}
