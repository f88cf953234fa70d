using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>A call is dialled to listen in on another one, changes who hears it, and ends with it.</summary>
public sealed class SupervisionTests
{
    private readonly ShardRig _rig = new();
    private readonly Dictionary<LegId, string> _invites = [];
    private uint _counter = 1_000;

    [Theory]
    [InlineData(SupervisorRole.Barge)]
    [InlineData(SupervisorRole.Whisper)]
    [InlineData(SupervisorRole.Monitor)]
    public void A_supervisor_meets_the_two_in_a_room_over_their_bridge(SupervisorRole role)
    {
        var (agent, caller) = Bridged();
        var supervisor = Answered(Supervise(agent, role));
        AssertInRoom(agent, caller);
        AssertHeardAs(role, supervisor, agent);
        foreach (var other in (SupervisorRole[])[SupervisorRole.Monitor, SupervisorRole.Whisper, SupervisorRole.Barge])
        {
            Assert.Equal(Refusal.None, _rig.Command(new LegCommand.SwitchSupervisorRole(other), supervisor).Refusal);
            AssertHeardAs(other, supervisor, agent);
        }
        Assert.Single(_rig.Commands.OfType<MediaCommand.OpenRoom>());

        HangUp(supervisor);
        AssertApart(agent, caller);
        EndAll();
    }

    [Fact]
    public void The_room_stays_for_the_last_supervisor_and_ends_with_the_bridge()
    {
        var (agent, caller) = Bridged();
        var one = Answered(Supervise(agent, SupervisorRole.Monitor));
        var two = Answered(Supervise(caller, SupervisorRole.Whisper));
        AssertHeardAs(SupervisorRole.Whisper, two, caller);
        HangUp(one);
        Assert.DoesNotContain(_rig.Commands, c => c is MediaCommand.LeaveRoom);
        // The agent leaves: the caller is hung up by the bridge's rules, and his supervisor with him.
        HangUp(agent);
        Assert.Equal([one, agent, caller, two], _rig.Events.OfType<CallEvent.LegEnded>().Select(e => e.Leg.Id));
        var ended = _rig.Events.OfType<CallEvent.LegEnded>().Single(e => e.Leg.Id == two);
        Assert.Equal((HangupCause.PartnerHangup, HangupParty.Local), (ended.Cause, ended.By));
        Assert.Contains("supervised", ended.Evidence);
        EndAll();
    }

    [Fact]
    public void One_whose_call_goes_to_somebody_else_goes_with_it()
    {
        var (agent, caller) = Bridged();
        var supervisor = Answered(Supervise(caller, SupervisorRole.Barge));
        var second = Answered(Dial());
        Assert.True(_rig.Command(new LegCommand.Bridge(second), caller).IsAccepted);
        Assert.Equal(2, _rig.Commands.OfType<MediaCommand.OpenRoom>().Count());
        AssertInRoom(caller, second);
        AssertHeardAs(SupervisorRole.Barge, supervisor, caller);
        EndAll();
    }

    [Fact]
    public void Before_there_is_a_bridge_he_hears_nothing_and_is_there_when_there_is_one()
    {
        var (agent, caller) = (Answered(Dial()), Answered(Dial()));
        var supervisor = Answered(Supervise(agent, SupervisorRole.Monitor));
        Assert.Empty(_rig.Commands.OfType<MediaCommand.OpenRoom>());
        Assert.True(_rig.Command(new LegCommand.Bridge(caller), agent).IsAccepted);
        AssertInRoom(agent, caller);
        AssertHeardAs(SupervisorRole.Monitor, supervisor, agent);
        EndAll();
    }

    [Fact]
    public void A_call_that_ends_while_its_supervisor_rings_is_rung_for_no_longer()
    {
        var (agent, _) = Bridged();
        var supervisor = Supervise(agent, SupervisorRole.Barge);
        _rig.Receive(Response(_invites[supervisor], "180 Ringing"));
        HangUp(agent);
        Assert.Contains(_rig.Sent, text => text.StartsWith("CANCEL ", StringComparison.Ordinal));
        _rig.Receive(Response(_invites[supervisor], "487 Request Terminated"));
        EndAll();

        // and for one that has gone before nothing rings
        int invites = _rig.SentCount("INVITE ");
        var late = Supervise(agent, SupervisorRole.Barge);
        Assert.Equal(invites, _rig.SentCount("INVITE "));
        Assert.Equal(late, Assert.IsType<CallEvent.LegEnded>(_rig.Events[^1]).Leg.Id);
        Assert.Empty(_rig.Commands.OfType<MediaCommand.OpenRoom>());
        EndAll();
    }

    [Fact]
    public void A_call_of_another_account_is_supervised_by_nobody()
    {
        var (agent, _) = Bridged();
        _rig.Handle(new Ringwright.Switch.Legs.LegMessage.Supervised(agent, new(Guid.NewGuid()),
            new(ShardRig.DialledLeg(77), PortId.Compose(1, 77), SupervisorRole.Barge)));
        Assert.Empty(_rig.Commands.OfType<MediaCommand.OpenRoom>());
        EndAll();
    }

