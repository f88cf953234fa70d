using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using Ringwright.Switch.Queues;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>Calls wait in queues, are taken out of them, give up, or hang up.</summary>
public sealed class QueueTests
{
    private readonly ShardRig _rig = new();
    private readonly Dictionary<LegId, string> _oks = [];
    private readonly Dictionary<LegId, int> _numbers = [];

    private CallEvent.LegDequeued[] Left => [.. _rig.Events.OfType<CallEvent.LegDequeued>()];

    /// <summary>A call that has been answered.</summary>
    private LegId Call(int n)
    {
        _rig.Receive(Invite(branch: $"z9hG4bKcall{n}").Replace("call-1", $"call-{n}").Replace("tag=alice", $"tag=alice{n}"));
        var leg = _rig.Events[^1].Leg.Id;
        Assert.True(_rig.Command(new LegCommand.Answer(), leg).IsAccepted);
        _oks[leg] = _rig.SentLast("SIP/2.0 200");
        _numbers[leg] = n;
        _rig.Receive(Of(leg, "ACK", 1));
        return leg;
    }

    private LegId Waiting(int n, string queue = "support")
    {
        var leg = Call(n);
        Assert.True(_rig.Command(new LegCommand.Enqueue(queue), leg).IsAccepted);
        return leg;
    }

    private string Of(LegId leg, string method, int cseq) => Inside(_oks[leg], method, cseq, $"z9hG4bK{method}{_numbers[leg]}")
        .Replace("call-1", $"call-{_numbers[leg]}").Replace("tag=alice", $"tag=alice{_numbers[leg]}");

    private void HangUp(LegId leg) => _rig.Receive(Of(leg, "BYE", 7));

    private void EndAll()
    {
        foreach (var leg in _oks.Keys.Where(leg => !_rig.Events.Any(e => e is CallEvent.LegEnded && e.Leg.Id == leg))) HangUp(leg);
        foreach (string bye in _rig.Sent.Where(text => text.StartsWith("BYE ", StringComparison.Ordinal)).ToList())
            _rig.Receive(Response(bye, "200 OK", tag: null));
        _rig.AssertNothingLeft();
        Assert.Equal(_rig.Queues.OfType<QueueEvent.QueueBegan>().Count(), _rig.Queues.OfType<QueueEvent.QueueEnded>().Count());
    }

    [Fact]
    public void Calls_wait_in_the_order_in_which_they_came_and_the_queue_lives_as_long_as_one_does()
    {
        var (first, second) = (Waiting(1), Waiting(2));
        var told = _rig.Events.OfType<CallEvent.LegEnqueued>().ToList();
        Assert.Equal([(first, 1, 1), (second, 2, 2)], told.Select(e => (e.Leg.Id, e.Position, (int)e.Entry)));
        Assert.Equal("support", Assert.Single(_rig.Queues).Queue.Name);
        Assert.Equal(100, _rig.Queues[0].Queue.MaxSize);
        _rig.Advance(4);
        Assert.True(_rig.Command(new LegCommand.LeaveQueue(), second).IsAccepted);
        Assert.Equal((2, DequeueReason.Leave, 4.0), (Left[0].Position, Left[0].Reason, Left[0].Waited.TotalSeconds));
        Assert.Single(_rig.Queues);
        Assert.True(_rig.Command(new LegCommand.LeaveQueue(), first).IsAccepted);
        Assert.Equal(QueueEnd.Empty, Assert.IsType<QueueEvent.QueueEnded>(_rig.Queues[^1]).Why);
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.LegEnded);

