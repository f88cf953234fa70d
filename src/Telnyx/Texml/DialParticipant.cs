using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Telnyx.Texml;

/// <summary>Dials somebody into a conference. The call is there for that alone, and ends when it takes part no longer.</summary>
internal static class DialParticipant
{
    private const int MostLabel = 128;

    private static readonly string[] RoomEvents =
        ["start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"];

    public static async ValueTask<Reply> Handle(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await TexmlPaths.FindConferenceAsync(op, parts) is not { } conference) return op.Unknown("conference_sid");
        if (conference.Status is ConferenceStatus.Completed) return op.Fail(Errors.Of(Refusal.ConferenceEnded));
        var body = new VoiceBody(op.ReadObject(), parts.Egress);
        var (leg, join) = await DialAsync(op, parts, body, conference);
        if (leg is null || join is null) return op.Fail(body.Problems);
        var fields = ParticipantResources.OfCall(op, parts, conference, leg.Id, leg.Labels);
        return op.Bare(op.Operation.SuccessStatus, ParticipantResources.Write(fields, join.As, parts, op.Tenant, "connecting"));
    }

    /// <param name="adjust">For another language, which means something else by some of it.</param>
    /// <returns>Nothing where the body's problems say why.</returns>
    public static async ValueTask<(LegFacts? Leg, LegCommand.JoinConference? Join)> DialAsync(OperationContext op, VoiceParts parts,
        VoiceBody body, ConferenceRow conference, Func<DialRequest, DialRequest>? adjust = null)
    {
        var application = ApplicationOf(op, body, conference);
        string? label = LabelOf(body);
        var dial = new VoiceBody(InitiateBody.Read(body), parts.Egress) { Missing = parts.Files.Missing };
        var sounds = new BodySounds(op, parts, body, conference);
        var join = await ParticipantBody.JoinAsync(op, parts, body, sounds, conference);
        var urls = new CallUrls(op, parts, body);
        var request = DialMap.Map(dial, op.Tenant, application) with
        {
            Application = Application.Participant,
            Conference = join,
            ConfersEarly = body.Flag("EarlyMedia"),
            AskedBy = op.Dialect.Name,
            HasAskerLeft = op.HasClientLeft,
        };
        request = request with
        {
            Record = await urls.OfRecordingAsync(request.Record),
            Labels = request.Labels.With(await LabelsAsync(op, parts, body, conference, label, urls))
                .With(EntryLabels.Of(join.As)),
        };
        if (adjust is not null) request = adjust(request);
        foreach (var problem in dial.Problems) body.Refuse(InitiateBody.Translate(problem));
        if (request.Labels.Size() > Labels.MaxBytes)
            body.Refuse(VoiceErrors.BadLength, "StatusCallback", $"The URLs may have at most {Labels.MaxBytes} bytes together.");
        if (body.Problems.Count > 0) return default;

        var dialled = await op.Calls.DialAsync(request, op.Stop);
        if (dialled is not { Leg: { } leg, Ack.IsAccepted: true })
        {
            body.Refuse(InitiateBody.Translate(Errors.Of(dialled)));
            return default;
        }
        await sounds.WarnAsync(leg.Id);
        return (leg, join);
    }

    private static async ValueTask<Labels> LabelsAsync(OperationContext op, VoiceParts parts, VoiceBody body, ConferenceRow conference,
        string? label, CallUrls call)
    {
        var urls = new BodyUrls(op, parts, body);
        bool isDetected = body.Text("MachineDetection") is { Length: > 0 };
        return Labels.Of(
            (TexmlLabels.Joins, conference.Uuid.ToString()),
            (TexmlLabels.ParticipantLabel, label),
            (TexmlLabels.StartsConference, body.Has("StartConferenceOnEnter") && !body.Flag("StartConferenceOnEnter") ? "false" : null),
            (TexmlLabels.Status, await call.StatusAsync()),
            (TexmlLabels.Detection, isDetected ? await urls.CallbackAsync("AmdStatusCallback",
                body.Text("MachineDetection") is "DetectMessageEnd" ? ["amd", "end"] : ["amd"]) : null),
            (TexmlLabels.Conference, await urls.CallbackAsync("ConferenceStatusCallback",
                urls.Events("ConferenceStatusCallbackEvent", RoomEvents, ""))));
    }

    /// <summary>Of newer clients than the contract, which has no types for it.</summary>
    private static string? LabelOf(VoiceBody body)
    {
        if (!body.Has("Label")) return null;
        string? label = body.Text("Label");
        if (label is null) body.Refuse(VoiceErrors.BadRequest, "Label", "Label must be a text.");
        else if (label.Length is 0 or > MostLabel)
            body.Refuse(VoiceErrors.BadLength, "Label", $"Label must have 1 to {MostLabel} characters.");
        return label;
    }

    /// <summary>The TeXML application that is named, else whatever made the conference.</summary>
    private static ConnectionId ApplicationOf(OperationContext op, VoiceBody body, ConferenceRow conference)
    {
        if (!body.Has("ApplicationSid")) return conference.Connection;
        if (body.Json.Id("ApplicationSid") is { } id
            && op.Routing.FindConnection(op.Tenant, new(id)) is { Kind: ConnectionKind.Document } found) return found.Id;
        body.Refuse(VoiceErrors.BadRequest, "ApplicationSid", "ApplicationSid names no TeXML application of this account.");
        return default;
    }
}
