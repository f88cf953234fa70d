using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;
using static Ringwright.Telnyx.Connections.ConnectionRules;

namespace Ringwright.Telnyx.Connections;

/// <summary>
/// Who may list an address as that of his equipment. A trunk's is the operator's, and any other is that
/// of the account that listed it first, until the operator shares it. Equipment whose requests carry a password or a token may be anywhere.
/// What calls meet does not depend on this: they ask again.
/// </summary>
internal static class AddressClaims
{
    /// <summary>The same for a trunk's address and for another account's: nobody learns whose it is.</summary>
    public const string Taken =
        "ip_address belongs to somebody else's equipment. Let your equipment call with a user name and password (a credential connection, "
        + "or an FQDN connection with "
            + "credential-authentication) or with a token (ip_authentication_method token), or ask the operator of this "
            + "node to share the address.";

    private const string ListedAt = "listed_at";

    /// <summary>Since when a row lists its address: a row whose address is changed begins anew. In the row, and in no reply.</summary>
    public static DateTimeOffset Since(ResourceRow row) =>
        row.Body.Text(ListedAt) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : row.CreatedAt;

    /// <summary>For a row that is about to be written with this address.</summary>
    public static Problem? Check(OperationContext op, JsonObject body, ResourceRow? before, IPAddress address,
        Connection? connection, TrunkHosts trunks)
    {
        bool isSame = before?.Body.Text("ip_address") == address.ToString();
        if (before is not null && !isSame) body[ListedAt] = op.Now.ToString("O", CultureInfo.InvariantCulture);
        if (isSame && before?.Body.Text("connection_id") == body.Text("connection_id")) return null;
        return MayList(op, address, connection, trunks) ? null : At("/ip_address", VoiceErrors.BadRequest, Taken);
    }

    /// <summary>For a connection that is about to be known by its addresses alone, and was known by a password or a token before.</summary>
    public static Problem? CheckBare(OperationContext op, JsonObject body, ResourceRow? before, TrunkHosts trunks)
    {
        if (before is null || !HasOwnMark(before.Body) || HasOwnMark(body)) return null;
        foreach (var listed in op.Routing.Sip.AddressesOf(op.Tenant, new(long.Parse(before.Id, CultureInfo.InvariantCulture))))
            if (!MayList(op, listed.Address, connection: null, trunks))
                return At("/outbound/ip_authentication_method", VoiceErrors.BadRequest,
                    $"{listed.Address} belongs to somebody else's equipment too: without a password or a token this connection would not "
                    + "be known there.");
        return null;
    }

    private static bool HasOwnMark(JsonObject body) =>
        body.Child("outbound")?.Text("ip_authentication_method") is "token" or "credential-authentication";

    /// <summary>
    /// For a host name that calls are to be sent to: the operator's trunks are reached by numbers and their prices, and by nothing else.
    /// </summary>
    public static bool IsTrunks(OperationContext op, string host, int port, TrunkHosts trunks)
    {
        // Other programs are at the laptop's own name too: there only the port tells a trunk from them.
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return op.Routing.Trunks.Any(t => host.Equals(t.Host, StringComparison.OrdinalIgnoreCase) && (t.Port ?? Fqdns.Port) == port)
                || op.Routing.HasTrunkAt(IPAddress.Loopback, port);
        if (!IPAddress.TryParse(host, out var address))
            return op.Routing.Trunks.Any(t => host.Equals(t.Host.TrimEnd('.'), StringComparison.OrdinalIgnoreCase)
                || host.Equals(t.RegistrarPlace?.Host.TrimEnd('.'), StringComparison.OrdinalIgnoreCase));
        return IPAddress.IsLoopback(address) ? op.Routing.HasTrunkAt(address, port) : op.Routing.FindTrunkAt(address, trunks) is not null;
    }

    private static bool MayList(OperationContext op, IPAddress address, Connection? connection, TrunkHosts trunks)
    {
        // Many programs are on the laptop, and the port tells them apart.
        if (IPAddress.IsLoopback(address) || connection?.Sip?.Origination.HasOwnMark() is true) return true;
        if (op.Routing.FindTrunkAt(address, trunks) is not null) return false;
        return op.Routing.Sip.IsShared(address) || op.Routing.Sip.FindSource(address) is not [var first, ..]
            || first.Connection.Tenant == op.Tenant;
    }
}
