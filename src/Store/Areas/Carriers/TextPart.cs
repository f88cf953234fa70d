using Ringwright.Calls.Texts.Smpp;
using Ringwright.Core;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>Where a part of a text is; stored by name.</summary>
public enum TextPartState
{
    /// <summary>It may go.</summary>
    Ready,
    /// <summary>It goes, or has gone, and has no answer.</summary>
    Submitting,
    /// <summary>The centre has it.</summary>
    Accepted,
    /// <summary>The centre does not take it.</summary>
    Rejected,
    /// <summary>It went, and the answer was lost.</summary>
    InDoubt,
    /// <summary>The same, and nobody waits any more.</summary>
    Closed,
    /// <summary>The centre has said what became of it.</summary>
    Final,
    /// <summary>It never went: its text was over before.</summary>
    Dropped,
}

/// <summary>One part of a text, on its way by a carrier.</summary>
public sealed record TextPart
{
    public required Guid Text { get; init; }
    public required TenantId Tenant { get; init; }
    /// <summary>From 1 on.</summary>
    public required int Number { get; init; }
    public required Guid Carrier { get; init; }
    public required TextPartState State { get; init; }
    /// <summary>How often its bytes have left.</summary>
    public int Attempt { get; init; }
    /// <summary>How often the centre has asked for another attempt later.</summary>
    public int Tries { get; init; }
    /// <summary>16 bits that go with it.</summary>
    public required int Reference { get; init; }
    /// <summary>As the centre says it.</summary>
    public string? CentreId { get; init; }
    /// <summary>What became of it, where the centre has said so.</summary>
    public SmppOutcome? Outcome { get; init; }
    /// <summary>The centre's code, for people.</summary>
    public string? Error { get; init; }
    /// <summary>Not before then; null unless it is ready.</summary>
    public DateTimeOffset? DueAt { get; init; }
    public DateTimeOffset? SubmittedAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Bytes of it have left, and the centre has not refused them.</summary>
    public bool HasLeft => State is TextPartState.Submitting or TextPartState.Accepted or TextPartState.InDoubt or TextPartState.Closed
        or TextPartState.Final;
}

/// <summary>A part that goes now, and the text that it is of.</summary>
/// <param name="Total">Parts that the text was cut into.</param>
public sealed record ClaimedPart(TextMessage Text, TextPart Part, int Total);

/// <summary>What a text and its parts become together, and what is committed with it.</summary>
/// <param name="Parts">Those that change.</param>
public sealed record TextChange(TextMessage Text, IReadOnlyList<TextPart> Parts, UnitOfWork? Work = null);

/// <summary>What a centre has said of a text, and who got it.</summary>
/// <param name="CentreId">The text's, as the centre says it; empty where it names it by its reference.</param>
/// <param name="From">Who got the text, and so the receipt comes from.</param>
public sealed record KeptReceipt(Guid Id, Guid Carrier, string CentreId, SmppOutcome Outcome, int? Reference, string? Error, string From,
    string To, DateTimeOffset ReceivedAt);
