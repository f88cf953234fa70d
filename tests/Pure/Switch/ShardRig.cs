using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.MediaHost;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Registrations;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>
/// One shard, stepped by hand, with a peer that speaks literal SIP text and a world that answers
/// every effect at once unless told otherwise.
/// </summary>
internal sealed partial class ShardRig : IRouting, ILedger, IDialGate, IMediaPlane
{
    public static readonly IPEndPoint Peer = new(IPAddress.Loopback, 5070);

    private readonly CallShard _shard;
    private readonly Hands _hands;
    private readonly Dictionary<long, Ack> _acks = [];
    private readonly List<Subject> _leased = [];
    private readonly Queue<ShardMessage> _messages = new();
    private int _port;
    private TransactionOutput.Transmit? _lastTransmit;
    private long _correlation;
    private readonly HashSet<LegId> _withdrawn = [];
    private readonly Queue<(CallAttempt Call, List<CallAttempt> List, int Correlation)> _thinking = [];
    private (CallAttempt Call, List<CallAttempt> List) _asking;

    public ShardRig(int port = 5060, ulong seed = 5, bool isLoopbackOnly = true, NatSettings? nat = null,
        SipNetworks? networks = null, bool hasLiveAudio = true, LegProbeSettings? probes = null,
        Func<ShardSettings, ShardSettings>? change = null)
    {
        byte[] key = new byte[32];
        key[0] = (byte)port;
        Current = Snapshot();
        var settings = Settings = new ShardSettings
        {
            Identity = new(1, 7, key),
            Networks = networks ?? new([new(new(IPAddress.Loopback, port), new(IPAddress.Loopback, port))]),
            IsLoopbackOnly = isLoopbackOnly,
            Domains = ["sip.example.com"],
            Targets = new TargetPolicy { IsLoopbackAllowed = true, OwnPorts = OwnPorts },
            Anchor = new(new(0), new DateTimeOffset(2026, 1, 6, 15, 0, 0, TimeSpan.Zero)),
            Seed = seed,
            Nat = nat ?? new(),
            Probes = probes ?? new(),
            HasLiveAudio = hasLiveAudio,
        };
        if (change is not null) settings = Settings = change(settings);
        Registrations = new(settings.Anchor, settings.Networks);
        _hands = new(this);
        _shard = new(settings, this, this, this, this, Registrations, Trunks);
        Filter = new(settings, this, Registrations);
    }

    public ShardSettings Settings { get; }
    public OwnPorts OwnPorts { get; } = new([]);
    public IngressFilter Filter { get; }
    public RegistrationBook Registrations { get; }
    public TrunkBook Trunks { get; } = new();
    public RoutingSnapshot Current { get; set; }
    public Instant Now { get; private set; } = new(10_000_000_000);
    public bool IsReady { get; set; } = true;
    public bool CommitsAtOnce { get; set; } = true;
    public bool ClosesPorts { get; set; } = true;
    public Refusal GateRefusal { get; set; } = Refusal.None;
    public string GateRule { get; set; } = "rule";
    /// <summary>What the gate is asked from now on it answers by <see cref="AnswerGate"/>, not at once.</summary>
    public bool GateThinks { get; set; }
    public Refusal OutboundRefusal { get; set; } = Refusal.None;
    public bool HasPorts { get; set; } = true;
    /// <summary>What legs and bridges say to each other lies in the mailbox until <see cref="ReleaseMessages"/>.</summary>
    public bool HoldsMessages { get; set; }
    public Dictionary<string, IReadOnlyList<IPEndPoint>> Names { get; } = [];

    /// <summary>Hosts that descriptions may name.</summary>
    public Dictionary<string, IPAddress> Hosts { get; } = [];
    /// <summary>Those that were looked up; else the test says what came of it.</summary>
    public List<string> Looked { get; } = [];
    public bool AnswersLookUps { get; set; } = true;

    /// <summary>Where ports of the node reach each other, when that is not what SDP says.</summary>
    public IPAddress? LeasedInside { get; set; }
    /// <summary>Between two legs of the node.</summary>
    public List<Effect.Passed> Passed { get; } = [];

    public List<Effect.TrunkRegistered> TrunkOutcomes { get; } = [];
    public List<Effect.TrunkNews> TrunkNews { get; } = [];
    /// <summary>Sentences for the record of a call.</summary>
    public List<string> Notes { get; } = [];

