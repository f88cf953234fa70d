using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Telnyx.Connections;

namespace Ringwright.Telnyx.Faces;

/// <summary>A SIP user beside a connection's own as a telephony credential; its password is not in the document.</summary>
internal static class SipUserFace
{
    public static JsonObject Write(SipUser user, JsonObject? document, DateTimeOffset createdAt)
    {
        document ??= [];
        var wording = new Wording<SipUser>(document,
            TelephonyCredentials.View.Read(document.AsRow((user.Credential ?? default).ToString(), user.Tenant)), user);
        wording.Say("sip_username", u => u.Name, name => name);
        wording.Say("connection_id", u => u.Connection, connection => connection.ToString());
        wording.Say("expires_at", u => u.ExpiresAt,
            at => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));
        return document;
    }
}
