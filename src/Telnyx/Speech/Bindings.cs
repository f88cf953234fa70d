using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Speech;

/// <summary>Speech without a call.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(SpeechParts parts) =>
    [
        Handle("generateTextToSpeech", op => TextToSpeech.Generate(op, parts.Speech)),
        Handle("listTextToSpeechVoices", op => TextToSpeech.ListVoices(op, parts.Speech)),
    ];
}
