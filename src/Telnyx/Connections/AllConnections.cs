using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Faces;

namespace Ringwright.Telnyx.Connections;

/// <summary>List and get of connections of every kind, by what they have in common.</summary>
internal static class AllConnections
{
    public static readonly ResourceKind Kind = new("connection")
    {
        Ids = IdStyle.Snowflake19,
        Show = (_, row, shown) =>
        {
            shown["record_type"] = RecordType(row.Body.Text("kind"));
            // Applications have these values with quotation marks inside the text; here the contract has them bare.
            if (shown.Text("anchorsite_override") is { } site) shown["anchorsite_override"] = site.Trim('"');
        },
    };

    public static readonly ResourceView<Connection> View = new()
    {
        Dialect = TelnyxFaces.Dialect,
        Read = _ => throw new UnreachableException("This view is never written."),
        Columns = new Dictionary<string, string>
        {
            ["connection_name"] = "name",
            ["active"] = "is_active",
            ["outbound_voice_profile_id"] = "outbound_profile_id",
            ["fqdn"] = "hosts",
        },
        Shown = new Dictionary<string, string>
        {
            ["connection_name"] = "name", ["outbound_voice_profile_id"] = "outbound_profile_id", ["kind"] = "kind"
        },
    };

    /// <param name="kind">As it is stored.</param>
    private static string RecordType(string? kind) => kind switch
    {
        "credential" => "credential_connection",
        "ip" => "ip_connection",
        "fqdn" => "fqdn_connection",
        "document" => "texml_application",
        _ => "call_control_application",
    };
}
