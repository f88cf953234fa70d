using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Net;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Registrations;
using Ringwright.Switch.Routing;
using Ringwright.Switch.Trunks;

namespace Ringwright.Simulation;

/// <summary>
/// The node without its edge: three call shards behind the ingress filter, and what Net does around them (mailboxes,
/// effects, dialling), in virtual time.
/// </summary>
internal sealed class SimNode : IDialEdge
{
    public const int Shards = 3;

    private readonly SimWorld _world;
    private readonly IDialGate _gate;
    private readonly GateWait _gateWait;
    private readonly IngressFilter _filter;
    private readonly CallShard[] _shards = new CallShard[Shards];
    private readonly Hands[] _hands = new Hands[Shards];
    private readonly Queue<ShardMessage>[] _mail = [new(), new(), new()];
    private readonly string[] _names = ["shard 0", "shard 1", "shard 2"];
    private readonly Dictionary<long, Action<Ack>> _replies = [];
    private readonly LegWatch _legs;
    private readonly ConferenceWatch _conferences = new();
    private readonly WireWatch _wire;
    private readonly NodeIdentity _identity;
    private readonly Rng _rng;
    private long _correlation;
    private readonly Dialler _dialler;
    private bool _isDead;

    public SimNode(SimWorld world, NodeIdentity identity, IDialGate gate, Rng rng)
    {
        (_world, _identity, _rng) = (world, identity, rng);
        _gateWait = new(new WorldClock(world), NullLogger.Instance);
        _legs = new();
        _wire = new(_legs, world.Ledger);
        Address = new(world.NodeAddress, 5060);
        var settings = new ShardSettings
        {
            Identity = identity,
            Count = Shards,
            Networks = new([new(Address, Address)]),
            Targets = new TargetPolicy { AllowedNetworks = [IPNetwork.Parse("10.0.0.0/8")] },
            Anchor = world.Anchor,
            Seed = rng.Next(),
            HasLiveAudio = true,
        };
        _gate = gate = new TrunkGate(gate, settings.Trunks, settings.WaysBack);
        var placement = new Placement(gate, world.Media, settings, rng.Next);
        _dialler = new(identity, world, settings.Hosts, placement, new(settings), gate, _gateWait, world.Media,
            new FirstRows(_legs, world.Ledger), settings.Trunks, this);
        Health = settings.Trunks;
        Registrations = new(world.Anchor, settings.Networks);
        _filter = new(settings, world, Registrations);
        for (int i = 0; i < Shards; i++)
        {
            _hands[i] = new(this, i);
            _shards[i] = new(settings with { Index = i, Seed = settings.Seed + (ulong)i }, world, world.Ledger, gate,
                world.Media, Registrations, Trunks);
        }
    }

    public IPEndPoint Address { get; }
    public LegWatch Legs => _legs;
    public ConferenceWatch Conferences => _conferences;
    /// <summary>Commands that nobody has answered.</summary>
    public int Unanswered => _replies.Count;
    public RegistrationBook Registrations { get; }
    public TrunkBook Trunks { get; } = new();
    public TrunkBoard Health { get; }
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
    public void SendRecoveryByes(IReadOnlyList<KeptRecoveryBye> kept)
    {
        foreach (var group in kept.GroupBy(k => k.Leg.Id.Shard)) Post(group.Key, new ShardMessage.SendRecoveryByes([.. group]));
    }

    /// <summary>Who was registered with an earlier start; before anything is received.</summary>
    public void Restore(IReadOnlyList<Registration> kept)
    {
        if (kept.Count > 0) Post(IngressFilter.RegistrarShard, new ShardMessage.Restore(kept));
    }

    /// <summary>A datagram at the SIP listener.</summary>
    public void Receive(Parcel parcel)
    {
        if (_isDead) return;
        var verdict = _filter.Judge(parcel.Bytes.Span, SipFlow.Udp(parcel.From), _world.Now);
        if (verdict.Reply is { } reply) _world.Net.Handle(new(Address, reply.To.Remote, reply.Bytes, IsMedia: false), _world.Now);
        if (verdict.Shard is { } shard)
            Post(shard, new ShardMessage.Received(parcel.Bytes, SipFlow.Udp(parcel.From)) { Caller = verdict.Caller });
        else _world.Log.Add(_world.Now, "ingress filter", verdict.Reason);
    }

