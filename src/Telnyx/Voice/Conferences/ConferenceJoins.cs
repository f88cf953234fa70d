using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Telnyx.Voice.Conferences;

/// <summary>What takes a call into a conference: the call itself is asked, so its state decides first.</summary>
internal static class ConferenceJoins
{
    private const int NameLength = 255, MinutesMost = 24 * 60;

    public static async ValueTask<Reply> Create(OperationContext op, VoiceParts parts)
    {
        var body = new ConferenceBody(op, parts);
        var leg = body.CallId();
        var command = new LegCommand.CreateConference(Guid.NewGuid(), Name(body, "name"))
        {
            Terms = Terms(body),
            CommandId = body.Voice.CommandId(),
            Labels = body.Voice.Labels(),
        };
        if (body.Voice.Problems.Count > 0 || leg is not { } creator) return op.Fail(body.Voice.Problems);
        var ack = await op.Calls.SendAsync(Subject.Of(creator), command, op.Stop);
        if (!ack.IsAccepted) return op.Fail(Errors.Of(ack.Refusal));
        // A repeat of a command_id made none: what the first made has that name.
        var made = await parts.Store.Conferences.FindMadeAsync(op.Tenant, command.Uuid, command.Name, op.Stop);
        return made is null ? ConferenceActions.NotFound(op) : op.Ok(ConferenceReads.Show(made, parts, op.Tenant));
    }

    public static async ValueTask<Reply> Join(OperationContext op, VoiceParts parts)
    {
        if (await ConferenceActions.FindLiveAsync(op, parts) is not { } conference) return ConferenceActions.NotFound(op);
        var body = new ConferenceBody(op, parts);
        var leg = body.CallId();
        var command = new LegCommand.JoinConference(conference.Id)
        {
            As = body.Part(),
            HoldAudio = body.HoldAudio(),
            Starts = body.Voice.Flag("start_conference_on_enter"),
            Beeps = body.Beeps(),
            CommandId = body.Voice.CommandId(),
            Labels = body.Voice.Labels(),
        };
        if (body.Voice.Problems.Count > 0 || leg is not { } joiner) return op.Fail(body.Voice.Problems);
        return ConferenceActions.Answer(op, await op.Calls.SendAsync(Subject.Of(joiner), command, op.Stop));
    }

    public static string Name(ConferenceBody body, string field)
    {
        string name = body.Voice.Text(field) ?? "";
        if (name.Length is 0 or > NameLength)
            body.Voice.Refuse(VoiceErrors.BadLength, field, $"{field} must have 1 to {NameLength} characters.");
        else if (Guid.TryParse(name, out _))
            body.Voice.Refuse(VoiceErrors.BadRequest, field, $"{field} may not be a UUID: conferences are called by either.");
        return name;
    }

    public static ConferenceTerms Terms(ConferenceBody body)
    {
        var voice = body.Voice;
        int minutes = voice.Whole("duration_minutes", (int)ConferenceTerms.UsualLength.TotalMinutes, 1, MinutesMost, VoiceErrors.BadRange);
        return new()
        {
            MaxParticipants = voice.Whole("max_participants", ConferenceTerms.UsualParticipants, 2, ConferenceTerms.MostParticipants,
                VoiceErrors.BadRange),
            Length = TimeSpan.FromMinutes(minutes),
            StartsAtOnce = !voice.Has("start_conference_on_create") || voice.Flag("start_conference_on_create"),
            HoldAudio = body.HoldAudio(),
            Beeps = body.Beeps() ?? ConferenceBeeps.Never,
            HasComfortNoise = !voice.Has("comfort_noise") || voice.Flag("comfort_noise"),
        };
    }
}
