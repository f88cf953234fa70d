using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Legs;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>What a leg's commands have the one hear that it is bridged to, and what is told of it.</summary>
public sealed class OppositeLegTests
{
    private static readonly PromptSource File = new PromptSource.Url("http://a/1.wav");

    private readonly ShardRig _rig = new();
    private readonly Dictionary<LegId, string> _invites = [];
    private uint _counter = 1_000;

    [Theory, InlineData(TargetLegs.Opposite), InlineData(TargetLegs.Both)]
    public void It_plays_on_the_other_and_the_commanded_leg_tells_of_it_once(TargetLegs targets)
    {
        var (one, two) = Bridged();
        Assert.True(_rig.Command(new LegCommand.Play { Source = File, Targets = targets }, one).IsAccepted);
        var ports = _rig.Commands.OfType<MediaCommand.Play>().Select(play => play.Port).ToHashSet();
        Assert.Equal(targets is TargetLegs.Both ? [PortOf(one), PortOf(two)] : [PortOf(two)], ports);
        Assert.Equal(one, Assert.Single(_rig.Events.OfType<CallEvent.PlaybackStarted>()).Leg.Id);
        foreach (var play in _rig.Commands.OfType<MediaCommand.Play>().ToList())
            _rig.Media(new MediaEvent.PlayEnded(_rig.OwnerOf(play.Port), play.Port, play.Id, false));
        var ended = Assert.Single(_rig.Events.OfType<CallEvent.PlaybackEnded>());
        Assert.Equal((one, PlayStatus.Completed), (ended.Leg.Id, ended.Status));
        EndAll();
    }

    [Fact]
    public void A_text_is_spoken_to_the_other_and_a_stop_ends_it()
    {
        var (one, two) = Bridged();
        var speak = new LegCommand.Speak { Speech = new("hello", "female", "en-US", false), Targets = TargetLegs.Opposite };
        Assert.True(_rig.Command(speak, one).IsAccepted);
        Assert.True(_rig.Command(speak, one).IsAccepted);
        Assert.Equal(one, Assert.Single(_rig.Events.OfType<CallEvent.SpeakStarted>()).Leg.Id);
        _rig.Command(new LegCommand.StopPlayback(StopWhat.All), one);
        Assert.Equal(PlayStatus.Cancelled, Assert.Single(_rig.Events.OfType<CallEvent.SpeakEnded>()).Status);
        Assert.Equal(PortOf(two), Assert.Single(_rig.Commands.OfType<MediaCommand.StopPlay>()).Port);
        EndAll();
    }

    [Fact]
    public void Without_a_bridge_there_is_no_opposite_leg()
    {
        var one = Answered();
        Assert.Equal(Refusal.NotBridged, _rig.Command(new LegCommand.Play { Source = File, Targets = TargetLegs.Opposite }, one).Refusal);
        Assert.Empty(_rig.Events.OfType<CallEvent.PlaybackEnded>());
        EndAll();
    }

    [Theory, InlineData(true), InlineData(false)]
    public void With_the_bridge_it_ends(bool isCommandedGone)
    {
        var (one, two) = Bridged();
        _rig.Command(new LegCommand.Play { Source = File, Targets = TargetLegs.Opposite, Loops = 0 }, one);
        HangUp(isCommandedGone ? one : two);
        var ended = Assert.Single(_rig.Events.OfType<CallEvent.PlaybackEnded>());
        Assert.Equal((one, PlayStatus.CallHangup), (ended.Leg.Id, ended.Status));
        EndAll();
    }

    [Fact]
    public void Who_is_bridged_to_somebody_else_hears_it_no_longer()
    {
        var (one, two) = Bridged();
        _rig.Command(new LegCommand.Play { Source = File, Targets = TargetLegs.Opposite, Loops = 0 }, one);
        var three = Answered();
        _rig.Command(new LegCommand.Bridge(three), two);
        var ended = Assert.Single(_rig.Events.OfType<CallEvent.PlaybackEnded>());
        Assert.Equal(one, ended.Leg.Id);
        Assert.Contains(_rig.Commands, c => c is MediaCommand.StopPlay && c.Port == PortOf(two));
        EndAll();
    }

    [Fact]
    public void One_that_comes_when_the_other_is_gone_is_told_as_failed()
    {
        var (one, two) = Bridged();
        var order = new LegMessage.SayFor(ShardRig.DialledLeg(77), one, new(Guid.NewGuid(), File, 1), StopWhat.Nothing)
        {
            IsTold = true
        };
        _rig.Handle(order);
        Assert.Equal(PlayStatus.Failed, Assert.Single(_rig.Events.OfType<CallEvent.PlaybackEnded>()).Status);
        // and of one that nobody is bridged to
        _rig.Handle(order with { Leg = two, By = ShardRig.DialledLeg(78) });
        Assert.Empty(_rig.Commands.OfType<MediaCommand.Play>());
        EndAll();
    }

    private (LegId One, LegId Two) Bridged()
    {
        var (one, two) = (Answered(), Answered());
        Assert.True(_rig.Command(new LegCommand.Bridge(two), one).IsAccepted);
        return (one, two);
    }

    private LegId Answered()
    {
        var leg = _rig.Dial(counter: ++_counter).Id;
        _invites[leg] = _rig.SentLast("INVITE ");
        _rig.Receive(Response(_invites[leg], "200 OK", body: Answer));
        return leg;
    }

    private void HangUp(LegId leg) =>
        _rig.Receive(FromCallee(_invites[leg], "BYE", 1).Replace("branch=z9hG4bK", $"branch=z9hG4bK{leg}"));

    private void EndAll()
    {
        foreach (var leg in _invites.Keys.Where(leg => !_rig.Events.Any(e => e is CallEvent.LegEnded && e.Leg.Id == leg)).ToList())
            HangUp(leg);
        foreach (string bye in _rig.Sent.Where(text => text.StartsWith("BYE ", StringComparison.Ordinal)).ToList())
            _rig.Receive(Response(bye, "200 OK", tag: null));
        _rig.AssertNothingLeft();
    }

    private PortId PortOf(LegId leg) => _rig.PortOf(Subject.Of(leg));
}
