using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Texml.Twiml;

/// <summary>What is said on a call is written down while it is said: begun, and stopped by its SID or its name.</summary>
internal static class TwimlCallTranscriptions
{
    private const string Engine = "TranscriptionEngine", SpeechModel = "SpeechModel", UsualLanguage = "en-US";

    public static async ValueTask<Reply> Start(OperationContext op, TwimlParts parts)
    {
        if (await TwimlPaths.FindCallAsync(op, parts, "CallSid") is not { } leg) return op.Unknown("CallSid");
        if (!leg.IsAlive) return op.Refuse(Refusal.AlreadyEnded);
        var id = Guid.CreateVersion7(op.Now);
        string sid = TwimlSids.Transcription(id);
        var body = new VoiceBody(op.ReadObject(), parts.Voice.Egress);
        string? callback = await CallbackAsync(op, parts, body, id);
        var terms = TermsOf(body, parts);
        if (body.Problems.Count > 0) return TwimlCallServices.Bad(op, body);
        var ack = await op.Calls.SendAsync(leg.Id, new LegCommand.StartTranscription(terms)
        {
            Id = id,
            // Of an earlier one nothing stays.
            Labels = Labels.Of((TexmlLabels.Transcription, callback ?? ""), (TexmlLabels.TranscriptionSid, sid),
                (TexmlLabels.TranscriptionName, body.Text("Name") ?? ""),
                (TexmlLabels.InboundTrack, body.Text("InboundTrackLabel") ?? ""),
                (TexmlLabels.OutboundTrack, body.Text("OutboundTrackLabel") ?? "")),
        }, op.Stop);
        if (!ack.IsAccepted) return op.Refuse(ack.Refusal);
        if (terms.Model is null && body.Text(SpeechModel) is { Length: > 0 } model)
            await op.Calls.SendAsync(leg.Id, new LegCommand.Note(NoteKind.Warning,
                $"{SpeechModel} {model} is of no recogniser that {Engine} names here; the usual one listens"), op.Stop);
        await TwimlCallServices.SettleAsync(op, parts, leg, TexmlLabels.TranscriptionSid, sid);
        return op.Bare(201,
            TwimlCallServices.Show(op, leg, "Transcriptions", sid, body.Text("Name"), TwimlCallServices.InProgress));
    }

    /// <summary>A call has one: that which was begun last.</summary>
    public static async ValueTask<Reply> Stop(OperationContext op, TwimlParts parts)
    {
        if (await TwimlPaths.FindCallAsync(op, parts, "CallSid") is not { } leg) return op.Unknown("CallSid");
        string sid = op.Path("Sid");
        string? name = leg.Labels[TexmlLabels.TranscriptionName];
        if (sid != leg.Labels[TexmlLabels.TranscriptionSid] && sid != name) return op.Unknown("Sid");
        var ack = await op.Calls.SendAsync(leg.Id, new LegCommand.StopTranscription(), op.Stop);
        if (ack.Refusal is Refusal.NotTranscribing) return op.Unknown("Sid");
        return ack.IsAccepted
            ? op.Bare(200, TwimlCallServices.Show(op, leg, "Transcriptions", sid, name, TwimlCallServices.Stopped))
            : op.Refuse(ack.Refusal);
    }

    private static async ValueTask<string?> CallbackAsync(OperationContext op, TwimlParts parts, VoiceBody body, Guid id)
    {
        var urls = new BodyUrls(op, parts.Voice, body);
        return await urls.UrlAsync("StatusCallbackUrl", TargetUse.Webhook) is { } url
            ? TexmlLabels.Of(urls.Method("StatusCallbackMethod"), ["transcription", id.ToString("N")], url) : null;
    }

    private static TranscriptionTerms TermsOf(VoiceBody body, TwimlParts parts)
    {
        var tracks = body.Text("Track") switch
        {
            "inbound_track" => TapTracks.Said,
            "outbound_track" => TapTracks.Heard,
            _ => TapTracks.Said | TapTracks.Heard,
        };
        string language = body.Text("LanguageCode") is { Length: > 0 } named ? named : UsualLanguage;
        string? asked = body.Text(SpeechModel) is { Length: > 0 } said ? said : null;
        var (recogniser, model) = TranscriptionMap.RecogniserOf(body.Text(Engine) ?? "", asked);
        string[] hints = body.Text("Hints")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (language.Length > VoiceLimits.VoiceLength)
            body.Refuse(VoiceErrors.BadLength, "LanguageCode", $"LanguageCode may have at most {VoiceLimits.VoiceLength} characters.");
        else if (parts.Voice.Transcriber.ProblemOf(recogniser, language) is { } problem)
            body.Refuse(VoiceErrors.BadRequest, Engine, $"{Engine}: this cannot be transcribed here: {problem}.");
        if (hints.Length > VoiceLimits.Hints || Array.Exists(hints, hint => hint.Length > VoiceLimits.HintLength))
            body.Refuse(VoiceErrors.BadLength, "Hints",
                $"Hints may be at most {VoiceLimits.Hints}, of at most {VoiceLimits.HintLength} characters each.");
        return new(language, tracks)
        {
            Recogniser = recogniser, Model = model, HasInterim = body.Flag("PartialResults"), Hints = [.. hints],
        };
    }
}
