using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

public sealed class MachineDetectionTests
{
    private static readonly string Answer = Offer.Replace("8 0 101", "0 101").Replace("a=rtpmap:8 PCMA/8000\n", "");
    private static readonly LegCommand.Speak Hello = new() { Speech = new("hello", "female", "en-US", false) };

    private readonly ShardRig _rig = new();

    private PortId Port => _rig.OpenPorts.Single();

    private void Establish(MachineMode? mode = MachineMode.DetectBeep, PromptSource? prompt = null)
    {
        _rig.Dial(ShardRig.Request() with { MachineDetection = mode is { } wanted ? new(wanted) : null, PromptOnAnswer = prompt });
        _rig.Receive(Response(_rig.Last, "200 OK", body: Answer));
    }

    private void Judge(MachineVerdict verdict) =>
        _rig.Media(new MediaEvent.MachineJudged(_rig.Leg, Port, verdict, ["voice 0.20-0.90", "rule"]));

    private void EndGreeting(GreetingEnd end) => _rig.Media(new MediaEvent.GreetingEnded(_rig.Leg, Port, end, "rule"));

    [Fact]
    public void Detection_begins_with_the_answer()
    {
        _rig.Dial(ShardRig.Request() with { MachineDetection = new(MachineMode.Detect) });
        Assert.Empty(_rig.Commands.OfType<MediaCommand.DetectMachine>());
        _rig.Receive(Response(_rig.Last, "200 OK", body: Answer));
        Assert.Equal(new MachineDetection(MachineMode.Detect), Assert.Single(_rig.Commands.OfType<MediaCommand.DetectMachine>()).Terms);
    }

    [Fact]
    public void Nobody_listens_where_nobody_asked()
    {
        Establish(mode: null);
        Assert.Empty(_rig.Commands.OfType<MediaCommand.DetectMachine>());
        _rig.Command(new LegCommand.Hangup());
        Assert.DoesNotContain("MachineDetected", _rig.Kinds);
    }

    [Fact]
    public void A_verdict_is_told_once_with_its_evidence()
    {
        Establish();
        Judge(MachineVerdict.Human);
        Judge(MachineVerdict.Machine);
        var told = Assert.Single(_rig.Events.OfType<CallEvent.MachineDetected>());
        Assert.Equal(MachineVerdict.Human, told.Verdict);
        Assert.Equal(["voice 0.20-0.90", "rule"], told.Evidence);
    }

    [Fact]
    public void A_greetings_end_is_told_once_and_only_behind_a_machine()
    {
        Establish();
        EndGreeting(GreetingEnd.Ended);
        Judge(MachineVerdict.Machine);
        EndGreeting(GreetingEnd.BeepDetected);
        EndGreeting(GreetingEnd.Ended);
        Assert.Equal(GreetingEnd.BeepDetected, Assert.Single(_rig.Events.OfType<CallEvent.MachineGreetingEnded>()).End);
        Assert.Equal(["LegInitiated", "LegAnswered", "MachineDetected", "MachineGreetingEnded"], _rig.Kinds);
    }

    [Theory]
    [InlineData(MachineVerdict.Human), InlineData(MachineVerdict.NotSure)]
    public void A_beep_is_told_behind_another_verdict_too_and_nothing_else_is(MachineVerdict verdict)
    {
        Establish();
        EndGreeting(GreetingEnd.BeepDetected);
        Judge(verdict);
        _rig.Command(Hello);
        EndGreeting(GreetingEnd.Ended);
        EndGreeting(GreetingEnd.NotSure);
        EndGreeting(GreetingEnd.BeepDetected);
        Assert.Equal(GreetingEnd.BeepDetected, Assert.Single(_rig.Events.OfType<CallEvent.MachineGreetingEnded>()).End);
        // What the application says then is its own affair.
        Assert.DoesNotContain("SpeakEnded", _rig.Kinds);
    }

    [Fact]
    public void A_person_goes_on_listening()
    {
        Establish();
        _rig.Command(Hello);
        Judge(MachineVerdict.Human);
        Assert.DoesNotContain("SpeakEnded", _rig.Kinds);
    }

