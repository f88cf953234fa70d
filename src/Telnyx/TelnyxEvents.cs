using Ringwright.Telnyx.Messaging;
using Ringwright.Telnyx.Numbers.Ordering;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx;

/// <summary>Which of the contract's webhook events are sent, by the names that the contract has for them.</summary>
public static class TelnyxEvents
{
    public static IReadOnlyList<string> Emitted { get; } =
        [.. TelnyxProjector.Emitted, .. MessageFace.Emitted, .. OrderEvents.Emitted];
}
