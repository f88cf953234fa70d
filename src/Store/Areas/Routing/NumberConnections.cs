using System.Globalization;
using Ringwright.Calls;

namespace Ringwright.Store.Tables;

/// <summary>Connections that an API has made for one number alone, with the documents that answer it: they go with it.</summary>
public static class NumberConnections
{
    /// <summary>A new one may be on its way to its number.</summary>
    public static readonly TimeSpan Young = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Of all of an API, those to which no number leads any more: of one that another API or the operator took away, or gave something else
    /// that answers, and of one that had calls up when it went.
    /// </summary>
    public static async Task SweepAsync(Database store, TimeProvider time, Func<Connection, bool> isOwn, CancellationToken stop)
    {
        var routing = store.Routing.Current;
        foreach (var own in routing.Connections.Where(one => isOwn(one) && routing.FindNumberOf(one) is null).ToList())
        {
            var row = await store.Connections.Records.FindAsync(own.Tenant, KeyOf(own), stop).ConfigureAwait(false);
            if (row is not null && time.GetUtcNow() - row.CreatedAt >= Young) await RemoveAsync(store, own, stop).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// It stays while calls of it are up, and where a number has it: one that another network has taken comes back to it.
    /// </summary>
    public static async ValueTask RemoveAsync(Database store, Connection own, CancellationToken stop)
    {
        if (await store.Legs.ListLiveAsync(own.Tenant, own.Id, new() { Limit = 1 }, stop).ConfigureAwait(false) is { Total: > 0 }) return;
        await store.Connections.RemoveUnledAsync(own.Tenant, KeyOf(own), stop).ConfigureAwait(false);
    }

    private static string KeyOf(Connection connection) => connection.Id.Value.ToString(CultureInfo.InvariantCulture);
}
