using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Goodbyes;
using Ringwright.Switch.Registrations;
using Ringwright.Switch.Routing;

namespace Ringwright.Simulation;

/// <summary>
/// The node without its edge: three call shards behind the front door, and what Net does around them (mailboxes, effects, dialling), in virtual time.
/// </summary>
internal sealed class SimNode
{
    public const int Shards = 3;

    private readonly SimWorld _world;
    private readonly IDialGate _gate;
    private readonly FrontDoor _door;
    private readonly CallShard[] _shards = new CallShard[Shards];
    private readonly Queue<Letter>[] _mail = [new(), new(), new()];
    private readonly string[] _names = ["shard 0", "shard 1", "shard 2"];
    private readonly Dictionary<long, Action<Ack>> _replies = [];
    private readonly LegWatch _legs;
    private readonly SipDomains _hosts;
    private readonly WireWatch _wire;
    private readonly NodeIdentity _identity;
    private readonly Rng _rng;
    private long _correlation;
    private uint _dialled, _minted;
    private readonly FirstInvite _invites;
    private readonly Placement _placement;
    private bool _isDraining, _isDead;

    public SimNode(SimWorld world, NodeIdentity identity, IDialGate gate, Rng rng)
    {
        (_world, _identity, _gate, _rng) = (world, identity, gate, rng);
        _legs = new();
        _wire = new(_legs, world.Ledger);
        Address = new(world.NodeAddress, 5060);
        var settings = new ShardSettings
        {
            Identity = identity,
            Count = Shards,
            Advertised = Address,
            Targets = new TargetPolicy { AllowedNetworks = [IPNetwork.Parse("10.0.0.0/8")] },
            Anchor = world.Anchor,
            Seed = rng.Next(),
        };
        _hosts = settings.Hosts;
        _invites = new(settings);
        _placement = new(_gate, world.Media, settings.Targets, world.Anchor, settings.Domain, _rng.Next);
        Registrations = new(world.Anchor);
        _door = new(settings, world, Registrations);
        for (int i = 0; i < Shards; i++) _shards[i] = new(settings with { Index = i, Seed = settings.Seed + (ulong)i }, world, world.Ledger, gate, world.Media, Registrations, Trunks);
    }

    public IPEndPoint Address { get; }
    public LegWatch Legs => _legs;
    public RegistrationBook Registrations { get; }
    public TrunkBook Trunks { get; } = new();
    /// <summary>Share of datagrams that the operating system refuses to send.</summary>
    public double SendFailures { get; set; }

    public Instant NextDue
    {
        get
        {
            if (_isDead) return Instant.Never;
            var next = _wire.NextDue;
            for (int i = 0; i < Shards; i++) next = Instant.Min(next, _mail[i].Count > 0 ? _world.Now : _shards[i].NextDue);
            return next;
        }
    }

    public ShardSnapshot Snapshot(int shard) => _shards[shard].Snapshot();

    /// <summary>Killed: nothing that was under way comes to anything.</summary>
    public void Die() => _isDead = true;

    /// <summary>To the far ends of an earlier start's legs; before anything is received.</summary>
    public void SayGoodbye(IReadOnlyList<KeptGoodbye> kept)
    {
        foreach (var group in kept.GroupBy(k => k.Leg.Id.Shard)) Post(group.Key, new Letter.SayGoodbye([.. group]));
    }

    /// <summary>A datagram at the SIP listener.</summary>
    public void Receive(Parcel parcel)
    {
        if (_isDead) return;
        var verdict = _door.Judge(parcel.Bytes.Span, SipFlow.Udp(parcel.From), _world.Now);
        if (verdict.Reply is { } reply) _world.Net.Handle(new(Address, reply.To.Remote, reply.Bytes, IsMedia: false), _world.Now);
        if (verdict.Shard is { } shard) Post(shard, new Letter.Received(parcel.Bytes, SipFlow.Udp(parcel.From)) { Caller = verdict.Caller });
        else _world.Log.Add(_world.Now, "front door", verdict.Reason);
    }

