using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Snapshots;
using Ringwright.Telnyx.Connections;
using Ringwright.Telnyx.Numbers;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx;

/// <summary>
/// The plain resources with typed tables, as snapshots have them: each refers only to those before it.
/// Their bodies have the shape that the contract gives them.
/// </summary>
public static class SnapshotKinds
{
    private static readonly Lazy<BodyShapes> Shapes = new(() =>
    {
        var contract = TelnyxContract.Read();
        return new(contract, TelnyxBindings.ReadOnly(contract));
    });

    public static IReadOnlyList<SnapshotKind> Of(Database store) =>
    [
        Kind("outbound_voice_profile", store.OutboundProfiles.Rows(OutboundVoiceProfiles.View)),
        Kind("call_control_application", store.Connections.Rows(ConnectionKind.CallControl, CallControlApplications.View)),
        Kind("texml_application", store.Connections.Rows(ConnectionKind.Document, TexmlApplications.View)),
        Kind("credential_connection", store.Connections.Rows(ConnectionKind.Credential, CredentialConnections.View)),
        Kind("ip_connection", store.Connections.Rows(ConnectionKind.Ip, IpConnections.View)),
        Kind("fqdn_connection", store.Connections.Rows(ConnectionKind.Fqdn, FqdnConnections.View)),
        Kind("ip", store.ConnectionAddresses.Rows(Ips.View)),
        Kind("fqdn", store.ConnectionHosts.Rows(Fqdns.View)),
        Kind("credential", store.SipCredentials.Rows(TelephonyCredentials.View)),
        Kind("phone_number", store.Numbers.Rows(PhoneNumbers.View)),
    ];

    /// <summary>What is wrong with the shape of a resource that is stored as a document of this kind; null when nothing is.</summary>
    public static string? DocumentFault(string kind, JsonObject document) => Shapes.Value.FaultOf(kind, document, isWhole: false);

    private static SnapshotKind Kind(string name, IResourceRows rows) =>
        new(name, rows) { FaultOf = body => Shapes.Value.FaultOf(name, body, isWhole: true) };
}
