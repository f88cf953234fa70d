using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Faces;

namespace Ringwright.Telnyx.Connections;

/// <summary>
/// Five operations, crud, and the registration's state. Equipment that registers and calls with a user name and password.
/// </summary>
internal static class CredentialConnections
{
    public static ResourceKind Kind(ConnectionParts parts) => new("credential_connection")
    {
        Ids = IdStyle.Snowflake19,
        Unique = ["connection_name"],
        Merged = ["inbound", "outbound", "rtcp_settings"],
        Paths = SipConnectionPaths.All,
        Defaults = new() { ["active"] = true, ["sip_uri_calling_preference"] = "disabled", ["tags"] = new JsonArray() },
        Validate = async (op, body, before) => await SipConnectionRules.CheckAsync(op, body, before, parts)
            ?? SipUserRules.Check(op, body, before),
        BeforeDelete = (op, row) => ConnectionRules.CheckNoCallsAsync(op, row, parts.Store),
    };

    public static readonly ResourceView<Connection> View = new()
    {
        Dialect = TelnyxFaces.Dialect, Read = Read, Keep = ConnectionBody.KeepSip, Columns = SipConnectionPaths.Columns, Secret = "password"
    };

    private static Connection Read(ResourceRow row)
    {
        var connection = ConnectionBody.ReadSip(row, ConnectionKind.Credential);
        return connection with
        {
            Sip = connection.Sip! with  // just read
            {
                UserName = row.Body.Text("user_name"),
                Password = row.Body.Text("password"),
                UriCalling = row.Body.Text("sip_uri_calling_preference") switch
                {
                    "internal" => SipUriCalling.Internal,
                    "unrestricted" => SipUriCalling.Unrestricted,
                    _ => SipUriCalling.Disabled,
                },
                Origination = connection.Sip.Origination with { IsDigestRequired = true },
            },
        };
    }
}
