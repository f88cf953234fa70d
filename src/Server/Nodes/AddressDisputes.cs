using System.Net;
using Ringwright.Calls;

namespace Ringwright.Server.Nodes;

/// <summary>Addresses that do not serve all who list them, because a trunk or an earlier account has them.</summary>
internal static class AddressDisputes
{
    /// <summary>
    /// Where some of a customer's connections may call with a token or a password, that is as it should be: those are not counted.
    /// </summary>
    public static (int Contested, int Taken) Count(RoutingSnapshot routing)
    {
        int contested = 0, taken = 0;
        var nothing = new TrunkHosts();
        foreach (var address in routing.Sip.ListedAddresses)
        {
            var bare = routing.Sip.FindSource(address).Where(s => s.Connection.Sip?.Origination.HasOwnMark() is not true)
                .Select(s => s.Connection.Tenant).ToList();
            if (IPAddress.IsLoopback(address) || bare.Count == 0) continue;
            if (routing.FindTrunkAt(address, nothing) is not null) taken++;
            else if (!routing.Sip.IsShared(address)
                && bare.Exists(tenant => tenant != routing.Sip.FindSource(address)[0].Connection.Tenant)) contested++;
        }
        return (contested, taken);
    }
}
