using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Http;

/// <summary>Whether an account's credentials are good at the moment and from where a request came, whatever they are.</summary>
public static class AccountDoor
{
    /// <returns>Why not; null when they are.</returns>
    public static (Fault Fault, string Detail)? Refusal(RoutingSnapshot routing, TenantId tenant, HttpContext http)
    {
        if (routing.FindTenant(tenant) is not { } account) return null;
        if (account.IsDisabled) return (Fault.AccountDisabled, "This account is switched off: whoever manages it can switch it on again.");
        var origin = RequestOrigin.Of(http);
        return account.Access.Allows(origin.Address, origin.IsHere) ? null
            : (Fault.AddressNotAllowed, $"The keys of this account may not be used from {origin.Address}: its access IP addresses and ranges do not include it.");
    }
}