    public void PostMedia(MediaEvent happened) => Post(happened.Leg.Shard, new Letter.Media(happened));

    public void LoseMedia(IReadOnlyList<MediaEvent.Lost> lost)
    {
        foreach (var shard in lost.GroupBy(port => port.Leg.Shard)) Post(shard.Key, new Letter.MediaLost([.. shard]));
    }

    public void Command(LegId leg, LegCommand command, Action<Ack> reply)
    {
        // Nobody listens, or the call is of an earlier start.
        if (_isDead || leg.Epoch != _identity.Epoch)
        {
            reply(Refusal.AlreadyEnded);
            return;
        }
        _replies[++_correlation] = ack =>
        {
            _legs.OnAck(leg, command, ack);
            reply(ack);
        };
        Post(leg.Shard, new Letter.Command(_correlation, leg, command));
    }

    /// <summary>As the edge does it: id, gate, route, port, first row; and only when that is committed, the letter.</summary>
    public void Dial(DialRequest request, Action<Dialled> reply)
    {
        if (_isDead || _isDraining || !_world.Ledger.IsReady)
        {
            reply(Dialled.Refused(Refusal.LedgerUnavailable, "ledger_unavailable", null));
            return;
        }
        if (request.Link is { To: var other } && other.Epoch != _identity.Epoch)
        {
            reply(Dialled.Refused(Refusal.AlreadyEnded, null, null));
            return;
        }
        int shard = request.Link?.To.Shard ?? (int)(++_dialled % Shards);
        var leg = LegId.Compose(_identity.Node, shard, _identity.Epoch, 0x8000_0000 | ++_minted, _rng.Next());
        var plan = DialPlan.ForProgram(_world.Current, request, _hosts);
        var answer = _placement.TryPlace(_world.Current, request, plan, leg, _world.Now, Direction.Outbound, out var placed);
        if (!answer.IsOpen)
        {
            reply(Dialled.Refused(answer.Refusal, answer.Rule, answer.Detail));
            return;
        }
        var facts = placed.Facts;
        var initiated = new CallEvent.LegInitiated { Leg = facts, At = _world.Now, Dialled = request.To, IsLinked = request.Link is not null };
        var names = InviteNames.Mint(_identity, shard, 0x8000_0000 | _minted, _rng.Next());
        string? goodbye = _invites.Goodbye(placed.Request, plan, names);
        _legs.OnDialled(initiated);
        _world.Ledger.Append(initiated, isCommitted =>
        {
            if (isCommitted) Post(shard, new Letter.Dial(facts, placed.Request, plan, placed.Lease, placed.Codecs) { Names = names, Goodbye = goodbye });
            else
            {
                _legs.OnForgotten(leg);
                _gate.Leave(leg);
                _world.Media.Post(new MediaCommand.Close(placed.Lease.Port));
            }
            reply(isCommitted ? Dialled.Accepted(facts) : Dialled.Refused(Refusal.LedgerUnavailable, "ledger_unavailable", null));
        }, goodbye);
    }

    /// <summary>New calls are refused from now on; with a cause, the others end too.</summary>
    public void Stop(HangupCause? cause)
    {
        _isDraining = true;
        for (int i = 0; i < Shards; i++) Post(i, cause is { } why ? new Letter.EndAll(why) : new Letter.Drain());
    }

    /// <summary>The shard that registers with trunks looks at the configuration, as it does again and again.</summary>
    public void FollowTrunks()
    {
        _shards[FrontDoor.RegistrarShard].FireDue(_world.Now);
        Finish(FrontDoor.RegistrarShard, _world.Now);
    }

    /// <summary>Due timers, then the letters.</summary>
    public void Turn(Instant now)
    {
        if (_isDead) return;
        for (int i = 0; i < Shards; i++)
        {
            if (_shards[i].NextDue <= now)
            {
                _world.Log.Add(now, _names[i], "timers");
                _shards[i].FireDue(now);
                Finish(i, now);
            }
        }
        for (bool isBusy = true; isBusy;)
        {
            isBusy = false;
            for (int i = 0; i < Shards; i++)
            {
                if (!_mail[i].TryDequeue(out var letter)) continue;
                isBusy = true;
                Handle(i, letter, now);
            }
        }
        _wire.Check(now);
    }

