using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Store.Ledgers;

/// <summary>
/// Of subjects that have a row while they live: the ones that a crash left behind are ended by what their last event says.
/// </summary>
internal abstract class LiveRowWriter : SubjectWriter
{
    /// <summary>The calls in them are ended beside them, each by itself.</summary>
    public sealed override async Task<IReadOnlyList<Orphan>> ListOrphansAsync(Ledger ledger, Database database, int node,
        IRecordingFiles? files, CancellationToken stop)
    {
        var orphans = new List<Orphan>();
        foreach (var (subject, tenant) in await ListLiveAsync(database, stop).ConfigureAwait(false))
        {
            // Other nodes of the same database may be alive, and end their own.
            if (subject.Address.Node != node) continue;
            var rows = await database.Events.ListAsync(tenant, subject, stop).ConfigureAwait(false);
            if (rows.Count == 0) throw new InvalidOperationException($"The {subject.Kind} {subject.Id} has a row and no event.");
            var last = rows[^1];
            Instant now = ledger.InstantOf(Times.Cut(database.Time.GetUtcNow())), beganAt = ledger.InstantOf(last.At),
                at = Instant.Max(now, beganAt);
            orphans.Add(new(EndByRestart(last.ToEvent(), beganAt, at),
                new() { Tie = ledger.Anchor.Tie, StartedAt = last.At, LastAt = last.At })
            {
                Before = [.. OpenActivities.Of(rows, last.At).Select(open => Now(open.End, beganAt, at))],
            });
        }
        return orphans;
    }

    /// <summary>Those of every node and account.</summary>
    protected abstract ValueTask<IReadOnlyList<(Subject Subject, TenantId Tenant)>> ListLiveAsync(Database database,
        CancellationToken stop);

    /// <param name="last">Its times are of the process that is gone; the two others are of this.</param>
    protected abstract SubjectEvent EndByRestart(SubjectEvent last, Instant beganAt, Instant at);

    /// <summary>An event of the kind with the times of this process.</summary>
    protected virtual SubjectEvent Now(SubjectEvent end, Instant beganAt, Instant at) => end with { At = at };
}
