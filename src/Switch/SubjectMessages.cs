using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
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
        _ => null,
    };

    /// <summary>The outcome of an <see cref="Effect.Append"/>.</summary>
    public static ShardMessage.ToActor Committed(SubjectEvent happened, bool isCommitted) => happened switch
    {
        CallEvent call => new LegMessage.Committed(call.Leg.Id, isCommitted),
        QueueEvent queue => new QueueMessage.Committed(queue.Queue.Id, isCommitted),
        _ => throw new UnreachableException(),
    };
}
