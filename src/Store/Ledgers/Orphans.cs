using System.Globalization;
using Ringwright.Calls;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>A leg that an earlier process left alive.</summary>
/// <param name="AliveUntil">Its last sign of life, by the wall time that the leg began with.</param>
/// <param name="Sign">What that sign was, as words of a sentence.</param>
internal sealed record Orphan(LegRow Leg, DateTimeOffset AliveUntil, string Sign)
{
    public string Evidence => string.Create(CultureInfo.InvariantCulture,
        $"The node stopped while the leg was alive. Its last sign of life, {Sign} at {Times.Text(AliveUntil)}, counts as its end.");
}

/// <summary>
/// Finds the legs that an earlier process of this node left alive, and until when each is known to have lived: its last event, what was recorded of it, or the
/// last sign of the process that carried it, whichever is the latest. What came after that, an outage of hours perhaps, is nobody's call.
/// </summary>
internal sealed class Orphans(Database database, IRecordingFiles? files)
{
    public async Task<IReadOnlyList<Orphan>> ListAsync(CancellationToken stop)
    {
        // Another node of the same database may be alive, and end its own.
        int node = database.Node.Node;
        List<LegRow> legs = [.. (await database.Legs.ListLiveOfAllTenantsAsync(stop).ConfigureAwait(false)).Where(leg => leg.Id.Node == node)];
        if (legs.Count == 0) return [];

        var sign = await database.Sql.ReadAsync(db => NodeTable.ReadSign(db, node), stop).ConfigureAwait(false);
        var recordings = (await database.Recordings.ListOpenOfAllTenantsAsync(stop).ConfigureAwait(false)).ToLookup(row => row.Leg);
        var orphans = new List<Orphan>(legs.Count);
        foreach (var leg in legs) orphans.Add(await LookAsync(leg, sign, recordings[leg.Id], stop).ConfigureAwait(false));
        return orphans;
    }

    private async ValueTask<Orphan> LookAsync(LegRow leg, LifeSign? sign, IEnumerable<RecordingRow> recordings, CancellationToken stop)
    {
        var orphan = new Orphan(leg, leg.AnsweredAt ?? leg.StartedAt, "its last event");
        if (await database.Events.FindLastAsync(leg.Tenant, leg.Id, stop).ConfigureAwait(false) is { } last)
        {
            orphan = Later(orphan, last.At, orphan.Sign);
            // Both moments are of one process's clock, so it does not matter whether somebody has set the wall clock in between.
            if (sign is not null && sign.Epoch == leg.Id.Epoch) orphan = Later(orphan, last.At + (sign.At - last.ToEvent().At), "a sign of the node");
        }
        if (files is null) return orphan;
        foreach (var recording in recordings) orphan = Later(orphan, recording.StartedAt + files.LengthLeft(recording.Plan), "the end of its recording");
        return orphan;
    }

    private static Orphan Later(Orphan known, DateTimeOffset at, string sign) => Times.Cut(at) is var cut && cut > known.AliveUntil ? known with { AliveUntil = cut, Sign = sign } : known;
}