    public Action<Effect.Transmit>? OnTransmit { get; set; }
    public List<string> Sent { get; } = [];
    public List<IPEndPoint> SentTo { get; } = [];
    public List<SipFlow> SentBy { get; } = [];
    public List<CallEvent> Events { get; } = [];
    public List<QueueEvent> Queues { get; } = [];
    public List<ConferenceEvent> Conferences { get; } = [];
    public List<MediaCommand> Commands { get; } = [];
    public List<RecordEnd> Recordings { get; } = [];
    /// <summary>Media streams whose socket was to be opened.</summary>
    public List<StreamOrder> Streams => [.. LiveAudio.OfType<StreamOrder>()];
    public List<LiveAudioOrder> LiveAudio { get; } = [];
    public List<TranscriptionOrder> Transcriptions => [.. LiveAudio.OfType<TranscriptionOrder>()];
    public List<char> PressedOnStreams { get; } = [];
    public List<Guid> ClosedStreams { get; } = [];
    public List<Effect.FinishLiveAudio> Finished { get; } = [];
    public HashSet<LegId> InGate { get; } = [];
    /// <summary>What the gate was asked for legs that wanted to enter.</summary>
    public List<CallAttempt> Asked { get; } = [];
    /// <summary>What the gate was asked for legs that somebody redirected.</summary>
    public List<CallAttempt> Moved { get; } = [];
    public HashSet<PortId> OpenPorts { get; } = [];
    public List<int?> Pings { get; } = [];
    /// <summary>What texts to phones came to, and texts of phones; the test says what becomes of those.</summary>
    public List<Effect> Texts { get; } = [];
    public List<Exception> Failures { get; } = [];
    /// <summary>What each leg's row says for a crash; gone with the leg's end.</summary>
    public Dictionary<LegId, string> RecoveryByes { get; } = [];
    /// <summary>Recovery BYEs that took a row of their own.</summary>
    public int KeptBetween { get; private set; }
    /// <summary>The number of the last of these that was waited for.</summary>
    public int LastKept { get; private set; }
    public List<Effect.RecoveryByeSent> Said { get; } = [];
    public ShardSnapshot State => _shard.Snapshot();

    public string[] Kinds => [.. Events.Select(e => e.GetType().Name)];
    public CallEvent.LegEnded Ended => Assert.IsType<CallEvent.LegEnded>(Events[^1]);
    public LegId Leg => Events[0].Leg.Id;
    public string Last => Sent[^1];
    public string[] StartLines => [.. Sent.Select(text => text[..text.IndexOf('\r')])];

    public static RoutingSnapshot Snapshot(Connection? connection = null, IEnumerable<Number>? numbers = null,
        IEnumerable<Trunk>? trunks = null, IEnumerable<Route>? routes = null) => new(
            [new() { Id = Sample.Tenant, Name = "one" }],
            [connection ?? App],
            numbers ?? [new("+4989456", Sample.Tenant, Sample.Connection), new("+4989457", Sample.Tenant, null)],
            [], trunks ?? [], routes ?? [])
        { VerifiedNumbers = [Caller] };

    /// <summary>Who calls in the rig's own requests; most tests are not about whose number that is.</summary>
    public static VerifiedNumber Caller { get; } = new(Sample.Tenant, "+4930123");

    public static Connection App => new()
    {
        Id = Sample.Connection, Tenant = Sample.Tenant, Kind = ConnectionKind.CallControl, Name = "app"
    };

    public Instant NextDue => _shard.NextDue;

    /// <summary>Moves the clock to a moment of somebody else's and fires what is due.</summary>
    public void FireAt(Instant now)
    {
        Now = now;
        Fire(now);
        Drain();
    }

    public void Receive(string text, IPEndPoint? source = null) => ReceiveBy(SipFlow.Udp(source ?? Peer), text);

    public void ReceiveFrom(SipCaller caller, string text, IPEndPoint? source = null) =>
        Handle(new ShardMessage.Received(Wire(text), SipFlow.Udp(source ?? Peer)) { Caller = caller });

    public void ReceiveBy(SipFlow from, string text, SipCaller? caller = null) =>
        Handle(new ShardMessage.Received(Wire(text), from) { Caller = caller });

