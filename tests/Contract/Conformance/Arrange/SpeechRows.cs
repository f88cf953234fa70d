namespace Ringwright.Contract.Conformance;

/// <summary>Texts as sound files, and how this installation's tests of itself went.</summary>
internal static class SpeechRows
{
    public static readonly Area Area = new(
    [
        new("generateTextToSpeech", """{"text": "Hello.", "voice": "female"}"""),
        new("listTextToSpeechVoices"),
        new("GetBlackBoxTestResults"),
    ]);
}
