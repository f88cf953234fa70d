using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Legs;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Transcription as a part of a whole leg.</summary>
public sealed class TranscribedCallTests
{
    private static readonly TranscriptionTerms Terms = new("en", TapTracks.Said);
    private static readonly TapPlan Tap = new(Guid.Parse("44444444-4444-4444-8444-444444444444"), TapTracks.Said, 8_000);
    private static readonly RecordPlan Silent = new() { Id = Guid.NewGuid(), SilenceLimit = TimeSpan.FromSeconds(5) };

    private readonly ShardRig _rig = new();

    private void Tell(LiveAudioNews news) =>
        _rig.Handle(new LegMessage.LiveAudioTold(_rig.Transcriptions[^1].Leg.Id, _rig.Transcriptions[^1].Id, news));

    private void TellMedia(bool isTalking) => _rig.Media(new MediaEvent.Voice(_rig.Leg, _rig.OpenPorts.Single(), isTalking));

    private string Establish(LegCommand.Answer? answer = null)
    {
        _rig.Receive(Invite());
        Assert.True(_rig.Command(answer ?? new LegCommand.Answer()).IsAccepted);
        string ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        return ok;
    }

    private void HangUp(string ok)
    {
        _rig.Receive(Inside(ok, "BYE", 9, "z9hG4bKbye"));
        Assert.IsType<CallEvent.LegEnded>(_rig.Events[^1]);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_command_has_a_call_transcribed_until_another_stops_it()
    {
        string ok = Establish();
        Assert.True(_rig.Command(new LegCommand.StartTranscription(Terms) { CommandId = "one" }).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.StartTranscription(Terms) { CommandId = "one" }).IsAccepted);      // the same once more
        Assert.Equal(Refusal.AlreadyTranscribing, _rig.Command(new LegCommand.StartTranscription(Terms)).Refusal);
        Assert.Equal((Terms, _rig.Leg), (Assert.Single(_rig.Transcriptions).Terms, _rig.Transcriptions[0].Leg.Id));
        Tell(new LiveAudioNews.Connected(Tap));
        Tell(new LiveAudioNews.Transcribed(TapTracks.Said, "hello", IsFinal: true, 0.5));
        Assert.Equal("hello", Assert.IsType<CallEvent.SpeechTranscribed>(_rig.Events[^1]).Text);
        Assert.True(_rig.Command(new LegCommand.StopTranscription()).IsAccepted);
        Assert.Equal(Refusal.NotTranscribing, _rig.Command(new LegCommand.StopTranscription()).Refusal);
        Tell(new LiveAudioNews.Transcribed(TapTracks.Said, "goodbye", IsFinal: true, null));
        Tell(new LiveAudioNews.Ended(null));
        HangUp(ok);
        Assert.Equal(["LegInitiated", "LegAnswered", "TranscriptionStarted", "SpeechTranscribed", "SpeechTranscribed",
            "TranscriptionEnded", "LegEnded"], _rig.Kinds);
    }

