using System.Globalization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Callbacks;
using Ringwright.Texml.Twiml;

namespace Ringwright.Texml.Languages;

/// <summary>TwiML: SIDs for everything, and a recording is asked for with the account's credentials.</summary>
internal class TwimlLanguage(PublicLinks links, TwimlSids sids) : Language
{
    /// <summary>Of an application whose documents are TwiML; other targets that begin so are of calls that speak it too.</summary>
    public const string Target = "twiml";
    /// <summary>Of an application that is one number's alone.</summary>
    public const string NumberTarget = "twiml.number";
    /// <summary>Of calls that a document has dialled.</summary>
    public const string DialledTarget = "twiml.dialled";

    /// <summary>Of calls that were dialled into a conference by themselves.</summary>
    public const string ParticipantTarget = "twiml.participant";

    /// <summary>Of calls that ask for the code that proves a number.</summary>
    public const string ValidationTarget = "twiml.validation";

    /// <summary>Says that callbacks of what has it speak TwiML, whatever its call speaks.</summary>
    public static readonly Labels Spoken = Labels.Of((TexmlLabels.Language, Target));

    public const string ApiVersion = "2010-04-01";

    public static bool IsSpokenBy(Application application) => application.Kind is ApplicationKind.Document
        && (application.Target == Target || application.Target.StartsWith(Target + ".", StringComparison.Ordinal));

    protected PublicLinks Links => links;

    public override bool IsTwiml => true;

    public override RecordFormat UsualFormat => RecordFormat.Wav;

    public override string Ended(CallEvent.LegEnded ended) => TwimlStatus.Ended(ended.Cause, ended.Leg.AnsweredAt is not null);

    public override List<KeyValuePair<string, string>> OfCall(LegFacts leg, string status)
    {
        string? parent = leg.Labels[TexmlLabels.Parent];
        var parameters = new List<KeyValuePair<string, string>>
        {
            new("AccountSid", Account(leg.Tenant)),
            new("ApiVersion", ApiVersion),
            new("CallSid", Call(leg.Tenant, leg.Id)),
            new("CallStatus", status),
            new("Called", leg.To),
            new("Caller", leg.From),
            new("Direction", TwimlWords.Direction(leg.Direction, parent is not null)),
            new("From", leg.From),
            new("To", leg.To),
        };
        AddPlaces(parameters, leg.From, "From", "Caller");
        AddPlaces(parameters, leg.To, "To", "Called");
        if (leg.CallerName is { Length: > 0 } name && leg.Direction is Direction.Inbound) parameters.Add(new("CallerName", name));
        if (TwimlWords.ForwardedFrom(leg.Headers) is { } forwarder) parameters.Add(new("ForwardedFrom", forwarder));
        if (parent is not null) parameters.Add(new("ParentCallSid", parent));
        return parameters;
    }

    /// <summary>
    /// Where a party is from, as far as its number says: the country. The rest is there and empty, for programs ask for it by name, and
    /// fail where it is not.
    /// </summary>
    public static void AddPlaces(List<KeyValuePair<string, string>> parameters, string number, params string[] names)
    {
        string country = PartyCountry.Of(number);
        foreach (string name in names)
        {
            foreach (string unknown in (string[])["City", "State", "Zip"]) parameters.Add(new(name + unknown, ""));
            parameters.Add(new(name + "Country", country));
        }
    }

    /// <summary>Of a call of the account's own equipment also the domain that it was sent to.</summary>
    public override IEnumerable<KeyValuePair<string, string>> OfHeaders(LegFacts leg) =>
        leg is { Direction: Direction.Inbound, IsPlacedByCustomer: true, ToUri: { } called }
            ? base.OfHeaders(leg).Prepend(new("SipDomain", TwimlWords.HostOf(called))) : base.OfHeaders(leg);

    public override IEnumerable<KeyValuePair<string, string>> OfAnswer(SipAnswer? answer) =>
        answer is null ? [] : Headers("SipHeader_", answer.Headers);

    public override IEnumerable<KeyValuePair<string, string>> OfAttestation(CallerAttestation? attestation) =>
        attestation?.Verification is { } verified ? [new("StirVerstat", TwimlWords.Verstat(verified, attestation.Level))] : [];

    public override IEnumerable<KeyValuePair<string, string>> OfOrigin(LegFacts leg, SipOrigin? origin)
    {
        if (origin is null || !leg.IsPlacedByCustomer) yield break;
        yield return new("SipCallId", origin.CallId);
        yield return new("SipSourceIp", origin.Address);
        if (origin.User is { } user) yield return new("SipUsername", user);
    }

