using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Net.Dns;
using Ringwright.Net.Native;
using Ringwright.Net.Streams;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Registrations;
using Ringwright.Switch.Routing;
using Ringwright.Switch.Trunks;

namespace Ringwright.Net;

/// <summary>One place that a trunk's calls would try, and what it said.</summary>
/// <param name="Remote">Null when the trunk's name leads nowhere.</param>
public sealed record TrunkAttempt(SipTransport? Transport, IPEndPoint? Remote, PingAnswer Answer);

/// <summary>
/// The SIP side of a node: its UDP, TCP and TLS listeners, the signalling shards on their threads,
/// and <see cref="ICallControl"/> over them. The listeners are bound by the constructor, so that <see cref="Local"/> is known and a port
/// in use is found before anything starts.
/// </summary>
public sealed class SipEngine : IAsyncDisposable
{
    /// <summary>After the last BYE has been asked for, this long for its answers.</summary>
    private static readonly TimeSpan RecoveryBye = TimeSpan.FromSeconds(3);
    /// <summary>Between two looks at what other nodes write of registrations, and after one that failed.</summary>
    private static readonly TimeSpan BetweenRounds = TimeSpan.FromSeconds(1), AfterTrouble = TimeSpan.FromSeconds(5);
    /// <summary>So long a start waits for the names of trunks: a name server that is silent must not keep a node from its phones.</summary>
    private static readonly TimeSpan LongestFirstLook = TimeSpan.FromSeconds(2);
    private const int RoundsToLapse = 16;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly SipEngineOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly List<UdpTransport> _udp = [];
    private readonly List<IPEndPoint> _secure = [];
    private readonly SipNetworks _networks;
    private readonly StreamTransport _streams;
    private readonly SipTransports _transports;
    private readonly SipIngress _ingress;
    private readonly IReadOnlyList<ShardThread> _shards;
    private readonly PendingReplies _replies = new();
    private readonly PhoneTexts _texts;
    private readonly CallControl _calls;
    private readonly Resolver _resolver;
    private readonly TrunkWatch _trunkWatch;
    private readonly RefusedRegisters _refused;
    private readonly RefusedCallBook _refusedCalls;
    private readonly CallTraceRecorder? _callTrace;
    private readonly RegistrationBook _registrations;
    private readonly TrunkBook _trunks = new();
    private readonly EngineGauges _gauges;
    private readonly WaitingRoom _room;
    private readonly CancellationTokenSource _stopping = new();
    private bool _isStopped;

