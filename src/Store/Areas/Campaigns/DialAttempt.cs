using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Store.Tables;

/// <summary>
/// Where an attempt stands. Only the ledger moves one that calls somebody from <see cref="Claimed"/> to <see cref="Ended"/>; one that calls
/// nobody is <see cref="Answered"/> while it is carried out, and settled from there.
/// </summary>
public enum AttemptState
{
    /// <summary>The try is taken; nothing was sent.</summary>
    Claimed,
    /// <summary>Its leg has its first row: an INVITE may have been sent.</summary>
    Dialled,
    Answered,
    Ended,
    /// <summary>Its target knows what became of it.</summary>
    Settled,
    /// <summary>Nothing was sent: the try was given back.</summary>
    Returned,
}

/// <summary>One dialled leg of a campaign, or one that was to be.</summary>
public sealed record DialAttempt
{
    private const string Alone = "target:";

    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required Guid Campaign { get; init; }
    public required Guid List { get; init; }
    public required Guid Target { get; init; }
    /// <summary>As <see cref="Tables.Target.Round"/>.</summary>
    public int Round { get; init; }
    /// <summary>+E.164 or SIP URI; of one that calls nobody, a word for its target.</summary>
    public required string Number { get; init; }
    /// <summary>It calls nobody.</summary>
    public bool IsAlone => Number.StartsWith(Alone, StringComparison.Ordinal);
    public required string From { get; init; }
    /// <summary>Its place among the target's destinations, from 0.</summary>
    public required int Destination { get; init; }
    /// <summary>From 1, of this destination.</summary>
    public required int Try { get; init; }
    public AttemptState State { get; init; }
    /// <summary>Null until it is dialled.</summary>
    public LegId? Leg { get; init; }
    public Guid? LegUuid { get; init; }
    public required DateTimeOffset ClaimedAt { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }
    /// <summary>When an agent began to talk with whoever has answered; null for none, and for campaigns that have none.</summary>
    public DateTimeOffset? AgentAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public HangupCause? Cause { get; init; }
    public int? SipStatus { get; init; }
    public int TalkSeconds { get; init; }
    /// <summary>"success" or "fail"; null until it is settled.</summary>
    public string? Result { get; init; }
    /// <summary>What became of it, as a word in snake case.</summary>
    public string? Reason { get; init; }
    /// <summary>
    /// Of an answered call: what its program has said that its end means, as a word in snake case; null when it has said nothing.
    /// </summary>
    public string? AskedReason { get; init; }
    /// <summary>By what it was allowed when it was dialled.</summary>
    public required JsonObject Evidence { get; init; }
    /// <summary>What the campaign's face referred to when it was claimed; null for one of no face.</summary>
    public JsonObject? Refs { get; init; }
    public DateTimeOffset? SettledAt { get; init; }
    /// <summary>The face shows it no more as one that counts.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The number of one that calls nobody.</summary>
    public static string AloneFor(Guid target) => Alone + target;
}

/// <summary>Which attempts of an account's faces.</summary>
public sealed record AttemptQuery
{
    public Guid? Campaign { get; init; }
    public Guid? Target { get; init; }
    /// <summary>"dialing", "progressing" or "done".</summary>
    public string? Stage { get; init; }
    public string? Result { get; init; }
    /// <summary>True for those that were deleted, false for the others.</summary>
    public bool? IsDeleted { get; init; }
    /// <summary>Claimed earlier.</summary>
    public DateTimeOffset? Before { get; init; }
    public int Limit { get; init; } = 100;
}

/// <summary>So many attempts of a campaign that stand and have ended alike.</summary>
/// <param name="Cause">Null for one that no leg was of.</param>
public sealed record AttemptCount(AttemptState State, HangupCause? Cause, string? Reason, string? Result, bool IsAnswered, long Number);

/// <summary>What an attempt means for its target.</summary>
/// <param name="Result">"success" or "fail".</param>
/// <param name="Due">
/// When the target may be called again; null when it is done. Of a try that is given back and not put off the target keeps the time that
/// it had.
/// </param>
/// <param name="IsReturned">The try does not count: nothing reached anybody.</param>
public sealed record AttemptOutcome(DialAttempt Attempt, string Result, string Reason, DateTimeOffset? Due, bool IsReturned = false);

/// <summary>An attempt's mark on its leg: carried by <see cref="DialRequest"/>, written with the leg's first row.</summary>
public static class AttemptMark
{
    private const string Label = "attempt", Prefix = "attempt ";

    public static DialRequest On(DialRequest request, Guid attempt) => request with
    {
        CommandId = Prefix + attempt,
        Labels = request.Labels.With(Labels.Of((Label, attempt.ToString()))),
    };

    /// <summary>Null for a leg that no attempt made: one that was transferred has the label too, and is another.</summary>
    internal static string? Of(CallEvent.LegInitiated initiated) =>
        initiated.CommandId is { } id && initiated.Leg.Labels[Label] is { } attempt && id == Prefix + attempt ? attempt : null;

    /// <summary>The attempt by which somebody was called, on whichever leg of the call.</summary>
    public static string? Of(LegFacts leg) => Of(leg.Labels);

    public static string? Of(Labels labels) => labels[Label];
}
