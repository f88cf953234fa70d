namespace Ringwright.Speech.EspeakNg;

/// <summary>How espeak-ng speaks.</summary>
/// <param name="Voice">A voice of its own, with a variant: "en-us+f3".</param>
internal readonly record struct EspeakManner(string Voice, int WordsPerMinute);
