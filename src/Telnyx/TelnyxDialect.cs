using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Account;
using Ringwright.Telnyx.Account.OAuth;
using Ringwright.Telnyx.Connections;
using Ringwright.Telnyx.Numbers;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx;

/// <summary>The Telnyx v2 API as the pipeline serves it.</summary>
public static class TelnyxDialect
{
    public const string Root = "/v2";

    /// <summary>The operation that shows a call as documents have it, and what that face is called.</summary>
    public const string DocumentCall = "GetTexmlCall", DocumentFace = "texml";

    /// <summary>Where the vendor's SIP users are, by region, and those in browsers.</summary>
    public static readonly IReadOnlyList<string> SipHosts =
        ["sip.telnyx.com", "sip.telnyx.eu", "sip.telnyx.ca", "sip.telnyx.com.au", "rtc.telnyx.com"];

    public static Dialect Create(Contract contract, TelnyxParts parts)
    {
        var applications = parts.Store.Connections.Rows(ConnectionKind.CallControl, CallControlApplications.View);
        var documents = parts.Store.Connections.Rows(ConnectionKind.Document, TexmlApplications.View);
        var credentials = parts.Store.Connections.Rows(ConnectionKind.Credential, CredentialConnections.View);
        var ipConnections = parts.Store.Connections.Rows(ConnectionKind.Ip, IpConnections.View);
        var fqdnConnections = parts.Store.Connections.Rows(ConnectionKind.Fqdn, FqdnConnections.View);
        var connections = parts.Store.Connections.AllRows(AllConnections.View);
        var ips = parts.Store.ConnectionAddresses.Rows(Ips.View);
        var fqdns = parts.Store.ConnectionHosts.Rows(Fqdns.View);
        var users = new TelephonyCredentialRows(parts.Store.SipCredentials.Rows(TelephonyCredentials.View), parts.Store.Time);
        var programs = parts.Store.OAuthClients.Rows(Clients.View);
        var profiles = parts.Store.OutboundProfiles.Rows(OutboundVoiceProfiles.View);
        var numbers = new PhoneNumberRows(parts.Store.Numbers.Rows(PhoneNumbers.View), parts.Store);
        var voice = new VoiceSettingsRows(numbers);
        var messaging = new MessagingSettingsRows(numbers, parts.Numbers.Plans, parts.Store);
        var orderNumbers = new Numbers.Ordering.OrderNumberRows(parts.Numbers);
        var accessAddresses = parts.Store.AccessNetworks.Rows(AccessKind.Address, AccessAddresses.View);
        var accessRanges = parts.Store.AccessNetworks.Rows(AccessKind.Range, AccessRanges.View);
        return new()
        {
            Name = "telnyx",
            Title = "Telnyx v2",
            Root = Root,
            Contract = contract,
            Errors = TelnyxContract.ReadErrors(),
            Form = TelnyxForm.Form,
            Bindings = new(contract, TelnyxBindings.Rows(contract, parts)),
            Json = JsonSerializerOptions.Default,       // handlers read and write nodes only
            Rows = Rows,
            Jobs =
            [
                .. Account.Reports.AsyncReports.Jobs(parts.Account.Reports), .. NumberCsv.Jobs(parts.Numbers),
                .. Numbers.Ordering.OrderReports.Jobs(parts.Numbers), WebhookReplayJob.Kind(parts.Store), MessagingBulk.Job(parts.Numbers),
                .. NumberJobs.Jobs(parts.Numbers), Numbers.Ordering.BlockJobs.Job(parts.Numbers), Messaging.StopJob.Of(parts.Messaging),
            ],
            Subjects = [new(SubjectKind.Leg, "call_control_id",
                (tenant, token) => parts.Voice.Ids.TryReadCallControl(token, tenant, out var leg) ? Subject.Of(leg) : null)],
            Refuse = Voice.Errors.Of,
            Acknowledge = (op, command) => op.Ok(Voice.CommandReply.Of(command, parts.Voice.Speech)),
        };

        IResourceRows Rows(ResourceKind kind) => kind.RecordType switch
        {
            "call_control_application" => applications,
            "texml_application" => documents,
            "connection" => connections,
            "credential_connection" => credentials,
            "ip_connection" => ipConnections,
            "fqdn_connection" => fqdnConnections,
            "ip" => ips,
            "fqdn" => fqdns,
            "credential" => users,
            "outbound_voice_profile" => profiles,
            Clients.RecordType => programs,
            "phone_number" => numbers,
            "voice_settings" => voice,
            MessagingSettings.RecordType => messaging,
            Numbers.Ordering.OrderKinds.Number => orderNumbers,
            Assistants.InsightTemplates.RecordType => Assistants.InsightTemplates.Rows(parts.Store),
            "access_ip_address" => accessAddresses,
            "access_ip_range" => accessRanges,
            _ => parts.Store.Documents.Rows(kind),
        };
    }
}
