using System.Collections.Concurrent;
using Ringwright.Core;
using Ringwright.Store.Resources;

namespace Ringwright.Voipbin.Calling;

/// <summary>
/// Where the customers of this node want their events, in memory: what happens to calls is told on the thread that commits it, which must
/// not ask the database. Another node's change of it is known some seconds later.
/// </summary>
internal sealed class CustomerHooks(VoipbinParts parts)
{
    private readonly ConcurrentDictionary<TenantId, ResourceRow> _customers = new();

    /// <summary>Null for a customer who has said nothing.</summary>
    public ResourceRow? Find(TenantId tenant) => _customers.GetValueOrDefault(tenant);

    public void Keep(ResourceRow customer) => _customers[customer.Tenant] = customer;

    public async Task ReadAsync(CancellationToken stop)
    {
        var all = await parts.Store.Documents.ListOfAllTenantsAsync(Customers.RecordType, stop);
        foreach (var gone in _customers.Keys.Except(all.Select(row => row.Tenant)).ToList()) _customers.TryRemove(gone, out _);
        foreach (var row in all)
        {
            if (Find(row.Tenant) is { } known && known.UpdatedAt == row.UpdatedAt && Customers.HeardOf(known) == Customers.HeardOf(row))
                continue;
            // The list has no secrets.
            if (await Customers.FindAsync(parts, row.Tenant, stop) is { } whole) Keep(whole);
        }
    }
}
