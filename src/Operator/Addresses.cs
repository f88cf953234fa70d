using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>
/// The addresses that accounts list as those of their equipment, whose they are, and which of them
/// the operator shares among several accounts.
/// </summary>
internal static class Addresses
{
    public static Reply List(OperationContext op, TrunkHosts trunks)
    {
        var sip = op.Routing.Sip;
        IPAddress[] all = [.. sip.SharedAddresses.Union(sip.ListedAddresses).OrderBy(a => a.ToString(), StringComparer.Ordinal)];
        return op.Page([.. all.Skip(op.List.Offset).Take(op.List.Size).Select(a => (JsonNode)Show(op.Routing, a, trunks))], all.Length);
    }

    public static async ValueTask<Reply> Share(OperationContext op, SharedAddressTable shared, TrunkHosts trunks)
    {
        if (Read(op) is not { } address) return NoAddress(op);
        // It would share nothing: a trunk's address is the trunk's.
        if (op.Routing.FindTrunkAt(address, trunks) is { } trunk)
            return op.Fail(new Problem("invalid",
                $"{address} is that of trunk {trunk.Name}: customers behind the same SBC need a user name and password, or a token.")
            {
                Pointer = "/address"
            });
        await shared.AddAsync(address, op.Stop);
        return op.Ok(Show(op.Routing, address, trunks));
    }

    public static async ValueTask<Reply> Unshare(OperationContext op, SharedAddressTable shared, TrunkHosts trunks)
    {
        if (Read(op) is not { } address) return NoAddress(op);
        return await shared.RemoveAsync(address, op.Stop) ? op.Ok(Show(op.Routing, address, trunks))
            : op.Fail(new Problem("invalid", $"{address} is not shared.") { Pointer = "/address" });
    }

    /// <summary>The addresses which customers list and a trunk has, in words for whoever adds the trunk.</summary>
    public static JsonArray OfCustomers(RoutingSnapshot routing, Trunk trunk) =>
    [
        .. routing.Sip.ListedAddresses.Where(a => trunk.NarrowestSource(a) is not null || trunk.IsAt(a))
            .OrderBy(a => a.ToString(), StringComparer.Ordinal)
            .Select(a => (JsonNode)new JsonObject { ["address"] = a.ToString(), ["accounts"] = Accounts(routing, a) }),
    ];

    private static IPAddress? Read(OperationContext op) =>
        TypedAddress.TryRead((string?)op.ReadObject()["address"] ?? "", out var address) ? address.Plain() : null;

    private static Reply NoAddress(OperationContext op) =>
        op.Fail(new Problem("invalid", "address must be an IP address.") { Pointer = "/address" });

    private static JsonObject Show(RoutingSnapshot routing, IPAddress address, TrunkHosts trunks)
    {
        var trunk = routing.FindTrunkAt(address, trunks);
        var accounts = Accounts(routing, address);
        return new()
        {
            ["record_type"] = "address",
            ["address"] = address.ToString(),
            ["state"] = IPAddress.IsLoopback(address) ? "loopback" : trunk is not null ? "trunk" : routing.Sip.IsShared(address) ? "shared"
                : accounts.Count > 1 ? "contested" : "own",
            ["trunk"] = trunk is null ? null : new JsonObject { ["id"] = trunk.Id.ToString(), ["name"] = trunk.Name },
            ["accounts"] = accounts,
        };
    }

    /// <summary>Those who list it, the first to do so first.</summary>
    private static JsonArray Accounts(RoutingSnapshot routing, IPAddress address) =>
    [
        .. routing.Sip.FindSource(address).Select(s => s.Connection.Tenant).Distinct()
            .Select(id => (JsonNode)new JsonObject { ["id"] = id.ToString(), ["name"] = routing.FindTenant(id)?.Name ?? "" }),
    ];
}
