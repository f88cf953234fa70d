using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Activities;

namespace Ringwright.Pure.Switch;

/// <summary>A leg's transcription by itself.</summary>
public sealed class TranscribingTests
{
    private static readonly TranscriptionTerms Terms = new("en", TapTracks.Said | TapTracks.Heard) { HasInterim = true };
    private static readonly TapPlan Tap = new(Guid.Parse("44444444-4444-4444-8444-444444444444"), Terms.Tracks, 16_000);
    private static readonly RecordPlan Silent = new() { Id = Guid.NewGuid(), SilenceLimit = TimeSpan.FromSeconds(5) };
    private static readonly RecordPlan Plain = Silent with { SilenceLimit = null };

    private readonly RecordingHost _host = new() { Facts = Sample.Facts() with { AnsweredAt = new(1_000_000_000) } };
    private readonly Transcribing _words;

    public TranscribingTests() => _words = new(_host);

    private Guid Id => _host.Transcribed[^1].Id;

    private Refusal Judge(LegCommand command, bool endsBySilence = false) => _words.Judge(command, endsBySilence);

    private void Hear(string text, bool isFinal = true, double? confidence = null, TapTracks track = TapTracks.Said) =>
        _words.On(Id, new LiveAudioNews.Transcribed(track, text, isFinal, confidence));

