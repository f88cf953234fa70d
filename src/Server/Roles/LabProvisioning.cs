using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Lab.Carriers;
using Ringwright.Store;

namespace Ringwright.Server.Roles;

/// <summary>
/// What a node must know of its lab: trunks with their routes, and to start with an application, a profile, ten numbers, and a SIP user
/// with a number, and a stock of numbers to order. Made once; what exists stays.
/// </summary>
internal static class LabProvisioning
{
    public const string Name = "Lab", TrunkName = "lab";

    /// <summary>For a softphone of whoever tries the lab.</summary>
    private const string PhoneName = "Lab phone", PhoneUser = "labphone", PhoneNumber = "+15550100010";

    /// <summary>Behind every route that the operator makes (100 when nothing is said).</summary>
    private const int RoutePriority = 1_000;
    private static readonly string[] Numbers = [.. Enumerable.Range(0, 10).Select(i => $"+1555010000{i}")];

    /// <param name="carriers">Addresses of the carriers with habits, by the names of their trunks.</param>
    /// <returns>The user name and password that a softphone registers with;
    /// null where there is no account, or others have its names.</returns>
    public static async Task<SipUserPlace?> RunAsync(Database store, LabPlace lab, IReadOnlyDictionary<string, IPEndPoint> carriers,
        TimeProvider clock, CancellationToken stop)
    {
        await TrunkAsync(store, At(TrunkName, lab.Sip) with { Sources = [new IPNetwork(lab.Sip.Address, 32)] }, prefix: "+", stop);
        if (lab.SecureSip is { } secure)
        {
            // The same people by other ways; the operator decides with routes whether calls take them.
            await TrunkAsync(store, At(TrunkName + "-tcp", lab.Sip) with { Transport = SipTransport.Tcp }, prefix: null, stop);
            await TrunkAsync(store,
                At(TrunkName + "-tls", secure) with { Transport = SipTransport.Tls, Tls = new() { Authorities = lab.Authority } },
                prefix: null, stop);
        }
        foreach (var carrier in Carrier.All)
            if (carriers.TryGetValue(carrier.Name, out var address))
                await TrunkAsync(store, At(carrier.Name, address), carrier.Prefix, stop);
        await LabStock.FillAsync(store.Stock, clock.GetUtcNow(), stop);
        if ((await store.Tenants.ListAsync(stop)) is not [var tenant, ..]) return null;
        // Two that count by a clock that stands would make one id twice.
        var ids = new Snowflakes(TimeProvider.System, store.Node.Node);
        var first = new FirstResources(store, tenant.Id, ids.Next, clock.GetUtcNow());
        long profile = await first.ProfileAsync(Name, stop);
        var application = await first.ApplicationAsync(Name, profile, stop);
        await first.NumbersAsync(Numbers, application, stop);
        if (await first.SipUserAsync(PhoneName, PhoneUser, profile, stop) is not { } phone) return null;
        await first.NumbersAsync([PhoneNumber], phone.Id, stop);
        return phone.Sip is { UserName: { } user, Password: { } password } ? new(user, password, PhoneNumber) : null;
    }

    /// <summary>
    /// All share one address: what comes from it belongs to the lab itself, so only that trunk has it for a source.
    /// Nobody is deceived there: any number may be shown.
    /// </summary>
    private static Trunk At(string name, IPEndPoint where) => new()
    {
        Id = new TrunkId(Guid.NewGuid()), Name = name, Host = where.Address.ToString(), Port = where.Port, CallerIds = CallerChoice.Any
    };

    /// <summary>The lab takes free ports at each start, so its trunks follow.</summary>
    private static async Task TrunkAsync(Database store, Trunk trunk, string? prefix, CancellationToken stop)
    {
        if (await store.Trunks.FindByNameAsync(trunk.Name, stop) is { } known)
        {
            await store.Trunks.UpdateAsync(
                known.Value with { Host = trunk.Host, Port = trunk.Port, Tls = trunk.Tls, CallerIds = trunk.CallerIds }, stop);
            return;
        }
        await store.Trunks.InsertAsync(trunk, stop);
        if (prefix is not null)
            await store.Routes.InsertAsync(
                new() { Id = Guid.NewGuid(), Trunk = trunk.Id, Prefix = prefix, Priority = RoutePriority }, stop);
    }
}

/// <summary>A SIP user that the lab made.</summary>
/// <param name="Number">+E.164 of its own.</param>
internal sealed record SipUserPlace(string User, string Password, string Number);

/// <summary>Where the lab listens, and the PEM certificate of who signed its own; without them only its datagrams count.</summary>
internal sealed record LabPlace(IPEndPoint Sip, IPEndPoint? SecureSip, string? Authority);