    /// <summary>The transport takes back what it was given last.</summary>
    public void FailLast(string reason, bool isLost = false) =>
        Handle(new ShardMessage.SendFailed(_lastTransmit ?? throw new InvalidOperationException("nothing was sent"), isLost, reason));

    public Ack Command(LegCommand command, LegId? leg = null) => _acks[Send(command, leg)];

    /// <returns>What <see cref="AckOf"/> knows the answer by, once it is there.</returns>
    public long Send(LegCommand command, LegId? leg = null)
    {
        Handle(new LegMessage.Command(++_correlation, leg ?? Leg, command));
        return _correlation;
    }

    public Ack Command(ConferenceCommand command, ConferenceId conference)
    {
        Handle(SubjectMessages.Command(++_correlation, Subject.Of(conference), command)!);      // conferences take them
        return _acks[_correlation];
    }

    /// <summary>Its media port, of whatever lives on the shard; the last it had.</summary>
    public Subject OwnerOf(PortId port) => _leased[port.Index - 1];

    public PortId PortOf(Subject owner) => PortId.Compose(1, _leased.LastIndexOf(owner) + 1);

    public Ack? AckOf(long command) => _acks.TryGetValue(command, out var ack) ? ack : null;

    public static LegId DialledLeg(uint counter) => LegId.Compose(1, 0, 7, counter, 1);

    public LegFacts Dial(DialRequest? request = null, uint counter = 1_000, IReadOnlyList<LegId>? rivals = null, InviteNames? names = null,
        string? recoveryBye = null, Action? before = null, bool isHeld = false)
    {
        request ??= Request();
        var plan = DialPlan.For(Current, request, Settings.Hosts, trunks: new(Settings.Trunks, Now));
        if (isHeld) plan = DialPlan.For(Current, request, Settings.Hosts);      // it goes there when there is room
        var leg = DialledLeg(counter);
        var facts = Sample.Facts(Direction.Outbound) with
        {
            Id = leg,
            StartedAt = Now,
            From = request.From,
            To = request.To,
            Labels = request.Labels
        };
        TryLease(leg, network: 0, out var lease);
        if (isHeld) Assert.True(Settings.Room.TryEnter(request.Tenant, new(leg, plan.Way, IsForTrunk: false)));
        else InGate.Add(leg);
        Events.Add(new CallEvent.LegInitiated { Leg = facts, At = Now });
        before?.Invoke();
        Handle(new LegMessage.Dial(facts, request, plan, lease, ["PCMU", "PCMA"])
        {
            Rivals = rivals ?? [], Names = names, RecoveryBye = recoveryBye, IsHeld = isHeld
        });
        return facts;
    }

    public static DialRequest Request(string to = "sip:bob@127.0.0.1:5070") =>
        new() { Tenant = Sample.Tenant, Connection = Sample.Connection, To = to, From = "+4930123" };

    public void Handle(ShardMessage message)
    {
        Step(message, Now);
        Drain();
    }

    public void ReleaseMessages()
    {
        HoldsMessages = false;
        while (_messages.TryDequeue(out var message)) Handle(message);
    }

    public void Media(MediaEvent happened) => Handle(SubjectMessages.Media(happened));

    public void Digits(string keys)
    {
        foreach (char key in keys) Media(new MediaEvent.Digit(Leg, OpenPorts.Single(), key, 100));
    }

    /// <summary>Moves the clock from deadline to deadline.</summary>
    public void Advance(double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        while (_shard.NextDue <= end)
        {
            Now = Instant.Max(Now, _shard.NextDue);
            Fire(Now);
            Drain();
        }
        Now = end;
    }

    /// <summary>INVITE, 180, answer, 200, ACK. Gives the 200.</summary>
    public string Establish()
    {
        Receive(Invite());
        Assert.True(Command(new LegCommand.Answer()).IsAccepted);
        string ok = SentLast("SIP/2.0 200");
        Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        return ok;
    }

    /// <summary>All timers of RFC 3261 have run: nothing may be left.</summary>
    public void AssertNothingLeft()
    {
        Assert.Empty(Failures);
        Advance(100);
        Assert.True(State.IsEmpty, State.ToString());
        Assert.Empty(InGate);
        Assert.Empty(OpenPorts);
        Assert.Equal(Instant.Never, _shard.NextDue);
    }

