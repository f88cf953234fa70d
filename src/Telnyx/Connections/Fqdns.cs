using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;
using static Ringwright.Telnyx.Connections.ConnectionRules;

namespace Ringwright.Telnyx.Connections;

/// <summary>Five operations, crud. Host names of FQDN connections; they are looked up when a call goes there.</summary>
internal static class Fqdns
{
    internal const int Port = 5060, LongestName = 253, LongestLabel = 63;

    public static ResourceKind Kind(ConnectionParts parts) => new("fqdn")
    {
        Ids = IdStyle.Snowflake19,
        Unique = ["fqdn"],
        Validate = (op, body, _) => new(Check(op, body, parts)),
    };

    public static readonly ResourceView<ConnectionHost> View = new()
    {
        Read = row => new(long.Parse(row.Id, CultureInfo.InvariantCulture), row.Tenant, new(row.Body.Id("connection_id") ?? 0),
            row.Body.Text("fqdn") ?? "", row.Body.Text("dns_record_type") is "srv", row.Body.Whole("port") ?? Port),
        Columns = new Dictionary<string, string> { ["connection_id"] = "connection_id", ["fqdn"] = "host", ["port"] = "port" },
    };

    private static Problem? Check(OperationContext op, JsonObject body, ConnectionParts parts)
    {
        string name = (body.Text("fqdn") ?? "").TrimEnd('.').ToLowerInvariant();
        if (!IsHostName(name)) return At("/fqdn", VoiceErrors.BadRequest, "fqdn must be a host name.");
        if (IPAddress.TryParse(name, out var address) && Ips.CheckAddress(parts, address, body.Whole("port") ?? Port) is { } refusal)
            return At("/fqdn", VoiceErrors.BadRequest, refusal);
        if (AddressClaims.IsTrunks(op, name, body.Whole("port") ?? Port, parts.TrunkHosts))
            return At("/fqdn", VoiceErrors.BadRequest, "fqdn is a trunk of this node: calls to equipment cannot go there.");
        body["fqdn"] = name;

        string type = (body.Text("dns_record_type") ?? "").ToLowerInvariant();
        if (type is not ("a" or "srv")) return At("/dns_record_type", "10032", "dns_record_type must be a or srv.");
        body["dns_record_type"] = type;
        if (Ips.CheckPort(body) is { } wrong) return wrong;
        if (body["port"] is null) body["port"] = Port;
        return body.Id("connection_id") is { } id && op.Routing.FindConnection(op.Tenant, new(id)) is { Kind: ConnectionKind.Fqdn }
            ? null : At("/connection_id", VoiceErrors.BadRequest, "connection_id names no FQDN connection of this account.");
    }

    internal static bool IsHostName(string name) => name.Length is > 0 and <= LongestName
        && name.Split('.').All(label => label.Length is > 0 and <= LongestLabel && label[0] != '-' && label[^1] != '-'
            && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
}
