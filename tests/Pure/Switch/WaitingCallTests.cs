using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Dialled calls that wait until their account or a trunk has room: whom they are to hears nothing of them before.</summary>
public sealed class WaitingCallTests
{
    private static readonly Trunk Narrow = new()
    {
        Id = new(new Guid(1, 0, 0, new byte[8])), Name = "narrow", Host = "10.0.0.1", ChannelLimit = 1,
    };
    private static readonly Trunk Other = Narrow with { Id = new(new Guid(2, 0, 0, new byte[8])), Name = "other", Host = "10.0.0.2" };

    private readonly ShardRig _rig = new() { OutboundRefusal = Refusal.TenantChannelLimit };

    private bool IsSomebodyWaiting => _rig.Settings.Room.HasWaiting(Sample.Tenant);

    [Fact]
    public void A_call_waits_for_room_and_is_placed_when_there_is_some()
    {
        _rig.Dial(isHeld: true);
        _rig.Advance(30);
        Assert.Equal((0, 0), (_rig.SentCount("INVITE "), _rig.InGate.Count));
        Assert.True(IsSomebodyWaiting);
        // Its trace says for what, once.
        Assert.Equal(["It waits for room. why"], _rig.Notes);
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
        Assert.Equal(["It waits for room. why", "It waits for room. Others that came before it wait for the same."], _rig.Notes);
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
    [InlineData(Refusal.TenantChannelLimit, true, 503), InlineData(Refusal.ProfileChannelLimit, true, 503)]
    [InlineData(Refusal.Overloaded, true, 503), InlineData(Refusal.DoNotCall, false, 403)]
    [InlineData(Refusal.ConnectionInactive, false, 480), InlineData(Refusal.CallerIdNotOwned, false, 403)]
    [InlineData(Refusal.InsufficientFunds, false, 403, HangupCause.InsufficientFunds)]
    [InlineData(Refusal.SpendLimit, false, 403, HangupCause.InsufficientFunds)]
    public void Only_what_may_change_is_waited_for_and_not_for_ever(Refusal refusal, bool waits, int status,
        HangupCause cause = HangupCause.RemoteFailure)
    {
        _rig.OutboundRefusal = refusal;
        _rig.Dial(isHeld: true);
        Assert.Equal(waits, IsSomebodyWaiting);
        if (waits) _rig.Advance(Limits.RoomWait.TotalSeconds + 1);
        Assert.Equal((cause, status), (_rig.Ended.Cause, _rig.Ended.SipStatus));
        Assert.Equal(0, _rig.SentCount("INVITE "));
        _rig.AssertNothingLeft();
        Assert.False(IsSomebodyWaiting);
    }

    [Fact]
    public void No_accounts_together_hold_all_media_ports_by_waiting()
    {
        var room = _rig.Settings.Room;
        uint counter = 0;
        var accounts = Enumerable.Range(1, Limits.WaitingCallsOfNode / Limits.WaitingCalls)
            .Select(i => new TenantId(new Guid(i, 0, 0, new byte[8]))).ToList();
        foreach (var account in accounts)
            for (int i = 0; i < Limits.WaitingCalls; i++) Assert.True(room.TryEnter(account, Waiting()));
        Assert.False(room.TryEnter(Sample.Tenant, Waiting()));
        room.Leave(accounts[0], DialledLeg(1));
        Assert.True(room.TryEnter(Sample.Tenant, Waiting()));

        HeldCall Waiting() => new(DialledLeg(++counter), Way: null, IsForTrunk: false);
    }

    [Theory]
    [InlineData(1, null), InlineData(null, 1)]
    public void A_trunk_that_is_full_is_waited_for_in_order_and_nothing_is_held_at_the_gate_meanwhile(int? channels, int? perSecond)
    {
        Lead(Narrow with { ChannelLimit = channels, CallsPerSecond = perSecond });
        _rig.Dial(Request("+4989777"), counter: 1);
        var first = _rig.Dial(Request("+4989778"), counter: 2, isHeld: true);
        _rig.Dial(Request("+4989779"), counter: 3, isHeld: true);
        _rig.Advance(0.5);
        Assert.Equal((1, 1), (_rig.SentOnce("INVITE "), _rig.InGate.Count));
        if (channels is not null)
        {
            _rig.Advance(3);
            Assert.Equal((1, 1), (_rig.SentOnce("INVITE "), _rig.InGate.Count));
            _rig.Receive(Response(_rig.SentLast("INVITE "), "486 Busy Here"));
        }
        _rig.Advance(1);
        Assert.Equal(first.Id, Assert.Single(_rig.Asked).Leg);
        Assert.Equal(2, _rig.SentOnce("INVITE "));
        Assert.True(IsCalled("sip:+4989778@10.0.0.1"));
        Assert.True(IsSomebodyWaiting);
    }

    [Fact]
    public void Whoever_has_waited_is_called_by_the_trunk_that_has_room()
    {
        Lead(Narrow, Other with { ChannelLimit = null, CallsPerSecond = 1 });
        _rig.Dial(Request("+4989777"), counter: 1);
        _rig.Dial(Request("+4989778"), counter: 2, isHeld: true);
        Assert.Equal((2, 2), (_rig.SentOnce("INVITE "), _rig.InGate.Count));
        Assert.True(IsCalled("sip:+4989778@10.0.0.2"));
        Assert.False(IsSomebodyWaiting);
    }

    [Fact]
    public void Whoever_waits_goes_by_the_routes_that_there_are_when_it_leaves()
    {
        Lead(Narrow);
        _rig.Dial(Request("+4989777"), counter: 1);
        _rig.Dial(Request("+4989778"), counter: 2, isHeld: true);
        _rig.Advance(2);
        Assert.Equal(1, _rig.SentOnce("INVITE "));
        Lead(Narrow, Other);
        _rig.Advance(Limits.RoomLook.TotalSeconds);
        Assert.True(IsCalled("sip:+4989778@10.0.0.2"));
        _rig.Dial(Request("+4989779"), counter: 3, isHeld: true);
        Lead();
        _rig.Advance(Limits.RoomLook.TotalSeconds);
        Assert.Equal((DialledLeg(3), 404), (_rig.Ended.Leg.Id, _rig.Ended.SipStatus));
        Assert.Equal(2, _rig.SentOnce("INVITE "));
        Assert.False(IsSomebodyWaiting);
    }

    [Fact]
    public void Whoever_waits_for_a_trunk_is_passed_by_calls_that_do_not_go_there_and_by_no_others()
    {
        Lead(Narrow);
        _rig.Dial(Request("+4989777"), counter: 1);
        _rig.Dial(Request("+4989778"), counter: 2, isHeld: true);
        _rig.Dial(counter: 3, isHeld: true);
        Assert.Equal(2, _rig.SentOnce("INVITE "));
        Assert.True(IsCalled("sip:bob@127.0.0.1"));
        var placement = new Placement(_rig, _rig, _rig.Settings, () => 1);
        Assert.False(placement.TryHold(GateAnswer.Open, Sample.Tenant, DialledLeg(4), Other.Id));
        Assert.True(placement.TryHold(GateAnswer.Open, Sample.Tenant, DialledLeg(4), Narrow.Id));
        Assert.False(placement.TryHold(GateAnswer.Open, Sample.Tenant, DialledLeg(5), way: null));
    }

    [Theory, InlineData("116117"), InlineData("+1911")]
    public void A_short_number_waits_for_its_account_and_behind_nobody(string number)
    {
        Lead(Narrow);
        _rig.Dial(Request("+4989777"), counter: 1);
        _rig.Dial(Request("+4989778"), counter: 2, isHeld: true);
        var placement = new Placement(_rig, _rig, _rig.Settings, () => 1);
        Assert.True(placement.TryHold(GateAnswer.Open, Sample.Tenant, DialledLeg(3), To("+4989779")));
        Assert.False(placement.TryHold(GateAnswer.Open, Sample.Tenant, DialledLeg(4), To(number)));
        var full = new GateAnswer(Refusal.TenantChannelLimit, "rule", "why");
        Assert.True(placement.TryHold(full, Sample.Tenant, DialledLeg(4), To(number)));

        static DialPlan To(string to) =>
            new([], Refusal.None, null) { Destination = new(DestinationKind.Number, to), Way = Narrow.Id };
    }

    [Fact]
    public void Whoever_waits_for_the_account_is_passed_by_nobody()
    {
        var room = new WaitingRoom();
        foreach (var (leg, way) in new[] { (1u, Narrow.Id), (2u, Narrow.Id), (3u, Other.Id) })
            Assert.True(room.TryEnter(Sample.Tenant, new(DialledLeg(leg), way, IsForTrunk: false)));
        Assert.Equal([1u], Next());
        room.Change(Sample.Tenant, new(DialledLeg(1), Narrow.Id, IsForTrunk: true));
        Assert.Equal([1u, 3u], Next());
        Assert.True(room.HasBefore(Sample.Tenant, way: null));
        room.Change(Sample.Tenant, new(DialledLeg(3), Other.Id, IsForTrunk: true));
        Assert.False(room.HasBefore(Sample.Tenant, way: null));
        Assert.True(room.HasBefore(Sample.Tenant, Other.Id));
        room.Leave(Sample.Tenant, DialledLeg(1));
        Assert.Equal([2u], Next());
        room.Change(Sample.Tenant, new(DialledLeg(9), Other.Id, IsForTrunk: true));
        Assert.False(room.IsNext(Sample.Tenant, DialledLeg(9)));

        IEnumerable<uint> Next() => new[] { 1u, 2u, 3u }.Where(leg => room.IsNext(Sample.Tenant, DialledLeg(leg)));
    }

    [Fact]
    public void Calls_of_several_accounts_get_a_trunk_in_the_order_in_which_they_came()
    {
        var room = new WaitingRoom();
        TenantId second = new(new Guid(2, 0, 0, new byte[8])), third = new(new Guid(3, 0, 0, new byte[8]));
        foreach (var (account, leg) in new[] { (Sample.Tenant, 1u), (second, 2u), (Sample.Tenant, 3u) })
            Assert.True(room.TryEnter(account, new(DialledLeg(leg), Narrow.Id, IsForTrunk: true)));
        Assert.Equal([1u], Next());
        Assert.Equal(3, room.Count);
        // One that comes now goes behind them, and by another trunk it goes at once.
        Assert.True(room.HasBefore(third, Narrow.Id));
        Assert.False(room.HasBefore(third, Other.Id));
        Assert.True(room.TryEnter(third, new(DialledLeg(4), Narrow.Id, IsForTrunk: false)));
        Assert.Equal([1u], Next());
        Assert.False(room.HasBefore(third, Other.Id));
        room.Leave(Sample.Tenant, DialledLeg(1));
        Assert.Equal([2u], Next());
        // Whoever waits for his account keeps no other one from the trunk, and has his place again when he waits for it.
        room.Change(second, new(DialledLeg(2), Narrow.Id, IsForTrunk: false));
        Assert.Equal([2u, 3u], Next());
        room.Change(second, new(DialledLeg(2), Narrow.Id, IsForTrunk: true));
        Assert.Equal([2u], Next());
        room.Leave(second, DialledLeg(2));
        Assert.Equal([3u], Next());
        room.Leave(Sample.Tenant, DialledLeg(3));
        Assert.Equal([4u], Next());
        room.Leave(third, DialledLeg(4));
        Assert.False(room.HasBefore(second, Narrow.Id));
        Assert.Equal(0, room.Count);

        IEnumerable<uint> Next() => new[] { (Sample.Tenant, 1u), (second, 2u), (Sample.Tenant, 3u), (third, 4u) }
            .Where(one => room.IsNext(one.Item1, DialledLeg(one.Item2))).Select(one => one.Item2);
    }

    [Fact]
    public void Whomever_the_gate_has_no_answer_for_keeps_no_other_account_from_the_trunk_and_has_his_place_later()
    {
        Lead(Narrow);
        _rig.Dial(Request("+4989777"), counter: 1);
        _rig.Dial(Request("+4989778"), counter: 2, isHeld: true);
        var other = new TenantId(new Guid(2, 0, 0, new byte[8]));
        Assert.True(_rig.Settings.Room.TryEnter(other, new(DialledLeg(9), Narrow.Id, IsForTrunk: true)));
        Assert.False(_rig.Settings.Room.IsNext(other, DialledLeg(9)));
        _rig.OutboundRefusal = Refusal.Overloaded;
        _rig.Receive(Response(_rig.SentLast("INVITE "), "486 Busy Here"));
        _rig.Advance(1);
        Assert.NotEmpty(_rig.Asked);
        Assert.True(_rig.Settings.Room.IsNext(other, DialledLeg(9)));
        _rig.OutboundRefusal = Refusal.None;
        _rig.Advance(Limits.RoomLook.TotalSeconds);
        Assert.True(IsCalled("sip:+4989778@10.0.0.1"));
    }

    [Fact]
    public void Whom_a_further_trunk_has_room_for_waits_behind_no_other_account()
    {
        Lead(Narrow, Other);
        _rig.Dial(Request("+4989777"), counter: 1);
        _rig.Dial(Request("+4989778"), counter: 2);
        var room = _rig.Settings.Room;
        var other = new TenantId(new Guid(2, 0, 0, new byte[8]));
        Assert.True(room.TryEnter(other, new(DialledLeg(9), Narrow.Id, IsForTrunk: true)));
        Assert.True(room.HasBefore(Sample.Tenant, Narrow.Id));
        Assert.False(room.HasBefore(Sample.Tenant, Narrow.Id, by: Other.Id));
        _rig.Dial(Request("+4989779"), counter: 3, isHeld: true);
        _rig.Advance(1);
        Assert.Equal(2, _rig.SentOnce("INVITE "));
        // Those of its own account stay behind it.
        Assert.True(room.HasBefore(Sample.Tenant, Narrow.Id, by: Other.Id));
        _rig.Receive(Response(_rig.SentLast("INVITE sip:+4989778@"), "486 Busy Here"));
        _rig.Advance(1);
        Assert.True(IsCalled("sip:+4989779@10.0.0.2"));
        Assert.True(room.IsNext(other, DialledLeg(9)));
    }

    [Fact]
    public void A_limit_of_none_is_not_waited_for()
    {
        var full = new GateAnswer(Refusal.TenantChannelLimit, "rule", "why");
        var placement = new Placement(_rig, _rig, _rig.Settings, () => 1);
        Assert.False(placement.TryHold(full with { IsForGood = true }, Sample.Tenant, DialledLeg(1), way: null));
        Assert.True(placement.TryHold(full, Sample.Tenant, DialledLeg(1), way: null));
        _rig.GateThinks = true;
        _rig.Dial(counter: 2, isHeld: true);
        _rig.Settings.Room.Leave(Sample.Tenant, DialledLeg(1));
        _rig.Advance(Limits.RoomLook.TotalSeconds);
        _rig.AnswerGate(full with { IsForGood = true });
        Assert.Equal((HangupCause.RemoteFailure, 503), (_rig.Ended.Cause, _rig.Ended.SipStatus));
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
        for (uint i = 0; i < Limits.WaitingCalls; i++) Assert.True(room.TryEnter(Sample.Tenant, Call(i)));
        Assert.False(room.TryEnter(Sample.Tenant, Call(1_000)));
        var other = new TenantId(Guid.NewGuid());
        Assert.True(room.TryEnter(other, Call(1_000)));
        Assert.True(room.IsNext(other, DialledLeg(1_000)));
        room.Leave(Sample.Tenant, DialledLeg(0));
        Assert.True(room.TryEnter(Sample.Tenant, Call(1_001)));
        Assert.True(room.IsNext(Sample.Tenant, DialledLeg(1)));
        room.Leave(other, DialledLeg(1_000));
        room.Leave(other, DialledLeg(1_000));
        Assert.False(room.HasWaiting(other));

        static HeldCall Call(uint leg) => new(DialledLeg(leg), Way: null, IsForTrunk: false);
    }

    private bool IsCalled(string uri) => _rig.Sent.Exists(text => text.StartsWith($"INVITE {uri}", StringComparison.Ordinal));

    /// <summary>Calls to numbers go by these trunks, in this order, and the gate has room.</summary>
    private void Lead(params Trunk[] trunks)
    {
        _rig.OutboundRefusal = Refusal.None;
        _rig.Current = Snapshot(trunks: trunks,
            routes: trunks.Select((trunk, i) => new Route { Id = trunk.Id.Value, Trunk = trunk.Id, Priority = i }));
    }
}
