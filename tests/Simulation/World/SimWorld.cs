using System.Net;
using Ringwright.Admission;
using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Programs;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Voice;
using Ringwright.Testing;

namespace Ringwright.Simulation;

/// <summary>
/// A phone company, its customers, their callers and the network between them, in one thread and in virtual time. Everything that happens
/// is a function of the seed. After each turn the invariants are checked; a scenario drives time with <see cref="RunUntil"/>.
/// </summary>
internal sealed class SimWorld : IRouting
{
    public const double StartSeconds = 1_000;
    public const uint FirstEpoch = 7;
    public static readonly TenantId Tenant = new(new Guid("0d3f1a52-6f07-4c8e-9a53-2f1f4b1c7a10"));
    public static readonly TrunkId RegisteredTrunk = new(new Guid(1_000, 0, 0, new byte[8]));
    public static readonly ConnectionId Connection = new(1293384261075731499);
    private static readonly OutboundProfile Profile = new() { Id = 7, Tenant = Tenant, Name = "profile", Destinations = ["DE"] };

    /// <summary>How long a party that talks may be silent.</summary>
    public const int TalkingSeconds = 15;

    private const int LongestStandstill = 1_000;
    private static readonly TimeSpan Forever = TimeSpan.FromMinutes(15);
    private static readonly Lazy<(NumberingPlans Plans, EmergencyNumbers Emergencies)> Numbering = new(() =>
    {
        var plans = NumberingPlans.Load();
        return (plans, EmergencyNumbers.Load(plans));
    });

    private readonly Agenda _agenda = new();
    private readonly Luck _luck = new();
    private readonly Dictionary<IPAddress, SimPhone> _phones = [];
    private readonly Dictionary<IPAddress, Action<Parcel>> _servers = [];
    private readonly Dictionary<string, IPAddress> _names = [];
    private readonly List<(Trunk Trunk, Route? Route)> _trunks = [];
    private readonly List<SimPhone> _phoneList = [];
    private readonly Dictionary<string, (Connection Connection, Number Number)> _desks = [];
    private readonly Dictionary<string, Instant> _lastWebhook = [];
    private NodeIdentity _identity;
    private SimGate _gate;
    private readonly Rng _webhookRng;
    private RoutingSnapshot? _snapshot;
    private SimCustomer? _customer;
    private int _calls, _standstill;

    public SimWorld(ulong seed)
    {
        Program = leg => BuiltInPrograms.Create(leg.Application, Mailboxes);
        Seed = seed;
        var master = new Rng(seed * 0x9E37_79B9 + 1);
        Rng Fork() => new(master.Next());

        Rng = Fork();
        Net = new(Fork()) { OnLost = _luck.OnLost };
        byte[] key = new byte[32];
        Rng.Fill(key);
        var identity = _identity = new NodeIdentity(1, FirstEpoch, key);
        Ids = new(identity);
        var ids = Fork();
        Ledger = new(this, Fork(), new TelnyxProjector(Ids, this, new(identity, Ringwright.Http.PublicLinks.Relative),
            () => TimeUuid.Create(Anchor.ToWall(Now), ids.Next())));
        Prompts = new(this, Fork());
        Media = new(this, Fork().Next());
        _gate = NewGate();
        Node = new(this, identity, _gate, Fork());
        Programs = new(this, Node);
        Api = new(this, Fork());
        Conferences = new(this, Api);
        _webhookRng = Fork();
        Streams = new(this, Fork());
        Scenario.Watch(this);
    }

