using System.Globalization;
using Ringwright.Calls;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>
/// Finds the legs that a process of a node left alive, and until when each is known to have lived:
/// its last event, what was recorded of it, or the last sign of the process that carried it, whichever is the latest. What came after that,
/// an outage of hours perhaps, is nobody's call.
/// </summary>
internal sealed class Orphans(Ledger ledger, Database database, int node, IRecordingFiles? files)
{
    public async Task<IReadOnlyList<Orphan>> ListAsync(CancellationToken stop)
    {
        // Other nodes of the same database may be alive, and end their own.
        List<LegRow> legs = [.. (await database.Legs.ListLiveOfAllTenantsAsync(stop).ConfigureAwait(false))
            .Where(leg => leg.Id.Node == node)];
        if (legs.Count == 0) return [];

        var sign = await database.Sql.ReadAsync(db => NodeTable.ReadSign(db, node), stop).ConfigureAwait(false);
        var recordings = (await database.Recordings.ListOpenOfAllTenantsAsync(stop).ConfigureAwait(false)).ToLookup(row => row.Leg);
        var orphans = new List<Orphan>(legs.Count);
        foreach (var leg in legs)
        {
            var orphan = OrphanOf(leg, await LookAsync(leg, sign, recordings[leg.Id], stop).ConfigureAwait(false));
            var ended = (CallEvent.LegEnded)orphan.End;
            orphans.Add(await WithEndsAsync(orphan, leg, ended, stop).ConfigureAwait(false));
        }
        return orphans;
    }

    private async Task<Orphan> WithEndsAsync(Orphan orphan, LegRow leg, CallEvent.LegEnded ended, CancellationToken stop)
    {
        var rows = await database.Events.ListLegAsync(leg.Tenant, leg.Id, stop).ConfigureAwait(false);
        var open = OpenActivities.Of(rows, orphan.Times.LastAt);
        List<SubjectEvent> ends = [.. open.Select(one => one.End).OfType<CallEvent>()
            .Select(end => end with { Leg = ended.Leg, At = ended.At })];
        var gathers = await database.Traces.ListGathersAsync(leg.Tenant, leg.Id, stop).ConfigureAwait(false);
        if (OpenActivities.GatherOf(rows, gathers, ended.Leg, ended.At) is { } gather) ends.Add(gather);
        return orphan with
        {
            Before = ends,
            RecordingByes = [.. open.Select(one => (one.Begun as CallEvent.SiprecStarted)?.RecoveryBye).OfType<string>()],
        };
    }

    private Orphan OrphanOf(LegRow leg, LastSign last)
    {
        var now = ledger.InstantOf(Times.Cut(database.Time.GetUtcNow()));
        return new(new CallEvent.LegEnded
        {
            Leg = ledger.FactsOf(leg),
            // A wall clock that was set back lets no end come before the last sign.
            At = Core.Instant.Max(now, ledger.InstantOf(last.At)),
            AliveUntil = ledger.InstantOf(last.At),
            Cause = HangupCause.NodeRestart,
            By = HangupParty.Unknown,
            Evidence = string.Create(CultureInfo.InvariantCulture,
                $"The node stopped while the leg was alive. "
                + $"Its last sign of life, {last.What} at {Times.Text(last.At)}, counts as its end."),
        }, new LegTimes { Tie = ledger.Anchor.Tie, StartedAt = leg.StartedAt, AnsweredAt = leg.AnsweredAt, LastAt = last.At });
    }

    private async ValueTask<LastSign> LookAsync(LegRow leg, LifeSign? sign, IEnumerable<RecordingRow> recordings, CancellationToken stop)
    {
        var known = new LastSign(leg.AnsweredAt ?? leg.StartedAt, "its last event");
        if (await database.Events.FindLastAsync(leg.Tenant, Subject.Of(leg.Id), stop).ConfigureAwait(false) is { } last)
        {
            known = Later(known, last.At, known.What);
            // Both moments are of one process's clock, so it does not matter whether somebody has set the wall clock in between.
            if (sign is not null && sign.Epoch == leg.Id.Epoch)
                known = Later(known, last.At + (sign.At - last.ToEvent().At), "a sign of the node");
        }
        if (files is null) return known;
        foreach (var recording in recordings)
            known = Later(known, recording.StartedAt + files.LengthLeft(recording.Plan), "the end of its recording");
        return known;
    }

    private static LastSign Later(LastSign known, DateTimeOffset at, string what) =>
        Times.Cut(at) is var cut && cut > known.At ? new(cut, what) : known;

    /// <param name="At">By the wall time that the leg began with.</param>
    /// <param name="What">As words of a sentence.</param>
    private readonly record struct LastSign(DateTimeOffset At, string What);
}
