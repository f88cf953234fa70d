using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Activities;

namespace Ringwright.Pure.Switch;

/// <summary>A gather that hears words besides keys.</summary>
public sealed class SpokenGatherTests
{
    private static readonly PromptSource Prompt = new PromptSource.Speech("say a colour", "female", null, false);
    private static readonly SpeechInput Auto = new(new("en", TapTracks.Heard) { Recogniser = "built-in" });
    private static readonly SpeechInput Patient = Auto with { EndSilence = TimeSpan.FromSeconds(2) };
    private static readonly SpeechInput Brief = Patient with { LongestSpeech = TimeSpan.FromSeconds(10) };

    private readonly RecordingHost _host = new() { Facts = Sample.Facts() with { AnsweredAt = new(1_000_000_000) } };
    private readonly PromptQueue _queue;
    private readonly SpokenInput _speech;

    public SpokenGatherTests() => (_queue, _speech) = (new(_host), new(_host));

    private Gather Start(SpeechInput speech, LegCommand.Gather? command = null, bool isHeard = true)
    {
        var gather = new Gather(_host, _queue, _speech, (command ?? new()) with { Speech = speech });
        gather.Start();
        if (isHeard) Connect();
        return gather;
    }

    private void Connect() => Tell(new LiveAudioNews.Connected(new(Id, TapTracks.Said, 16_000)));

    private Guid Id => _host.Transcribed[^1].Id;

    private void Tell(LiveAudioNews news) => _speech.On(Id, news);

    private void Voice(bool isSpeaking) => Tell(new LiveAudioNews.Voice(TapTracks.Said, isSpeaking));

    private void Say(string text, bool isFinal = true, double? confidence = null) =>
        Tell(new LiveAudioNews.Transcribed(TapTracks.Said, text, isFinal, confidence));

    private void Elapse(Gather gather, double seconds)
    {
        _host.Advance(TimeSpan.FromSeconds(seconds));
        gather.OnDue();
    }

    private CallEvent.GatherEnded Ended() => Assert.Single(_host.Events.OfType<CallEvent.GatherEnded>());

    private void AssertEnded(GatherStatus status, string? speech, string digits = "") =>
        Assert.Equal((status, speech, digits), (Ended().Status, Ended().Speech, Ended().Digits));

    /// <summary>Makes the prompt ready, and lets it begin.</summary>
    private void Play() => _queue.OnPrepared(_host.Prepared[^1].Correlation, Sample.Prompt("/cache/p"));

    [Fact]
    public void The_legs_own_party_is_listened_to_in_the_language_that_was_asked_for_and_nobody_is_told_of_a_transcription()
    {
        var gather = Start(Auto);
        var order = Assert.Single(_host.Transcribed);
        Assert.Equal((TapTracks.Said, "en", "built-in", true),
            (order.Terms.Tracks, order.Terms.Language, order.Terms.Recogniser, order.TellsVoice));
        Say("blue", confidence: 0.75);
        AssertEnded(GatherStatus.Valid, "blue");
        Assert.Equal(0.75, Ended().Confidence);
        Assert.Equal(["GatherEnded"], _host.Kinds);
        Assert.Equal([order.Id], _host.Closed);
        Assert.Equal(["OpenTap", "CloseTap"], _host.Commands.Select(c => c.GetType().Name));
        Assert.Equal(Instant.Never, gather.NextDue);
    }

    [Fact]
    public void Who_says_nothing_times_out()
    {
        var gather = Start(Auto, new() { InitialTimeout = TimeSpan.FromSeconds(3) });
        Elapse(gather, 2.9);
        Assert.Empty(_host.Events);
        Elapse(gather, 0.1);
        AssertEnded(GatherStatus.Timeout, null);
        Assert.Null(Ended().Confidence);
    }

    [Fact]
    public void Who_has_begun_to_speak_in_time_may_take_longer()
    {
        var gather = Start(Auto, new() { InitialTimeout = TimeSpan.FromSeconds(3) });
        Elapse(gather, 2);
        Voice(true);
        Elapse(gather, 20);
        Voice(false);
        Elapse(gather, 4.9);
        Assert.Empty(_host.Events);
        Say("a long story");
        AssertEnded(GatherStatus.Valid, "a long story");
    }

    [Fact]
    public void A_cough_that_no_recogniser_understands_leaves_the_rest_of_the_time()
    {
        var gather = Start(Auto, new() { InitialTimeout = TimeSpan.FromSeconds(9) });
        Voice(true);
        Voice(false);
        Elapse(gather, 8.9);
        Assert.Empty(_host.Events);
        Elapse(gather, 0.1);
        AssertEnded(GatherStatus.Timeout, null);
    }

