using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using Ringwright.Switch.Legs;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

public sealed class LegCommandTests
{
    private static readonly LegCommand.Speak Hello = new() { Speech = new("hello", "female", "en-US", false) };

    private readonly ShardRig _rig = new();
    private string _ok = "";

    private void Establish()
    {
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Answer());
        _ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Inside(_ok, "ACK", 1, "z9hG4bKack"));
    }

    private void Hear() =>
        _rig.Media(new MediaEvent.PlayEnded(_rig.Leg, _rig.OpenPorts.Single(), _rig.Commands.OfType<MediaCommand.Play>().Last().Id, false));

    [Fact]
    public void Commands_that_need_an_answer_are_refused_before_it()
    {
        _rig.Receive(Invite());
        Assert.Equal(Refusal.NotYetAnswered, _rig.Command(Hello).Refusal);
        Assert.Equal(Refusal.NotYetAnswered, _rig.Command(new LegCommand.Gather()).Refusal);
        Assert.Equal(Refusal.NotYetAnswered, _rig.Command(new LegCommand.SendDigits("1")).Refusal);
    }

    [Fact]
    public void Answer_on_an_outbound_leg_is_refused()
    {
        _rig.Dial();
        Assert.Equal(Refusal.WrongDirection, _rig.Command(new LegCommand.Answer()).Refusal);
        Assert.Equal(Refusal.WrongDirection, _rig.Command(new LegCommand.Reject(false)).Refusal);
    }

    [Fact]
    public void A_second_answer_and_a_late_reject_are_refused()
    {
        Establish();
        Assert.Equal(Refusal.WrongState, _rig.Command(new LegCommand.Answer()).Refusal);
        Assert.Equal(Refusal.WrongState, _rig.Command(new LegCommand.Reject(true)).Refusal);
    }

    [Fact]
    public void A_hangups_headers_go_with_the_BYE()
    {
        Establish();
        _rig.Command(new LegCommand.Hangup { Headers = [new("X-Outcome", "sold"), new("Contact", "<sip:evil>")] });
        string bye = _rig.SentLast("BYE ");
        Assert.Equal("sold", Header(bye, "X-Outcome"));
        Assert.DoesNotContain("evil", bye, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_for_a_leg_that_is_not_there_says_that_it_has_ended() =>
        Assert.Equal(Refusal.AlreadyEnded, _rig.Command(new LegCommand.Hangup(), LegId.Compose(1, 0, 7, 99, 99)).Refusal);

    [Fact]
    public void A_repeated_command_id_is_accepted_and_does_nothing_for_a_minute()
    {
        Establish();
        var play = new LegCommand.Play { Source = new PromptSource.Url("http://a/1.wav"), CommandId = "c1" };
        Assert.True(_rig.Command(play).IsAccepted);
        Assert.True(_rig.Command(play).IsAccepted);
        Assert.Single(_rig.Commands.OfType<MediaCommand.Play>());
        Hear();
        _rig.Advance(61);
        Assert.True(_rig.Command(play).IsAccepted);
        Assert.Equal(2, _rig.Commands.OfType<MediaCommand.Play>().Count());
    }

    [Fact]
    public void A_repeated_answer_with_the_same_id_is_accepted()
    {
        _rig.Receive(Invite());
        var answer = new LegCommand.Answer { CommandId = "c1" };
        Assert.True(_rig.Command(answer).IsAccepted);
        Assert.True(_rig.Command(answer).IsAccepted);
        Assert.Equal(Refusal.WrongState, _rig.Command(answer with { CommandId = "c2" }).Refusal);
    }

    [Fact]
    public void A_repeated_hangup_with_the_same_id_is_accepted_while_the_BYE_runs_and_when_the_leg_is_gone()
    {
        Establish();
        var hangup = new LegCommand.Hangup { CommandId = "c1" };
        var leg = _rig.Leg;
        Assert.True(_rig.Command(hangup, leg).IsAccepted);
        Assert.True(_rig.Command(hangup, leg).IsAccepted);
        _rig.Advance(45);
        Assert.Equal(0, _rig.State.Actors);
        Assert.True(_rig.Command(hangup, leg).IsAccepted);
        Assert.Equal(Refusal.AlreadyEnded, _rig.Command(hangup with { CommandId = "c2" }, leg).Refusal);
        _rig.Advance(61);
        Assert.Equal(Refusal.AlreadyEnded, _rig.Command(hangup, leg).Refusal);
    }

    [Fact]
    public void The_ids_of_so_many_ended_legs_are_remembered_and_of_no_more()
    {
        var ended = new EndedCommands();
        var commands = new CommandMemory();
        var now = new Instant(1_000);
        commands.Remember("c1", now);
        for (uint i = 0; i <= Ringwright.Switch.Limits.RememberedLegs; i++) ended.Keep(new LegId(i), commands, now);
        Assert.False(ended.Knows(new LegId(0), "c1", now));
        Assert.True(ended.Knows(new LegId(1), "c1", now));
    }

    [Fact]
    public void A_refused_command_id_is_not_remembered()
    {
        _rig.Receive(Invite());
        Assert.Equal(Refusal.NotYetAnswered, _rig.Command(Hello with { CommandId = "c1" }).Refusal);
        _rig.Command(new LegCommand.Answer());
        Assert.True(_rig.Command(Hello with { CommandId = "c1" }).IsAccepted);
        Assert.Single(_rig.Commands.OfType<MediaCommand.Play>());
    }

    [Fact]
    public void Labels_are_laid_over_byte_for_byte_and_later_events_carry_them()
    {
        const string odd = "AAA= \u00e4\u4e2d\u0001";
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Answer { Labels = Labels.Of(("a", "1"), ("b", "2")) });
        _rig.Command(Hello with { Labels = Labels.Of(("a", odd)) });
        Assert.Equal(odd, _rig.Events[^1].Leg.Labels["a"]);
        Assert.Equal("2", _rig.Events[^1].Leg.Labels["b"]);
        Assert.Null(_rig.Events[0].Leg.Labels["a"]);
        Assert.Equal(["LegInitiated", "LabelsChanged", "LegAnswered", "LabelsChanged", "SpeakStarted"], _rig.Kinds);
    }

    [Fact]
    public void A_refused_command_changes_no_labels()
    {
        _rig.Receive(Invite());
        _rig.Command(Hello with { Labels = Labels.Of(("a", "1")) });
        _rig.Command(new LegCommand.Answer());
        Assert.Null(_rig.Events[^1].Leg.Labels["a"]);
    }

    [Fact]
    public void Labels_have_a_bound()
    {
        Establish();
        Assert.True(_rig.Command(new LegCommand.SetLabels { Labels = Labels.Of(("a", new string('x', Labels.MaxBytes - 1))) }).IsAccepted);
        Assert.Equal(Refusal.TooManyLabels, _rig.Command(new LegCommand.SetLabels { Labels = Labels.Of(("b", "1")) }).Refusal);
    }

    [Fact]
    public void Playback_stop_all_cancels_the_running_one_and_drops_the_queued_one_silently()
    {
        Establish();
        _rig.Command(new LegCommand.Play { Source = new PromptSource.Url("http://a/1.wav") });
        _rig.Command(new LegCommand.Play { Source = new PromptSource.Url("http://a/2.wav") });
        _rig.Command(new LegCommand.StopPlayback(StopWhat.All));
        Assert.Equal(["PlaybackStarted", "PlaybackEnded"], _rig.Kinds[2..]);
        Assert.Equal(PlayStatus.Cancelled, ((CallEvent.PlaybackEnded)_rig.Events[^1]).Status);
    }

    [Fact]
    public void Over_a_file_that_plays_another_is_heard_and_both_end_by_themselves()
    {
        Establish();
        var over = new LegCommand.Play { Source = new PromptSource.Url("http://a/over.wav"), IsOverlay = true };
        Assert.Equal(Refusal.NothingPlays, _rig.Command(over).Refusal);
        _rig.Command(new LegCommand.Play { Source = new PromptSource.Url("http://a/1.wav") });
        Assert.True(_rig.Command(over).IsAccepted);
        Assert.True(_rig.Command(over).IsAccepted);     // waits behind the first
        var plays = _rig.Commands.OfType<MediaCommand.Play>().ToList();
        Assert.Equal([false, true], plays.Select(play => play.IsOverlay));
        Assert.Equal([false, true], _rig.Events.OfType<CallEvent.PlaybackStarted>().Select(e => e.IsOverlay));
        _rig.Command(new LegCommand.StopPlayback(StopWhat.Current) { IsOfOverlays = true });
        var ended = Assert.Single(_rig.Events.OfType<CallEvent.PlaybackEnded>());
        Assert.Equal((true, PlayStatus.Cancelled), (ended.IsOverlay, ended.Status));
        Assert.Equal(2, _rig.Commands.OfType<MediaCommand.Play>().Count(play => play.IsOverlay));
        _rig.Command(new LegCommand.Play { Source = new PromptSource.Url("http://a/2.wav"), Stop = StopWhat.Overlays });
        Assert.Equal(2, _rig.Events.OfType<CallEvent.PlaybackEnded>().Count(e => e.IsOverlay));
        _rig.Command(new LegCommand.Hangup());
        Assert.Equal(_rig.Events.OfType<CallEvent.PlaybackStarted>().Select(e => e.Playback).Order(),
            _rig.Events.OfType<CallEvent.PlaybackEnded>().Select(e => e.Playback).Order());
    }

    [Fact]
    public void Digits_are_told_before_the_gather_ends()
    {
        Establish();
        _rig.Command(new LegCommand.Gather { MaximumDigits = 4 });
        _rig.Digits("12#");
        Assert.Equal(["DigitReceived", "DigitReceived", "DigitReceived", "GatherEnded"], _rig.Kinds[2..]);
        Assert.Equal("12", ((CallEvent.GatherEnded)_rig.Events[^1]).Digits);
    }

    [Fact]
    public void A_digit_without_a_gather_is_told_too()
    {
        Establish();
        _rig.Digits("7");
        Assert.Equal('7', ((CallEvent.DigitReceived)_rig.Events[^1]).Digit);
    }

    [Fact]
    public void A_new_gather_cancels_the_old_one()
    {
        Establish();
        _rig.Command(new LegCommand.Gather { GatherId = "one" });
        _rig.Command(new LegCommand.Gather { GatherId = "two", MaximumDigits = 1 });
        _rig.Digits("5");
        var ended = _rig.Events.OfType<CallEvent.GatherEnded>().ToArray();
        Assert.Equal([("one", GatherStatus.Cancelled), ("two", GatherStatus.Valid)], ended.Select(e => (e.GatherId!, e.Status)));
    }

    [Fact]
    public void A_gathers_timeouts_fire_from_the_shards_clock()
    {
        Establish();
        _rig.Command(new LegCommand.Gather
        {
            Prompt = new PromptSource.Speech("press", "female", null, false), InitialTimeout = TimeSpan.FromSeconds(3)
        });
        _rig.Advance(10);
        Assert.DoesNotContain("GatherEnded", _rig.Kinds);
        Hear();
        _rig.Advance(3);
        Assert.Equal(GatherStatus.Timeout, ((CallEvent.GatherEnded)_rig.Events[^1]).Status);
    }

    [Fact]
    public void On_hang_up_every_activity_ends_before_the_leg_does()
    {
        Establish();
        _rig.Command(new LegCommand.Play { Source = new PromptSource.Url("http://a/1.wav"), Loops = 0 });
        _rig.Command(Hello);
        _rig.Command(new LegCommand.Gather());
        _rig.Receive(Inside(_ok, "BYE", 2, "z9hG4bKbye"));
        Assert.Equal(["PlaybackStarted", "GatherEnded", "PlaybackEnded", "LegEnded"], _rig.Kinds[2..]);
        Assert.Equal(GatherStatus.CallHangup, ((CallEvent.GatherEnded)_rig.Events[3]).Status);
        Assert.Equal(PlayStatus.CallHangup, ((CallEvent.PlaybackEnded)_rig.Events[4]).Status);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void Digits_to_send_go_one_command_after_another()
    {
        Establish();
        _rig.Command(new LegCommand.SendDigits("12", 100));
        _rig.Command(new LegCommand.SendDigits("34"));
        var first = Assert.Single(_rig.Commands.OfType<MediaCommand.SendDigits>());
        Assert.Equal(("12", 100), (first.Digits, first.DigitMilliseconds));
        _rig.Media(new MediaEvent.DigitsSent(_rig.Leg, _rig.OpenPorts.Single(), first.Id));
        Assert.Equal("34", _rig.Commands.OfType<MediaCommand.SendDigits>().Last().Digits);
    }

    [Fact]
    public void Echo_and_voice_watching_are_passed_to_media()
    {
        Establish();
        _rig.Command(new LegCommand.Echo(true));
        _rig.Command(new LegCommand.WatchVoice(TimeSpan.FromMilliseconds(800)));
        Assert.True(Assert.IsType<MediaCommand.Echo>(_rig.Commands[^2]).IsOn);
        Assert.Equal(800, Assert.IsType<MediaCommand.WatchVoice>(_rig.Commands[^1]).PauseMilliseconds);
        _rig.Media(new MediaEvent.Voice(_rig.Leg, _rig.OpenPorts.Single(), true));
        Assert.True(((CallEvent.VoiceChanged)_rig.Events[^1]).IsTalking);
    }

    [Fact]
    public void Noise_is_suppressed_until_it_is_said_otherwise_and_media_hears_of_changes_alone()
    {
        Establish();
        int before = _rig.Commands.Count;
        Assert.True(_rig.Command(new LegCommand.SuppressNoise(true, false)).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.SuppressNoise(true, false)).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.SuppressNoise(true, true)).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.SuppressNoise(false, false)).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.SuppressNoise(false, false)).IsAccepted);
        var plans = _rig.Commands.Skip(before).Select(c => Assert.IsType<MediaCommand.Connect>(c).Plan).ToList();
        Assert.Equal([new(true, false), new(true, true), null], plans.Select(p => p.Suppression));
        Assert.Single(plans.Select(p => p.Generation).Distinct());
    }

    [Fact]
    public void A_full_queue_of_sounds_refuses_more()
    {
        Establish();
        for (int i = 0; i < CallLimits.QueuedPrompts; i++) Assert.True(_rig.Command(Hello).IsAccepted);
        Assert.Equal(Refusal.TooManyPrompts, _rig.Command(Hello).Refusal);
        Assert.True(_rig.Command(Hello with { Stop = StopWhat.All }).IsAccepted);
    }

    [Fact]
    public void A_turn_that_throws_ends_its_leg_and_no_other()
    {
        Establish();
        _rig.Receive(Invite(branch: "z9hG4bKtwo").Replace("call-1", "call-2").Replace("tag=alice", "tag=anna"));
        var other = _rig.Events[^1].Leg.Id;
        var broken = _rig.Leg;
        _rig.Command(new LegCommand.Gather { ValidDigits = null! }, broken);       // a bug of a dialect
        _rig.Media(new MediaEvent.Digit(broken, PortId.Compose(1, 1), '5', 100));
        Assert.IsType<NullReferenceException>(Assert.Single(_rig.Failures));
        _rig.Failures.Clear();
        var ended = Assert.Single(_rig.Events.OfType<CallEvent.LegEnded>());
        Assert.Equal((broken, HangupCause.Internal), (ended.Leg.Id, ended.Cause));
        Assert.Equal(1, _rig.SentCount("BYE "));
        Assert.True(_rig.Command(new LegCommand.Answer(), other).IsAccepted);
    }

    [Fact]
    public void Waiting_digits_have_a_bound()
    {
        Establish();
        for (int i = 0; i <= CallLimits.QueuedDigits; i++) Assert.True(_rig.Command(new LegCommand.SendDigits("1")).IsAccepted);
        Assert.Equal(Refusal.TooManyDigits, _rig.Command(new LegCommand.SendDigits("1")).Refusal);
    }

    [Fact]
    public void Remembered_command_ids_have_a_bound_and_the_oldest_go()
    {
        Establish();
        for (int i = 0; i < Limits.RememberedCommands; i++) _rig.Command(new LegCommand.SetLabels { CommandId = $"c{i}" });
        Assert.True(_rig.Command(Hello with { CommandId = "c0" }).IsAccepted);
        Assert.Empty(_rig.Commands.OfType<MediaCommand.Play>());
        _rig.Command(new LegCommand.SetLabels { CommandId = "one more" });
        _rig.Command(Hello with { CommandId = "c0" });
        Assert.Single(_rig.Commands.OfType<MediaCommand.Play>());
    }

    [Theory]
    [InlineData(200)]
    [InlineData(299)]
    [InlineData(700)]
    public void A_reject_never_sends_anything_but_a_failure(int status)
    {
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Reject(false) { Status = status });
        Assert.StartsWith("SIP/2.0 603", _rig.Last);
    }
}
