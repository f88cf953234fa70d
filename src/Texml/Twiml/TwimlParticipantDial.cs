using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;
using Ringwright.Texml.Languages;

namespace Ringwright.Texml.Twiml;

/// <summary>Dials somebody into a conference that is there.</summary>
internal static class TwimlParticipantDial
{
    private static readonly string[] Lists =
        ["ConferenceStatusCallbackEvent", "ConferenceRecordingStatusCallbackEvent"];

    public static async ValueTask<Reply> Handle(OperationContext op, TwimlParts parts)
    {
        if (await TwimlConferences.FindAsync(op, parts, "ConferenceSid") is not { } conference) return op.Unknown("ConferenceSid");
        if (conference.Status is ConferenceStatus.Completed) return op.Refuse(Refusal.ConferenceEnded);
        var json = op.ReadObject();
        foreach (var (field, code) in (ReadOnlySpan<(string, string)>)[("To", TwimlErrors.NoTo), ("From", TwimlErrors.NoFrom)])
            if (string.IsNullOrEmpty((string?)json[field]))
                return op.Fail(new Problem(code, $"{field} is required.") { Pointer = "/" + field });
        var body = new VoiceBody(BodyOf(op, parts, json), parts.Voice.Egress);
        var (leg, join) = await DialParticipant.DialAsync(op, parts.Voice, body, conference, request => Adjust(request, json));
        if (leg is null || join is null)
            return op.Fail(TwimlErrors.Translate(body.Problems[0],
                name => name is "CallerId" ? "CallerDisplayName" : TwimlCallBody.NameOf(name)));
        return op.Bare(201, TwimlParticipants.Show(op, conference, leg.Id, join.As, leg.Labels[TexmlLabels.ParticipantLabel], "queued",
            op.Now, op.Now));
    }

    /// <summary>The provider's API names calls otherwise.</summary>
    public static void TranslateCoached(OperationContext op, TwimlParts parts, JsonObject body)
    {
        if ((string?)body["CallSidToCoach"] is { } sid && TwimlSids.TryCall(sid, out var leg))
            body["CallSidToCoach"] = parts.Voice.Ids.CallControl(op.Tenant, leg);
    }

    private static JsonObject BodyOf(OperationContext op, TwimlParts parts, JsonObject json)
    {
        var body = TwimlCallBody.OfNew(json);
        foreach (string list in Lists)
            if (json[list] is JsonArray events) body[list] = string.Join(' ', events.Select(item => (string?)item ?? ""));
        if (body.Remove("CallerDisplayName", out var name)) body["CallerId"] = name;
        TranslateCoached(op, parts, body);
        return body;
    }

    /// <summary>What means something else here.</summary>
    private static DialRequest Adjust(DialRequest request, JsonObject json) => request with
    {
        Application = new(ApplicationKind.Document, TwimlLanguage.ParticipantTarget),
        Labels = request.Labels.With(TwimlLanguage.Spoken),
        RingTimeout = TimeSpan.FromSeconds((int?)json["Timeout"] ?? 60),
        TimeLimit = json["TimeLimit"] is { } limit ? TimeSpan.FromSeconds((int)limit) : request.TimeLimit,
        Record = request.Record is { } own ? own with { Format = RecordFormat.Wav } : null,
        Conference = request.Conference is LegCommand.JoinConference { Record: { } plan } join
            ? join with
            {
                Record = plan with { Format = RecordFormat.Wav, Labels = (plan.Labels ?? Labels.Empty).With(TwimlLanguage.Spoken) },
            }
            : request.Conference,
    };
}