    [Fact]
    public void A_voice_that_never_ends_is_ended_by_the_total_time()
    {
        var gather = Start(Auto, new() { TotalTimeout = TimeSpan.FromSeconds(30) });
        Voice(true);
        Elapse(gather, 29.9);
        Assert.Empty(_host.Events);
        Elapse(gather, 0.1);
        AssertEnded(GatherStatus.Timeout, null);
    }

    [Fact]
    public void Who_speaks_too_long_is_not_listened_to_any_more_and_what_was_said_counts()
    {
        var gather = Start(Brief);
        Elapse(gather, 3);
        Voice(true);
        Elapse(gather, 9.9);
        Assert.Empty(_host.Finished);
        Elapse(gather, 0.1);
        var id = Id;
        Assert.Equal((id, false), Assert.Single(_host.Finished));
        Assert.Equal(["OpenTap", "CloseTap"], _host.Commands.Select(c => c.GetType().Name));
        Tell(new LiveAudioNews.Transcribed(TapTracks.Said, "a long", IsFinal: true, null));
        Tell(new LiveAudioNews.Transcribed(TapTracks.Said, "story", IsFinal: true, null));
        Assert.Empty(_host.Events);
        Tell(new LiveAudioNews.Ended(null));
        AssertEnded(GatherStatus.Valid, "a long story");
        Assert.Null(Ended().SpeechFailure);
        Assert.Empty(_host.Closed);
        Assert.Equal(Instant.Never, gather.NextDue);
    }

    [Fact]
    public void A_recogniser_that_does_not_finish_is_not_waited_for()
    {
        var gather = Start(Brief);
        Voice(true);
        Say("a long");
        Elapse(gather, 10);
        Assert.Single(_host.Finished);
        Elapse(gather, 4.9);
        Assert.Empty(_host.Events);
        Elapse(gather, 0.1);
        AssertEnded(GatherStatus.Valid, "a long");
        Assert.Equal([Id], _host.Closed);
        Tell(new LiveAudioNews.Transcribed(TapTracks.Said, "too late", IsFinal: true, null));
        Tell(new LiveAudioNews.Ended(null));
        Assert.Single(_host.Events);
    }

    [Fact]
    public void A_cough_is_no_speech_and_keys_have_no_limit_of_it()
    {
        var coughed = Start(Brief, new() { InitialTimeout = TimeSpan.FromSeconds(60) });
        Voice(true);
        Voice(false);
        Elapse(coughed, 10);
        Assert.Empty(_host.Finished);
        Voice(true);
        Elapse(coughed, 9.9);
        Assert.Empty(_host.Finished);
        coughed.OnDigit('1');
        Elapse(coughed, 0.1);
        Assert.Empty(_host.Finished);
        Assert.Empty(_host.Events);
    }

    [Fact]
    public void Hung_up_while_last_words_are_waited_for_nothing_is_left_behind()
    {
        var gather = Start(Brief);
        Voice(true);
        Elapse(gather, 10);
        gather.Stop(GatherStatus.CallHangup);
        _speech.HangUp();
        AssertEnded(GatherStatus.CallHangup, null);
        Assert.Equal([Id], _host.Closed);
    }

    [Fact]
    public void Pieces_are_one_answer_until_the_silence_behind_them_is_long_enough()
    {
        var gather = Start(Patient);
        Voice(true);
        Voice(false);
        Say("light", confidence: 0.5);
        Elapse(gather, 1.9);
        Voice(true);
        Elapse(gather, 10);
        Say("blue", confidence: 1);
        Elapse(gather, 10);
        Voice(false);
        Elapse(gather, 1.9);
        Assert.Empty(_host.Events);
        Elapse(gather, 0.1);
        AssertEnded(GatherStatus.Valid, "light blue");
        Assert.Equal(0.75, Ended().Confidence);
    }

    [Fact]
    public void Words_that_come_before_the_pause_is_noticed_end_it_with_the_pause()
    {
        Start(Auto);
        Voice(true);
        Say("blue");
        Assert.Empty(_host.Events);
        Voice(false);
        AssertEnded(GatherStatus.Valid, "blue");
    }

