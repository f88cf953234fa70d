using System.Net;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Net.Dns;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Registrations;
using Ringwright.Switch.Routing;

namespace Ringwright.Net;

/// <summary>
/// The SIP side of a node: one UDP listener, the signalling shards on their threads, and <see cref="ICallControl"/> over them.
/// The listener is bound by the constructor, so that <see cref="Local"/> is known and a port in use is found before anything starts.
/// </summary>
public sealed class SipEngine : IAsyncDisposable
{
    /// <summary>After the last BYE has been asked for, this long for its answers.</summary>
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly SipEngineOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly UdpTransport _transport;
    private readonly IRouting _routing;
    private readonly FrontDoor _frontDoor;
    private readonly IReadOnlyList<ShardThread> _shards;
    private readonly PendingReplies _replies = new();
    private readonly CallControl _calls;
    private readonly Resolver _resolver;
    private readonly BlackBox? _blackBox;
    private readonly RegistrationBook _registrations;
    private readonly CancellationTokenSource _stopping = new();
    private bool _isStopped;

    /// <param name="anchor">Made once per process by <see cref="EngineClock.Anchor"/> and shared with the ledger.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address is taken or not ours.</exception>
    public SipEngine(SipEngineOptions options, NodeIdentity identity, IRouting routing, ILedger ledger, IDialGate gate, IPrompts prompts,
        IMediaPlane media, TargetPolicy targets, WallAnchor anchor, ILoggerFactory loggers, TimeProvider? clock = null)
    {
        _options = options;
        _routing = routing;
        _clock = clock ?? TimeProvider.System;
        _logger = loggers.CreateLogger("Ringwright.Net");
        _transport = new UdpTransport(options.Listen, Receive);
        _resolver = new Resolver(new DnsClient(options.NameServers.Count > 0 ? options.NameServers : DnsClient.SystemServers()), _transport.Local.AddressFamily, _clock);

        Advertised = new(options.Advertise ?? _transport.Local.Address, _transport.Local.Port);
        var settings = new ShardSettings
        {
            Identity = identity,
            Count = options.Shards,
            Advertised = Advertised,
            Domains = [.. options.Domains.Select(d => d.ToLowerInvariant())],
            UserAgent = options.UserAgent,
            SessionTimer = options.SessionTimer,
            IsLoopbackOnly = options.IsLoopbackOnly,
            Targets = targets,
            Anchor = anchor,
        };
        _blackBox = options.Traces is { } traces ? new BlackBox(traces, routing, anchor, Advertised, _logger, _clock) : null;
        var parts = new EngineParts
        {
            BlackBox = _blackBox,
            Registrations = options.Registrations,
            Ledger = ledger,
            Gate = gate,
            Prompts = prompts,
            Media = media,
            Targets = targets,
            Transport = _transport,
            Resolver = _resolver,
            Logger = _logger,
            Domain = settings.Domain,
        };
        Routes = new RouteExplainer(routing, gate, targets, settings.Domain, options.IsLoopbackOnly);
        ulong seed = options.Seed ?? (ulong)Random.Shared.NextInt64();
        _registrations = new(anchor);
        _frontDoor = new FrontDoor(settings, routing, _registrations);
        Mailbox[] mailboxes = [.. Enumerable.Range(0, options.Shards).Select(_ => new Mailbox())];
        _shards = [.. Enumerable.Range(0, options.Shards).Select(i => Shard(i))];
        _calls = new CallControl(identity, routing, parts, _shards, _replies, anchor);

        ShardThread Shard(int index)
        {
            var mailbox = mailboxes[index];
            var shard = new CallShard(settings with { Index = index, Seed = seed + (ulong)index }, routing, ledger, gate, media, _registrations);
            return new ShardThread(shard, mailbox, new EffectRunner(parts, mailbox, mailboxes, _replies, _stopping.Token), _logger);
        }
    }

    /// <summary>Where the listener is bound; tells the port when the options said 0.</summary>
    public IPEndPoint Local => _transport.Local;

    /// <summary>What peers see in Via and Contact.</summary>
    public IPEndPoint Advertised { get; }

    public ICallControl Calls => _calls;

    /// <summary>Says what calls would meet.</summary>
    public IRouteExplainer Routes { get; }

    /// <summary>Which SIP users are registered.</summary>
    public IRegistrations Registrations => _registrations;

