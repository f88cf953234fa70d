using Ringwright.Calls;

namespace Ringwright.Telefonie.Calling;

/// <summary>
/// The document that commands a call, for who wants to see only one that was asked for: that is done once the call is answered, and
/// where it waits for machine detection, once that has said what it waits for.
/// </summary>
internal static class CalledUrl
{
    /// <summary>Null where the call has no document of this API, or it was not asked for yet.</summary>
    public static string? Of(Labels labels, bool isAnswered, MachineVerdict? verdict, GreetingEnd? greeting)
    {
        bool isDetected = greeting is not null || verdict is not (null or MachineVerdict.Machine);
        return isAnswered && (isDetected || labels[DocumentOrder.AwaitsDetection] is null) ? labels[TelefonieLabels.Url] : null;
    }
}
