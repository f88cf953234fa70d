using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Bridges;
using Ringwright.Switch.Conferences;

using Ringwright.Media.Protocol;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Queues;

namespace Ringwright.Switch;

/// <summary>The messages by which the actor of a subject hears of what comes from outside. One line for each kind.</summary>
public static class SubjectMessages
{
    /// <summary>Answered by <see cref="Effect.Acknowledge"/> with the same number.</summary>
    /// <returns>Null for a command that subjects of that kind do not take.</returns>
    public static ShardMessage.ToActor? Command(long correlation, Subject to, SubjectCommand what) => (to.Kind, what) switch
    {
        (SubjectKind.Leg, LegCommand command) => new LegMessage.Command(correlation, new LegId(to.Value), command),
        (SubjectKind.Conference, ConferenceCommand command) =>
            new ConferenceMessage.Command(correlation, new ConferenceId(to.Value), command),
        _ => null,
    };

    /// <summary>The outcome of an <see cref="Effect.Append"/>.</summary>
    public static ShardMessage.ToActor Committed(SubjectEvent happened, bool isCommitted) => happened switch
    {
        CallEvent call => new LegMessage.Committed(call.Leg.Id, isCommitted),
        ConferenceEvent conference => new ConferenceMessage.Committed(conference.Conference.Id, isCommitted),
        QueueEvent queue => new QueueMessage.Committed(queue.Queue.Id, isCommitted),
        _ => throw new UnreachableException(),
    };

    /// <summary>The outcome of an <see cref="Effect.PreparePrompt"/>.</summary>
    public static ShardMessage.ToActor Prepared(Subject asker, int correlation, PromptResult result) =>
        asker.Kind is SubjectKind.Conference ? new ConferenceMessage.PromptReady(new(asker.Value), correlation, result)
            : new LegMessage.PromptReady(new(asker.Value), correlation, result);

    /// <summary>What a media port says goes to the one that has leased it.</summary>
    public static ShardMessage.ToActor Media(MediaEvent happened) => happened.Owner.Kind switch
    {
        SubjectKind.Leg => new LegMessage.Media(happened),
        SubjectKind.Conference => new ConferenceMessage.Media(happened),
        SubjectKind.Bridge => new BridgeMessage.Media(happened),
        _ => throw new UnreachableException($"Nothing of kind {happened.Owner.Kind} leases ports."),
    };
}
