using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Twiml;

namespace Ringwright.Texml.Languages;

/// <summary>
/// Of <see cref="Application.PlainDocument"/>: verbs and attributes are TwiML's, and requests tell of the call in plain names, as Telefonie
/// has them. They are not signed.
/// </summary>
internal sealed class PlainLanguage(PublicLinks links, TwimlSids sids) : TwimlLanguage(links, sids)
{
    private const string RecordingRoot = "/telefonie/v1/recordings/recordings/";

    public override bool IsSigned => false;

    public override bool TellsFinishingKey => false;

    public override bool TakesNationalNumbers => false;

    public override bool RecordsCaller => false;

    /// <summary>Telefonie has the words of TeXML.</summary>
    public override string Ended(CallEvent.LegEnded ended) => CallStatus.Ended(ended);

    public override List<KeyValuePair<string, string>> OfCall(LegFacts leg, string status) =>
    [
        new("call_id", leg.Uuid.ToString()),
        new("account_id", leg.Tenant.ToString()),
        new("from", PartyAlias.Of(leg.From)),
        new("to", PartyAlias.Of(leg.To)),
        new("direction", leg.Direction is Direction.Inbound ? "inbound" : "outbound"),
        new("status", status),
    ];

    /// <summary>They have no plain names.</summary>
    public override IEnumerable<KeyValuePair<string, string>> OfHeaders(LegFacts leg) => [];

    public override IEnumerable<KeyValuePair<string, string>> OfAnswer(SipAnswer? answer) => [];

    /// <summary>Nor has that.</summary>
    public override IEnumerable<KeyValuePair<string, string>> OfAttestation(CallerAttestation? attestation) => [];

    /// <summary>Digits is digits, SpeechResult is speech_result.</summary>
    public override IReadOnlyList<KeyValuePair<string, string>> Told(IReadOnlyList<KeyValuePair<string, string>> parameters) =>
        [.. parameters.Select(one => new KeyValuePair<string, string>(JsonNamingPolicy.SnakeCaseLower.ConvertName(one.Key), one.Value))];

    public override string? TextUrl(TenantId tenant, Guid transcription) => null;

    /// <summary>The link that the call's <c>recording_url</c> is.</summary>
    public override string RecordingUrl(TenantId tenant, Guid recording, string file) => Links.To($"{RecordingRoot}{recording}/media");

    public override Guid? RecordingOf(TenantId tenant, string url) =>
        Guid.TryParse(Behind(url, RecordingRoot), out var id) ? id : null;
}
