using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>Events of calls that settings ask for. What it makes is committed with the event itself.</summary>
internal sealed class NotificationProjector(NotificationBook book) : IProjector
{
    public IReadOnlyList<OutboxMessage> Project(SubjectEvent happened, DateTimeOffset at, DateTimeOffset startedAt)
    {
        if (book.IsEmpty) return [];
        if (happened is CallEvent.RecordingFailed failed)
            return Tell(failed, at, Catalogue.RecordingFailed, "recording",
                $"A recording of the call from {failed.Leg.From} to {failed.Leg.To} could not be saved: {failed.Detail}");
        if (happened is not CallEvent.LegEnded hangup) return [];
        return hangup switch
        {
            { Cause: HangupCause.NodeRestart or HangupCause.MediaFailure or HangupCause.LedgerUnavailable or HangupCause.Internal } ended =>
                Tell(ended, at, Catalogue.CallInterrupted, SnakeName.Of(ended.Cause),
                    $"The call from {ended.Leg.From} to {ended.Leg.To} was ended by a fault of the node: "
                    + $"{ended.Evidence ?? SnakeName.Of(ended.Cause)}"),
            { Leg: { Direction: Direction.Inbound, AnsweredAt: null, IsPlacedByCustomer: false } leg } missed =>
                Tell(missed, at, Catalogue.CallMissed, "", $"A call from {leg.From} to {leg.To} was not answered.", leg.To),
            _ => [],
        };
    }

    private List<OutboxMessage> Tell(CallEvent happened, DateTimeOffset at, NotificationCondition condition, string subject,
        string summary, string? number = null)
    {
        var targets = book.Find(happened.Leg.Tenant, condition);
        var messages = new List<OutboxMessage>();
        foreach (var target in targets)
        {
            if (condition.IsOfNumber && target.Watched != number) continue;
            messages.Add(book.MessageOf(new Occurrence
            {
                Tenant = happened.Leg.Tenant,
                Condition = condition,
                At = at,
                Subject = subject,
                Summary = summary,
                Facts = [("call_leg_id", happened.Leg.Uuid.ToString()), ("call_session_id", happened.Leg.Session.ToString()),
                    ("from", happened.Leg.From), ("to", happened.Leg.To)],
            }, target));
        }
        return messages;
    }
}
