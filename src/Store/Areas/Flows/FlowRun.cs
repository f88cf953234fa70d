using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Store.Tables;

public enum FlowRunState { Running, Ended }

/// <summary>Why a run is over. Only <see cref="Failed"/> is a failure of what it was to do.</summary>
public enum FlowOutcome
{
    /// <summary>Its last action was done, or one ended it.</summary>
    Finished,
    /// <summary>Its call is over.</summary>
    CallOver,
    /// <summary>Somebody stopped or deleted it.</summary>
    Stopped,
    /// <summary>An action failed without which it cannot go on.</summary>
    Failed,
    /// <summary>Its process died.</summary>
    Lost,
}

/// <summary>A list of actions that runs or has run.</summary>
public sealed record FlowRun
{
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    /// <summary>Null for actions that were given themselves.</summary>
    public Guid? Flow { get; init; }
    public FlowRunState State { get; init; }
    /// <summary>Null while it runs.</summary>
    public FlowOutcome? Outcome { get; init; }
    /// <summary>What it runs for, in the words of whoever shows it; empty for nothing.</summary>
    public required string ReferenceType { get; init; }
    public Guid? Reference { get; init; }
    /// <summary>The run behind whose end it was begun.</summary>
    public Guid? Parent { get; init; }
    /// <summary>Where it is, and what else whoever shows it keeps with it.</summary>
    public required JsonObject Facts { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
}
