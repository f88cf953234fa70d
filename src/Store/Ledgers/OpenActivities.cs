using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>
/// What went on in a subject when its process was killed. Each that was told as begun is told as ended, before the subject is; of one that
/// was only ordered nobody has heard yet, but for a gather, which its command tells of.
/// </summary>
internal static class OpenActivities
{
    /// <summary>In the order in which they began.</summary>
    /// <param name="rows">All of the subject's, in their order: also those of a start that was killed in turn.</param>
    /// <param name="lastAt">The subject's last sign of life, by wall time.</param>
    public static IReadOnlyList<(SubjectEvent Begun, SubjectEvent End)> Of(IReadOnlyList<LedgerRow> rows, DateTimeOffset lastAt)
    {
        var open = new List<(string? Activity, SubjectEvent Begun, SubjectEvent End)>();
        foreach (var row in rows)
        {
            var happened = row.ToEvent();
            var edge = ActivityEdge.Of(happened);
            if (edge.Side is EdgeSide.Ends) open.RemoveAll(one => one.Activity == edge.Activity);
            if (edge.Side is not EdgeSide.Begins || ActivityEdge.EndOf(happened, Longer(lastAt - row.At)) is not { } end) continue;
            // One that tells how far it has come ends with that, in the place of its beginning.
            int begun = open.FindIndex(one => one.Activity == edge.Activity);
            if (begun < 0) open.Add((edge.Activity, happened, end));
            else open[begun] = (edge.Activity, happened, end);
        }
        return [.. open.Select(one => (one.Begun, one.End))];
    }

    /// <summary>A gather that its command began and nothing has ended; null when there is none.</summary>
    /// <param name="begun">When the leg accepted each of its gathers.</param>
    public static CallEvent.GatherEnded? GatherOf(IReadOnlyList<LedgerRow> rows, IReadOnlyList<DateTimeOffset> begun, LegFacts leg,
        Instant at)
    {
        // One replaces another, which ends then: all but the last have.
        if (begun.Count <= rows.Count(row => row.Type == "gather_ended")) return null;
        var digits = rows.Where(row => row.Type == "digit_received" && row.At >= begun[^1])
            .Select(row => row.ToEvent()).OfType<CallEvent.DigitReceived>().Select(pressed => pressed.Digit);
        return new() { Leg = leg, At = at, Digits = string.Concat(digits), Status = GatherStatus.CallHangup };
    }

    private static TimeSpan Longer(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;
}