    /// <param name="anchor">Made once per process by <see cref="EngineClock.Anchor"/> and shared with the ledger.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address is taken or not ours.</exception>
    public SipEngine(SipEngineOptions options, NodeIdentity identity, IRouting routing, ILedger ledger, IDialGate gate, IPrompts prompts,
        IMediaPlane media, TargetPolicy targets, WallAnchor anchor, ILoggerFactory loggers, TimeProvider? clock = null)
    {
        _options = options;
        _clock = clock ?? TimeProvider.System;
        _logger = loggers.CreateLogger("Ringwright.Net");
        // The entrance is there when the first message comes.
        _streams = new StreamTransport(options.Streams, new TlsSide(routing, options.Tls), source => _ingress!.IsKnown(source),
            (message, from, stop) => _ingress!.ReceiveAsync(message, from, stop), _logger, _clock)
        {
            Lost = flow => _shards![IngressFilter.RegistrarShard].Mailbox.Post(new ShardMessage.ConnectionLost(flow)),
        };
        _transports = new(_udp, _streams);
        List<SipNetwork> networks = [];
        try
        {
            networks.Add(Listen(0, new()
            {
                Listen = options.Listen, Bound = options.Bound, Secure = options.Tls?.Listen, SecureBound = options.Tls?.Bound,
                Advertise = options.Advertise,
            }));
            foreach (var other in options.Others) networks.Add(Listen(networks.Count, other));
        }
        catch
        {
            Unlisten();
            throw;
        }
        _networks = new(networks, OwnAddresses.Towards, OwnAddresses.AreNeighbours);
        _resolver = new Resolver(options.NameServers.Count > 0 ? new DnsClient(options.NameServers)
            : new DnsClient(DnsClient.SystemServers(TimeProvider.System)), _networks, _clock);
        _refused = new(_logger, _clock);
        _refusedCalls = new(_logger, _clock);
        // Name servers live by the wall clock, whatever the time is for calls.
        _trunkWatch = new(routing, _resolver, TrunkHosts, options.IsLoopbackOnly, TimeProvider.System, _logger);

        var settings = new ShardSettings
        {
            Identity = identity,
            Count = options.Shards,
            Networks = _networks,
            Domains = [.. options.Domains.Select(d => d.ToLowerInvariant())],
            FormerHosts = options.FormerHosts,
            UserAgent = options.UserAgent,
            SessionTimer = options.SessionTimer,
            Nat = options.Nat,
            Probes = options.Probes,
            InboundRinging = options.InboundRinging,
            Trunks = new(options.InboundRate),
            InboundRates = new(options.InboundRate),
            MediaCalls = options.MediaCalls,
            UnprovenShare = options.UnprovenShare,
            WithholdsMedia = !options.IsLoopbackOnly,
            IsLoopbackOnly = options.IsLoopbackOnly,
            TrunkHosts = TrunkHosts,
            HasOpus = options.HasOpus,
            HasLiveAudio = options.LiveAudio is not null,
            TraitsOf = options.TraitsOf,
            Targets = targets,
            Anchor = anchor,
        };
        _texts = new(_replies, message => _shards![IngressFilter.RegistrarShard].Mailbox.Post(message),
            user => _registrations!.Find(user).Count > 0, _clock, _logger);
        gate = new TrunkGate(gate, settings.Trunks, settings.WaysBack);
        _callTrace = options.Traces is { } traces
            ? new CallTraceRecorder(traces, routing, anchor, settings.Transactions, settings.Inside, _logger, _clock)
            : null;
        var parts = new EngineParts
        {
            CallTraces = _callTrace,
            Registrations = options.Registrations,
            Recordings = options.Recordings,
            LiveAudio = options.LiveAudio,
            Forwarder = options.Forwarder,
            Names = options.Names,
            Dials = options.Dials,
            Texts = _texts,
            Ledger = ledger,
            Gate = gate,
            GateWait = new(_clock, _logger),
            Prompts = prompts,
            Media = media,
            Targets = targets,
            Transports = _transports,
            Networks = _networks,
            Resolver = _resolver,
            Trunks = _trunkWatch,
            Health = settings.Trunks,
            Refused = _refused,
            RefusedCalls = _refusedCalls,
            RefusedRequests = new(_logger, _clock),
            Logger = _logger,
            Clock = _clock,
            Hosts = settings.Hosts,
            IsAfterStall = options.IsAfterStall,
        };
        HostCheck = new TrunkHostCheck(_resolver, settings.Hosts);
        Routes = new RouteExplainer(routing, gate, targets, settings.Domain, settings.Hosts, TrunkHosts,
            () => new(settings.Trunks, EngineClock.At(_clock)));
        TrunkTargets = new TrunkTargets(settings.Trunks, anchor, () => EngineClock.At(_clock));
        ulong seed = options.Seed ?? (ulong)Random.Shared.NextInt64();
        _registrations = new(anchor, _networks);
        Mailbox[] mailboxes = [.. Enumerable.Range(0, options.Shards).Select(_ => new Mailbox())];
        _shards = [.. Enumerable.Range(0, options.Shards).Select(i => Shard(i))];
        _ingress = new(new IngressFilter(settings, routing, _registrations), mailboxes, _transports, _refused, _refusedCalls, _callTrace,
            options.Streams.BackPressure, _clock, _logger);
        _calls = new CallControl(identity, routing, parts, _shards, _replies, settings);
        _room = settings.Room;
        _gauges = new(_shards, _replies, settings.Trunks, _room, _callTrace, _clock);

        ShardThread Shard(int index)
        {
            var mailbox = mailboxes[index];
            var shard = new CallShard(settings with { Index = index, Seed = seed + (ulong)index }, routing, ledger, gate, media,
                _registrations, _trunks);
            return new ShardThread(shard, mailbox, new EffectRunner(parts, mailbox, mailboxes, _replies, _stopping.Token),
                IsReadByShard ? _udp[0] : null, _clock, _logger);
        }
    }

    /// <summary>Where the UDP and TCP listeners of the first network are bound; tells the port when the options said 0.</summary>
    public IPEndPoint Local => _networks.First.Local;

    /// <summary>Where its TLS listener is bound; null without one.</summary>
    public IPEndPoint? SecureLocal { get; private set; }

    /// <summary>What peers of the first network see in Via and Contact.</summary>
    public IPEndPoint Advertised => _networks.First.Advertised;

    /// <summary>One of the networks that it listens on, by its number.</summary>
    public SipNetwork At(int network) => _networks[network];

    public ICallControl Calls => _calls;

    /// <summary>Whether the account's call waits for room, so that nobody is called for it yet.</summary>
    public bool IsWaiting(TenantId account, LegId leg) => _room.Has(account, leg);

    /// <summary>Says what calls would meet.</summary>
    public IRouteExplainer Routes { get; }

    /// <summary>The calls that came in and were refused.</summary>
    public IRefusedCalls RefusedCalls => _refusedCalls;

