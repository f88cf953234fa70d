using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Faces;

namespace Ringwright.Telnyx.Connections;

/// <summary>
/// Five operations, crud. Equipment that is reached by host names; it calls from listed addresses or
/// with a user name and password that we make.
/// </summary>
internal static class FqdnConnections
{
    private const string Noun = "fqdn";

    public static ResourceKind Kind(ConnectionParts parts) => new("fqdn_connection")
    {
        Ids = IdStyle.Snowflake19,
        Unique = ["connection_name"],
        Merged = ["inbound", "outbound", "rtcp_settings"],
        Paths = SipConnectionPaths.All,
        Defaults = new() { ["tags"] = new JsonArray() },
        Validate = (op, body, before) => CheckAsync(op, body, before, parts),
        BeforeDelete = (op, row) => ConnectionRules.CheckNoCallsAsync(op, row, parts.Store),
        Show = (op, row, shown) => SipConnectionRules.HidePreferred(shown, Noun, Own(op, row)),
    };

    public static readonly ResourceView<Connection> View = new()
    {
        Dialect = TelnyxFaces.Dialect, Read = Read, Keep = ConnectionBody.KeepSip, Columns = SipConnectionPaths.Columns, Secret = "password"
    };

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, ResourceRow? before, ConnectionParts parts)
    {
        if (await SipConnectionRules.CheckAsync(op, body, before, parts) is { } problem) return problem;
        if (IsDigest(body) && body.Filled("user_name") is null)
        {
            body["user_name"] = SipUserRules.NewName();
            body["password"] = SipUserRules.NewPassword();
        }
        return SipConnectionRules.CheckPreferred(body, Noun, Own(op, before));
    }

    private static IEnumerable<long> Own(OperationContext op, ResourceRow? row) =>
        row is not null && long.TryParse(row.Id, out long id) ? op.Routing.Sip.HostsOf(op.Tenant, new(id)).Select(h => h.Id) : [];

    private static bool IsDigest(JsonObject body) =>
        body.Child("outbound")?.Text("ip_authentication_method") is "credential-authentication";

    private static Connection Read(ResourceRow row)
    {
        var connection = ConnectionBody.ReadSip(row, ConnectionKind.Fqdn);
        var sip = connection.Sip!;  // just read
        bool isDigest = IsDigest(row.Body);
        return connection with
        {
            TellsCost = row.Body.Flag("call_cost_enabled", fallback: false),
            Sip = sip with
            {
                UserName = isDigest ? row.Body.Text("user_name") : null,
                Password = isDigest ? row.Body.Text("password") : null,
                // Either place says it.
                IsSrtpRequired = sip.IsSrtpRequired || row.Body.Child("outbound")?.Text("encrypted_media") is "SRTP",
                Delivery = sip.Delivery with { Preferred = SipConnectionRules.Preferred(row.Body, Noun) },
                Origination = sip.Origination with { IsDigestRequired = isDigest },
            },
        };
    }
}
