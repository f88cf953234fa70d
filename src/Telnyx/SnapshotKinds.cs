using Ringwright.Calls;
using Ringwright.Store;
using Ringwright.Store.Snapshots;
using Ringwright.Telnyx.Connections;
using Ringwright.Telnyx.Numbers;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx;

/// <summary>The plain resources with typed tables, as snapshots have them: each refers only to those before it.</summary>
public static class SnapshotKinds
{
    public static IReadOnlyList<SnapshotKind> Of(Database store) =>
    [
        new("outbound_voice_profile", store.OutboundProfiles.Rows(OutboundVoiceProfiles.View)),
        new("call_control_application", store.Connections.Rows(ConnectionKind.CallControl, CallControlApplications.View)),
        new("credential_connection", store.Connections.Rows(ConnectionKind.Credential, CredentialConnections.View)),
        new("ip_connection", store.Connections.Rows(ConnectionKind.Ip, IpConnections.View)),
        new("fqdn_connection", store.Connections.Rows(ConnectionKind.Fqdn, FqdnConnections.View)),
        new("ip", store.ConnectionAddresses.Rows(Ips.View)),
        new("fqdn", store.ConnectionHosts.Rows(Fqdns.View)),
        new("credential", store.SipCredentials.Rows(TelephonyCredentials.View)),
        new("phone_number", store.Numbers.Rows(PhoneNumbers.View)),
    ];
}