    /// <summary>The calls out that were refused.</summary>
    public IRefusedDials RefusedDials => _calls.RefusedDials;

    /// <summary>The phones that are not registered, and why.</summary>
    public IRefusedRegistrations RefusedRegistrations => _refused;

    /// <summary>What the host names of trunks lead to.</summary>
    public TrunkHosts TrunkHosts { get; } = new();

    /// <summary>Looks where a trunk's names lead when one is added.</summary>
    public ITrunkHostCheck HostCheck { get; }

    /// <summary>Texts to and from registered phones.</summary>
    public IPhoneTexts Texts => _texts;

    /// <summary>Which SIP users are registered.</summary>
    public IRegistrations Registrations => _registrations;

    /// <summary>How our registrations with trunks stand.</summary>
    public ITrunkRegistrations TrunkRegistrations => _trunks;

    /// <summary>How the addresses of trunks stand.</summary>
    public ITrunkTargets TrunkTargets { get; }

    /// <summary>
    /// A shard that is alone reads the UDP socket that is alone itself: no packet then costs a switch of threads. Else each socket has
    /// one reader, which several shards share.
    /// </summary>
    private bool IsReadByShard => _options.Shards == 1 && _udp.Count == 1;

    /// <summary>Legs that have begun and not ended.</summary>
    public int LiveLegs => _shards.Sum(s => s.Levels.LiveLegs);

    /// <summary>How much its shards have done, when none of them has anything to do before the clock moves; null else.</summary>
    public long? TurnsAtRest
    {
        get
        {
            long turns = 0;
            foreach (var shard in _shards)
            {
                if (shard.TurnsAtRest is not { } taken) return null;
                turns += taken;
            }
            return turns;
        }
    }

    /// <summary>False once a shard's thread is gone: the node is not healthy.</summary>
    public bool IsRunning => !_isStopped && _shards.All(s => s.IsRunning);

    public async Task StartAsync(CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (_options.Registrations is { } store && await store.LoadAsync(stop) is { Count: > 0 } kept)
            _shards[IngressFilter.RegistrarShard].Mailbox.Post(new ShardMessage.Restore(kept));
        SendRecoveryByes();
        // Calls that come meanwhile wait in the sockets: where the names of trunks lead decides whose they are.
        _ = _trunkWatch.RunAsync(_stopping.Token);
        await Task.WhenAny(_trunkWatch.First, Task.Delay(LongestFirstLook, TimeProvider.System, stop));
        foreach (var shard in _shards) shard.Start();
        _callTrace?.Start();
        if (!IsReadByShard)
            foreach (var udp in _udp) udp.Start();
        _streams.Start();
        if (_options.Registrations is { } book) _ = HearRegistrationsAsync(book);
        foreach (var network in _networks.All) _logger.Listening(network.Local, network.Advertised, _shards.Count);
        if (_options.Tls is { } tls)
            foreach (var secure in _secure) _logger.ListeningByTls(secure, tls.Certificate.Subject, tls.Certificate.NotAfter);
        foreach (var network in _networks.All)
            if (!IPAddress.IsLoopback(network.Local.Address)) _logger.ListeningBeyondLoopback(network.Local);
    }

