using Ringwright.Calls;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Callbacks;

namespace Ringwright.Texml.Run;

/// <summary>Who has answered, where a document waits for that.</summary>
internal static class Detection
{
    /// <summary>AnsweredBy; null when the call does not wait for it.</summary>
    public static async ValueTask<string?> AwaitAsync(DocumentCall call)
    {
        if (call.Leg.Labels[TexmlLabels.AwaitsDetection] is not { } awaited) return null;
        bool isEndAwaited = awaited is "end";
        while (true)
        {
            object? happened =
                await call.NextWithinAsync(Limits.Detection, e => e is CallEvent.MachineDetected or CallEvent.MachineGreetingEnded);
            if (happened is CallEvent.MachineGreetingEnded greeting)
                return isEndAwaited ? StatusFields.Word(greeting.End) : "machine_start";
            if (happened is not CallEvent.MachineDetected detected) return "unknown";
            if (detected.Verdict is not MachineVerdict.Machine || !isEndAwaited) return StatusFields.Word(detected.Verdict);
        }
    }
}