    public void PostMedia(MediaEvent happened) => Post(happened.Owner.Address.Shard, SubjectMessages.Media(happened));

    public void LoseMedia(IReadOnlyList<MediaEvent.Lost> lost)
    {
        foreach (var shard in lost.GroupBy(port => port.Owner.Address.Shard)) Post(shard.Key, new ShardMessage.MediaLost([.. shard]));
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
        Post(leg.Shard, new LegMessage.Command(_correlation, leg, command));
    }

    public void Command(ConferenceId conference, ConferenceCommand command, Action<Ack> reply)
    {
        var subject = Subject.Of(conference);
        if (_isDead || subject.Address.Epoch != _identity.Epoch)
        {
            reply(Refusal.ConferenceEnded);
            return;
        }
        _replies[++_correlation] = reply;
        Post(conference.Shard, SubjectMessages.Command(_correlation, subject, command)!);       // conferences take commands
    }

    /// <summary>By the product's own dialler, in turns of this world.</summary>
    public void Dial(DialRequest request, Action<Dialled> reply)
    {
        if (_isDead) reply(Dialled.Refused(Refusal.LedgerUnavailable, "ledger_unavailable", null));
        else _world.Turns.Start(async () => reply(await _dialler.DialAsync(request, CancellationToken.None)));
    }

    Instant IDialEdge.Now => _world.Now;
    int IDialEdge.Shards => Shards;
    bool IDialEdge.IsAfterStall => false;
    ulong IDialEdge.Random() => _rng.Next();
    bool IDialEdge.IsBusy(int shard) => false;
    void IDialEdge.HandOver(int shard, LegMessage.Dial leg) => Post(shard, leg);
    void IDialEdge.Withdrew(DialRequest request) => throw new SimulationException("time never stands still here");

    /// <summary>New calls are refused from now on; with a cause, the others end too.</summary>
    public void Stop(HangupCause? cause)
    {
        _dialler.Drain();
        for (int i = 0; i < Shards; i++) Post(i, cause is { } why ? new ShardMessage.EndAll(why) : new ShardMessage.Drain());
    }

    /// <summary>The shard that registers with trunks looks at the configuration, as it does again and again.</summary>
    public void FollowTrunks()
    {
        _shards[IngressFilter.RegistrarShard].FireDue(_world.Now);
        Finish(IngressFilter.RegistrarShard, _world.Now);
    }