    public override string Account(TenantId tenant) => TwimlSids.Account(tenant);

    public override string Call(TenantId tenant, LegId leg) => TwimlSids.Call(leg);

    public override string Conference(Guid conference) => TwimlSids.Conference(conference);

    public override string Recording(Guid recording) => TwimlSids.Recording(recording);

    public override string Text(Guid transcription) => TwimlSids.Text(transcription);

    public override string? TextUrl(TenantId tenant, Guid transcription) =>
        Links.To($"/{ApiVersion}/Accounts/{Account(tenant)}/Transcriptions/{Text(transcription)}");

    public override IEnumerable<KeyValuePair<string, string>> OfRecording(RecordPlan plan, DateTimeOffset beganAt) =>
        [new("RecordingStartTime", Time(beganAt)), new("RecordingTrack", plan.Track.ToString().ToLowerInvariant())];

    public override string Queue(TenantId tenant, string name) => sids.Queue(tenant, name);

    public override string Stream(Guid stream) => TwimlSids.Stream(stream);

    public override string Siprec(Guid session) => TwimlSids.Siprec(session);

    public override string Talk(Guid conversation) => TwimlSids.Talk(conversation);

    public override IEnumerable<KeyValuePair<string, string>> OfTalk(LegFacts leg, Guid conversation) =>
    [
        Said("SessionId", Talk(conversation)), Said("AccountSid", Account(leg.Tenant)),
        Said("ParentCallSid", leg.Labels[TexmlLabels.Parent]), Said("CallSid", Call(leg.Tenant, leg.Id)), Said("From", leg.From),
        Said("To", leg.To), Said("ForwardedFrom", TwimlWords.ForwardedFrom(leg.Headers)),
        Said("CallType", leg.IsPlacedByCustomer ? "SIP" : "PSTN"),
        Said("CallerName", leg.Direction is Direction.Inbound ? leg.CallerName : null),
        Said("Direction", TwimlWords.Direction(leg.Direction, leg.Labels[TexmlLabels.Parent] is not null)),
        Said("CallStatus", "IN_PROGRESS"),
    ];

    public override string RecordingUrl(TenantId tenant, Guid recording, string file) =>
        Links.To($"/{ApiVersion}/Accounts/{Account(tenant)}/Recordings/{Recording(recording)}");

    public override Guid? RecordingOf(TenantId tenant, string url) => RecordingIn(tenant, url);

    public static Guid? RecordingIn(TenantId tenant, string url) =>
        TwimlSids.Read("RE", Behind(url, $"/{ApiVersion}/Accounts/{TwimlSids.Account(tenant)}/Recordings/"));

    public override string Time(DateTimeOffset at) => TexmlTime.Text(at);

    public override IEnumerable<KeyValuePair<string, string>> Named(string name, string call) => [new(name, call)];

    public override IEnumerable<KeyValuePair<string, string>> OfEnd(CallEvent.LegEnded ended, DateTimeOffset at, DateTimeOffset startedAt)
    {
        var leg = ended.Leg;
        var talked = leg.AnsweredAt is { } answered ? ended.EndedAt() - answered : TimeSpan.Zero;
        yield return new("CallDuration", ((long)Math.Ceiling(talked.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        yield return new("Duration", ((long)Math.Ceiling(talked.TotalMinutes)).ToString(CultureInfo.InvariantCulture));
        if (ended.SipStatus is > 0 and var status) yield return new("SipResponseCode", status.ToString(CultureInfo.InvariantCulture));
        // Of a verdict that the document did not wait for a callback of its own tells, and no other: programs take them for that one.
        if (leg.Labels[TexmlLabels.ToldAnswerer] is { } answerer) yield return new("AnsweredBy", answerer);
        if (leg.Application.Target is ValidationTarget)
        {
            yield return new("VerificationStatus", leg.Labels[TexmlLabels.Validated] is null ? "failed" : "success");
            if (leg.Labels[TexmlLabels.Validated] is { } proved) yield return new("OutgoingCallerIdSid", proved);
        }
        if (leg.Labels[TexmlLabels.ErrorCode] is { } code) yield return new("ErrorCode", code);
        if (leg.Labels[TexmlLabels.ErrorMessage] is { } message) yield return new("ErrorMessage", message);
    }
}
