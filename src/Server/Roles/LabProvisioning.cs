using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Telnyx;

namespace Ringwright.Server.Roles;

/// <summary>What a node must know of its lab: a trunk with a route, and an application, a profile and ten numbers to start with. Made once; what exists stays.</summary>
internal static class LabProvisioning
{
    public const string Name = "Lab", TrunkName = "lab";

    /// <summary>Behind every route that the operator makes (100 when nothing is said).</summary>
    private const int RoutePriority = 1_000;
    private static readonly string[] Numbers = [.. Enumerable.Range(0, 10).Select(i => $"+1555010000{i}")];

    public static async Task RunAsync(Database store, IPEndPoint lab, TimeProvider clock, CancellationToken stop)
    {
        await TrunkAsync(store, lab, stop);
        if ((await store.Tenants.ListAsync(stop)) is not [var tenant, ..]) return;
        var ids = new Snowflakes(clock, store.Node.Node);
        var now = clock.GetUtcNow();
        long profile = await FirstResources.ProfileAsync(store, tenant.Id, Name, ids.Next(), now, stop);
        var application = await FirstResources.ApplicationAsync(store, tenant.Id, Name, profile, ids.Next(), now, stop);
        await FirstResources.NumbersAsync(store, tenant.Id, Numbers, application, ids.Next, now, stop);
    }

    /// <summary>The lab takes a free port at each start, so its trunk follows.</summary>
    private static async Task TrunkAsync(Database store, IPEndPoint lab, CancellationToken stop)
    {
        if (await store.Trunks.FindByNameAsync(TrunkName, stop) is { } known)
        {
            await store.Trunks.UpdateAsync(known.Value with { Host = lab.Address.ToString(), Port = lab.Port }, stop);
            return;
        }
        var trunk = new Trunk
        {
            Id = new TrunkId(Guid.NewGuid()),
            Name = TrunkName,
            Host = lab.Address.ToString(),
            Port = lab.Port,
            Sources = [new IPNetwork(lab.Address, 32)],
        };
        await store.Trunks.InsertAsync(trunk, stop);
        await store.Routes.InsertAsync(new() { Id = Guid.NewGuid(), Trunk = trunk.Id, Priority = RoutePriority }, stop);
    }
}