    [Fact]
    public void As_many_supervise_a_call_as_may_and_no_more()
    {
        var (agent, caller) = Bridged();
        for (int i = 0; i < Limits.Supervisors; i++) Answered(Supervise(agent, SupervisorRole.Monitor));
        Assert.Empty(_rig.Events.OfType<CallEvent.LegEnded>());
        var more = Supervise(agent, SupervisorRole.Monitor);
        _rig.Receive(Response(_invites[more], "180 Ringing"));
        _rig.Receive(Response(_invites[more], "487 Request Terminated"));
        Assert.Equal(more, Assert.Single(_rig.Events.OfType<CallEvent.LegEnded>()).Leg.Id);
        AssertInRoom(agent, caller);
        EndAll();
    }

    [Fact]
    public void Without_a_port_for_the_room_the_two_talk_on_and_the_supervisor_ends()
    {
        var (agent, caller) = Bridged();
        var supervisor = Supervise(agent, SupervisorRole.Barge);
        _rig.HasPorts = false;
        Answered(supervisor);
        var ended = Assert.Single(_rig.Events.OfType<CallEvent.LegEnded>());
        Assert.Equal(supervisor, ended.Leg.Id);
        Assert.Contains("media port", ended.Evidence);
        Assert.DoesNotContain(_rig.Commands, c => c is MediaCommand.JoinRoom or MediaCommand.Unbridge && c.Port == PortOf(caller));
        _rig.HasPorts = true;
        EndAll();
    }

    [Fact]
    public void A_role_is_switched_only_by_one_who_supervises_and_not_after_it_was_bridged_itself()
    {
        var (agent, caller) = Bridged();
        Assert.Equal(Refusal.NotSupervising, _rig.Command(new LegCommand.SwitchSupervisorRole(SupervisorRole.Barge), agent).Refusal);
        var supervisor = Answered(Supervise(agent, SupervisorRole.Monitor));
        var other = Answered(Dial());
        Assert.True(_rig.Command(new LegCommand.Bridge(other), supervisor).IsAccepted);
        Assert.Equal(Refusal.NotSupervising, _rig.Command(new LegCommand.SwitchSupervisorRole(SupervisorRole.Barge), supervisor).Refusal);
        AssertApart(agent, caller);
        Assert.IsType<MediaCommand.Bridge>(_rig.Commands.Last(c => c.Port == PortOf(supervisor)));
        HangUp(agent);
        Assert.DoesNotContain(_rig.Events.OfType<CallEvent.LegEnded>(), e => e.Leg.Id == supervisor);
        EndAll();
    }

    [Fact]
    public void When_media_is_lost_everything_ends_once()
    {
        var (agent, caller) = Bridged();
        var supervisor = Answered(Supervise(agent, SupervisorRole.Barge));
        var room = _rig.Commands.OfType<MediaCommand.OpenRoom>().Single().Port;
        _rig.Media(new MediaEvent.Lost(_rig.OwnerOf(room), room, "media died"));
        Assert.Equal(supervisor, Assert.Single(_rig.Events.OfType<CallEvent.LegEnded>()).Leg.Id);
        foreach (var leg in (LegId[])[agent, caller]) _rig.Media(new MediaEvent.Lost(Subject.Of(leg), PortOf(leg), "media died"));
        EndAll();
    }

    private (LegId Agent, LegId Caller) Bridged()
    {
        var (agent, caller) = (Answered(Dial()), Answered(Dial()));
        Assert.True(_rig.Command(new LegCommand.Bridge(caller), agent).IsAccepted);
        return (agent, caller);
    }

    private LegId Supervise(LegId whom, SupervisorRole role) => Dial(new(whom, role));

    private LegId Dial(Supervision? supervision = null)
    {
        var leg = _rig.Dial(ShardRig.Request() with { Supervises = supervision }, ++_counter).Id;
        _invites[leg] = _rig.SentLast("INVITE ");
        return leg;
    }

    private LegId Answered(LegId leg)
    {
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
        foreach (string cancel in _rig.Sent.Where(text => text.StartsWith("CANCEL ", StringComparison.Ordinal)).ToList())
            _rig.Receive(Response(cancel, "200 OK"));
        _rig.AssertNothingLeft();
        var rooms = _rig.Commands.OfType<MediaCommand.OpenRoom>().Select(c => c.Port).ToList();
        Assert.All(rooms, room => Assert.Single(_rig.Commands.OfType<MediaCommand.Close>(), c => c.Port == room));
    }

    private void AssertInRoom(params LegId[] legs)
    {
        var room = _rig.Commands.OfType<MediaCommand.OpenRoom>().Last().Port;
        foreach (var leg in legs)
        {
            var joined = Assert.IsType<MediaCommand.JoinRoom>(_rig.Commands.Last(c => c.Port == PortOf(leg)));
            Assert.Equal((room, true), (joined.Room, joined.As.KeepsBridge));
            Assert.Null(joined.As.WhispersTo);
        }
    }

    private void AssertApart(params LegId[] legs)
    {
        foreach (var leg in legs) Assert.IsType<MediaCommand.LeaveRoom>(_rig.Commands.Last(c => c.Port == PortOf(leg)));
    }

    private void AssertHeardAs(SupervisorRole role, LegId supervisor, LegId supervised)
    {
        var joined = Assert.IsType<MediaCommand.JoinRoom>(_rig.Commands.Last(c => c.Port == PortOf(supervisor)));
        Assert.False(joined.As.KeepsBridge);
        PortId[]? hear = role switch { SupervisorRole.Barge => null, SupervisorRole.Whisper => [PortOf(supervised)], _ => [] };
        Assert.Equal(hear, joined.As.WhispersTo);
    }

    private PortId PortOf(LegId leg) => _rig.PortOf(Subject.Of(leg));
}