    [Fact]
    public void A_machine_ends_what_plays_and_gathers_and_drops_what_waits()
    {
        Establish(prompt: new PromptSource.Url("http://a/1.wav"));
        _rig.Command(Hello);
        _rig.Command(new LegCommand.Gather());
        Judge(MachineVerdict.Machine);
        Assert.Equal(GatherStatus.CancelledByMachine, Assert.Single(_rig.Events.OfType<CallEvent.GatherEnded>()).Status);
        Assert.Equal(PlayStatus.CancelledByMachine, Assert.Single(_rig.Events.OfType<CallEvent.PlaybackEnded>()).Status);
        Assert.DoesNotContain("SpeakStarted", _rig.Kinds);
        Assert.Single(_rig.Commands.OfType<MediaCommand.StopPlay>());
        Assert.True(Array.IndexOf(_rig.Kinds, "MachineDetected") < Array.IndexOf(_rig.Kinds, "PlaybackEnded"));

        _rig.Command(Hello);
        Assert.Single(_rig.Events.OfType<CallEvent.SpeakStarted>());
    }

    [Fact]
    public void A_call_that_ends_before_the_verdict_is_not_sure()
    {
        Establish();
        _rig.Command(new LegCommand.Hangup());
        _rig.Receive(Response(_rig.SentLast("BYE"), "200 OK"));
        Assert.Equal(["LegInitiated", "LegAnswered", "MachineDetected", "LegEnded"], _rig.Kinds);
        Assert.Equal(MachineVerdict.NotSure, _rig.Events.OfType<CallEvent.MachineDetected>().Single().Verdict);
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData(MachineVerdict.Residence), InlineData(MachineVerdict.Business), InlineData(MachineVerdict.Silence)]
    public void A_kind_is_told_as_one_and_a_beep_behind_it_too(MachineVerdict kind)
    {
        Establish(MachineMode.Classify);
        _rig.Command(Hello);
        Judge(kind);
        EndGreeting(GreetingEnd.NoBeep);
        EndGreeting(GreetingEnd.BeepDetected);
        Assert.Equal((kind, true), Told());
        var greeting = Assert.Single(_rig.Events.OfType<CallEvent.MachineGreetingEnded>());
        Assert.Equal((GreetingEnd.BeepDetected, true), (greeting.End, greeting.IsClassified));
        Assert.DoesNotContain("SpeakEnded", _rig.Kinds);
    }

    [Theory]
    [InlineData(MachineVerdict.Machine), InlineData(MachineVerdict.Fax)]
    public void What_is_said_to_a_machine_or_a_fax_ends(MachineVerdict kind)
    {
        Establish(MachineMode.Classify, prompt: new PromptSource.Url("http://a/1.wav"));
        Judge(kind);
        Assert.Equal((kind, true), Told());
        Assert.Equal(PlayStatus.CancelledByMachine, Assert.Single(_rig.Events.OfType<CallEvent.PlaybackEnded>()).Status);
    }

    [Fact]
    public void A_machine_without_a_beep_is_told_to_have_none()
    {
        Establish(MachineMode.Classify);
        Judge(MachineVerdict.Machine);
        EndGreeting(GreetingEnd.NoBeep);
        Assert.Equal(GreetingEnd.NoBeep, Assert.Single(_rig.Events.OfType<CallEvent.MachineGreetingEnded>()).End);
    }

    [Fact]
    public void A_beep_before_the_kind_is_told_in_its_place()
    {
        Establish(MachineMode.Classify, prompt: new PromptSource.Url("http://a/1.wav"));
        EndGreeting(GreetingEnd.NoBeep);            // nobody has been found to be a machine
        EndGreeting(GreetingEnd.BeepDetected);
        Judge(MachineVerdict.Machine);
        EndGreeting(GreetingEnd.BeepDetected);
        _rig.Command(new LegCommand.Hangup());
        _rig.Receive(Response(_rig.SentLast("BYE"), "200 OK"));
        Assert.Equal(["LegInitiated", "LegAnswered", "PlaybackStarted", "MachineGreetingEnded", "PlaybackEnded", "LegEnded"], _rig.Kinds);
        Assert.Equal(PlayStatus.CancelledByMachine, _rig.Events.OfType<CallEvent.PlaybackEnded>().Single().Status);
    }

    private (MachineVerdict, bool) Told()
    {
        var told = Assert.Single(_rig.Events.OfType<CallEvent.MachineDetected>());
        return (told.Verdict, told.IsClassified);
    }

    [Fact]
    public void A_call_that_is_never_answered_has_no_verdict()
    {
        _rig.Dial(ShardRig.Request() with { MachineDetection = new(MachineMode.Detect) });
        _rig.Receive(Response(_rig.Last, "486 Busy Here"));
        Assert.Equal(["LegInitiated", "LegEnded"], _rig.Kinds);
    }
}