    [Fact]
    public void Words_are_told_in_their_order_between_its_beginning_and_its_end()
    {
        _words.Start(Terms);
        Assert.Equal(new TranscriptionOrder(Id, _host.Facts, Terms, new("PCMU", 8_000)), Assert.Single(_host.Transcribed));
        Hear("nobody listens yet");
        _words.On(Id, new LiveAudioNews.Connected(Tap));
        Hear("hel", isFinal: false, confidence: 0.4);
        Hear("hello", confidence: 0.9, track: TapTracks.Heard);
        var id = Id;
        _words.Stop();
        Assert.Equal([(id, false)], _host.Finished);
        Assert.Equal(Refusal.NotTranscribing, Judge(new LegCommand.StopTranscription()));
        _words.On(id, new LiveAudioNews.Transcribed(TapTracks.Said, "goodbye", true, null));
        _words.On(id, new LiveAudioNews.Ended(null));
        _words.On(id, new LiveAudioNews.Transcribed(TapTracks.Said, "too late", true, null));
        _words.On(id, new LiveAudioNews.Ended(null));
        Assert.Equal(["TranscriptionStarted", "SpeechTranscribed", "SpeechTranscribed", "SpeechTranscribed", "TranscriptionEnded"],
            _host.Kinds);
        Assert.Equal([(id, TapTracks.Said, "hel", false, 0.4), (id, TapTracks.Heard, "hello", true, 0.9),
            (id, TapTracks.Said, "goodbye", true, null)],
            _host.Events.OfType<CallEvent.SpeechTranscribed>().Select(e => (e.Transcription, e.Track, e.Text, e.IsFinal, e.Confidence)));
        Assert.Equal([new MediaCommand.OpenTap(_host.Port, Tap), new MediaCommand.CloseTap(_host.Port, Tap.Id)], _host.Commands);
        Assert.Empty(_host.Closed);
        Assert.Null(Assert.IsType<CallEvent.TranscriptionEnded>(_host.Events[^1]).Failure);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_recogniser_that_fails_is_told_once_before_or_after_it_was_there(bool wasThere)
    {
        _words.Start(Terms);
        if (wasThere) _words.On(Id, new LiveAudioNews.Connected(Tap));
        _words.On(Id, new LiveAudioNews.Ended("the recogniser is gone"));
        _words.On(Id, new LiveAudioNews.Ended("once more"));
        _words.Stop();
        var ended = Assert.Single(_host.Events.OfType<CallEvent.TranscriptionEnded>());
        Assert.Equal((Id, Terms.Tracks, "the recogniser is gone"), (ended.Transcription, ended.Tracks, ended.Failure));
        Assert.Equal(wasThere ? 2 : 0, _host.Commands.Count);
        Assert.Empty(_host.Closed);
        Assert.Equal(Refusal.None, Judge(new LegCommand.StartTranscription(Terms)));
    }

    [Fact]
    public void Another_one_begins_while_the_first_has_its_last_words()
    {
        _words.Start(Terms);
        _words.On(Id, new LiveAudioNews.Connected(Tap));
        var first = Id;
        _words.Stop();
        _words.Start(Terms);
        _words.On(Id, new LiveAudioNews.Connected(Tap with { Id = Guid.NewGuid() }));
        Hear("new");
        _words.On(first, new LiveAudioNews.Transcribed(TapTracks.Said, "old", true, null));
        _words.HangUp();
        Assert.Equal([(first, false), (first, true), (Id, true)], _host.Finished);
        _words.On(first, new LiveAudioNews.Ended(null));
        Assert.Equal([(Id, "new"), (first, "old")],
            _host.Events.OfType<CallEvent.SpeechTranscribed>().Select(e => (e.Transcription, e.Text)));
        Assert.DoesNotContain("TranscriptionEnded", _host.Kinds);
    }

    private string[] Voices => [.. _host.Events.OfType<CallEvent.VoiceChanged>().Select(voice => voice.IsTalking ? "speaks" : "pauses")];

    [Theory, InlineData(true, true), InlineData(true, false), InlineData(false, true)]
    public void Voices_are_an_agents_where_its_recogniser_tells_them(bool isOfAgent, bool tellsVoice)
    {
        _words.Start(Terms with { IsOfAgent = isOfAgent });
        Assert.False(_words.JudgesVoice);
        _words.On(Id, new LiveAudioNews.Connected(Tap) { TellsVoice = tellsVoice });
        Assert.Equal(isOfAgent && tellsVoice, _words.JudgesVoice);
        _words.On(Id, new LiveAudioNews.Voice(TapTracks.Said, IsSpeaking: true));
        _words.On(Id, new LiveAudioNews.Voice(TapTracks.Said, IsSpeaking: false));
        Assert.Equal(isOfAgent && tellsVoice ? 2 : 0, Voices.Length);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_voice_whose_pause_nobody_can_tell_any_more_has_paused(bool isStopped)
    {
        _words.Start(Terms with { IsOfAgent = true });
        _words.On(Id, new LiveAudioNews.Connected(Tap) { TellsVoice = true });
        _words.On(Id, new LiveAudioNews.Voice(TapTracks.Said, IsSpeaking: true));
        var first = Id;
        if (isStopped) _words.Stop();
        else _words.On(first, new LiveAudioNews.Ended("the recogniser is gone"));
        Assert.Equal(["speaks", "pauses"], Voices);
        Assert.False(_words.JudgesVoice);

        // The late end of the one before changes nothing of the next.
        _words.Start(Terms with { IsOfAgent = true });
        _words.On(Id, new LiveAudioNews.Connected(Tap with { Id = Guid.NewGuid() }) { TellsVoice = true });
        _words.On(Id, new LiveAudioNews.Voice(TapTracks.Said, IsSpeaking: true));
        _words.On(first, new LiveAudioNews.Ended(null));
        Assert.Equal(["speaks", "pauses", "speaks"], Voices);
    }

    [Fact]
    public void One_that_was_not_there_yet_has_no_last_words()
    {
        _words.Start(Terms);
        _words.HangUp();
        Assert.Equal([Id], _host.Closed);
        Assert.Empty(_host.Finished);
        Assert.Equal(["TranscriptionEnded"], _host.Kinds);
    }

    [Fact]
    public void One_at_a_time()
    {
        Assert.Equal(Refusal.NotTranscribing, Judge(new LegCommand.StopTranscription()));
        Assert.Equal(Refusal.None, Judge(new LegCommand.StartTranscription(Terms)));
        _words.Start(Terms);
        Assert.Equal(Refusal.AlreadyTranscribing, Judge(new LegCommand.StartTranscription(Terms)));
        Assert.Equal(Refusal.None, Judge(new LegCommand.StopTranscription()));
        _words.Start(Terms);
        Assert.Single(_host.Transcribed);
        _words.Stop();
        Assert.Equal(Refusal.NotTranscribing, Judge(new LegCommand.StopTranscription()));
        _words.Start(null);
        Assert.Single(_host.Transcribed);
    }

    [Fact]
    public void A_recording_that_ends_by_silence_and_a_transcription_keep_each_other_out()
    {
        Assert.Equal(Refusal.TranscribedWithSilenceLimit, Judge(new LegCommand.StartTranscription(Terms), endsBySilence: true));
        Assert.Equal(Refusal.TranscribedWithSilenceLimit, Judge(new LegCommand.Answer { Transcription = Terms, Record = Silent }));
        Assert.Equal(Refusal.None, Judge(new LegCommand.Answer { Transcription = Terms, Record = Plain }));
        Assert.Equal(Refusal.None, Judge(new LegCommand.RecordStart(Silent)));
        Assert.Equal(Refusal.None, Judge(new LegCommand.Answer { Record = Silent }));
        _words.Start(Terms);
        Assert.Equal(Refusal.None, Judge(new LegCommand.RecordStart(Plain)));
        LegCommand[] recording =
        [
            new LegCommand.RecordStart(Silent), new LegCommand.Bridge(default) { Record = Silent },
            new LegCommand.BridgeQueue("q", new(default) { Record = Silent })
        ];
        Assert.All(recording, command => Assert.Equal(Refusal.TranscribedWithSilenceLimit, Judge(command)));
        _words.Stop();
        Assert.Equal(Refusal.None, Judge(new LegCommand.RecordStart(Silent)));
    }

    [Theory]
    [InlineData(ApplicationKind.Voicemail)]
    [InlineData(ApplicationKind.Mailbox)]
    public void What_is_said_in_a_mailbox_is_nobodys_business(string kind)
    {
        _host.Facts = _host.Facts with { Application = new(kind, "+4989111") };
        Assert.Equal(Refusal.Confidential, Judge(new LegCommand.StartTranscription(Terms)));
        Assert.Equal(Refusal.Confidential, Judge(new LegCommand.Answer { Transcription = Terms }));
        Assert.Equal(Refusal.None, Judge(new LegCommand.Answer()));
    }

    [Fact]
    public void A_node_that_carries_no_live_audio_refuses_it()
    {
        _host.HasLiveAudio = false;
        Assert.Equal(Refusal.NoLiveAudio, Judge(new LegCommand.StartTranscription(Terms)));
        Assert.Equal(Refusal.NoLiveAudio, Judge(new LegCommand.Answer { Transcription = Terms }));
        Assert.Equal(Refusal.None, Judge(new LegCommand.Answer()));
    }
}
