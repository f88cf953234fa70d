using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Store;

namespace Ringwright.Agency;

/// <summary>The first user of an account.</summary>
public static class AgencyOwner
{
    /// <returns><c>email</c> and <c>password</c>, which nobody is shown again.</returns>
    public static ValueTask<JsonObject> MakeAsync(Database store, Tenant tenant, CancellationToken stop) =>
        AgencyUsers.MakeOwnerAsync(store, tenant, stop);
}
