using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Twiml;

/// <summary>Dials somebody into a conference: one that is there, or one of a new name, which begins with his answer.</summary>
internal static class TwimlParticipantDial
{
    private static readonly string[] Lists =
        ["ConferenceStatusCallbackEvent", "ConferenceRecordingStatusCallbackEvent"];

    public static async ValueTask<Reply> Handle(OperationContext op, TwimlParts parts)
    {
        string named = op.Path("ConferenceSid");
        var found = await TwimlConferences.FindAsync(op, parts, "ConferenceSid");
        // A SID names one that there has been.
        if (TwimlSids.IsSid(named))
        {
            if (found is null) return op.Unknown("ConferenceSid");
            if (found.Status is ConferenceStatus.Completed) return op.Refuse(Refusal.ConferenceEnded);
        }
        bool isNew = found is null or { Status: ConferenceStatus.Completed };
        if (isNew && CommandRules.FaultOfConference(named) is { } fault)
            return op.Fail(TwimlErrors.Bad("ConferenceSid", $"No conference can be made: {fault}."));
        var json = op.ReadObject();
        foreach (var (field, code) in (ReadOnlySpan<(string, string)>)[("To", TwimlErrors.NoTo), ("From", TwimlErrors.NoFrom)])
            if (string.IsNullOrEmpty((string?)json[field]))
                return op.Fail(new Problem(code, $"{field} is required.") { Pointer = "/" + field });
        var conference = isNew ? await PromisedAsync(op, parts, named, RingTimeout(json)) : found!;     // or it is new
        isNew = conference.Id == default;
        var body = new VoiceBody(BodyOf(op, parts, json), parts.Voice.Egress);
        var (leg, join) = await DialParticipant.DialAsync(op, parts.Voice, body, conference,
            request => Adjust(request, json, isNew ? conference : null));
        if (leg is null || join is null)
            return op.Fail(TwimlErrors.Translate(body.Problems[0],
                name => name is "CallerId" ? "CallerDisplayName" : TwimlCallBody.NameOf(name)));
        return op.Bare(201, TwimlParticipants.Show(op, conference.Uuid, leg.Id, join.As, leg.Labels, "queued", op.Now, op.Now));
    }

    /// <summary>
    /// It is not there before somebody is: whoever is dialled until then is told of the same one. One that has come meanwhile is it.
    /// </summary>
    private static async ValueTask<ConferenceRow> PromisedAsync(OperationContext op, TwimlParts parts, string name, TimeSpan rings)
    {
        var before = parts.Promised.Find(op.Tenant, name, op.Now);
        var room = before is { } uuid ? await parts.Store.Conferences.FindAsync(op.Tenant, uuid.ToString(), op.Stop) : null;
        if (room is { Status: not ConferenceStatus.Completed }) return room;
        var now = op.Now;
        return new()
        {
            Id = default, Uuid = parts.Promised.Promise(op.Tenant, name, now, rings, over: room?.Uuid), Name = name,
            Connection = default, Status = ConferenceStatus.Init, CreatedAt = now, ExpiresAt = now, UpdatedAt = now,
        };
    }

    private static TimeSpan RingTimeout(JsonObject json) => TimeSpan.FromSeconds((int?)json["Timeout"] ?? 60);

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
    /// <param name="made">The conference that is to begin; null where there is one.</param>
    private static DialRequest Adjust(DialRequest request, JsonObject json, ConferenceRow? made) => request with
    {
        Application = new(ApplicationKind.Document, TwimlLanguage.ParticipantTarget),
        Labels = request.Labels.With(TwimlLanguage.Spoken),
        RingTimeout = RingTimeout(json),
        TimeLimit = json["TimeLimit"] is { } limit ? TimeSpan.FromSeconds((int)limit) : request.TimeLimit,
        Record = request.Record is { } own ? own with { Format = RecordFormat.Wav } : null,
        Conference = request.Conference is LegCommand.JoinConference join ? InThisLanguage(join, made) : request.Conference,
    };

    private static LegCommand InThisLanguage(LegCommand.JoinConference join, ConferenceRow? made)
    {
        var plan = join.Record is { } record
            ? record with { Format = RecordFormat.Wav, Labels = (record.Labels ?? Labels.Empty).With(TwimlLanguage.Spoken) } : null;
        if (made is null) return join with { Record = plan };
        return new LegCommand.CreateConference(made.Uuid, made.Name)
        {
            Terms = new()
            {
                MaxParticipants = join.MaxParticipants ?? ConferenceTerms.UsualParticipants, StartsAtOnce = join.Starts,
                HoldAudio = join.HoldAudio,
            },
            As = join.As,
            HoldAudio = join.HoldAudio,
            // Another may have made it meanwhile, and all may have left it again.
            JoinsExisting = true,
            Next = Guid.CreateVersion7(made.CreatedAt),
            Starts = join.Starts,
            Beeps = join.Beeps ?? ConferenceBeeps.Always,
            Record = plan,
        };
    }
}
