using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Store.Ledgers;

/// <summary>The same of a leg.</summary>
internal sealed record LegTimes : SubjectTimes
{
    public DateTimeOffset? AnsweredAt { get; init; }
    /// <summary>The facts as last written.</summary>
    public LegFacts? Facts { get; init; }

    public static LegTimes Begin(CallEvent happened, WallTie tie)
    {
        var startedAt = Times.Cut(tie.ToWall(happened.BeganAt));
        // What comes behind the leg's end tells nothing new of it.
        return new()
        {
            Tie = tie, StartedAt = startedAt, LastAt = startedAt, Facts = happened.Stage is LifeStage.First ? null : happened.Leg
        };
    }

    public override LegTimes After(SubjectEvent happened, DateTimeOffset at) => this with
    {
        LastAt = at,
        AnsweredAt = AnsweredAt ?? (happened is CallEvent.LegAnswered ? at : null),
        Facts = ((CallEvent)happened).Leg,
    };

    public bool HasChanged(LegFacts facts) =>
        Facts is null || !ReferenceEquals(Facts.Labels, facts.Labels) || Facts.Trunk != facts.Trunk || Facts.FromUri != facts.FromUri
        || Facts.ToUri != facts.ToUri || !ReferenceEquals(Facts.Headers, facts.Headers);
}
