using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Dialled calls that wait until their account may have one more: whom they are to hears nothing of them before.</summary>
public sealed class WaitingCallTests
{
    private readonly ShardRig _rig = new() { OutboundRefusal = Refusal.TenantChannelLimit };

    private bool IsSomebodyWaiting => _rig.Settings.Room.HasWaiting(Sample.Tenant);

    [Fact]
    public void A_call_waits_for_room_and_is_placed_when_there_is_some()
    {
        _rig.Dial(isHeld: true);
        _rig.Advance(30);
        Assert.Equal((0, 0), (_rig.SentCount("INVITE "), _rig.InGate.Count));
        Assert.True(IsSomebodyWaiting);
        _rig.OutboundRefusal = Refusal.None;
        _rig.Advance(Limits.RoomLook.TotalSeconds);
        Assert.Equal((1, 1), (_rig.SentOnce("INVITE "), _rig.InGate.Count));
        Assert.False(IsSomebodyWaiting);
    }

    [Fact]
    public void Those_of_one_account_are_placed_in_the_order_in_which_they_came()
    {
        var first = _rig.Dial(counter: 1, isHeld: true);
        var second = _rig.Dial(counter: 2, isHeld: true);
        _rig.Advance(10);
        Assert.NotEmpty(_rig.Asked);
        Assert.All(_rig.Asked, asked => Assert.Equal(first.Id, asked.Leg));
        _rig.Asked.Clear();
        _rig.OutboundRefusal = Refusal.None;
        _rig.Advance(2 * Limits.RoomLook.TotalSeconds);
        Assert.Equal([first.Id, second.Id], _rig.Asked.Select(asked => asked.Leg));
    }

    [Fact]
    public void Whoever_is_hung_up_meanwhile_calls_nobody()
    {
        _rig.Dial(isHeld: true);
        _rig.Advance(3);
        Assert.True(_rig.Command(new LegCommand.Hangup()).IsAccepted);
        Assert.False(IsSomebodyWaiting);
        _rig.OutboundRefusal = Refusal.None;
        _rig.Advance(10);
        Assert.Equal((HangupCause.ApiCancel, 0), (_rig.Ended.Cause, _rig.SentCount("INVITE ")));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void Whoever_is_hung_up_while_the_gate_thinks_takes_no_place_there()
    {
        _rig.GateThinks = true;
        _rig.Dial(isHeld: true);
        Assert.Equal(1, _rig.State.OpenQuestions);
        Assert.True(_rig.Command(new LegCommand.Hangup()).IsAccepted);
        _rig.AnswerGate(GateAnswer.Open);
        Assert.Equal((HangupCause.ApiCancel, 0), (_rig.Ended.Cause, _rig.SentCount("INVITE ")));
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData(Refusal.TenantChannelLimit, true), InlineData(Refusal.ProfileChannelLimit, true), InlineData(Refusal.Overloaded, true)]
    [InlineData(Refusal.DoNotCall, false), InlineData(Refusal.InsufficientFunds, false), InlineData(Refusal.ConnectionInactive, false)]
    public void Only_what_may_change_is_waited_for_and_not_for_ever(Refusal refusal, bool waits)
    {
        _rig.OutboundRefusal = refusal;
        _rig.Dial(isHeld: true);
        Assert.Equal(waits, IsSomebodyWaiting);
        if (waits) _rig.Advance(Limits.RoomWait.TotalSeconds + 1);
        Assert.Equal((HangupCause.RemoteFailure, 503), (_rig.Ended.Cause, _rig.Ended.SipStatus));
        Assert.Equal(0, _rig.SentCount("INVITE "));
        _rig.AssertNothingLeft();
        Assert.False(IsSomebodyWaiting);
    }

    [Fact]
    public void A_node_that_stops_places_none_of_them()
    {
        _rig.Dial(isHeld: true);
        _rig.Handle(new ShardMessage.Drain());
        _rig.OutboundRefusal = Refusal.None;
        _rig.Advance(1);
        Assert.Equal((HangupCause.NodeShutdown, 0), (_rig.Ended.Cause, _rig.SentCount("INVITE ")));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void As_many_of_an_account_wait_as_may_and_others_wait_beside_them()
    {
        var room = new WaitingRoom();
        for (uint i = 0; i < Limits.WaitingCalls; i++) Assert.True(room.TryEnter(Sample.Tenant, DialledLeg(i)));
        Assert.False(room.TryEnter(Sample.Tenant, DialledLeg(1_000)));
        var other = new TenantId(Guid.NewGuid());
        Assert.True(room.TryEnter(other, DialledLeg(1_000)));
        Assert.True(room.IsFirst(other, DialledLeg(1_000)));
        room.Leave(Sample.Tenant, DialledLeg(0));
        Assert.True(room.TryEnter(Sample.Tenant, DialledLeg(1_001)));
        Assert.True(room.IsFirst(Sample.Tenant, DialledLeg(1)));
        room.Leave(other, DialledLeg(1_000));
        room.Leave(other, DialledLeg(1_000));
        Assert.False(room.HasWaiting(other));
    }
}
