using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Account;

/// <summary>
/// What holds for listed addresses and ranges alike. Nobody shuts itself out:
/// a change after which the same request would be turned away is refused.
/// </summary>
internal static class AccessRules
{
    /// <summary>Addresses and ranges of one account; each request of its keys is held against all of them.</summary>
    public const int MostNetworks = 1_000;

    /// <summary>The network of this address alone.</summary>
    public static IPNetwork Only(IPAddress address) => new(address, address.GetAddressBytes().Length * 8);

    public static Problem? CheckAdded(OperationContext op, IPNetwork network, string pointer)
    {
        var list = ListOf(op);
        if (list.Count >= MostNetworks)
            return new(VoiceErrors.BadRequest, $"An account may list at most {MostNetworks} addresses and ranges.") { Pointer = pointer };
        return list.With(network).Allows(op.Origin.Address, op.Origin.IsKnown) ? null
            : new(VoiceErrors.BadRequest,
                $"This would shut out {op.Origin.Address}, which this request comes from: list that address first.")
            {
                Pointer = pointer
            };
    }

    public static Problem? CheckRemoved(OperationContext op, IPNetwork network) =>
        ListOf(op).Without(network).Allows(op.Origin.Address, op.Origin.IsKnown) ? null
            : op.Dialect.Errors.Problem(Fault.InUse,
                $"This would shut out {op.Origin.Address}, which this request comes from: ask from another listed address, or remove the "
                + "others first.");

    /// <summary>Whoever is told of an entry meets it: the routing was swapped before the answer.</summary>
    public static void Show(OperationContext op, ResourceRow row, JsonObject shown)
    {
        shown["status"] = "added";
        shown["user_id"] = op.Tenant.ToString();
    }

    private static AccessList ListOf(OperationContext op) => op.Routing.FindTenant(op.Tenant)?.Access ?? AccessList.Everywhere;
}
