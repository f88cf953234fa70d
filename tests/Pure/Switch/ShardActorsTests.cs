using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Testing;

namespace Ringwright.Pure.Switch;

/// <summary>The life that all actors of a shard share, with a kind that is nothing else.</summary>
public sealed class ShardActorsTests
{
    private const SubjectKind Kind = default;
    private const int Unmakable = 99;

    private readonly ShardContext _shard;
    private readonly ShardActors _actors;
    private readonly List<Probe> _made = [];
    private readonly List<UInt128> _missed = [];

    public ShardActorsTests()
    {
        var rig = new ShardRig();
        _shard = new(rig.Settings, rig, rig, rig, rig, rig.Registrations) { Now = rig.Now };
        _actors = new(_shard);
        _actors.Register(Kind, new Factory(this));
    }

    [Fact]
    public void A_message_makes_its_actor_and_is_the_first_that_it_gets()
    {
        int heard = 0;
        Assert.Equal(Ack.Accepted, _actors.Deliver(new Note(1, _ => heard++) { Makes = true }));
        Assert.Equal(Ack.Accepted, _actors.Deliver(new Note(1, _ => heard++) { Makes = true }));
        Assert.Equal((2, 1, 1, 1), (heard, _made.Count, _actors.Total, _actors.Live(Kind)));
    }