    /// <summary>Due timers, then the messages.</summary>
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
                if (!_mail[i].TryDequeue(out var message)) continue;
                isBusy = true;
                Handle(i, message, now);
            }
        }
        _wire.Check(now);
    }

    /// <summary>The file is written a little later, mostly.</summary>
    private void Keep(RecordEnd ended)
    {
        if (_isDead) return;
        if (ended.Plan.Conference is null) _legs.OnRecorded(ended);
        else _conferences.OnRecorded(ended);
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

    private void Post(int shard, ShardMessage message)
    {
        if (!_isDead) _mail[shard].Enqueue(message);
    }

    private void Handle(int shard, ShardMessage message, Instant now)
    {
        _world.Log.Add(now, _names[shard], message);
        if (message is ShardMessage.Received received) _wire.OnReceived(received.Bytes, now);
        _legs.OnMessage(shard, message);
        _shards[shard].Handle(message, now);
        Finish(shard, now);
    }

    private void Finish(int shard, Instant now)
    {
        while (_shards[shard].TryPoll(out var effect))
        {
            _world.Log.Add(now, "  > " + _names[shard], effect);
            _hands[shard].Run(effect);
        }
        _legs.Check(shard, _shards[shard]);
    }

    /// <summary>What one shard asks for, in this world: each kind is done, or it says why there is nothing to do.</summary>
    private sealed class Hands(SimNode node, int shard) : EffectInterpreter
    {
        private SimWorld World => node._world;

        private static void Nothing() { }

        protected override void Perform(Effect.Transmit transmit)
        {
            node._wire.OnSent(transmit.Datagram.Bytes, World.Now);
            if (node.SendFailures > 0 && node._rng.Chance(node.SendFailures)) Post(new ShardMessage.SendFailed(transmit.Datagram));
            else World.Net.Handle(new(node.Address, transmit.Datagram.To.Remote, transmit.Datagram.Bytes, IsMedia: false), World.Now);
        }

        protected override void Perform(Effect.Append append)
        {
            if (append.Happened is QueueEvent queue) Append(append, queue);
            else if (append.Happened is ConferenceEvent conference) Append(append, conference);
            else Append(append, (CallEvent)append.Happened);
        }

        protected override void Perform(Effect.KeepRecoveryBye keepRecoveryBye)
        {
            var (leg, correlation) = (keepRecoveryBye.Leg, keepRecoveryBye.Correlation);
            World.Ledger.Keep(leg, keepRecoveryBye.RecoveryBye, isKept =>
            {
                if (correlation is { } asked) Post(new LegMessage.RecoveryByeKept(leg.Id, asked, isKept));
            });
        }

        protected override void Perform(Effect.RecoveryByeSent recoveryByeSent) => World.Ledger.Forget(recoveryByeSent.Leg);

        protected override void Perform(Effect.PreparePrompt preparePrompt) => World.Prompts.Prepare(preparePrompt, Post);

        protected override void Perform(Effect.Resolve resolve)
        {
            var found = World.Resolve(resolve.Place);
            var resolved = new LegMessage.Resolved(resolve.Leg, resolve.Correlation, found);
            World.At(World.Now + TimeSpan.FromMilliseconds(20) * node._rng.NextDouble(), () => Post(resolved));
        }

        // No phone of this world names its host; a word that the mutator made of one leads nowhere.
        protected override void Perform(Effect.FindHost findHost) => World.At(
            World.Now + TimeSpan.FromMilliseconds(20) * node._rng.NextDouble(), () => Post(new ShardMessage.HostFound(findHost.Name, [])));

        protected override void Perform(Effect.Media media) => World.Media.Post(media.Command);

        protected override void Perform(Effect.KeepRecording keepRecording) => node.Keep(keepRecording.Recording);

        protected override void Perform(Effect.OpenLiveAudio openLiveAudio)
        {
            var order = openLiveAudio.Order;
            node._legs.OnOrdered(order);
            World.Streams.Open(order, news => Post(new LegMessage.LiveAudioTold(order.Leg.Id, order.Id, news)));
        }

        protected override void Perform(Effect.FinishLiveAudio finishLiveAudio)
        {
            var (order, over) = (finishLiveAudio.Order, finishLiveAudio.Over);
            World.Streams.Finish(order.Id, isOver: over is not null);
            if (over is null) return;
            node._legs.OnHandedOver(order);
            node.Tell(new CallEvent.TranscriptionEnded(order.Id, order.Terms.Tracks, null) { Leg = over, At = World.Now });
        }

        protected override void Perform(Effect.PressOnLiveAudio pressOnLiveAudio) =>
            World.Streams.Press(pressOnLiveAudio.Order, pressOnLiveAudio.Key);

        protected override void Perform(Effect.CloseLiveAudio closeLiveAudio) => World.Streams.Close(closeLiveAudio.Order);

        protected override void Perform(Effect.Send send) => node.Post(send.Shard, send.Message);

        protected override void Perform(Effect.AwaitGate awaitGate) => World.Turns.Start(async () =>
            Post(new ShardMessage.GateAnswered(awaitGate.Correlation, await node._gateWait.ForAsync(awaitGate.Asked))));

        protected override void Perform(Effect.GateLeave gateLeave) => node._gate.Leave(gateLeave.Leg);

        protected override void Perform(Effect.Acknowledge acknowledge)
        {
            if (node._replies.Remove(acknowledge.Correlation, out var reply)) reply(acknowledge.Ack);
        }

        protected override void Perform(Effect.RegistrationChanged registrationChanged) =>
            World.Bindings.Keep(registrationChanged.Registration, registrationChanged.Fate);

        // For the call trace, whose place the log has.
        protected override void Perform(Effect.DialogBegan dialogBegan) => Nothing();
        protected override void Perform(Effect.Passed passed) => Nothing();
        protected override void Perform(Effect.Noted noted) => Nothing();

        // Notes for people, who look at no simulated node. Who was refused has read it on the wire.
        protected override void Perform(Effect.RegisterRefused registerRefused) => Nothing();
        protected override void Perform(Effect.CallRefused callRefused) => Nothing();
        protected override void Perform(Effect.RequestRefused requestRefused) => Nothing();

        // Log lines and counts. How it stands with a trunk is asked of the boards, which the shards write themselves.
        protected override void Perform(Effect.TrunkRegistered trunkRegistered) => Nothing();
        protected override void Perform(Effect.TrunkNews trunkNews) => Nothing();
        protected override void Perform(Effect.TrunkProbed trunkProbed) => Nothing();
        protected override void Perform(Effect.TrunkRefused trunkRefused) => Nothing();

        protected override void Perform(Effect.Pinged pinged) =>
            throw new SimulationException($"an answer to an OPTIONS that nobody here asks for: {pinged.Answer}");

        // Phones of this world write nothing; a word that the mutator made of theirs finds nobody who takes it.
        protected override void Perform(Effect.TextCame textCame) => Post(new ShardMessage.TextJudged(textCame.Correlation, new(403)));

        protected override void Perform(Effect.TextAnswered textAnswered) =>
            throw new SimulationException($"an answer to a text that nobody here sends: {textAnswered.Answer}");

        protected override void Perform(Effect.Failed failed) => throw new SimulationException($"a turn threw: {failed.Error}");

        private void Append(Effect.Append append, QueueEvent queue)
        {
            if (queue.Queue.Id.Shard != shard) throw new SimulationException($"shard {shard} tells of a queue of another one");
            World.Ledger.Append(queue, isCommitted =>
            {
                if (append.IsAwaited) Post(SubjectMessages.Committed(queue, isCommitted));
            });
        }

        private void Append(Effect.Append append, ConferenceEvent conference)
        {
            node._conferences.OnEvent(shard, conference);
            World.Ledger.Append(conference, isCommitted =>
            {
                if (!isCommitted && conference is ConferenceEvent.ConferenceBegan) node._conferences.OnForgotten(conference.Conference.Id);
                if (append.IsAwaited) Post(SubjectMessages.Committed(conference, isCommitted));
            });
        }

        private void Append(Effect.Append append, CallEvent call)
        {
            if (call is CallEvent.RecordingStarted { Plan.Conference: not null } started) node._conferences.OnEvent(started);
            else node._legs.OnEvent(shard, call);
            if (call is CallEvent.LegEnded) node._conferences.OnEnded(call.Leg.Id);
            World.Ledger.Append(call, isCommitted =>
            {
                if (append.IsAwaited || !isCommitted) Post(SubjectMessages.Committed(call, isCommitted));
            }, append.RecoveryBye);
        }

        private void Post(ShardMessage message) => node.Post(shard, message);
    }

    /// <summary>The ledger as who dials knows it.</summary>
    private sealed class FirstRows(LegWatch legs, SimLedger ledger) : ILedger
    {
        public bool IsReady => ledger.IsReady;

        public void Append(SubjectEvent happened, Action<SubjectEvent, bool> told, string? recoveryBye = null)
        {
            var first = (CallEvent.LegInitiated)happened;
            legs.OnDialled(first);
            ledger.Append(first, isCommitted =>
            {
                if (!isCommitted) legs.OnForgotten(first.Leg.Id);
                told(happened, isCommitted);
            }, recoveryBye);
        }

        public void Keep(LegFacts leg, string recoveryBye, Action<bool> told) =>
            throw new InvalidOperationException("shards keep recovery BYEs");
        public void Forget(LegFacts leg) => throw new InvalidOperationException("shards forget recovery BYEs");
    }
}
