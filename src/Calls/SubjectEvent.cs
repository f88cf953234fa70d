using System.Text.Json.Serialization;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>
/// What happened to a subject. Each is committed to the ledger before anyone is told. Holds no socket, stream, task or delegate.
/// Each kind of subjects has a closed union of its own; <see cref="CallEvent"/> is the legs'.
/// </summary>
public abstract record SubjectEvent
{
    [JsonIgnore] public abstract Subject Subject { get; }
    [JsonIgnore] public abstract TenantId Tenant { get; }
    /// <summary>When the subject began; the same in each of its events.</summary>
    [JsonIgnore] public abstract Instant BeganAt { get; }
    [JsonIgnore] public abstract LifeStage Stage { get; }
    public required Instant At { get; init; }
}

/// <summary>Where an event stands in the life of its subject.</summary>
public enum LifeStage
{
    /// <summary>The first, and there is one. Who caused it would rather hear no than wait for a disk.</summary>
    First,
    Within,
    /// <summary>The last, and there is one.</summary>
    Last,
    /// <summary>Within it, or behind its last: a file takes its time.</summary>
    Whenever,
}
