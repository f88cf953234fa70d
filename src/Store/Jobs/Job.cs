using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Store.Jobs;

public enum JobState { Pending, Running, Complete, Failed, Cancelled }

/// <summary>Work that outlives the request that asked for it, as it is at this moment.</summary>
public sealed record Job
{
    public required TenantId Tenant { get; init; }
    public required Guid Id { get; init; }
    /// <summary>Who can do it.</summary>
    public required string Kind { get; init; }
    public required JobState State { get; init; }
    /// <summary>What is asked for, in the words of its kind.</summary>
    public required JsonObject Input { get; init; }
    /// <summary>
    /// What came of it; null when its kind leaves none. Until it is complete, what has come of it so far where its kind shows that, or what
    /// that has noted for whoever takes it next.
    /// </summary>
    public JsonObject? Result { get; init; }
    /// <summary>A sentence for the customer when it failed.</summary>
    public string? Failure { get; init; }
    public long Done { get; init; }
    /// <summary>What <see cref="Done"/> rises to; null while nobody knows.</summary>
    public long? Total { get; init; }
    /// <summary>How often it was begun.</summary>
    public int Attempts { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public bool IsOver => State is JobState.Complete or JobState.Failed or JobState.Cancelled;
}

public sealed record JobPage(IReadOnlyList<Job> Jobs, long Total);

/// <summary>A job that is ours until a moment that we move on while we work.</summary>
/// <param name="Token">Proof of the lease: who took the job after us has another.</param>
public sealed record JobLease(Job Job, string Token);
