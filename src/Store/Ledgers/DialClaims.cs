using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Store.Ledgers;

/// <summary>
/// The dials that other nodes of the database make: a leg whose id another node has used is not written, and whoever asked for it is told
/// of the other's. To be asked behind what the node remembers itself.
/// </summary>
public sealed class DialClaims(Database database, Ledger ledger) : IDialMemory
{
    /// <summary>
    /// How long a node may take to commit what it was writing when this one wanted the same; and how often that is looked for.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1), BetweenLooks = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BetweenPrunings = TimeSpan.FromMinutes(1);

    private long _prunedAt;

    /// <summary>Null where there are no other nodes.</summary>
    public static IDialMemory? Of(Database database, Ledger ledger) =>
        database.Sql.Engine.IsShared ? new DialClaims(database, ledger) : null;

    public async ValueTask<Dialled> DialAsync(TenantId tenant, string commandId, Instant now, Func<ValueTask<Dialled>> dial,
        CancellationToken stop)
    {
        var dialled = await dial().ConfigureAwait(false);
        if (dialled.Ack.IsAccepted) Prune();
        // Its first row was not written: nothing can be written, or the id has a leg.
        if (dialled.Ack.Refusal is not Refusal.LedgerUnavailable) return dialled;
        long begunAt = database.Time.GetTimestamp();
        do
        {
            if (!ledger.IsReady) return dialled;
            if (await FindAsync(tenant, commandId, stop).ConfigureAwait(false) is { } others) return Dialled.Accepted(others);
            await Task.Delay(BetweenLooks, database.Time, stop).ConfigureAwait(false);
        }
        while (database.Time.GetElapsedTime(begunAt) < Patience);
        return dialled;
    }

    private async ValueTask<LegFacts?> FindAsync(TenantId tenant, string commandId, CancellationToken stop)
    {
        try
        {
            return await database.Legs.FindByCommandAsync(tenant, commandId, stop).ConfigureAwait(false) is { } row ? ledger.FactsOf(row)
                : null;
        }
        catch (StoreUnavailableException)
        {
            return null;        // as unknown as before
        }
    }

    private void Prune()
    {
        long last = Volatile.Read(ref _prunedAt), now = database.Time.GetTimestamp();
        if (last != 0 && database.Time.GetElapsedTime(last, now) < BetweenPrunings
            || Interlocked.CompareExchange(ref _prunedAt, now, last) != last) return;
        _ = PruneAsync();
    }

    private async Task PruneAsync()
    {
        try
        {
            await database.DialClaims.PruneAsync().ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // In a minute again.
        }
    }
}
