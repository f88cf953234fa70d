using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Messaging;

namespace Ringwright.Telnyx.Verify;

/// <summary>
/// What an account is told of a call that tells a code, <see cref="VerifyEvents"/>. It is sent when it rings or is answered, each of which
/// may come without the other; it has arrived when it rings, if that is all that it does, and else when somebody has heard the code once.
/// </summary>
public sealed class CodeCallProjector(IRouting routing) : IProjector
{
    public IReadOnlyList<OutboxMessage> Project(SubjectEvent happened, DateTimeOffset at, DateTimeOffset startedAt)
    {
        if (happened is not CallEvent call || call.Leg.Labels[TelnyxLabels.Verification] is not { } label) return [];
        var ended = call as CallEvent.LegEnded;
        if (ended is null && call is not (CallEvent.LegRinging or CallEvent.LegAnswered)) return [];
        if (JsonNode.Parse(label) is not JsonObject facts) return [];
        var reading = facts.Whole(VerifyEvents.Reading) is { } millis ? TimeSpan.FromMilliseconds(millis) : (TimeSpan?)null;
        if (ended is not null) return Tell(IsHeard(ended, reading) ? TextState.Delivered : TextState.DeliveryFailed);
        return reading is null ? [.. Tell(TextState.Sent), .. Tell(TextState.Delivered)] : Tell(TextState.Sent);

        // A far end may say more than once that it rings, and the end of a call takes nothing back: of two that tell the same, or of two
        // outcomes, the first is written.
        OutboxMessage[] Tell(TextState delivery) =>
            VerifyEvents.OfCall(call.Leg, facts, delivery, at,
                routing.Current.FindTenant(call.Leg.Tenant)?.WebhookRetries ?? RetrySchedule.Short, MessageFace.WebhookTimeout)
                is { } message ? [message] : [];
    }

    /// <param name="reading">Null where the call only rings: nothing is heard then.</param>
    private static bool IsHeard(CallEvent.LegEnded ended, TimeSpan? reading) =>
        reading is { } once && ended.Leg.AnsweredAt is { } answered && ended.EndedAt() - answered >= once;
}
