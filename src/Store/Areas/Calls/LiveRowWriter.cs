using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Store.Ledgers;

/// <summary>
/// Of subjects that have a row while they live: the ones that a crash left behind are ended by what their last event says.
/// </summary>
internal abstract class LiveRowWriter : SubjectWriter
{
    /// <summary>The calls in them are ended beside them, each by itself.</summary>
    public sealed override async Task<IReadOnlyList<Orphan>> ListOrphansAsync(Ledger ledger, Database database, IRecordingFiles? files,
        CancellationToken stop)
    {
        var orphans = new List<Orphan>();
        foreach (var (subject, tenant) in await ListLiveAsync(database, stop).ConfigureAwait(false))
        {
            // Another node of the same database may be alive, and end its own.
            if (subject.Address.Node != database.Node.Node) continue;
            var last = await database.Events.FindLastAsync(tenant, subject, stop).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"The {subject.Kind} {subject.Id} has a row and no event.");
            Instant now = ledger.InstantOf(Times.Cut(database.Time.GetUtcNow())), beganAt = ledger.InstantOf(last.At);
            orphans.Add(new(EndByRestart(last.ToEvent(), beganAt, Instant.Max(now, beganAt)),
                new() { Tie = ledger.Anchor.Tie, StartedAt = last.At, LastAt = last.At }));
        }
        return orphans;
    }

    /// <summary>Those of every node and account.</summary>
    protected abstract ValueTask<IReadOnlyList<(Subject Subject, TenantId Tenant)>> ListLiveAsync(Database database,
        CancellationToken stop);

    /// <param name="last">Its times are of the process that is gone; the two others are of this.</param>
    protected abstract SubjectEvent EndByRestart(SubjectEvent last, Instant beganAt, Instant at);
}
