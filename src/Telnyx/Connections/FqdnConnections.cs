using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Faces;

namespace Ringwright.Telnyx.Connections;

/// <summary>
/// Five operations, crud. Equipment that is reached by host names; it calls from listed addresses, with a token, or with a user name and
/// password that its account chooses, or that we make.
/// </summary>
internal static class FqdnConnections
{
    private const string Noun = "fqdn", Method = "ip_authentication_method", Digest = "credential-authentication";

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
        TakeUser(op.ReadObject(), body, before);
        return await SipConnectionRules.CheckAsync(op, body, before, parts)
            ?? (IsDigest(body) ? SipUserRules.CheckChosen(op, body, before) : null)
            ?? SipConnectionRules.CheckPreferred(body, Noun, Own(op, before));
    }

    /// <summary>
    /// Who names a user or a password, and not how the equipment calls, means that it calls with them: guides to this API say no more. What
    /// is not named is made, and an empty text names nothing.
    /// </summary>
    /// <param name="given">What the request says.</param>
    private static void TakeUser(JsonObject given, JsonObject body, ResourceRow? before)
    {
        foreach (string name in (string[])["user_name", "password"])
        {
            if (body.Text(name) is not "") continue;
            if (before?.Body[name] is { } kept) body[name] = kept.DeepClone();
            else body.Remove(name);
        }

        bool isNamed = given.Filled("user_name") is not null || given.Filled("password") is not null;
        if (isNamed && given.Child("outbound")?.Filled(Method) is null)
        {
            if (body.Child("outbound") is not { } outbound) body["outbound"] = outbound = [];
            outbound[Method] = Digest;
        }

        if (!IsDigest(body)) return;
        if (body.Filled("user_name") is null) body["user_name"] = SipUserRules.NewName();
        if (body.Filled("password") is null) body["password"] = SipUserRules.NewPassword();
    }

    private static IEnumerable<long> Own(OperationContext op, ResourceRow? row) =>
        row is not null && long.TryParse(row.Id, out long id) ? op.Routing.Sip.HostsOf(op.Tenant, new(id)).Select(h => h.Id) : [];

    private static bool IsDigest(JsonObject body) =>
        body.Child("outbound")?.Text(Method) is Digest;

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
