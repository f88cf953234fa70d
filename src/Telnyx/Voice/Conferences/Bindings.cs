using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Telnyx.Voice.Calls;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Voice.Conferences;

/// <summary>Conferences: made by a call, joined by others, commanded by the conference's id or name.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(VoiceParts parts)
    {
        return
        [
            Handle("ListConferences", op => ConferenceReads.List(op, parts)),
            Handle("RetrieveConference", op => ConferenceReads.Get(op, parts)),
            Handle("ListConferenceParticipants", op => ConferenceReads.ListParticipants(op, parts)),
            Handle("CreateConference", op => ConferenceJoins.Create(op, parts)),
            Handle("JoinConference", op => ConferenceJoins.Join(op, parts)),
            Command("LeaveConference", body => body.CallId() is { } leg ? new ConferenceCommand.Leave(leg, body.Beeps()) : null),
            Command("HoldConferenceParticipants", body =>
                body.CallIds() is { } legs ? new ConferenceCommand.Hold(legs, AudioSource.Read(body.Voice)) : null),
            Command("UnholdConferenceParticipants", body => body.CallIds() is { } legs ? new ConferenceCommand.Unhold(legs) : null),
            Command("MuteConferenceParticipants", body => Mute(body, isOn: true)),
            Command("UnmuteConferenceParticipants", body => Mute(body, isOn: false)),
            Command("PlayConferenceAudio", Play),
            Command("SpeakTextToConference", body =>
                body.CallIds() is { } legs ? new ConferenceCommand.Speak(legs, SpeakAction.Speech(body.Voice)) : null),
            Command("StopConferenceAudio", body => body.CallIds() is { } legs ? new ConferenceCommand.StopAudio(legs) : null),
            Command("StartConferenceRecording", body =>
                RecordMap.OfConference(body.Voice) is { } plan ? new ConferenceCommand.RecordStart(plan) : null),
            Command("PauseConferenceRecording", body => new ConferenceCommand.RecordPause(RecordMap.Id(body.Voice))),
            Command("ResumeConferenceRecording", body => new ConferenceCommand.RecordResume(RecordMap.Id(body.Voice))),
            Command("StopConferenceRecording", body => new ConferenceCommand.RecordStop(RecordMap.Id(body.Voice))),
            Command("UpdateConference", body => body.CallId() is { } leg
                ? new ConferenceCommand.Supervise(leg, body.Role(), body.WhispersTo()) : null),
            // Newer clients know these three.
            Command("EndConference", _ => new ConferenceCommand.End()),
            Handle("RetrieveConferenceParticipant", op => ConferenceReads.GetParticipant(op, parts)),
            Handle("UpdateConferenceParticipant", op => ConferenceActions.UpdateParticipant(op, parts)),
        ];

        Binding Command(string operation, Func<ConferenceBody, ConferenceCommand?> map) =>
            Handle(operation, op => ConferenceActions.Send(op, parts, map));
    }

    private static ConferenceCommand.Mute? Mute(ConferenceBody body, bool isOn) => body.CallIds() is { } legs ? new(legs, isOn) : null;

    private static ConferenceCommand.Play? Play(ConferenceBody body)
    {
        int loops = body.Voice.Loops();
        var source = AudioSource.Read(body.Voice);
        if (source is null && body.Voice.Problems.Count == 0)
            body.Voice.Refuse(VoiceErrors.MissingParameter, "audio_url", "One of audio_url and media_name is required.");
        return body.CallIds() is { } legs && source is not null ? new ConferenceCommand.Play(legs, source, loops) : null;
    }
}
