using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>
/// Ends what a dead node of the same database has left alive: its calls, queues and conferences, each as the node's own next start would.
/// Which node is dead the lease says. Whoever ends its calls has its place meanwhile, so one node does it, and none that comes back is in
/// between; a process that was not dead after all finds another epoch when it comes back to the database, and ends what it has.
/// </summary>
public sealed class DeadNodes(Database database, Ledger ledger, ILogger logger)
{
    /// <summary>A look that finds no dead node asks nobody.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>So long after the end of its call a recording waits for the node that has it on its disk.</summary>
    internal static readonly TimeSpan RecordingsKept = TimeSpan.FromDays(7);

    internal const string CountLeftAllTenants = """
        select (select count(*) from rw_leg where ended_at is null and id like @those)
            + (select count(*) from rw_conference where ended_at is null and id like @those)
            + (select count(*) from rw_queue where id like @those)
        """;

    /// <summary>How often it is looked whether recordings have waited long enough.</summary>
    internal TimeSpan RecordingsEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Those whose calls have ended, with the word after which that was so, and when recordings of theirs are looked at again.
    /// </summary>
    private readonly Dictionary<int, (long Beat, DateTimeOffset Again)> _settled = [];

    private NodeLease Lease => database.Outbox.Lease;

    /// <summary>To be called by one at a time. While the database is away nobody is dead.</summary>
    public async Task LookAsync(CancellationToken stop)
    {
        try
        {
            foreach (var (number, beat) in Lease.Dead)
            {
                var now = database.Time.GetUtcNow();
                if (_settled.TryGetValue(number, out var settled) && settled.Beat == beat && now < settled.Again) continue;
                if (await HasLeftAsync(number, stop).ConfigureAwait(false) && !await TryBuryAsync(number, beat, stop).ConfigureAwait(false))
                    continue;
                bool isDone = await GiveUpRecordingsAsync(number, now, stop).ConfigureAwait(false);
                _settled[number] = (beat, isDone ? DateTimeOffset.MaxValue : now + RecordingsEvery);
            }
        }
        catch (StoreUnavailableException)
        {
            // Told by the writer, once for the whole outage.
        }
    }

    private async Task<bool> HasLeftAsync(int number, CancellationToken stop)
    {
        string those = string.Create(CultureInfo.InvariantCulture, $"{(byte)number:x2}%");
        return await database.Sql.ReadAsync(db => db.ExecuteScalar<long>(CountLeftAllTenants, new { those }), stop)
            .ConfigureAwait(false) > 0;
    }

    /// <returns>False when it lives, or somebody else does this.</returns>
    private async Task<bool> TryBuryAsync(int number, long beat, CancellationToken stop)
    {
        using var place = await HoldAsync(number, stop).ConfigureAwait(false);
        if (place is null)
        {
            // A process that stands still, or that only the server still believes in, has its connection closed.
            await database.Sql.WriteAsync(db =>
            {
                database.Sql.Engine.Disconnect(db, number, Lease.Span);
                return 0;
            }, stop).ConfigureAwait(false);
            return false;
        }
        // Who stood still since it was last heard of the others may be the dead one himself.
        if (!Lease.IsHeld) return false;
        bool isDead = await database.Sql.WriteAsync(db => db.Execute(NodeTable.Bury, new { node = number, beat }), stop)
            .ConfigureAwait(false) > 0;
        if (!isDead) return false;
        int ended = await ledger.BuryAsync(number, stop).ConfigureAwait(false);
        if (ended > 0) logger.NodeBuried(number, ended);      // else another node was faster
        return true;
    }

    private async Task<IDisposable?> HoldAsync(int number, CancellationToken stop)
    {
        try
        {
            return await Task.Run(() => database.Sql.Engine.TryHoldPlace(number), stop).ConfigureAwait(false);
        }
        catch (Exception away) when (database.Sql.Engine.IsTransient(away))
        {
            throw new StoreUnavailableException(away);
        }
    }

    /// <summary>What it recorded is on its disk, and its next start saves it. One that does not come is not waited for for ever.</summary>
    /// <returns>Whether none waits.</returns>
    private async Task<bool> GiveUpRecordingsAsync(int number, DateTimeOffset now, CancellationToken stop)
    {
        var late = new List<(RecordingRow Recording, LegRow Leg)>();
        bool isNoneLeft = true;
        foreach (var row in await database.Recordings.ListOpenOfAllTenantsAsync(stop).ConfigureAwait(false))
        {
            if (row.Leg.Node != number || await database.Legs.FindAsync(row.Tenant, row.Leg, stop).ConfigureAwait(false) is not { } leg)
                continue;
            if ((leg.FoundEndedAt ?? leg.EndedAt) is { } endedAt && endedAt < now - RecordingsKept) late.Add((row, leg));
            else isNoneLeft = false;
        }
        if (late.Count == 0) return isNoneLeft;
        // Whoever has its place has come back, and saves them now.
        using var place = await HoldAsync(number, stop).ConfigureAwait(false);
        if (place is null) return false;
        string why = string.Create(CultureInfo.InvariantCulture, $"Node {number}, on whose disk it is, has not come back for a week.");
        foreach (var (recording, leg) in late)
        {
            var facts = ledger.FactsOf(leg);
            // Of what is said in a mailbox nobody outside hears.
            if (recording.Plan.Mailbox is { } mailbox) facts = facts with { Application = new(ApplicationKind.Voicemail, mailbox) };
            await ledger.AppendAsync(new CallEvent.RecordingFailed(recording.Id, why)
            {
                Leg = facts, At = ledger.InstantOf(now), Plan = recording.Plan,
            }).ConfigureAwait(false);
        }
        return isNoneLeft;
    }
}
