using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using Ringwright.Switch.Bridges;
using Ringwright.Switch.Legs;
using Ringwright.Testing;

namespace Ringwright.Pure.Switch;

/// <summary>A bridge alone, whose members are messages: they come, ring, are ready, hold and leave in any order.</summary>
public sealed class BridgeTests
{
    private readonly ShardContext _shard;
    private readonly ShardActors _actors;
    private readonly Factory _factory;
    /// <summary>What each leg was ordered, in order.</summary>
    private readonly Dictionary<LegId, List<BridgeOrder>> _orders = [];
    private readonly List<(long Correlation, Ack Ack)> _acks = [];
    private readonly List<Exception> _failures = [];
    /// <summary>Nobody of these is ordered about any more.</summary>
    private readonly HashSet<int> _left = [];
    private BridgeId _bridge;

    public BridgeTests()
    {
        var rig = new ShardRig();
        _shard = new(rig.Settings, rig, rig, rig, rig, rig.Registrations) { Now = rig.Now };
        _actors = new(_shard);
        _factory = new(_shard);
        _actors.Register(SubjectKind.Leg, new NoLegs());
        _actors.Register(SubjectKind.Bridge, _factory);
    }

    [Fact]
    public void The_second_answers_for_whoever_asked_and_each_is_told_what_is_to_be_recorded_of_it()
    {
        var plan = new RecordPlan { Id = Guid.NewGuid() };
        Form(new([new(Leg(1)) { Record = plan }, new(Leg(2))]), correlation: 7);
        Assert.Equal([new BridgeOrder.Invite(null, plan)], _orders[Leg(1)]);
        Assert.Equal([new BridgeOrder.Invite(7)], _orders[Leg(2)]);
        Assert.Empty(_acks);
    }

    [Fact]
    public void Two_who_are_ready_are_joined_port_to_port()
    {
        Form(new([new(Leg(1)) { HearsDigits = false }, new(Leg(2))]));
        Say(1, new BridgeNote.Entered(Port(1), IsReady: true));
        Say(2, new BridgeNote.Entered(Port(2), IsReady: false));
        Assert.Empty(_orders.Values.SelectMany(orders => orders).OfType<BridgeOrder.Join>());
        Say(2, new BridgeNote.Ready());
        Assert.Equal(new BridgeOrder.Join(Leg(2), Port(2), PassesDigits: false), _orders[Leg(1)][^1]);
        Assert.Equal(new BridgeOrder.Join(Leg(1), Port(1), PassesDigits: true), _orders[Leg(2)][^1]);
        Say(1, new BridgeNote.Held(true));
        Assert.Equal(new BridgeOrder.BeHeld(true), _orders[Leg(2)][^1]);
    }

    [Fact]
    public void More_than_media_can_join_are_refused_by_name()
    {
        Form(new([new(Leg(1)), new(Leg(2)), new(Leg(3))]), correlation: 7);
        Assert.Equal((7, Refusal.WrongState), (_acks.Single().Correlation, _acks.Single().Ack.Refusal));
        Assert.Contains("3 members", Assert.IsType<NotSupportedException>(_failures.Single()).Message, StringComparison.Ordinal);
        Assert.Empty(_orders);
        Assert.Equal(0, _actors.Total);
    }

    [Fact]
    public void A_fault_releases_everybody_by_his_rules()
    {
        Form(new([new(Leg(1)) { Parks = true }, new(Leg(2)) { IsBound = true }]));
        Say(1, new BridgeNote.Entered(Port(1), IsReady: true));
        _actors.Turn(_actors.All(SubjectKind.Bridge).Single(), () => throw new InvalidOperationException("a fault"));
        Drain();
        Assert.Equal(new BridgeOrder.Release(HangsUp: false), _orders[Leg(1)][^1]);
        Assert.Equal(new BridgeOrder.Release(HangsUp: true), _orders[Leg(2)][^1]);
        Assert.Equal((1, 0), (_failures.Count, _actors.Total));
    }

    [Theory, Seeds(300)]
    public void Two_members_leave_in_any_order_and_at_any_moment(ulong seed) => Leave(seed, members: 2, joining: null);

    /// <summary>How they would hear each other is left out: only the bridge itself is looked at.</summary>
    [Theory, Seeds(300)]
    public void Many_members_leave_in_any_order_and_at_any_moment(ulong seed) => Leave(seed, members: 3 + (int)(seed % 5), joining: new());