        Waiting(3);
        var again = Assert.IsType<QueueEvent.QueueBegan>(_rig.Queues[^1]);
        Assert.NotEqual(_rig.Queues[0].Queue.Id, again.Queue.Id);
        EndAll();
    }

    [Fact]
    public void The_first_who_waits_is_bridged_with_whoever_takes_it_and_out_of_the_queue_at_once()
    {
        var (first, second, agent) = (Waiting(1), Waiting(2), Call(3));
        Assert.True(_rig.Command(new LegCommand.BridgeQueue("support", new LegCommand.Bridge(default)), agent).IsAccepted);
        Assert.Equal((first, DequeueReason.Bridged, 1), (Left.Single().Leg.Id, Left.Single().Reason, Left.Single().Position));
        Assert.Equal([(agent, first), (first, agent)], _rig.Events.OfType<CallEvent.LegBridged>().Select(e => (e.Leg.Id, e.Peer)));
        HangUp(agent);
        Assert.Equal([agent, first], _rig.Events.OfType<CallEvent.LegEnded>().Select(e => e.Leg.Id));
        Assert.Equal(Refusal.NotQueued, _rig.Command(new LegCommand.LeaveQueue(), agent = Call(4)).Refusal);
        Assert.True(_rig.Command(new LegCommand.LeaveQueue(), second).IsAccepted);
        EndAll();
    }

    [Fact]
    public void A_call_that_is_parked_is_out_of_its_queue_and_of_its_bridge_and_the_other_is_released_by_his_rules()
    {
        var (first, second, agent) = (Waiting(1), Waiting(2), Call(3));
        var take = new LegCommand.BridgeQueue("support", new LegCommand.Bridge(default) { ParksAfterUnbridge = true });
        Assert.True(_rig.Command(take, agent).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.Park(), second).IsAccepted);
        Assert.Equal((second, DequeueReason.Leave), (Left[^1].Leg.Id, Left[^1].Reason));
        Assert.True(_rig.Command(new LegCommand.Park(), first).IsAccepted);
        Assert.Equal([(first, agent), (agent, first)], _rig.Events.OfType<CallEvent.LegUnbridged>().Select(e => (e.Leg.Id, e.Peer)));
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.LegEnded);

        Assert.True(_rig.Command(new LegCommand.Park(), first).IsAccepted);       // it is in nothing
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegUnbridged>().Count());
        Assert.True(_rig.Command(new LegCommand.Bridge(first), agent).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.Park(), agent).IsAccepted);
        Assert.Equal(first, Assert.Single(_rig.Events.OfType<CallEvent.LegEnded>()).Leg.Id);
        EndAll();
    }

    [Fact]
    public void Who_takes_a_call_before_he_is_answered_gets_it_out_all_the_same_and_it_stays_up_when_that_fails()
    {
        var first = Waiting(1);
        var agent = _rig.Dial().Id;
        string invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(invite, "180 Ringing"));
        var command = new LegCommand.BridgeQueue("support", new LegCommand.Bridge(default) { Ringback = RingTone.Usual });
        Assert.True(_rig.Command(command, agent).IsAccepted);
        Assert.Equal(DequeueReason.Bridging, Left.Single().Reason);
        Assert.Contains(_rig.Commands, c => c is MediaCommand.Ringback { Tone: not null });
        _rig.Receive(Response(invite, "486 Busy Here"));
        Assert.Equal(agent, Assert.Single(_rig.Events.OfType<CallEvent.LegEnded>()).Leg.Id);
        Assert.True(_rig.Command(new LegCommand.Enqueue("support"), first).IsAccepted);
        EndAll();
    }

    [Fact]
    public void An_empty_queue_is_an_error_and_nobody_takes_himself()
    {
        var agent = Call(1);
        var take = new LegCommand.BridgeQueue("support", new LegCommand.Bridge(default)) { CommandId = "one" };
        Assert.Equal(Refusal.QueueEmpty, _rig.Command(take, agent).Refusal);
        Assert.True(_rig.Command(new LegCommand.Enqueue("support"), agent).IsAccepted);
        Assert.Equal(Refusal.QueueEmpty, _rig.Command(take, agent).Refusal);
        var caller = Waiting(2);
        Assert.True(_rig.Command(take, agent).IsAccepted);       // the id was not used up
        Assert.Equal([(caller, DequeueReason.Bridged), (agent, DequeueReason.Bridged)], Left.Select(e => (e.Leg.Id, e.Reason)));
        Assert.True(_rig.Command(take, agent).IsAccepted);       // and is now
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegBridged>().Count());
        EndAll();
    }

    [Fact]
    public void After_its_longest_wait_a_call_is_out_and_stays_up()
    {
        var (patient, hasty) = (Waiting(1), Call(2));
        Assert.True(_rig.Command(new LegCommand.Enqueue("support") { MaxWait = TimeSpan.FromSeconds(2) }, hasty).IsAccepted);
        _rig.Advance(1.9);
        Assert.Empty(Left);
        _rig.Advance(0.2);
        Assert.Equal((hasty, DequeueReason.Timeout, 2), (Left.Single().Leg.Id, Left.Single().Reason, Left.Single().Position));
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.LegEnded);
        Assert.True(_rig.Command(new LegCommand.LeaveQueue(), patient).IsAccepted);
        EndAll();
    }

    [Fact]
    public void Who_hangs_up_is_out_before_his_end_is_told()
    {
        var leg = Waiting(1);
        HangUp(leg);
        Assert.Equal(["LegDequeued", "LegEnded"], _rig.Kinds[^2..]);
        Assert.Equal(DequeueReason.Hangup, Left.Single().Reason);
        EndAll();
    }

    [Fact]
    public void A_call_that_is_bridged_by_its_name_leaves_its_queue_with_that()
    {
        var (waiting, other) = (Waiting(1), Call(2));
        Assert.True(_rig.Command(new LegCommand.Bridge(waiting), other).IsAccepted);
        Assert.Equal((waiting, DequeueReason.Bridged), (Left.Single().Leg.Id, Left.Single().Reason));
        Assert.True(_rig.Command(new LegCommand.Enqueue("later"), waiting).IsAccepted);     // and this leaves the bridge again
        Assert.Equal(other, Assert.Single(_rig.Events.OfType<CallEvent.LegEnded>()).Leg.Id);
        EndAll();
    }

    [Fact]
    public void Who_was_bridged_is_unbridged_by_the_queue_and_the_other_parks_when_he_was_to()
    {
        var (one, two) = (Call(1), Call(2));
        Assert.True(_rig.Command(new LegCommand.Bridge(two) { ParksAfterUnbridge = true }, one).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.Enqueue("support"), two).IsAccepted);
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.LegEnded);
        Assert.Equal(2, _rig.Commands.OfType<MediaCommand.Unbridge>().Count());
        Assert.Equal(0, _rig.State.Bridges);
        EndAll();
    }

    [Fact]
    public void A_queue_has_the_size_that_its_first_call_said_and_refuses_what_does_not_fit()
    {
        var (one, two, three) = (Call(1), Call(2), Call(3));
        var small = new LegCommand.Enqueue("small") { MaxSize = 2 };
        Assert.True(_rig.Command(small, one).IsAccepted);
        Assert.Equal(Refusal.AlreadyQueued, _rig.Command(small, one).Refusal);
        Assert.Equal(Refusal.AlreadyQueued, _rig.Command(new LegCommand.Enqueue("other"), one).Refusal);
        Assert.Equal(Refusal.QueueSizeFixed, _rig.Command(small with { MaxSize = 3 }, two).Refusal);
        Assert.True(_rig.Command(small with { MaxSize = null }, two).IsAccepted);
        Assert.Equal(Refusal.QueueFull, _rig.Command(small, three).Refusal);
        Assert.True(_rig.Command(new LegCommand.LeaveQueue(), one).IsAccepted);
        Assert.True(_rig.Command(small, three).IsAccepted);
        EndAll();
    }

    [Fact]
    public void Who_says_how_many_may_wait_is_not_let_in_where_so_many_do()
    {
        var (one, two, three) = (Call(1), Call(2), Call(3));
        var picky = new LegCommand.Enqueue("line") { MostWaiting = 1 };
        Assert.True(_rig.Command(new LegCommand.Enqueue("line"), one).IsAccepted);
        Assert.Equal(Refusal.QueueFull, _rig.Command(picky, two).Refusal);
        Assert.True(_rig.Command(picky with { MostWaiting = 2 }, two).IsAccepted);
        // One that begins so has that size, for all.
        Assert.True(_rig.Command(new LegCommand.Enqueue("short") { MostWaiting = 1 }, three).IsAccepted);
        Assert.Equal(Refusal.QueueFull, _rig.Command(new LegCommand.Enqueue("short"), Call(4)).Refusal);
        EndAll();
    }

    [Fact]
    public void Names_are_at_home_on_all_shards_alike()
    {
        Waiting(1);
        Assert.Equal(0, NameHome.Of(new(Guid.NewGuid()), "support", _rig.Settings.Count));
        var spread = Enumerable.Range(0, 400).Select(n => NameHome.Of(new(Guid.Empty), $"q{n}", 4)).ToLookup(n => n);
        Assert.All(Enumerable.Range(0, 4), n => Assert.InRange(spread[n].Count(), 50, 150));
        EndAll();
    }

    [Fact]
    public void Calls_that_are_up_wait_in_queues_though_the_database_is_away_or_falls_silent()
    {
        var (one, two) = (Call(1), Call(2));
        (_rig.CommitsAtOnce, _rig.IsReady) = (false, false);
        Assert.True(_rig.Command(new LegCommand.Enqueue("support"), one).IsAccepted);
        _rig.IsReady = true;        // nobody knows yet that it does not answer
        long asked = _rig.Send(new LegCommand.Enqueue("sales"), two);
        Assert.Null(_rig.AckOf(asked));
        _rig.Advance(2);
        Assert.True(_rig.AckOf(asked)!.Value.IsAccepted);
        foreach (var began in _rig.Queues.ToList()) _rig.Handle(SubjectMessages.Committed(began, isCommitted: true));
        Assert.Equal([one, two], _rig.Events.OfType<CallEvent.LegEnqueued>().Select(e => e.Leg.Id));
        EndAll();
    }

    [Fact]
    public void A_queue_that_the_ledger_does_not_take_in_the_end_lets_its_calls_go()
    {
        var one = Call(1);
        (_rig.CommitsAtOnce, _rig.IsReady) = (false, false);
        Assert.True(_rig.Command(new LegCommand.Enqueue("support"), one).IsAccepted);
        _rig.Handle(SubjectMessages.Committed(_rig.Queues.Single(), isCommitted: false));
        Assert.Equal(DequeueReason.Leave, Assert.Single(Left).Reason);
        Assert.Equal(QueueEnd.Internal, Assert.IsType<QueueEvent.QueueEnded>(_rig.Queues[^1]).Why);
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.LegEnded);
        EndAll();
    }

    [Fact]
    public void Nobody_waits_in_a_queue_that_the_ledger_does_not_take()
    {
        var (one, two) = (Call(1), Call(2));
        _rig.CommitsAtOnce = false;
        long asked = _rig.Send(new LegCommand.Enqueue("support"), one), also = _rig.Send(new LegCommand.Enqueue("support"), two);
        Assert.Null(_rig.AckOf(asked));
        Assert.Equal(Refusal.QueueEmpty, _rig.Command(new LegCommand.BridgeQueue("support", new LegCommand.Bridge(default)), two).Refusal);
        _rig.Handle(SubjectMessages.Committed(_rig.Queues.Single(), isCommitted: false));
        Assert.Equal(Refusal.LedgerUnavailable, _rig.AckOf(asked)!.Value.Refusal);
        Assert.Equal(Refusal.LedgerUnavailable, _rig.AckOf(also)!.Value.Refusal);
        Assert.Empty(_rig.Events.OfType<CallEvent.LegEnqueued>());
        Assert.True(_rig.Command(new LegCommand.Hangup(), one).IsAccepted);
        _rig.CommitsAtOnce = true;
        Assert.True(_rig.Command(new LegCommand.Enqueue("support"), two).IsAccepted);       // the next one may
        HangUp(two);
        _rig.Queues.RemoveAt(0);        // it never was
        EndAll();
    }

    [Fact]
    public void Who_ends_while_he_is_being_let_in_is_not_left_in_the_queue()
    {
        var leg = Call(1);
        _rig.CommitsAtOnce = false;
        long asked = _rig.Send(new LegCommand.Enqueue("support"), leg);
        HangUp(leg);
        _rig.CommitsAtOnce = true;
        _rig.Handle(SubjectMessages.Committed(_rig.Queues.Single(), isCommitted: true));
        Assert.Equal(Refusal.AlreadyEnded, _rig.AckOf(asked)!.Value.Refusal);
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.LegEnqueued or CallEvent.LegDequeued);
        EndAll();
    }
}
