using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Store.Tables;

/// <summary>A message that is still to be delivered, and how far its delivery got.</summary>
public sealed record OutboxEntry
{
    public required long Seq { get; init; }
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required string OrderKey { get; init; }
    /// <summary>As in <see cref="OutboxMessage.Format"/>.</summary>
    public string Format { get; init; } = "";
    public required string Url { get; init; }
    public string? FailoverUrl { get; init; }
    /// <summary>Attempts made so far, on all URLs.</summary>
    public required int Attempts { get; init; }
    public required bool IsOnFailover { get; init; }
    /// <summary>Attempts made so far on the present URL.</summary>
    public required int AttemptsOnUrl { get; init; }
    /// <summary>Not before; null before the first attempt.</summary>
    public DateTimeOffset? NextAt { get; init; }
    public RetrySchedule Retries { get; init; }
    /// <summary>When the long schedule ends; null before its first attempt.</summary>
    public DateTimeOffset? RetryUntil { get; init; }
    /// <summary>By the long schedule: when the URL that it is not on may be tried; null when that was not tried yet.</summary>
    public DateTimeOffset? OtherFrom { get; init; }
    /// <summary>As <see cref="NodeLease.Losses"/> was when this process got hold of it.</summary>
    public int Losses { get; init; }
    /// <summary>What is to be sent, of one that this process has just written; null when it is to be read.</summary>
    public OutboxMessage? Message { get; init; }
}

/// <summary>One attempt to deliver, as it is written to the delivery log.</summary>
public sealed record DeliveryAttempt
{
    /// <summary>From 1, over all URLs.</summary>
    public required int Number { get; init; }
    public required string Url { get; init; }
    public required bool IsDelivered { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset FinishedAt { get; init; }
    /// <summary>Numeric codes of the 75xxx family; empty on success.</summary>
    public IReadOnlyList<int> Errors { get; init; } = [];
    /// <summary>Limited to 10 kB together.</summary>
    public IReadOnlyList<CustomSipHeader> RequestHeaders { get; init; } = [];
    /// <summary>Null when nothing answered.</summary>
    public int? ResponseStatus { get; init; }
    public IReadOnlyList<CustomSipHeader> ResponseHeaders { get; init; } = [];
    public string? ResponseBody { get; init; }
}

/// <summary>What becomes of a message after an attempt.</summary>
public abstract record OutboxStep
{
    private OutboxStep() { }

    public sealed record Delivered : OutboxStep;

    public sealed record GivenUp : OutboxStep;

    public sealed record Again(DateTimeOffset NextAt, bool IsOnFailover, int AttemptsOnUrl) : OutboxStep
    {
        /// <summary>As in <see cref="OutboxEntry.RetryUntil"/>.</summary>
        public DateTimeOffset? Until { get; init; }
        /// <summary>As in <see cref="OutboxEntry.OtherFrom"/>.</summary>
        public DateTimeOffset? OtherFrom { get; init; }
    }
}

/// <summary>One that nobody has tried to deliver yet.</summary>
/// <param name="IsHandedOver">Another node left it to this one.</param>
public sealed record OldestMessage(OutboxEntry Entry, DateTimeOffset OccurredAt, bool IsHandedOver);

public enum ReplayOutcome
{
    Begun,
    /// <summary>It is being sent already.</summary>
    UnderWay,
    /// <summary>There is no such delivery, or it was finished before what a replay needs was kept.</summary>
    Impossible,
}
