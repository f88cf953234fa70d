using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;
using static Ringwright.Telnyx.Connections.ConnectionRules;

namespace Ringwright.Telnyx.Connections;

/// <summary>Five operations, crud. Addresses of IP connections, and of FQDN connections that call from them.</summary>
internal static class Ips
{
    public static ResourceKind Kind(ConnectionParts parts) => new("ip")
    {
        Ids = IdStyle.Snowflake19,
        Unique = ["ip_address"],
        TakenDetail = AddressClaims.Taken,
        Validate = (op, body, before) => new(Check(op, body, before, parts)),
    };

    public static readonly ResourceView<ConnectionAddress> View = new()
    {
        Read = row => new(long.Parse(row.Id, CultureInfo.InvariantCulture), row.Tenant, new(row.Body.Id("connection_id") ?? 0),
            IPAddress.Parse(row.Body.Text("ip_address")!), row.Body.Whole("port") ?? Port)
        { ListedAt = AddressClaims.Since(row) },     // checked before it is written
        Columns = new Dictionary<string, string> { ["connection_id"] = "connection_id", ["ip_address"] = "address", ["port"] = "port" },
    };

    private const int Port = 5060;

    private static Problem? Check(OperationContext op, JsonObject body, ResourceRow? before, ConnectionParts parts)
    {
        if (!TypedAddress.TryRead(body.Text("ip_address") ?? "", out var address)
            || address.AddressFamily is not AddressFamily.InterNetwork)
            return At("/ip_address", VoiceErrors.BadRequest, "ip_address must be an IPv4 address in dotted form.");
        if (CheckPort(body) is { } wrong) return wrong;
        if (CheckAddress(parts, address, body.Whole("port") ?? Port) is { } refusal)
            return At("/ip_address", VoiceErrors.BadRequest, refusal);
        body["ip_address"] = address.ToString();

        Connection? connection = null;
        if (body.Filled("connection_id") is not null)
        {
            connection = body.Id("connection_id") is { } id ? op.Routing.FindConnection(op.Tenant, new(id)) : null;
            if (connection is not { Kind: ConnectionKind.Ip or ConnectionKind.Fqdn })
                return At("/connection_id", VoiceErrors.BadRequest, "connection_id names no IP or FQDN connection of this account.");
        }
        return AddressClaims.Check(op, body, before, address, connection, parts.TrunkHosts);
    }

    /// <summary>
    /// Why the address may not be saved; null when it may. Equipment may well call from where we do not send (reserved networks,
    /// this machine), and the way out is judged again at each call.
    /// </summary>
    public static string? CheckAddress(ConnectionParts parts, IPAddress address, int port) =>
        parts.Egress.Policy.Check(address, port, TargetUse.Signalling) switch
        {
            TargetVerdict.Allowed or TargetVerdict.Reserved or TargetVerdict.OwnListener or TargetVerdict.OwnPort => null,
            var verdict => $"The address is refused: {TargetPolicy.Describe(verdict)}.",
        };

    public static Problem? CheckPort(JsonObject body) => body["port"] is not null && body.Whole("port") is not (>= 1 and <= 65_535)
        ? At("/port", VoiceErrors.BadRange, "port must be from 1 to 65535.") : null;
}