    /// <summary>The last message that we sent whose first line begins so.</summary>
    public string SentLast(string start) => Sent.FindLast(text => text.StartsWith(start, StringComparison.Ordinal))
        ?? throw new InvalidOperationException($"no {start} among\n{string.Join("\n", StartLines)}");

    public int SentCount(string start) => Sent.Count(text => text.StartsWith(start, StringComparison.Ordinal));

    /// <summary>The same without repetitions.</summary>
    public int SentOnce(string start) => Sent.Where(text => text.StartsWith(start, StringComparison.Ordinal)).Distinct().Count();

    public bool IsUp { get; set; } = true;

    /// <summary>Networks that have no port left.</summary>
    public HashSet<int> Exhausted { get; } = [];

    public bool TryLease(Subject owner, int network, out PortLease lease)
    {
        lease = default;
        if (!HasPorts || !IsUp || Exhausted.Contains(network)) return false;
        int index = ++_port;
        lease = new(PortId.Compose(1, index), new(Settings.Networks[network].Advertised.Address, 16_384 + 2 * index)) { Network = network };
        if (LeasedInside is { } inside) lease = lease with { Inside = new(inside, 16_384 + 2 * index) };
        OpenPorts.Add(lease.Port);
        _leased.Add(owner);
        return true;
    }

    public bool Post(MediaCommand command) => throw new InvalidOperationException("a shard's commands are effects");
    public void Append(SubjectEvent happened, Action<SubjectEvent, bool> told, string? recoveryBye = null) =>
        throw new InvalidOperationException("a shard's events are effects");
    public void Keep(LegFacts leg, string recoveryBye, Action<bool> told) =>
        throw new InvalidOperationException("what a shard keeps is an effect");
    public void Forget(LegFacts leg) => throw new InvalidOperationException("what a shard forgets is an effect");

    public ValueTask<GateAnswer> EnterAsync(CallAttempt call) => GateThinks ? Think(call, Asked) : new(Enter(call));

    public ValueTask<GateAnswer> MoveAsync(CallAttempt call) => GateThinks ? Think(call, Moved) : new(Move(call));

    public ValueTask<GateAnswer> AskAsync(ContactAttempt attempt) =>
        GateThinks ? new(new TaskCompletionSource<GateAnswer>().Task) : new(Ask());

    /// <summary>What the gate was asked first and has not answered: by the rules of the rig, or so.</summary>
    public void AnswerGate(GateAnswer? answer = null)
    {
        var (call, list, correlation) = _thinking.Dequeue();
        var said = answer ?? Ask();
        if (said.IsOpen && list == Asked && !_withdrawn.Contains(call.Leg)) InGate.Add(call.Leg);
        Handle(new ShardMessage.GateAnswered(correlation, said));
    }

    private ValueTask<GateAnswer> Think(CallAttempt call, List<CallAttempt> list)
    {
        list.Add(call);
        _asking = (call, list);
        return new(new TaskCompletionSource<GateAnswer>().Task);
    }

    private GateAnswer Enter(CallAttempt question)
    {
        Asked.Add(question);
        if (question.Direction is Direction.Outbound && OutboundRefusal is not Refusal.None) return new(OutboundRefusal, "rule", "why");
        if (GateRefusal is not Refusal.None) return new(GateRefusal, GateRule, "why");
        InGate.Add(question.Leg);
        return GateAnswer.Open;
    }

    private GateAnswer Move(CallAttempt question)
    {
        Moved.Add(question);
        return Ask();
    }

    private GateAnswer Ask() => GateRefusal is Refusal.None ? GateAnswer.Open : new(GateRefusal, "rule", "why");

    public void Answered(LegId leg) { }

    public void Leave(LegId leg)
    {
        InGate.Remove(leg);
        Settings.Trunks.Leave(leg);
        Settings.WaysBack.Leave(leg);
        _withdrawn.Add(leg);
    }

    /// <summary>What the shard has allocated in its turns, in bytes; the rig's own is not in it.</summary>
    public long Allocated { get; private set; }

    private void Step(ShardMessage message, Instant now)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        _shard.Handle(message, now);
        Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void Fire(Instant now)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        _shard.FireDue(now);
        Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void Drain()
    {
        while (_shard.TryPoll(out var effect)) _hands.Run(effect);
    }
}