    public ulong Seed { get; }
    /// <summary>For the scenario's own choices.</summary>
    public Rng Rng { get; }
    public Instant Now { get; private set; } = new((long)(StartSeconds * 1e9));
    public WallAnchor Anchor { get; } = new(new((long)(StartSeconds * 1e9)), new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero));
    public IPAddress NodeAddress { get; } = IPAddress.Parse("10.1.0.1");
    public MessageLog Log { get; } = new();
    public SimNet Net { get; }
    public SimNode Node { get; private set; }
    public SimPlane Media { get; private set; }
    public SimLedger Ledger { get; }
    /// <summary>Who is registered, as the database has it.</summary>
    public SimBindings Bindings { get; } = new();
    public SimPrompts Prompts { get; }
    public SimStreams Streams { get; }
    public SimApi Api { get; }
    public SimConferences Conferences { get; }
    public SimPrograms Programs { get; private set; }
    /// <summary>Where what awaits goes on.</summary>
    public TurnScheduler Turns { get; } = new();

    /// <summary>What commands a leg whose application is a program.</summary>
    public Func<LegFacts, ICallProgram?> Program { get; set; }

    /// <summary>What callers have left.</summary>
    public SimMailboxes Mailboxes { get; } = new();

    public Ids Ids { get; }

    /// <summary>Webhooks in the order in which the customer got them.</summary>
    public List<SimWebhook> Events { get; } = [];
    public List<SimReply> Replies { get; } = [];
    public List<Dialled> Dialled { get; } = [];

    /// <summary>The connection that all numbers lead to.</summary>
    public Connection Application { get; set; } = new()
    {
        Id = Connection,
        Tenant = Tenant,
        Kind = ConnectionKind.CallControl,
        Name = "application",
        WebhookUrl = "https://customer.example/hooks",
        RtpTimeoutSeconds = TalkingSeconds,
        OutboundProfile = Profile.Id,
    };

    public RoutingSnapshot Current =>
        _snapshot ??= Mailboxes.In(new([new Tenant { Id = Tenant, Name = "tenant" }],
            [Application, .. _desks.Values.Select(d => d.Connection)],
            [new Number(RoutingSnapshot.AnyNumber, Tenant, Connection), .. _desks.Values.Select(d => d.Number)],
            [Profile], _trunks.Select(t => t.Trunk), _trunks.Select(t => t.Route).OfType<Route>()));

    /// <summary>What the trunks of phones say: their sound may come from elsewhere when they are silent.</summary>
    public bool AdjustsRtp { get; init; } = true;

    /// <summary>How often the node asks the trunks of phones whether they are there.</summary>
    public int ProbeSeconds { get; init; }
    /// <summary>How many calls such a trunk may have.</summary>
    public int? TrunkChannels { get; init; }
    /// <summary>Of phones that are made from then on.</summary>
    public bool TrunksMayRefer { get; set; }

    public Weather Weather
    {
        get;
        set
        {
            field = value;
            (Net.Loss, Net.Reorder, Net.Duplicates) = value switch
            {
                Weather.Foul => (0.2, 0.05, 0.05),
                Weather.Storm => (0.35, 0.3, 0.2),
                _ => (0, 0, 0),
            };
            if (value is Weather.Storm) Net.ReorderDelay = TimeSpan.FromSeconds(2);
        }
    }

    /// <param name="dialect">The language that the customer speaks; "telnyx" is the only one.</param>
    public SimCustomer Customer(string dialect) =>
        dialect is "telnyx" ? _customer ??= new(Api) : throw new ArgumentOutOfRangeException(nameof(dialect), dialect, "no such dialect");

    /// <summary>A phone that may call us, and that a route of its own number leads to.</summary>
    /// <param name="encryption">Of the trunk that the phone is reached by.</param>
    public SimPhone Phone(string number, MediaEncryption encryption = MediaEncryption.Disabled)
    {
        var phone = Place(number);
        AddTrunk(number, phone.Address.Address, encryption);
        return phone;
    }

    /// <summary>A phone of a customer's own, which may register as this user; the number leads to all phones of that user.</summary>
    public SimPhone Desk(string user, string number)
    {
        string password = $"secret-of-{user}";
        if (!_desks.ContainsKey(user))
        {
            var id = new ConnectionId(100 + _desks.Count);
            _desks.Add(user, (new()
            {
                Id = id, Tenant = Tenant, Kind = ConnectionKind.Credential, Name = user, RtpTimeoutSeconds = TalkingSeconds,
                OutboundProfile = Profile.Id,
                Sip = new() { UserName = user, Password = password }
            }, new(number, Tenant, id)));
            _snapshot = null;
        }
        return Place(user, password);
    }

    /// <summary>A trunk that the node registers with from now on. No route leads to it, and no address is its own.</summary>
    public SimRegistrar Registrar(int seconds)
    {
        byte[] key = new byte[32];
        Rng.Fill(key);
        var address = NextServer();
        var registrar = new SimRegistrar(this, address, "line7", "secret-of-line7", key);
        _servers.Add(address, registrar.Receive);
        _trunks.Add((new()
        {
            Id = RegisteredTrunk, Name = "registered", Host = $"{address}", AuthUser = "line7", AuthPassword = "secret-of-line7",
            Registers = true, RegisterSeconds = seconds
        }, null));
        _snapshot = null;
        Node.FollowTrunks();
        return registrar;
    }

    /// <summary>A number behind which several phones ring at once.</summary>
    public void Fork(string number, params SimPhone[] phones)
    {
        var fork = new SimFork(this, NextServer(), phones);
        _servers.Add(fork.Address, fork.Receive);
        AddTrunk(number, fork.Address);
    }

    /// <summary>A trunk, which wants us to register and takes calls to this number, and behind it somebody who answers nonsense.</summary>
    public SimTroll Troll(string number)
    {
        var address = NextServer();
        var troll = new SimTroll(this, address, new Rng(Rng.Next()));
        _servers.Add(address, troll.Receive);
        var id = new TrunkId(new Guid(_trunks.Count + 1, 0, 0, new byte[8]));
        _trunks.Add((
            new()
            {
                Id = id, Name = "troll", Host = $"{address}", AuthUser = "line7",
                AuthPassword = "secret-of-line7", Registers = true, RegisterSeconds = 600, CallerIds = CallerChoice.Any
            },
            new() { Id = id.Value, Trunk = id, Prefix = number, Priority = _trunks.Count }));
        _snapshot = null;
        Node.FollowTrunks();
        return troll;
    }

    /// <summary>The trunks are gone: nobody registers any more.</summary>
    public void RemoveTrunks()
    {
        _trunks.Clear();
        _snapshot = null;
        Node.FollowTrunks();
    }

    /// <summary>So much was lost of one exchange that only the invariants can be asked for.</summary>
    public bool IsExcused
    {
        get
        {
            if (Weather is Weather.Storm || Node.SendFailures > 0) return true;
            WasExcused |= _luck.HasLeft;
            return _luck.HasLeft;
        }
    }

    /// <summary>It was asked for, and bad luck alone was the reason: this seed says nothing of what its scenario is about.</summary>
    public bool WasExcused { get; private set; }

    /// <summary>Another trunk for a number that has one, tried after it.</summary>
    public void AlsoRoute(string number, SimPhone phone) => AddTrunk(number, phone.Address.Address);

    /// <summary>
    /// Calls end just before a crash: the BYE of one that was lost, and not repeated before the crash, is not said again (ADR 25).
    /// </summary>
    public bool MayLoseByes { get; set; }

    public string NameCall() => $"call-{++_calls}";

    public TimeSpan Between(double fromSeconds, double toSeconds) =>
        TimeSpan.FromSeconds(fromSeconds + (toSeconds - fromSeconds) * Rng.NextDouble());

    public void At(Instant when, Action act) => _agenda.Add(when, act);

    public void After(TimeSpan span, Action act) => At(Now + span, act);

    public IReadOnlyList<SipFlow> Resolve(SipPlace place) => _names.TryGetValue(place.Host, out var address)
        || IPAddress.TryParse(place.Host, out address) ? [SipFlow.Udp(new(address, place.Port ?? 5060))] : [];

    /// <summary>
    /// Posts a committed webhook to the customer; those that name one leg stay in order, and those of a whole conference.
    /// </summary>
    /// <param name="leg">Default for a conference's.</param>
    public void Deliver(LegId leg, OutboxMessage message)
    {
        var webhook = new SimWebhook(leg, message);
        var due = Instant.Max(_lastWebhook.GetValueOrDefault(message.OrderKey),
            Now + TimeSpan.FromMilliseconds(25) * _webhookRng.NextDouble());
        _lastWebhook[message.OrderKey] = due;
        At(due, () =>
        {
            Log.Add(Now, "webhook", webhook);
            Events.Add(webhook);
            _customer?.Receive(webhook);
        });
    }

    /// <summary>The node's processes are killed; after a while the next start finds what the ledger holds, and nothing else.</summary>
    public void Crash(TimeSpan down)
    {
        Log.Add(Now, "node", "is killed");
        Node.Die();
        Programs.Die();
        Streams.Die();
        Ledger.Crash();
        Media = new(this, Rng.Next());
        After(down, () =>
        {
            Log.Add(Now, "node", "starts again");
            _gate = NewGate();
            _identity = new(_identity.Node, _identity.Epoch + 1, _identity.TokenKey);
            Node = new(this, _identity, _gate, new Rng(Rng.Next()));
            Programs = new(this, Node);
            Node.Restore(Bindings.Load(Anchor.ToWall(Now)));
            Node.SendRecoveryByes(Ledger.Recover());
        });
    }

    /// <summary>The media process is killed, or hangs until it is ended; after a while there is another.</summary>
    /// <param name="hangs">How long nobody notices.</param>
    /// <param name="ends">From then until it is certain that it has ended.</param>
    /// <param name="down">From then until the next one is up.</param>
    public void KillMedia(TimeSpan hangs, TimeSpan ends, TimeSpan down)
    {
        Log.Add(Now, "media", "does nothing any more");
        Media.Hang();
        After(hangs, () =>
        {
            Log.Add(Now, "media", "is away");
            Media.Stop();
        });
        After(hangs + ends, Media.Lose);
        After(hangs + ends + down, () =>
        {
            Log.Add(Now, "media", "is there again");
            Media.Begin(Rng.Next());
        });
    }

    private SimGate NewGate() =>
        new(this, new(this, Numbering.Value.Plans, Numbering.Value.Emergencies, new(), new WorldClock(this)), new Rng(Seed ^ 0x6A7E));

    /// <summary>
    /// From now on the gate takes its time for an answer, and does not answer this share
    /// of the questions at all; zero answers at once again.
    /// </summary>
    public void SlowGate(TimeSpan slowest, double silence = 0) => (_gate.Slowest, _gate.Silence) = (slowest, silence);

    /// <summary>Lets time pass.</summary>
    public void RunFor(TimeSpan span)
    {
        var end = Now + span;
        while (NextDue is var due && due <= end) Step(due);
        Now = end;
    }

    /// <summary>Runs until the condition holds; that it does, but for very bad luck, is part of the scenario.</summary>
    public void RunUntil(Func<bool> condition, double withinSeconds = 120)
    {
        var end = Now + TimeSpan.FromSeconds(withinSeconds);
        while (!condition())
        {
            var due = NextDue;
            if (due > end && IsExcused) return;
            if (due > end) throw new SimulationException($"after {withinSeconds} s still not what the scenario waits for");
            Step(due);
        }
    }

    /// <summary>Runs until nothing at all is left to happen.</summary>
    public void RunUntilQuiet()
    {
        var end = Now + Forever;
        while (NextDue is var due && due != Instant.Never)
        {
            if (due > end) throw new SimulationException($"the world never falls quiet: {Due()}");
            Step(due);
        }
    }

    /// <summary>
    /// Timers, ports, leases, transactions, gate slots, tags, messages: all gone. Runs until quiet first.
    /// Recordings may be saved after the hang-up.
    /// </summary>
    public void AssertNothingLeft()
    {
        RunUntilQuiet();
        List<string> left = [];
        for (int i = 0; i < SimNode.Shards; i++)
            if (Node.Snapshot(i) is { IsEmpty: false } shard) left.Add($"shard {i}: {shard} {string.Join(' ', shard.States)}");
        if (Media.OpenPorts > 0) left.Add($"{Media.OpenPorts} media ports");
        if (!_gate.IsEmpty) left.Add($"{_gate.Inner.Count} legs in the dial gate");
        if (Programs.Count is not (0, 0)) left.Add($"programs and readers {Programs.Count}");
        if (Ledger.RecoveryByes > 0) left.Add($"{Ledger.RecoveryByes} recovery BYEs");
        if (Ledger.LiveLegs > 0) left.Add($"{Ledger.LiveLegs} legs live in the ledger");
        if (Ledger.LiveQueues != 0) left.Add($"{Ledger.LiveQueues} queues live in the ledger");
        if (Ledger.LiveConferences > 0) left.Add($"{Ledger.LiveConferences} conferences live in the ledger");
        if (Streams.Count > 0) left.Add($"{Streams.Count} sockets of media streams");
        if (Media.Rooms > 0) left.Add($"{Media.Rooms} rooms");
        if (Node.Unanswered > 0) left.Add($"{Node.Unanswered} commands without an answer");
        foreach (var phone in _phoneList)
            if (!phone.IsIdle || phone.Transactions > 0)
                left.Add($"phone {phone.Number}: {phone.Call?.State}, {phone.Transactions} transactions");
        left.AddRange(_phoneList.Where(phone => phone.WasLeftHanging && !IsExcused && !MayLoseByes)
            .Select(phone => $"phone {phone.Number}, left hanging"));
        left.AddRange(_desks.Keys.Where(user => Node.Registrations.Find(user).Count > 0).Select(user => $"bindings of {user}"));
        if (Bindings.Count > 0) left.Add($"{Bindings.Count} bindings in the database");
        left.AddRange(Node.Legs.Unfinished);
        left.AddRange(Node.Conferences.Unfinished);
        foreach (var leg in Events.Where(e => e.Leg != default).GroupBy(e => e.Leg))
            if (leg.First().Name is not "call.initiated"
                    || leg.Last(e => !e.Name.Contains(".recording.", StringComparison.Ordinal)).Name is not "call.hangup")
                left.Add($"{MessageLog.Name(leg.Key)} told: {string.Join(' ', leg)}");
        foreach (var one in Events.Where(e => e.Leg == default).GroupBy(e => e["conference_id"]))
            // Each is told in the order of the call that it names.
            if (one.Count(e => e.Name is "conference.created") != 1 || one.Count(e => e.Name is "conference.ended") != 1)
                left.Add($"conference {one.Key} told: {string.Join(' ', one)}");
        if (left.Count > 0) throw new SimulationException("left behind:\n" + string.Join('\n', left));
    }

    private Instant NextDue
    {
        get
        {
            var next = Instant.Min(Instant.Min(_agenda.NextDue, Net.NextDue), Instant.Min(Node.NextDue, Media.NextDue));
            if (Turns.HasWork) next = Now;
            foreach (var phone in _phoneList) next = Instant.Min(next, phone.NextDue);
            return Instant.Max(next, Now);
        }
    }

    private string Due() =>
        $"agenda {_agenda.NextDue}, network {Net.NextDue}, node {Node.NextDue}, media {Media.NextDue}, "
        + $"{string.Join(", ", _phoneList.Select(phone => $"{phone.Number} {phone.NextDue}"))}; now {Now}";

    private void Step(Instant at)
    {
        _standstill = at == Now ? _standstill + 1 : 0;
        if (_standstill > LongestStandstill)
            throw new SimulationException($"time stands still, for somebody is due again and again: {Due()}");
        Now = at;
        while (_agenda.TryTake(Now, out var act)) act();
        while (Net.TryPoll(Now, out var parcel)) Arrive(parcel);
        foreach (var phone in _phoneList)
            if (phone.NextDue <= Now) phone.FireDue(Now);
        Media.FireDue(Now);
        Node.Turn(Now);
        Turns.Run();
    }

    private void Arrive(Parcel parcel)
    {
        if (parcel.To.Address.Equals(NodeAddress))
        {
            if (parcel.To.Port == Node.Address.Port) Node.Receive(parcel);
            else Media.Receive(parcel, Now);
        }
        else if (_phones.TryGetValue(parcel.To.Address, out var phone)) phone.Receive(parcel);
        else if (_servers.TryGetValue(parcel.To.Address, out var receive)) receive(parcel);
        else throw new SimulationException($"a datagram goes to {parcel.To}, where nobody is");
    }

    private IPAddress NextServer() => new([10, 2, 0, (byte)(_servers.Count + 1)]);

    /// <summary>A phone that no trunk stands for; it may call us only where we have said how.</summary>
    public SimPhone Place(string number, string? password = null)
    {
        var phone = new SimPhone(this, number, new IPAddress([10, 0, (byte)(_phones.Count / 200), (byte)(_phones.Count % 200 + 1)]),
            new Rng(Rng.Next()), password);
        _phones.Add(phone.Address.Address, phone);
        _phoneList.Add(phone);
        return phone;
    }

    private void AddTrunk(string number, IPAddress address, MediaEncryption encryption = MediaEncryption.Disabled)
    {
        var id = new TrunkId(new Guid(_trunks.Count + 1, 0, 0, new byte[8]));
        string host = $"trunk{_trunks.Count + 1}.example";
        _names[host] = address;
        _trunks.Add((
            new()
            {
                Id = id, Name = host, Host = host, Sources = [new IPNetwork(address, 32)], Encryption = encryption, AdjustsRtp = AdjustsRtp,
                CallerIds = CallerChoice.Any, ProbeSeconds = ProbeSeconds, ChannelLimit = TrunkChannels,
                MayRefer = TrunksMayRefer,
            },
            new() { Id = id.Value, Trunk = id, Prefix = number, Priority = _trunks.Count }));
        _snapshot = null;
        if (ProbeSeconds > 0) Node.FollowTrunks();
    }
}
