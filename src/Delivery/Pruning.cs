using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Delivery;

/// <summary>Forgets events that nobody came back for, and what was to be sent once only.</summary>
internal sealed class Pruning(Database database, DeliveryOptions options, TimeProvider time)
{
    /// <summary>Longer than the time that the key of any such message speaks of.</summary>
    private static readonly TimeSpan KeepOnce = TimeSpan.FromDays(2);

    public async Task RunAsync(CancellationToken stop)
    {
        var now = time.GetUtcNow();
        TenantId[] tenants = [.. (await database.Tenants.ListAsync(stop).ConfigureAwait(false)).Select(t => t.Id)];
        await database.Stream.PruneAsync(tenants, now - options.KeepForListeners, stop).ConfigureAwait(false);
        await database.Outbox.PruneOnceAsync(tenants, now - KeepOnce, stop).ConfigureAwait(false);
    }
}
