using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Store.Ledgers;

/// <summary>Wall times of one live leg. Immutable, so that a batch that is repeated starts from the same values.</summary>
internal sealed record LegTimes
{
    /// <summary>Of the leg's beginning: whoever sets the wall clock later changes nothing about how long the leg lasts.</summary>
    public required WallTie Tie { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }
    public required DateTimeOffset LastAt { get; init; }
    /// <summary>The facts as last written.</summary>
    public LegFacts? Facts { get; init; }

    public static LegTimes Begin(LegFacts facts, WallAnchor anchor)
    {
        var tie = anchor.Tie;
        var startedAt = Times.Cut(tie.ToWall(facts.StartedAt));
        return new() { Tie = tie, StartedAt = startedAt, LastAt = startedAt };
    }

    /// <summary>For what comes after the leg's end, and tells nothing new of it.</summary>
    public static LegTimes Of(LegFacts facts, WallAnchor anchor) => Begin(facts, anchor) with { Facts = facts };

    /// <summary>The event's wall time, never before the one that went before it.</summary>
    public DateTimeOffset WallOf(CallEvent happened)
    {
        var at = Times.Cut(Tie.ToWall(happened.At));
        return at < LastAt ? LastAt : at;
    }

    public LegTimes After(CallEvent happened, DateTimeOffset at) => this with
    {
        LastAt = at,
        AnsweredAt = AnsweredAt ?? (happened is CallEvent.LegAnswered ? at : null),
        Facts = happened.Leg,
    };

    public bool HasChanged(LegFacts facts) =>
        Facts is null || !ReferenceEquals(Facts.Labels, facts.Labels) || Facts.Trunk != facts.Trunk || Facts.FromUri != facts.FromUri
        || Facts.ToUri != facts.ToUri || !ReferenceEquals(Facts.Headers, facts.Headers);
}