    /// <summary>The file is written a little later, mostly.</summary>
    private void Keep(RecordEnd ended)
    {
        if (_isDead) return;
        _legs.OnRecorded(ended);
        _world.At(_world.Now + TimeSpan.FromMilliseconds(200) * _rng.NextDouble(), () => Tell(ended.Reason is RecordEndReason.Failed
            ? new CallEvent.RecordingFailed(ended.Plan.Id, "") { Leg = ended.Leg, At = _world.Now }
            : new CallEvent.RecordingSaved
            {
                Leg = ended.Leg,
                At = _world.Now,
                Plan = ended.Plan,
                Reason = ended.Reason,
                StartedAt = ended.StartedAt,
                EndedAt = ended.EndedAt,
                Length = ended.EndedAt - ended.StartedAt,
                Bytes = 44,
                Blob = "",
            }));
    }

    private void Tell(CallEvent recorded)
    {
        if (!_isDead) _world.Ledger.Append(recorded);
    }

    private void Post(int shard, Letter letter)
    {
        if (!_isDead) _mail[shard].Enqueue(letter);
    }

    private void Handle(int shard, Letter letter, Instant now)
    {
        _world.Log.Add(now, _names[shard], letter);
        if (letter is Letter.Received received) _wire.OnReceived(received.Bytes, now);
        _legs.OnLetter(shard, letter);
        _shards[shard].Handle(letter, now);
        Finish(shard, now);
    }

    private void Finish(int shard, Instant now)
    {
        while (_shards[shard].TryPoll(out var effect)) Run(shard, effect, now);
        _legs.Check(shard, _shards[shard]);
    }

    private void Run(int shard, Effect effect, Instant now)
    {
        _world.Log.Add(now, "  > " + _names[shard], effect);
        switch (effect)
        {
            case Effect.Transmit send:
                _wire.OnSent(send.Datagram.Bytes, now);
                if (SendFailures > 0 && _rng.Chance(SendFailures)) Post(shard, new Letter.SendFailed(send.Datagram));
                else _world.Net.Handle(new(Address, send.Datagram.To.Remote, send.Datagram.Bytes, IsMedia: false), now);
                break;
            case Effect.Append append:
                _legs.OnEvent(shard, append.Happened);
                var leg = append.Happened.Leg.Id;
                _world.Ledger.Append(append.Happened, isCommitted =>
                {
                    if (append.IsAwaited || !isCommitted) Post(shard, new Letter.Committed(leg, isCommitted));
                }, append.Goodbye);
                break;
            case Effect.KeepGoodbye keep:
                _world.Ledger.Keep(keep.Leg, keep.Goodbye, isKept =>
                {
                    if (keep.Correlation is { } correlation) Post(shard, new Letter.GoodbyeKept(keep.Leg.Id, correlation, isKept));
                });
                break;
            case Effect.GoodbyeSaid said:
                _world.Ledger.Forget(said.Leg);
                break;
            case Effect.PreparePrompt prepare:
                _world.Prompts.Prepare(prepare, letter => Post(shard, letter));
                break;
            case Effect.Resolve resolve:
                var found = _world.Resolve(resolve.Place);
                _world.At(now + TimeSpan.FromMilliseconds(20) * _rng.NextDouble(), () => Post(shard, new Letter.Resolved(resolve.Leg, resolve.Correlation, found)));
                break;
            case Effect.Media media:
                _world.Media.Post(media.Command);
                break;
            case Effect.KeepRecording keep:
                Keep(keep.Recording);
                break;
            case Effect.Send letter:
                Post(letter.Shard, letter.Letter);
                break;
            case Effect.GateLeave leave:
                _gate.Leave(leave.Leg);
                break;
            case Effect.Acknowledge ack when _replies.Remove(ack.Correlation, out var reply):
                reply(ack.Ack);
                break;
            case Effect.Failed failed:
                throw new SimulationException($"a turn threw: {failed.Error}");
        }
    }
}