    /// <summary>Which phones other nodes have: within a second or two.</summary>
    private async Task HearRegistrationsAsync(IRegistrationStore store)
    {
        long since = 0;
        for (int round = 1; !_stopping.IsCancellationRequested; round++)
        {
            try
            {
                if (await store.HearAsync(since, _stopping.Token) is not { } news) return;
                _registrations.Hear(news.Changed, _clock.GetUtcNow());
                since = news.Mark;
                if (round % RoundsToLapse == 0) _registrations.Lapse(_clock.GetUtcNow());
                await Task.Delay(BetweenRounds, _clock, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failed)
            {
                // What is known stays until it lapses.
                _logger.RegistrationsNotHeard(failed);
                await Task.Delay(AfterTrouble, _clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>To the shard that the answers come to: the one that had the leg, while there are as many as there were.</summary>
    private void SendRecoveryByes()
    {
        if (_options.RecoveryByes.Count == 0) return;
        _logger.SayingRecoveryBye(_options.RecoveryByes.Count);
        foreach (var group in _options.RecoveryByes.GroupBy(kept => kept.Leg.Id.Shard % _shards.Count))
            _shards[group.Key].Mailbox.Post(new ShardMessage.SendRecoveryByes([.. group]));
    }

    /// <summary>Takes a media event to the actor that has leased the port.</summary>
    public void PostMedia(MediaEvent what)
    {
        int shard = what.Owner.Address.Shard;
        if (shard < _shards.Count) _shards[shard].Mailbox.Post(SubjectMessages.Media(what));
    }

    /// <summary>Takes it to all whose ports are lost, so that those of one shard hear of it in one turn.</summary>
    public void PostMedia(IReadOnlyList<MediaEvent.Lost> lost)
    {
        foreach (var shard in lost.GroupBy(port => port.Owner.Address.Shard).Where(s => s.Key < _shards.Count))
            _shards[shard.Key].Mailbox.Post(new ShardMessage.MediaLost([.. shard]));
    }

    /// <summary>New calls are refused from now on; those that are up go on.</summary>
    public void Drain()
    {
        _calls.Drain();
        foreach (var shard in _shards) shard.Mailbox.Post(new ShardMessage.Drain());
    }

    /// <summary>Ends the calls that are up; later ones may begin.</summary>
    public void EndCalls(HangupCause cause)
    {
        foreach (var shard in _shards) shard.Mailbox.Post(new ShardMessage.EndCalls(cause));
    }

    /// <summary>Refuses new calls, gives the others <paramref name="drain"/> to end, ends the rest, and closes the listener.</summary>
    public async Task StopAsync(TimeSpan drain, CancellationToken stop)
    {
        if (_isStopped) return;
        Drain();
        await QuietAsync(drain, stop);
        foreach (var shard in _shards) shard.Mailbox.Post(new ShardMessage.EndAll(HangupCause.NodeShutdown));
        await QuietAsync(RecoveryBye, CancellationToken.None);
        await DisposeAsync();
    }

    /// <summary>Sends one OPTIONS to each place that the trunk's calls would try, all at once.</summary>
    /// <returns>In the order of the tries; one without an address when its name leads nowhere.</returns>
    public async ValueTask<IReadOnlyList<TrunkAttempt>> PingAsync(Trunk trunk, CancellationToken stop)
    {
        var place = new SipPlace(trunk.Host, trunk.Port, trunk.Transport, trunk.Id);
        IReadOnlyList<SipFlow> flows;
        try
        {
            flows = await _resolver.ResolveAsync(place, (ulong)Random.Shared.NextInt64(), stop);
        }
        catch (Exception failed) when (!stop.IsCancellationRequested && Resolver.IsFailure(failed))
        {
            return [new(null, null, new(null, failed.Message))];
        }
        if (flows.Count == 0) return [new(null, null, new(null, _resolver.Trouble(place) ?? "the name has no address"))];
        return await Task.WhenAll(flows.Take(Limits.DialTargets).Select(async flow =>
        {
            long correlation = _replies.ExpectPing(out var answer);
            _shards[0].Mailbox.Post(new ShardMessage.Ping(correlation, _transports.To(flow, trunk.Host, trunk.Id), trunk.Host));
            return new TrunkAttempt(flow.Transport, flow.Remote, await answer.WaitAsync(stop));
        }));
    }

    public async ValueTask DisposeAsync()
    {
        if (_isStopped) return;
        _isStopped = true;
        await _stopping.CancelAsync();
        _gauges.Dispose();
        foreach (var shard in _shards) shard.Dispose();
        foreach (var udp in _udp) udp.Dispose();
        await _streams.DisposeAsync();
        _replies.CompleteAll();
        if (_callTrace is { } callTrace) await callTrace.DisposeAsync();
        _stopping.Dispose();
    }

    /// <exception cref="SocketException">The address is taken or not ours.</exception>
    private SipNetwork Listen(int number, SipListener where)
    {
        var sockets = where.Bound ?? BoundSockets.Sip(where.Listen);
        var udp = new UdpTransport(sockets.Datagrams, (datagram, source) => _ingress!.Receive(datagram, source, number),
            _options.Exchange);
        _udp.Add(udp);
        _streams.Listen(SipTransport.Tcp, sockets.Streams, number);
        var network = new SipNetwork(udp.Local, new(where.Advertise ?? udp.Local.Address, udp.Local.Port));
        if (where.Secure is not { } secure) return network;
        var secured = where.SecureBound ?? BoundSockets.Stream(secure);
        var local = BoundSockets.Local(secured);
        _secure.Add(local);
        if (number == 0) SecureLocal = local;
        _streams.Listen(SipTransport.Tls, secured, number);
        return network with
        {
            SecureAdvertised = new(where.Advertise ?? local.Address, local.Port),
            SecureName = _options.Tls?.Name,
        };
    }

    private void Unlisten()
    {
        foreach (var udp in _udp) udp.Dispose();
        _streams.Unlisten();
    }

    private async Task QuietAsync(TimeSpan atMost, CancellationToken stop)
    {
        var end = EngineClock.At(_clock) + atMost;
        // At least one turn of each shard, so that the count is not from before the drain.
        do await Task.Delay(Look, _clock, CancellationToken.None);
        while (LiveLegs > 0 && EngineClock.At(_clock) < end && !stop.IsCancellationRequested);
    }
}