    /// <summary>Legs that have begun and not ended.</summary>
    public int LiveLegs => _shards.Sum(s => s.LiveLegs);

    /// <summary>False once a shard's thread is gone: the node is not healthy.</summary>
    public bool IsRunning => !_isStopped && _shards.All(s => s.IsRunning);

    public async Task StartAsync(CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (_options.Registrations is { } store && await store.LoadAsync(stop) is { Count: > 0 } kept) _shards[FrontDoor.RegistrarShard].Mailbox.Post(new Letter.Restore(kept));
        foreach (var shard in _shards) shard.Start();
        _blackBox?.Start();
        _transport.Start();
        _logger.Listening(Local, Advertised, _shards.Count);
        if (!IPAddress.IsLoopback(Local.Address)) _logger.ListeningBeyondLoopback(Local);
    }

    /// <summary>Takes a media event to the leg that owns the port.</summary>
    public void PostMedia(MediaEvent what)
    {
        if (what.Leg.Shard < _shards.Count) _shards[what.Leg.Shard].Mailbox.Post(new Letter.Media(what));
    }

    /// <summary>New calls are refused from now on; those that are up go on.</summary>
    public void Drain()
    {
        _calls.Drain();
        foreach (var shard in _shards) shard.Mailbox.Post(new Letter.Drain());
    }

    /// <summary>Refuses new calls, gives the others <paramref name="drain"/> to end, ends the rest, and closes the listener.</summary>
    public async Task StopAsync(TimeSpan drain, CancellationToken stop)
    {
        if (_isStopped) return;
        Drain();
        await QuietAsync(drain, stop);
        foreach (var shard in _shards) shard.Mailbox.Post(new Letter.EndAll(HangupCause.NodeShutdown));
        await QuietAsync(Goodbye, CancellationToken.None);
        await DisposeAsync();
    }

    /// <summary>Sends one OPTIONS to the trunk's first address. The status of the answer; null when none came.</summary>
    public async ValueTask<int?> PingAsync(Trunk trunk, CancellationToken stop)
    {
        var addresses = await _resolver.ResolveAsync(trunk.Host, trunk.Port, (ulong)Random.Shared.NextInt64(), stop);
        if (addresses.Count == 0) return null;
        long correlation = _replies.ExpectPing(out var status);
        _shards[0].Mailbox.Post(new Letter.Ping(correlation, SipFlow.Udp(addresses[0]), trunk.Host));
        return await status.WaitAsync(stop);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isStopped) return;
        _isStopped = true;
        await _stopping.CancelAsync();
        foreach (var shard in _shards) shard.Dispose();
        _transport.Dispose();
        _replies.CompleteAll();
        if (_blackBox is { } blackBox) await blackBox.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task QuietAsync(TimeSpan atMost, CancellationToken stop)
    {
        var end = EngineClock.Now + atMost;
        // At least one turn of each shard, so that the count is not from before the drain.
        do await Task.Delay(Look, _clock, CancellationToken.None);
        while (LiveLegs > 0 && EngineClock.Now < end && !stop.IsCancellationRequested);
    }

    /// <summary>On the reader's thread, the only one that uses the front door.</summary>
    private void Receive(byte[] datagram, IPEndPoint source)
    {
        var from = SipFlow.Udp(source);
        var verdict = _frontDoor.Judge(datagram, from, EngineClock.Now);
        if (verdict.Reply is { } reply) _transport.TrySend(reply.Bytes.Span, reply.To.Remote);
        if (verdict.Shard is not { } index)
        {
            var reason = new KeyValuePair<string, object?>("reason", verdict.Reason);
            if (verdict.Reply is null) Metrics.Dropped.Add(1, reason);
            else Metrics.Refused.Add(1, reason);
            _logger.Dropped(datagram.Length, source, verdict.Reason);
            return;
        }
        int bound = verdict.IsNewCall ? Limits.MailboxLettersForNewWork : Limits.MailboxLetters;
        _blackBox?.Received(datagram, from);
        if (_shards[index].Mailbox.TryPost(new Letter.Received(datagram, from) { Caller = verdict.Caller }, bound)) return;
        Metrics.Dropped.Add(1, new KeyValuePair<string, object?>("reason", "overload"));
        if (verdict.IsNewCall && _frontDoor.Overloaded(datagram, from) is { } busy) _transport.TrySend(busy.Bytes.Span, busy.To.Remote);
    }
}
