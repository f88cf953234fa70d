using Ringwright.Calls;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>Which calls of an account are asked for, newest first. What is not set leaves out nothing.</summary>
public sealed record LegSearch
{
    public string? From { get; init; }
    public string? To { get; init; }
    public Direction? Direction { get; init; }
    public TimeRange Started { get; init; }
    /// <summary>Calls that are up have no end.</summary>
    public TimeRange Ended { get; init; }
    /// <summary>Ended so, without an answer before; with <see cref="AnsweredCauses"/> one of the two has to fit.</summary>
    public IReadOnlyList<HangupCause>? UnansweredCauses { get; init; }
    public IReadOnlyList<HangupCause>? AnsweredCauses { get; init; }
    /// <summary>Or that are up so: some of <see cref="LegStages"/>.</summary>
    public IReadOnlyList<string> Live { get; init; } = [];
    /// <summary>As the page before gave it.</summary>
    public string? Cursor { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; } = 50;
}

/// <summary>How far calls are that are up: their direction and their state, as their rows have them.</summary>
public static class LegStages
{
    /// <summary>Placed by us, and rings nowhere yet.</summary>
    public const string Placed = "outbound initiated";
    public const string Ringing = "outbound ringing";
    /// <summary>To us, and not answered.</summary>
    public const string Coming = "inbound initiated";
    /// <summary>Both ways.</summary>
    public const string Answered = "answered";
}

/// <summary>From a moment on, and before another; either may be open.</summary>
public readonly record struct TimeRange(DateTimeOffset? From, DateTimeOffset? Before);

/// <param name="Next">Null where nothing lies beyond.</param>
public sealed record FoundLegs(IReadOnlyList<LegRow> Rows, string? Next);

/// <summary>Parameters of the statement: texts, of which the empty one leaves out nothing.</summary>
internal static class LegSearchParameters
{
    /// <summary>Before and behind every moment.</summary>
    public const string Always = "0001-01-01T00:00:00.000000Z", Never = "9999-12-31T23:59:59.999999Z";

    public static object Of(LegSearch search, string tenant, string at, string id) => new
    {
        tenant,
        from = search.From ?? "",
        to = search.To ?? "",
        direction = search.Direction is { } direction ? Names<Direction>.Of(direction) : "",
        startedFrom = Text(search.Started.From, Always),
        startedBefore = Text(search.Started.Before, Never),
        end = search.Ended == default ? "" : "some",
        endedFrom = Text(search.Ended.From, Always),
        endedBefore = Text(search.Ended.Before, Never),
        status = search.UnansweredCauses is null && search.AnsweredCauses is null ? "" : "some",
        unanswered = Names(search.UnansweredCauses),
        answered = Names(search.AnsweredCauses),
        live = new InList<string>(search.Live),
        at,
        id,
        limit = search.Limit + 1,       // tells whether there is more
        offset = search.Cursor is null ? search.Offset : 0,
    };

    public static string Text(DateTimeOffset? at, string open) => at is { } moment ? Times.Text(moment) : open;

    private static InList<string> Names(IReadOnlyList<HangupCause>? causes) => new([.. (causes ?? []).Select(Names<HangupCause>.Of)]);
}