    [Fact]
    public void Kinds_are_registered_in_any_order_and_one_that_is_not_is_named()
    {
        var actors = new ShardActors(_shard);
        actors.Register(SubjectKind.Queue, new Factory(this));
        for (int i = 0; i < 200; i++) actors.Add(new Probe((UInt128)i, SubjectKind.Queue) { Due = _shard.Now });
        actors.Register(SubjectKind.Bridge, new Factory(this));
        // fills the queue of deadlines and tidies it
        for (int i = 0; i < 200; i++) actors.Turn(actors.Find(new(SubjectKind.Queue, (UInt128)i))!, () => { });
        Assert.Equal((200, 200, 0), (actors.Total, actors.Count(SubjectKind.Queue), actors.Count(SubjectKind.Bridge)));
        Assert.Null(actors.Find(new(SubjectKind.Bridge, 1)));
        var missing = Assert.Throws<InvalidOperationException>(() => actors.Find(new(SubjectKind.Leg, 1)));
        Assert.Contains("Leg", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_to_an_actor_that_is_gone_goes_to_its_kind()
    {
        Assert.Null(_actors.Deliver(new Note(1)));
        var gone = Make(1);
        _actors.Turn(gone, gone.Ends);
        Assert.Null(_actors.Deliver(new Note(1)));
        Assert.Equal([1, 1], _missed);
    }

    [Fact]
    public void A_turn_that_throws_ends_its_actor_and_no_other()
    {
        var (broken, whole) = (Make(1), Make(2));
        whole.Due = broken.Due = _shard.Now;
        _actors.Deliver(new Note(2));

        Assert.Equal(Refusal.AlreadyEnded, _actors.Deliver(new Note(1, _ => throw new InvalidOperationException("a fault")))?.Refusal);

        Assert.Equal(1, CountFailures());
        Assert.Equal((1, 0, 1), (broken.Failed, broken.Abandoned, broken.Released));
        Assert.Equal((0, 0, 0), (whole.Failed, whole.Abandoned, whole.Released));
        Assert.Equal((1, 1), (_actors.Total, _actors.Live(Kind)));
        Assert.True(_actors.TryTakeDue(out var due));
        Assert.Same(whole, due);
    }

    [Fact]
    public void One_whose_end_throws_too_is_abandoned_and_leaves_nothing_behind()
    {
        var broken = Make(1);
        broken.FailsToFail = true;
        broken.Due = _shard.Now + TimeSpan.FromHours(1);
        _actors.Turn(broken, () => throw new InvalidOperationException("a fault"));

        Assert.Equal(2, CountFailures());
        Assert.Equal((1, 1, 1), (broken.Failed, broken.Abandoned, broken.Released));
        AssertNothingLeft();
    }

    [Fact]
    public void One_that_cannot_be_made_is_refused_and_costs_no_other()
    {
        var whole = Make(1);
        Assert.Equal(Refusal.AlreadyEnded, _actors.Deliver(new Note(Unmakable) { Makes = true })?.Refusal);
        Assert.Equal((1, 1, 0), (CountFailures(), _actors.Total, whole.Failed));
    }

    [Fact]
    public void A_timers_turn_that_throws_ends_its_actor()
    {
        var broken = Make(1);
        broken.Due = _shard.Now;
        broken.OnTimer = () => throw new InvalidOperationException("a fault");
        _actors.Deliver(new Note(1));
        FireDue();

        Assert.Equal((1, 1), (CountFailures(), broken.Released));
        AssertNothingLeft();
    }

    [Fact]
    public void Each_is_due_at_its_time_and_no_longer_at_one_that_it_took_back()
    {
        var fired = new List<UInt128>();
        foreach (var (id, seconds) in (ReadOnlySpan<(int, double)>)[(1, 3), (2, 1), (3, 2), (4, 4)])
        {
            var probe = Make((UInt128)id);
            probe.Due = _shard.Now + TimeSpan.FromSeconds(seconds);
            probe.OnTimer = () => fired.Add(probe.Address.Value);
            _actors.Deliver(new Note(probe.Address.Value));
        }
        Assert.Equal(_shard.Now + TimeSpan.FromSeconds(1), _actors.NextDue);

        _actors.Deliver(new Note(2, probe => probe.Due = Instant.Never));
        _actors.Deliver(new Note(4, probe => probe.Due = _shard.Now + TimeSpan.FromSeconds(2.5)));
        Assert.Equal(_shard.Now + TimeSpan.FromSeconds(2), _actors.NextDue);
        _shard.Now += TimeSpan.FromSeconds(10);
        FireDue();

        Assert.Equal([3, 4, 1], fired);
        Assert.Equal(Instant.Never, _actors.NextDue);
        Assert.Equal((4, 4), (_actors.Total, _actors.Live(Kind)));
    }

    [Fact]
    public void One_that_has_ended_is_live_no_longer_and_stays_until_it_is_gone()
    {
        var probe = Make(1);
        _actors.Turn(probe, () => (probe.HasEnded, probe.Lingers) = (true, true));
        Assert.Equal((1, 0, 0), (_actors.Total, _actors.Live(Kind), probe.Released));
        _actors.Turn(probe, () => probe.Lingers = false);
        _actors.Turn(probe, () => { });
        Assert.Equal(1, probe.Released);
        AssertNothingLeft();
    }

    [Fact]
    public void Deadlines_far_ahead_of_actors_that_are_gone_do_not_pile_up()
    {
        for (UInt128 id = 1; id <= 1_000; id++)
        {
            var probe = Make(id);
            probe.Due = _shard.Now + TimeSpan.FromHours(4);
            _actors.Deliver(new Note(id));
            _actors.Turn(probe, probe.Ends);
            Assert.InRange(_actors.Waiting, 0, 70);
        }
        AssertNothingLeft();
    }

    [Theory, Seeds(200)]
    public void Whatever_happens_in_whatever_order_each_ends_once_and_nothing_is_left(ulong seed)
    {
        var rng = new Rng(seed);
        for (int step = 0; step < 300; step++)
        {
            UInt128 id = (UInt128)(1 + rng.Next(20));
            _actors.Deliver(new Note(id, probe => Upset(probe, rng)) { Makes = step < 250 && rng.Chance(0.5) });
            _shard.Now += TimeSpan.FromSeconds(rng.NextDouble());
            FireDue();
            var here = _actors.All(Kind).Cast<Probe>().ToList();
            Assert.Equal((_actors.Total, _actors.Live(Kind)), (here.Count, here.Count(probe => !probe.IsEnded)));
            Assert.All(here, probe => Assert.Equal(0, probe.Released));
        }
        foreach (var probe in _actors.All(Kind).Cast<Probe>().ToArray()) _actors.Turn(probe, probe.Ends);
        Assert.All(_made, probe => Assert.Equal(1, probe.Released));
        AssertNothingLeft();
    }

    private void Upset(Probe probe, Rng rng)
    {
        switch (rng.Next(6))
        {
            case 0:
                throw new InvalidOperationException("a fault");
            case 1:
                probe.FailsToFail = true;
                throw new InvalidOperationException("a fault");
            case 2:
                probe.Ends();
                break;
            case 3:
                (probe.HasEnded, probe.Lingers) = (true, true);
                break;
            default:
                probe.Due = rng.Chance(0.3) ? Instant.Never : _shard.Now + TimeSpan.FromSeconds(5 * rng.NextDouble());
                probe.OnTimer = () =>
                {
                    if (rng.Chance(0.3)) throw new InvalidOperationException("a fault");
                };
                break;
        }
    }

    private int CountFailures()
    {
        int failures = 0;
        while (_shard.TryPoll(out var effect)) failures += effect is Effect.Failed ? 1 : 0;
        return failures;
    }

    private Probe Make(UInt128 id)
    {
        _actors.Deliver(new Note(id) { Makes = true });
        return _made[^1];
    }

    private void FireDue()
    {
        while (_actors.NextDue <= _shard.Now && _actors.TryTakeDue(out var due)) _actors.Turn(due, due.OnDue);
    }

    private void AssertNothingLeft()
    {
        Assert.Equal((0, 0), (_actors.Total, _actors.Live(Kind)));
        Assert.Empty(_actors.All(Kind));
        Assert.Equal(Instant.Never, _actors.NextDue);
        Assert.Equal(0, _actors.Waiting);
    }

    private sealed record Note(UInt128 Id, Action<Probe>? Act = null) : ShardMessage.ToActor
    {
        public bool Makes { get; init; }
        internal override Subject To => new(Kind, Id);
    }

    private sealed class Factory(ShardActorsTests test) : IActorFactory
    {
        public Actor? Make(ShardMessage.ToActor message)
        {
            var note = (Note)message;
            if (note.Id == Unmakable) throw new InvalidOperationException("a fault");
            if (note.Makes)
            {
                test._made.Add(new(note.Id));
                return test._made[^1];
            }
            test._missed.Add(note.Id);
            return null;
        }
    }

    private sealed class Probe(UInt128 id, SubjectKind kind = Kind) : Actor
    {
        public bool HasEnded { get; set; }
        public bool Lingers { get; set; }
        public bool FailsToFail { get; set; }
        public Instant Due { get; set; } = Instant.Never;
        public Action OnTimer { get; set; } = () => { };
        public int Failed { get; private set; }
        public int Abandoned { get; private set; }
        public int Released { get; private set; }

        public override Subject Address => new(kind, id);
        public override bool IsEnded => HasEnded;
        public override bool IsGone => HasEnded && !Lingers;
        public override Instant NextDue => HasEnded ? Instant.Never : Due;

        public void Ends() => (HasEnded, Lingers) = (true, false);

        public override Ack? Handle(ShardMessage.ToActor message)
        {
            ((Note)message).Act?.Invoke(this);
            return Ack.Accepted;
        }

        public override void OnDue()
        {
            Due = Instant.Never;
            OnTimer();
        }

        public override void Fail()
        {
            Failed++;
            if (FailsToFail) throw new InvalidOperationException("the end fails too");
            Ends();
        }

        public override void Abandon()
        {
            Abandoned++;
            Ends();
        }

        public override void Release() => Released++;
    }
}
