using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Http;

/// <summary>Whether an account's credentials are good at the moment and from where a request came, whatever they are.</summary>
public static class AccountGuard
{
    /// <returns>Why not; null when they are.</returns>
    public static (Fault Fault, string Detail)? Refusal(RoutingSnapshot routing, TenantId tenant, HttpContext http) =>
        Refusal(routing, tenant, RequestOrigin.Of(http));

    /// <returns>Why not; null when they are.</returns>
    public static (Fault Fault, string Detail)? Refusal(RoutingSnapshot routing, TenantId tenant, RequestOrigin origin)
    {
        if (routing.FindTenant(tenant) is not { } account) return null;
        if (account.IsDisabled) return (Fault.AccountDisabled, "This account is switched off: whoever manages it can switch it on again.");
        if (account.Access.Allows(origin.Address, origin.IsKnown)) return null;
        return (Fault.AddressNotAllowed, origin.IsKnown
            ? $"The keys of this account may not be used from {origin.Address}: its access IP addresses and ranges do not include it."
            : $"The keys of this account may not be used from here: it lists addresses, and {origin.Address}, which handed this request "
                + "on, is no proxy whose word on where it came from is taken.");
    }
}
