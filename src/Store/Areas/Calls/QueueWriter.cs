using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>What an event of a queue means for its row. Who waits in it is written with the events of legs.</summary>
internal sealed class QueueWriter : SubjectWriter
{
    public override SubjectKind Kind => SubjectKind.Queue;

    public override EventJson Events => EventJson.OfQueues;

    public override SubjectTimes Begin(SubjectEvent happened, WallTie tie) => SubjectTimes.Begin(happened, tie);

    public override SubjectEvent Abandoned(SubjectEvent first) => End(((QueueEvent)first).Queue, first.At, QueueEnd.Internal);

    public override bool Write(ILedgerStep step, SubjectEvent happened, SubjectTimes times, DateTimeOffset at, string? recoveryBye)
    {
        QueueTable.Write(step.Db, (QueueEvent)happened, at);
        return true;
    }

    /// <summary>Their calls are ended beside them, each by itself.</summary>
    public override async Task<IReadOnlyList<Orphan>> ListOrphansAsync(Ledger ledger, Database database, IRecordingFiles? files,
        CancellationToken stop)
    {
        var orphans = new List<Orphan>();
        foreach (var (queue, tenant) in await database.Queues.ListOfAllTenantsAsync(stop).ConfigureAwait(false))
        {
            // Another node of the same database may be alive, and end its own.
            if (queue.Address.Node != database.Node.Node) continue;
            var last = await database.Events.FindLastAsync(tenant, queue, stop).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"The queue {queue.Id} has a row and no event.");
            var now = ledger.InstantOf(Times.Cut(database.Time.GetUtcNow()));
            var facts = ((QueueEvent)last.ToEvent()).Queue with { BeganAt = ledger.InstantOf(last.At) };
            orphans.Add(new(End(facts, Instant.Max(now, facts.BeganAt), QueueEnd.NodeRestart),
                new() { Tie = ledger.Anchor.Tie, StartedAt = last.At, LastAt = last.At }));
        }
        return orphans;
    }

    private static QueueEvent.QueueEnded End(QueueFacts queue, Instant at, QueueEnd why) => new(why) { Queue = queue, At = at };
}
