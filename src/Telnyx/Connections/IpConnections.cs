using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Faces;

namespace Ringwright.Telnyx.Connections;

/// <summary>Five operations, crud. Equipment that is known by its addresses.</summary>
internal static class IpConnections
{
    private const string Noun = "ip";

    public static ResourceKind Kind(ConnectionParts parts) => new("ip_connection")
    {
        Ids = IdStyle.Snowflake19,
        Unique = ["connection_name"],
        Merged = ["inbound", "outbound", "rtcp_settings"],
        Paths = SipConnectionPaths.All,
        Defaults = new() { ["active"] = true, ["tags"] = new JsonArray() },
        Validate = (op, body, before) => CheckAsync(op, body, before, parts),
        BeforeDelete = (op, row) => ConnectionRules.CheckNoCallsAsync(op, row, parts.Store),
        Show = (op, row, shown) => SipConnectionRules.HidePreferred(shown, Noun, Own(op, row)),
    };

    public static readonly ResourceView<Connection> View =
        new() { Dialect = TelnyxFaces.Dialect, Read = Read, Keep = ConnectionBody.KeepSip, Columns = SipConnectionPaths.Columns };

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, ResourceRow? before, ConnectionParts parts)
    {
        // The contract lets a new one be nameless, and a name is what people tell connections apart by.
        if (before is null && body["connection_name"] is null)
            body["connection_name"] = $"ip-connection-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        return await SipConnectionRules.CheckAsync(op, body, before, parts)
            ?? SipConnectionRules.CheckPreferred(body, Noun, Own(op, before));
    }

    private static IEnumerable<long> Own(OperationContext op, ResourceRow? row) =>
        row is not null && long.TryParse(row.Id, out long id) ? op.Routing.Sip.AddressesOf(op.Tenant, new(id)).Select(a => a.Id) : [];

    private static Connection Read(ResourceRow row)
    {
        var connection = ConnectionBody.ReadSip(row, ConnectionKind.Ip);
        var sip = connection.Sip!;  // just read
        return connection with
        {
            Sip = sip with { Delivery = sip.Delivery with { Preferred = SipConnectionRules.Preferred(row.Body, Noun) } }
        };
    }
}
