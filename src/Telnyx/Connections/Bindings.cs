using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Connections;

/// <summary>SIP connections, what belongs to them, and the list of connections of every kind.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(ConnectionParts parts)
    {
        var (credentials, ips, fqdns) = (CredentialConnections.Kind(parts), IpConnections.Kind(parts), FqdnConnections.Kind(parts));
        var (addresses, hosts, users) = (Ips.Kind(parts), Fqdns.Kind(parts), TelephonyCredentials.Kind(parts));
        var recorders = SiprecConnectors.Kind(parts);
        return
        [
            Crud("ListConnections", AllConnections.Kind),
            Crud("RetrieveConnection", AllConnections.Kind),

            Crud("ListCredentialConnections", credentials),
            Crud("CreateCredentialConnection", credentials),
            Crud("RetrieveCredentialConnection", credentials),
            Crud("UpdateCredentialConnection", credentials),
            Crud("DeleteCredentialConnection", credentials),
            Handle("CheckRegistrationStatus", op => RegistrationCheck.Handle(op, parts)),

            Crud("ListIpConnections", ips),
            Crud("CreateIpConnection", ips),
            Crud("RetrieveIpConnection", ips),
            Crud("UpdateIpConnection", ips),
            Crud("DeleteIpConnection", ips),

            Crud("ListFqdnConnections", fqdns),
            Crud("CreateFqdnConnection", fqdns),
            Crud("RetrieveFqdnConnection", fqdns),
            Crud("UpdateFqdnConnection", fqdns),
            Crud("DeleteFqdnConnection", fqdns),

            Crud("ListIps", addresses),
            Crud("CreateIp", addresses),
            Crud("RetrieveIp", addresses),
            Crud("UpdateIp", addresses),
            Crud("DeleteIp", addresses),

            Crud("ListFqdns", hosts),
            Crud("CreateFqdn", hosts),
            Crud("RetrieveFqdn", hosts),
            Crud("UpdateFqdn", hosts),
            Crud("DeleteFqdn", hosts),

            Crud("createSiprecConnector", recorders),
            Crud("getSiprecConnector", recorders),
            Crud("updateSiprecConnector", recorders),
            Crud("deleteSiprecConnector", recorders),

            Crud("FindTelephonyCredentials", users),
            Crud("CreateTelephonyCredential", users),
            Crud("GetTelephonyCredential", users),
            Crud("UpdateTelephonyCredential", users),
            Crud("DeleteTelephonyCredential", users),
        ];
    }
}
