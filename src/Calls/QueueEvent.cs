using System.Diagnostics;
using System.Text.Json.Serialization;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>
/// What happened to a queue. Who comes and goes is told of the legs: <see cref="CallEvent.LegEnqueued"/>,
/// <see cref="CallEvent.LegDequeued"/>.
/// </summary>
public abstract record QueueEvent : SubjectEvent
{
    private QueueEvent() { }

    public required QueueFacts Queue { get; init; }

    [JsonIgnore] public sealed override Subject Subject => Subject.Of(Queue.Id);
    [JsonIgnore] public sealed override TenantId Tenant => Queue.Tenant;
    [JsonIgnore] public sealed override Instant BeganAt => Queue.BeganAt;

    [JsonIgnore]
    public sealed override LifeStage Stage => this switch
    {
        QueueBegan => LifeStage.First,
        QueueEnded => LifeStage.Last,
        _ => throw new UnreachableException(),
    };

    /// <summary>Its first call is about to be put in.</summary>
    public sealed record QueueBegan : QueueEvent;

    public sealed record QueueEnded(QueueEnd Why) : QueueEvent;
}

/// <summary>Why a queue is no more.</summary>
public enum QueueEnd
{
    /// <summary>Its last call has left.</summary>
    Empty,
    /// <summary>The node stopped, or was killed, while calls waited.</summary>
    NodeRestart,
    /// <summary>A fault of ours, or a ledger that did not take its beginning.</summary>
    Internal,
}

/// <param name="Uuid">What customers call it by.</param>
/// <param name="MaxSize">How many calls may wait in it.</param>
public sealed record QueueFacts(QueueId Id, Guid Uuid, TenantId Tenant, string Name, int MaxSize, Instant BeganAt)
{
    /// <summary>Of a queue whose first call names no other.</summary>
    public const int UsualMaxSize = 100;
}
