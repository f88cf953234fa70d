using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Store.Ledgers;

/// <summary>Wall times of one live subject. Immutable, so that a batch that is repeated starts from the same values.</summary>
internal record SubjectTimes
{
    /// <summary>Of the subject's beginning: whoever sets the wall clock later changes nothing about how long it lasts.</summary>
    public required WallTie Tie { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset LastAt { get; init; }

    public static SubjectTimes Begin(SubjectEvent happened, WallTie tie)
    {
        var startedAt = Times.Cut(tie.ToWall(happened.BeganAt));
        return new() { Tie = tie, StartedAt = startedAt, LastAt = startedAt };
    }

    /// <summary>The event's wall time, never before the one that went before it.</summary>
    public DateTimeOffset WallOf(SubjectEvent happened)
    {
        var at = Times.Cut(Tie.ToWall(happened.At));
        return at < LastAt ? LastAt : at;
    }

    public virtual SubjectTimes After(SubjectEvent happened, DateTimeOffset at) => this with { LastAt = at };
}
