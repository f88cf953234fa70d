using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using Ringwright.Switch.Trunks;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>How many calls a trunk gets and brings, at a time and within a second.</summary>
public sealed class TrunkLimitTests
{
    private static readonly Trunk Narrow = new()
    {
        Id = new(new Guid(1, 0, 0, new byte[8])), Name = "narrow", Host = "10.0.0.1", Sources = [IPNetwork.Parse("127.0.0.1/32")],
    };
    private static readonly Trunk Wide =
        Narrow with { Id = new(new Guid(2, 0, 0, new byte[8])), Name = "wide", Host = "10.0.0.2", Sources = [] };

    private readonly ShardRig _rig = new();
    private uint _counter = 1_000;

    private TrunkBoard Board => _rig.Settings.Trunks;

    private void Trunks(params Trunk[] trunks) => _rig.Current = Snapshot(trunks: trunks,
        routes: trunks.Select((t, i) => new Route { Id = t.Id.Value, Trunk = t.Id, Priority = i, Prefix = "" }));

    /// <summary>As whoever dials does it.</summary>
    private (GateAnswer Answer, string? Host) Place(string to = "+4989777", bool isLate = false)
    {
        var view = isLate ? default : new TrunkView(Board, _rig.Now);
        var plan = DialPlan.For(_rig.Current, Request(to), SipDomains.None, trunks: view);
        var placement = new Placement(_rig, new Ports(), _rig.Settings with { Targets = TargetPolicy.Strict }, () => 1);
        var answer = placement.TryPlace(GateAnswer.Open, _rig.Current, Request(to), plan, DialledLeg(++_counter), _rig.Now, out var placed);
        return (answer, answer.IsOpen ? placed.Plan.Targets[0].Host : null);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_trunk_that_is_full_leads_to_the_next_and_the_last_to_a_refusal(bool isLate)
    {
        Trunks(Narrow with { ChannelLimit = 1 }, Wide with { ChannelLimit = 1 });
        Assert.Equal("10.0.0.1", Place(isLate: isLate).Host);
        Assert.Equal("10.0.0.2", Place(isLate: isLate).Host);
        var refused = Place(isLate: isLate).Answer;
        Assert.Equal((Refusal.TrunkLimit, "trunk_channel_limit"), (refused.Refusal, refused.Rule));
        _rig.Leave(DialledLeg(1_001));
        Assert.Equal("10.0.0.1", Place(isLate: isLate).Host);
    }

    [Fact]
    public void Of_calls_in_a_second_no_more_are_placed_than_the_trunk_takes()
    {
        Trunks(Narrow with { CallsPerSecond = 3 });
        for (int i = 0; i < 3; i++, _rig.Advance(0.2)) Assert.True(Place().Answer.IsOpen);
        Assert.Equal("trunk_call_rate", Place().Answer.Rule);
        _rig.Advance(0.4);
        Assert.True(Place().Answer.IsOpen);
        Assert.False(Place().Answer.IsOpen);
        _rig.Advance(0.2);
        Assert.True(Place().Answer.IsOpen);
    }

    [Fact]
    public void An_emergency_meets_no_limit()
    {
        Trunks(Narrow with { ChannelLimit = 1 });
        Place();
        for (int i = 0; i < 3; i++) Assert.True(Place("112").Answer.IsOpen);
    }

    [Fact]
    public void A_call_that_moves_on_gives_its_channel_back_and_the_end_of_the_call_the_other()
    {
        Trunks(Narrow with { ChannelLimit = 1 }, Wide with { ChannelLimit = 1 });
        _rig.Dial(Request("+4989777"), ++_counter);
        Assert.False(Board.Ask(Narrow with { ChannelLimit = 1 }, Direction.Outbound, _rig.Now).IsOpen);
        _rig.Receive(Response(_rig.SentLast("INVITE "), "500 Server Internal Error"));
        Assert.True(Board.Ask(Narrow with { ChannelLimit = 1 }, Direction.Outbound, _rig.Now).IsOpen);
        Assert.False(Board.Ask(Wide with { ChannelLimit = 1 }, Direction.Outbound, _rig.Now).IsOpen);
        _rig.Receive(Response(_rig.SentLast("INVITE "), "486 Busy Here"));
        Assert.True(Board.Ask(Wide with { ChannelLimit = 1 }, Direction.Outbound, _rig.Now).IsOpen);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_trunk_that_fills_up_while_the_call_is_on_its_way_is_left_out()
    {
        Trunks(Narrow, Wide with { ChannelLimit = 1 });
        _rig.Dial(Request("+4989777"), ++_counter);
        Board.Enter(DialledLeg(7), Wide with { ChannelLimit = 1 }, Direction.Outbound, _rig.Now);
        _rig.Receive(Response(_rig.SentLast("INVITE "), "500 Server Internal Error"));
        Assert.Equal(1, _rig.SentOnce("INVITE "));
        Assert.Equal(500, _rig.Ended.SipStatus);
        Assert.Contains(_rig.Notes, note => note.StartsWith("Trunk wide has as many calls as it may have: 1.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2, null, null), InlineData(null, 2, null), InlineData(null, null, 2)]
    public void One_call_too_many_that_a_trunk_brings_gets_503_and_when_to_come_again(int? all, int? inbound, int? perSecond)
    {
        Trunks(Narrow with { ChannelLimit = all, InboundChannelLimit = inbound, InboundCallsPerSecond = perSecond });
        for (int i = 0; i < 3; i++)
            _rig.Receive(Invite().Replace("Call-ID: ", $"Call-ID: {i}", StringComparison.Ordinal)
                .Replace("branch=z9hG4bK", $"branch=z9hG4bK{i}", StringComparison.Ordinal));
        Assert.Equal(2, _rig.SentCount("SIP/2.0 180"));
        Assert.Equal($"{Limits.RetryAfterSeconds}", Header(_rig.SentLast("SIP/2.0 503"), "Retry-After"));
        Assert.Equal(2, _rig.InGate.Count);
        _rig.Advance(200);
        Assert.Empty(_rig.InGate);
        Assert.True(Board.Ask(Narrow with { ChannelLimit = 1, InboundChannelLimit = 1 }, Direction.Inbound, _rig.Now).IsOpen);
    }

    [Fact]
    public void What_it_brings_does_not_count_against_what_it_gets_in_a_second()
    {
        var both = Narrow with { CallsPerSecond = 1, InboundCallsPerSecond = 1 };
        Assert.True(Board.Enter(DialledLeg(1), both, Direction.Inbound, _rig.Now).IsOpen);
        Assert.True(Board.Enter(DialledLeg(2), both, Direction.Outbound, _rig.Now).IsOpen);
        Assert.False(Board.Enter(DialledLeg(3), both, Direction.Outbound, _rig.Now).IsOpen);
        Assert.False(Board.Enter(DialledLeg(4), both, Direction.Inbound, _rig.Now).IsOpen);
    }

    [Fact]
    public void A_thread_that_stands_still_in_the_middle_has_nobody_refused()
    {
        // With threads of their own one of them is stopped now and then between its two steps, however few processors there are.
        for (int run = 0; run < 200; run++)
        {
            var rate = new CallRate(64);
            int taken = 0;
            var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
            {
                for (int i = 0; i < 8; i++)
                    if (rate.TryTake(_rig.Now)) Interlocked.Increment(ref taken);
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            Assert.Equal(64, taken);
            Assert.False(rate.HasRoom(_rig.Now) || rate.TryTake(_rig.Now));
            Assert.False(rate.TryTake(_rig.Now + TimeSpan.FromMilliseconds(999)));
            Assert.True(rate.HasRoom(_rig.Now + TimeSpan.FromSeconds(1)) && rate.TryTake(_rig.Now + TimeSpan.FromSeconds(1)));
        }
    }

    [Fact]
    public void Whoever_asks_at_once_on_many_threads_gets_no_more_than_there_is()
    {
        var trunk = Narrow with { ChannelLimit = 40, CallsPerSecond = 1_000 };
        int entered = 0;
        Parallel.For(0, 1_000, i =>
        {
            if (Board.Enter(DialledLeg((uint)i + 1), trunk, Direction.Outbound, _rig.Now).IsOpen) Interlocked.Increment(ref entered);
        });
        Assert.Equal(40, entered);
        for (uint i = 1; i <= 1_000; i++) Board.Leave(DialledLeg(i));
        var quick = Narrow with { CallsPerSecond = 40 };
        entered = 0;
        Parallel.For(0, 1_000, i =>
        {
            if (Board.Enter(DialledLeg((uint)i + 1), quick, Direction.Outbound, _rig.Now).IsOpen) Interlocked.Increment(ref entered);
        });
        Assert.InRange(entered, 1, 40);
    }

    [Fact]
    public void The_explanation_says_which_trunk_is_full()
    {
        Trunks(Narrow with { ChannelLimit = 1 });
        Place();
        var explained = new RouteExplainer(_rig, _rig, TargetPolicy.Strict, "d", SipDomains.None, new(), () => new(Board, _rig.Now))
            .Explain(new("+4930123", "+4989777", null)).Outbound!;
        Assert.Equal((RouteOutcome.TrunkFull, Refusal.TrunkLimit), (Assert.Single(explained.Routes).Outcome, explained.Refusal));
        Assert.Equal("Trunk narrow has as many calls as it may have: 1.", explained.Detail);
    }

    private sealed class Ports : IMediaPlane
    {
        public bool IsUp => true;

        public bool TryLease(Subject owner, int network, out PortLease lease)
        {
            lease = default;
            return true;
        }

        public bool Post(MediaCommand command) => true;
    }
}
