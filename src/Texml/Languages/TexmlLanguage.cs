using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Callbacks;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Languages;

/// <summary>The provider's own: ids are those of its call API, and a recording's link opens it for a while.</summary>
internal sealed class TexmlLanguage(Ids ids, DownloadLinks links, TimeProvider time) : Language
{
    public override bool IsTwiml => false;

    public override RecordFormat UsualFormat => RecordFormat.Mp3;

    public override string Ended(CallEvent.LegEnded ended) => CallStatus.Ended(ended);

    public override List<KeyValuePair<string, string>> OfCall(LegFacts leg, string status) => CallParameters.Of(leg, ids, status);

    public override IEnumerable<KeyValuePair<string, string>> OfAttestation(CallerAttestation? attestation)
    {
        if (attestation?.Level is { } level) yield return new("ShakenStirAttestation", level.ToString());
        if (attestation?.Verification is { } verified)
            yield return new("ShakenStirValidated", StatusFields.Word(verified is CallerVerification.Passed));
    }

    public override string Account(TenantId tenant) => tenant.ToString();

    public override string Call(TenantId tenant, LegId leg) => ids.CallControl(tenant, leg);

    public override string Conference(Guid conference) => conference.ToString();

    public override string Recording(Guid recording) => recording.ToString();

    public override string Queue(TenantId tenant, string name) => name;

    public override string Stream(Guid stream) => stream.ToString();

    public override string Siprec(Guid session) => session.ToString();

    public override string Talk(Guid conversation) => conversation.ToString();

    public override IEnumerable<KeyValuePair<string, string>> OfTalk(LegFacts leg, Guid conversation) =>
    [
        Said("SessionId", Talk(conversation)), Said("AccountSid", Account(leg.Tenant)), Said("CallSid", Call(leg.Tenant, leg.Id)),
        Said("CallControlId", Call(leg.Tenant, leg.Id)), Said("CallSessionId", leg.Session.ToString()),
        Said("CallLegId", leg.Uuid.ToString()), Said("From", leg.From), Said("To", leg.To),
        Said("Direction", leg.Direction is Direction.Inbound ? "inbound" : "outbound"), Said("CallerName", leg.CallerName),
        Said("CallStatus", "active"),
    ];

    public override string RecordingUrl(TenantId tenant, Guid recording, string file) =>
        links.ToRecording(tenant, recording, file, time.GetUtcNow());

    public override Guid? RecordingOf(TenantId tenant, string url) => RecordingIn(tenant, url);

    public static Guid? RecordingIn(TenantId tenant, string url) =>
        Guid.TryParse(Behind(url, DownloadLinks.RootOfRecordings(tenant)), out var id) ? id : null;

    public override string Time(DateTimeOffset at) => StatusFields.Time(at);

    public override IEnumerable<KeyValuePair<string, string>> Named(string name, string call) =>
        [new(name, call), new(name + "Legacy", call)];

    public override IEnumerable<KeyValuePair<string, string>> OfEnd(CallEvent.LegEnded ended, DateTimeOffset at,
        DateTimeOffset startedAt) =>
        StatusFields.OfEnd(ended, at, startedAt).Append(new("CallControlId", Call(ended.Leg.Tenant, ended.Leg.Id)));
}