    private void Leave(ulong seed, int members, Silence? joining)
    {
        var rng = new Rng(seed);
        _factory.Joining = joining;
        var terms = new BridgeTerms([.. Enumerable.Range(1, members).Select(n => Member(n, rng))])
        {
            PassesEarlyMedia = rng.Chance(0.5),
            Ringback = rng.Chance(0.5) ? RingTone.Usual : null,
        };
        Form(terms);
        var here = Enumerable.Range(1, members).ToList();
        var (entered, ready) = (new HashSet<int>(), new HashSet<int>());
        bool isJoined = false;
        BridgeFailure? last = null;
        while (here.Count > 1)
        {
            int who = 1 + rng.Next(members);
            BridgeNote note = rng.Next(12) switch
            {
                < 3 => new BridgeNote.Entered(Port(who), ready.Contains(who)),
                < 6 => new BridgeNote.Ready(),
                6 => new BridgeNote.Ringing(rng.Chance(0.5), rng.Chance(0.5)),
                7 => new BridgeNote.Held(rng.Chance(0.5)),
                8 or 9 when rng.Chance(0.7) => new BridgeNote.Ringing(true),
                _ => new BridgeNote.Left { Failure = rng.Chance(0.5) ? new(HangupCause.RemoteFailure, 500 + who) : null },
            };
            // A leg says that it is ready when it is in; one that has left says nothing new, but a message of its may be late.
            if (note is BridgeNote.Ready && !entered.Contains(who)) continue;
            Say(who, note);
            if (!here.Contains(who)) continue;
            if (note is BridgeNote.Entered) entered.Add(who);
            if (note is BridgeNote.Ready) ready.Add(who);
            if (note is BridgeNote.Left left)
            {
                here.Remove(who);
                last = left.Failure;
            }
            if (here.Count > 1 && here.TrueForAll(ready.Contains)) isJoined = true;
            Assert.Equal(here.Count > 1 ? 1 : 0, _actors.Total);
        }

        foreach (int n in Enumerable.Range(1, members))
        {
            var releases = _orders[Leg(n)].OfType<BridgeOrder.Release>().ToList();
            if (here.Contains(n))
            {
                var wanted = new BridgeOrder.Release(terms.Members[n - 1].HangsUp(isJoined)) { Failure = isJoined ? null : last };
                Assert.Equal(wanted, Assert.Single(releases));
                Assert.Same(releases[0], _orders[Leg(n)][^1]);
            }
            else Assert.Empty(releases);
            Assert.Single(_orders[Leg(n)].OfType<BridgeOrder.Invite>());
            Assert.InRange(_orders[Leg(n)].OfType<BridgeOrder.Answer>().Count(), 0, 1);
            if (joining is null) Assert.Equal(isJoined ? 1 : 0, _orders[Leg(n)].OfType<BridgeOrder.Join>().Count());
        }
        if (joining is not null) Assert.Equal(isJoined ? 1 : 0, joining.Joined);
        Assert.Empty(_failures);
        Assert.Equal(Instant.Never, _actors.NextDue);
    }

    private static LegId Leg(int n) => LegId.Compose(1, 0, 7, (uint)n, 1);

    private static MemberTerms Member(int n, Rng rng) =>
        new(Leg(n)) { Parks = rng.Chance(0.5), IsBound = rng.Chance(0.5), Answer = (MemberAnswer)rng.Next(3) };

    private static PortId Port(int n) => PortId.Compose(1, n);

    private void Form(BridgeTerms terms, long? correlation = null)
    {
        _actors.Deliver(new BridgeMessage.Form(terms, correlation));
        Drain();
    }

    private void Say(int member, BridgeNote note)
    {
        if (note is BridgeNote.Left) _left.Add(member);
        _actors.Deliver(new BridgeMessage.Noted(_bridge, Leg(member), note));
        Drain();
    }

    private void Drain()
    {
        while (_shard.TryPoll(out var effect))
        {
            if (effect is Effect.Send { Message: LegMessage.Ordered ordered })
            {
                Assert.DoesNotContain((int)(uint)(ordered.Leg.Value >> 48), _left);
                _bridge = ordered.Bridge;
                if (!_orders.TryGetValue(ordered.Leg, out var orders)) _orders.Add(ordered.Leg, orders = []);
                orders.Add(ordered.Order);
            }
            else if (effect is Effect.Acknowledge ack) _acks.Add((ack.Correlation, ack.Ack));
            else if (effect is Effect.Failed failed) _failures.Add(failed.Error);
            else Assert.Fail($"a bridge has no business with {effect}");
        }
    }

    /// <summary>Joins any number, of whom nobody hears another.</summary>
    private sealed class Silence : Joining
    {
        public int Joined { get; private set; }
        public override void Await(Bridge bridge) => Assert.Contains(bridge.Members, member => !member.IsReady);
        public override void Join(Bridge bridge)
        {
            Assert.All(bridge.Members, member => Assert.True(member.IsReady));
            Joined++;
        }
        public override void Hold(Bridge bridge, Member holder, bool isOn) => Assert.Equal(1, Joined);
    }

    private sealed class Factory(ShardContext shard) : IActorFactory
    {
        private readonly BridgeFactory _product = new(shard);

        public Silence? Joining { get; set; }

        public Actor? Make(ShardMessage.ToActor message) =>
            message is BridgeMessage.Form form && Joining is { } joining ? new Bridge(shard, shard.NextBridgeId(), form.Terms, joining)
                : _product.Make(message);
    }

    private sealed class NoLegs : IActorFactory
    {
        public Actor? Make(ShardMessage.ToActor message) => null;
    }
}
