using Ringwright.Calls;

namespace Ringwright.Telnyx.Speech;

/// <summary>What the handlers of spoken text use.</summary>
public sealed record SpeechParts
{
    public required ISpeech Speech { get; init; }
}
