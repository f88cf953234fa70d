using System.Text.Json.Nodes;
using Ringwright.Agency.Platform;
using Ringwright.Store;

namespace Ringwright.Agency;

/// <summary>Who looks after all agencies of a node.</summary>
public static class PlatformAdministrator
{
    /// <returns><c>email</c> and <c>password</c>, which nobody is shown again; null where the address is somebody's.</returns>
    public static ValueTask<JsonObject?> MakeAsync(Database store, string email, CancellationToken stop) =>
        new Administrators(new() { Store = store }).MakeAsync(email, stop);
}