    [Fact]
    public void Media_is_not_believed_of_a_voice_while_an_agents_recogniser_tells_it()
    {
        string ok = Establish();
        Assert.True(_rig.Command(new LegCommand.StartAgent(new(Guid.NewGuid()))).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.StartTranscription(Terms with { IsOfAgent = true })).IsAccepted);
        TellMedia(true);        // nobody else tells it yet
        Tell(new LiveAudioNews.Connected(Tap) { TellsVoice = true });
        TellMedia(false);       // the pause of what media has told itself
        TellMedia(true);
        Tell(new LiveAudioNews.Voice(TapTracks.Said, IsSpeaking: true));
        TellMedia(false);
        Tell(new LiveAudioNews.Voice(TapTracks.Said, IsSpeaking: false));
        Assert.Equal([true, false, true, false], _rig.Events.OfType<CallEvent.VoiceChanged>().Select(voice => voice.IsTalking));
        Tell(new LiveAudioNews.Ended("the recogniser is gone"));
        TellMedia(true);
        Assert.True(Assert.IsType<CallEvent.VoiceChanged>(_rig.Events[^1]).IsTalking);
        HangUp(ok);
    }

    [Fact]
    public void A_pause_of_medias_is_none_where_the_recogniser_hears_a_voice()
    {
        string ok = Establish();
        Assert.True(_rig.Command(new LegCommand.StartAgent(new(Guid.NewGuid()))).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.StartTranscription(Terms with { IsOfAgent = true })).IsAccepted);
        TellMedia(true);
        Tell(new LiveAudioNews.Connected(Tap) { TellsVoice = true });
        Tell(new LiveAudioNews.Voice(TapTracks.Said, IsSpeaking: true));
        TellMedia(false);
        Assert.All(_rig.Events.OfType<CallEvent.VoiceChanged>(), voice => Assert.True(voice.IsTalking));
        Tell(new LiveAudioNews.Voice(TapTracks.Said, IsSpeaking: false));
        Assert.False(_rig.Events.OfType<CallEvent.VoiceChanged>().Last().IsTalking);
        Tell(new LiveAudioNews.Ended("the recogniser is gone"));
        HangUp(ok);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_call_that_ends_leaves_its_last_words_to_others_or_ends_what_has_none(bool isOpen)
    {
        string ok = Establish(new() { Transcription = Terms });
        if (isOpen) Tell(new LiveAudioNews.Connected(Tap));
        HangUp(ok);
        Assert.Equal(["LegInitiated", "LegAnswered", isOpen ? "TranscriptionStarted" : "TranscriptionEnded", "LegEnded"], _rig.Kinds);
        Assert.Equal(isOpen ? [] : _rig.Transcriptions.Select(t => t.Id), _rig.ClosedStreams);
        if (isOpen) Assert.Equal((_rig.Transcriptions[0], _rig.Leg), (_rig.Finished.Single().Order, _rig.Finished[0].Over!.Id));
        else Assert.Empty(_rig.Finished);
        int events = _rig.Events.Count;
        Tell(new LiveAudioNews.Transcribed(TapTracks.Said, "it was on its way", IsFinal: true, null));
        Assert.Equal(events, _rig.Events.Count);
    }

    [Fact]
    public void It_runs_beside_a_stream_of_the_same_call()
    {
        string ok = Establish(new() { Transcription = Terms, Stream = new("wss://media.example.com/in", TapTracks.Said) });
        Tell(new LiveAudioNews.Connected(Tap));
        _rig.Handle(new LegMessage.LiveAudioTold(_rig.Leg, _rig.Streams[0].Id,
            new LiveAudioNews.Connected(Tap with { Id = Guid.NewGuid() })));
        Assert.Equal(2, _rig.Commands.Count(c => c is MediaCommand.OpenTap));
        Assert.True(_rig.Command(new LegCommand.StopStream(null)).IsAccepted);
        Tell(new LiveAudioNews.Transcribed(TapTracks.Said, "still here", IsFinal: true, null));
        Assert.IsType<CallEvent.SpeechTranscribed>(_rig.Events[^1]);
        HangUp(ok);
    }

    [Fact]
    public void A_recording_that_waits_for_silence_keeps_it_out_until_it_is_over()
    {
        string ok = Establish();
        Assert.True(_rig.Command(new LegCommand.RecordStart(Silent)).IsAccepted);
        Assert.Equal(Refusal.TranscribedWithSilenceLimit, _rig.Command(new LegCommand.StartTranscription(Terms)).Refusal);
        _rig.Media(new MediaEvent.RecordEnded(_rig.Leg, _rig.OpenPorts.Single(), Silent.Id, RecordEndReason.Stopped, _rig.Now, _rig.Now));
        Assert.True(_rig.Command(new LegCommand.StartTranscription(Terms)).IsAccepted);
        Assert.Equal(Refusal.TranscribedWithSilenceLimit,
            _rig.Command(new LegCommand.RecordStart(Silent with { Id = Guid.NewGuid() })).Refusal);
        HangUp(ok);
    }

    [Fact]
    public void A_dialled_leg_is_transcribed_from_its_answer_on_and_not_before()
    {
        _rig.Dial(Request() with { Transcription = Terms });
        Assert.Empty(_rig.Transcriptions);
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", body: Answer));
        Assert.NotNull(Assert.Single(_rig.Transcriptions).Leg.AnsweredAt);
    }

    [Fact]
    public void A_node_that_carries_no_live_audio_refuses_it()
    {
        var rig = new ShardRig(hasLiveAudio: false);
        rig.Receive(Invite());
        Assert.Equal(Refusal.NoLiveAudio, rig.Command(new LegCommand.Answer { Transcription = Terms }).Refusal);
        Assert.True(rig.Command(new LegCommand.Answer()).IsAccepted);
        Assert.Equal(Refusal.NoLiveAudio, rig.Command(new LegCommand.StartTranscription(Terms)).Refusal);
    }
}