    [Fact]
    public void Words_that_may_still_change_are_told_when_they_were_asked_for_and_waited_for()
    {
        var gather = Start(Auto with { Terms = Auto.Terms with { HasInterim = true } },
            new() { GatherId = "g", InitialTimeout = TimeSpan.FromSeconds(3) });
        Elapse(gather, 2.5);
        Say("bl", isFinal: false, confidence: 0.25);
        Elapse(gather, 4.9);
        Assert.Equal(new CallEvent.GatherHeard("g", "bl", false, 0.25) { Leg = _host.Facts, At = _host.Events[0].At },
            Assert.Single(_host.Events));
        Say("blue");
        Assert.Equal(["GatherHeard", "GatherHeard", "GatherEnded"], _host.Kinds);
        AssertEnded(GatherStatus.Valid, "blue");
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Speaking_ends_the_prompt_where_it_may(bool may)
    {
        var gather = Start(Auto with { InterruptsPrompt = may }, new() { Prompt = Prompt });
        Play();
        Voice(true);
        Assert.Equal(may, _host.Commands.Any(c => c is MediaCommand.StopPlay));
        Say("blue");
        Voice(false);
        if (!may)
        {
            Assert.Empty(_host.Events);
            _queue.OnPlayEnded(_host.Commands.OfType<MediaCommand.Play>().Single().Id, false);
            Elapse(gather, 5);
        }
        AssertEnded(may ? GatherStatus.Valid : GatherStatus.Timeout, may ? "blue" : null);
    }

    [Fact]
    public void Whichever_comes_first_is_the_entry()
    {
        var pressed = Start(Patient, new() { MaximumDigits = 2 });
        pressed.OnDigit('4');
        Assert.Single(_host.Closed);
        pressed.OnDigit('2');
        AssertEnded(GatherStatus.Valid, null, "42");

        _host.Events.Clear();
        var said = Start(Patient, new() { MaximumDigits = 2 });
        Say("forty-two");
        said.OnDigit('4');
        said.OnDigit('3');
        Elapse(said, 2);
        AssertEnded(GatherStatus.Valid, "forty-two");
    }

    [Fact]
    public void Keys_do_nothing_where_only_words_count()
    {
        var gather = Start(Auto with { TakesDigits = false }, new() { MaximumDigits = 1, Prompt = Prompt });
        Play();
        gather.OnDigit('1');
        Assert.Empty(_host.Events);
        Say("one");
        AssertEnded(GatherStatus.Valid, "one");
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Where_nobody_listens_keys_still_count_and_else_it_ends(bool takesDigits)
    {
        var gather = Start(Auto with { TakesDigits = takesDigits }, new() { Prompt = Prompt, MaximumDigits = 1, MaximumTries = 3 }, false);
        Play();
        Tell(new LiveAudioNews.Ended("the recogniser is away"));
        if (takesDigits)
        {
            Assert.Empty(_host.Events);
            gather.OnDigit('7');
            AssertEnded(GatherStatus.Valid, null, "7");
        }
        else AssertEnded(GatherStatus.Timeout, null);
        Assert.Equal("the recogniser is away", Ended().SpeechFailure);
    }

    [Fact]
    public void What_was_said_before_the_recogniser_broke_counts()
    {
        Start(Patient with { TakesDigits = false });
        Say("blue");
        Tell(new LiveAudioNews.Ended("the connection was cut"));
        AssertEnded(GatherStatus.Valid, "blue");
    }

    [Fact]
    public void Another_try_listens_again_also_where_keys_had_ended_the_listening()
    {
        var gather = Start(Patient, new() { MinimumDigits = 3, MaximumTries = 2, TerminatingDigits = "#" });
        gather.OnDigit('1');
        gather.OnDigit('#');
        Assert.Equal(2, _host.Transcribed.Count);
        Connect();
        Say("blue");
        Elapse(gather, 2);
        AssertEnded(GatherStatus.Valid, "blue");
    }

    [Theory, InlineData(GatherStatus.CallHangup), InlineData(GatherStatus.Cancelled)]
    public void Ended_from_outside_it_listens_no_more_and_says_what_it_had(GatherStatus status)
    {
        var gather = Start(Patient);
        Say("blue");
        var id = Id;
        gather.Stop(status);
        _speech.On(id, new LiveAudioNews.Transcribed(TapTracks.Said, "too late", true, null));
        AssertEnded(status, "blue");
        Assert.Equal([id], _host.Closed);
        Assert.False(_speech.IsOrdered);
    }

    [Fact]
    public void It_is_refused_where_there_is_no_audio_to_hear_and_in_mailboxes()
    {
        var command = new LegCommand.Gather { Speech = Auto };
        Assert.Equal(Refusal.None, _speech.Judge(command));
        _host.HasLiveAudio = false;
        Assert.Equal(Refusal.NoLiveAudio, _speech.Judge(command));
        Assert.Equal(Refusal.None, _speech.Judge(new LegCommand.Gather()));
        _host.HasLiveAudio = true;
        _host.Facts = _host.Facts with { Application = new(ApplicationKind.Voicemail, "box") };
        Assert.Equal(Refusal.Confidential, _speech.Judge(command));
    }
}
