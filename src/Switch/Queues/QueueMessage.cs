using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Queues;

/// <summary>
/// What a queue is told. Legs name it, until they know its id, by its account and name, on the shard where that name is at home.
/// </summary>
public abstract record QueueMessage : ShardMessage.ToActor
{
    private QueueMessage() { }

    internal override Subject To => new(SubjectKind.Queue, default);

    /// <summary>Of the messages that name a queue by its name.</summary>
    internal virtual (TenantId Tenant, string Name)? Named => null;

    /// <summary>
    /// A leg wants to wait in it. Answered by <see cref="Legs.LegMessage.Admitted"/> or <see cref="Legs.LegMessage.NotAdmitted"/>.
    /// </summary>
    public sealed record Enter(TenantId Tenant, LegId Leg, LegCommand.Enqueue What, long Correlation) : QueueMessage
    {
        internal override (TenantId Tenant, string Name)? Named => (Tenant, What.Queue);
    }

    /// <summary>A leg wants its first call. Answered by <see cref="Legs.LegMessage.FirstTaken"/>.</summary>
    /// <param name="IsAnswered">The leg is.</param>
    public sealed record Take(TenantId Tenant, LegId Leg, bool IsAnswered, LegCommand.BridgeQueue What, long Correlation) : QueueMessage
    {
        internal override (TenantId Tenant, string Name)? Named => (Tenant, What.Queue);
    }

    /// <summary>A leg wants out. <see cref="Legs.LegMessage.Dequeued"/> answers, or is on its way.</summary>
    public sealed record Leave(QueueId Queue, LegId Leg, DequeueReason Reason) : QueueMessage
    {
        internal override Subject To => Subject.Of(Queue);
    }

    /// <summary>The outcome of its first event's <see cref="Effect.Append"/>.</summary>
    public sealed record Committed(QueueId Queue, bool IsCommitted) : QueueMessage
    {
        internal override Subject To => Subject.Of(Queue);
    }
}
