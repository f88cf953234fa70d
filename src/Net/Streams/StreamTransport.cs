using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Ringwright.Core;
using Ringwright.Sip.Transactions;

namespace Ringwright.Net.Streams;

/// <summary>What became of a message that came by a connection.</summary>
internal enum Welcome
{
    /// <summary>It was let in: whoever is there has business here.</summary>
    LetIn,
    /// <summary>It was answered or dropped.</summary>
    Refused,
    /// <summary>The connection is to be closed.</summary>
    Unwanted,
}

/// <summary>Takes a message that came by a connection. Waiting here stops reading it.</summary>
internal delegate ValueTask<Welcome> StreamReceiver(byte[] message, SipFlow from, CancellationToken stop);

/// <summary>
/// SIP over TCP and TLS: the listeners, the connections of both directions and their identities. One connection serves a peer in both
/// directions as long as it is open (RFC 3261 §18, RFC 5923); a message whose connection is gone goes by a new one.
/// </summary>
internal sealed class StreamTransport : IAsyncDisposable
{
    private const int Backlog = 512, MaxPeers = 16_384;

    private readonly StreamSettings _settings;
    private readonly StreamReceiver _receive;
    private readonly TlsSide _tls;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly List<(SipTransport Transport, Socket Socket, int Network)> _listeners = [];
    private readonly ConcurrentDictionary<FlowId, StreamConnection> _connections = new();
    private readonly ConcurrentDictionary<StreamPeer, FlowId> _ids = new();
    private readonly ConcurrentDictionary<FlowId, StreamPeer> _peers = new();
    private readonly ConnectionBudget _budget;
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private long _lastId;
    private bool _isLooking;

    /// <param name="isKnown">Who may call at all, by his address: places are kept for those.</param>
    public StreamTransport(StreamSettings settings, TlsSide tls, Func<IPAddress, bool> isKnown, StreamReceiver receive,
        ILogger logger, TimeProvider clock)
    {
        (_settings, _tls, _receive, _logger, _clock) = (settings, tls, receive, logger, clock);
        _budget = new(settings.Connections, isKnown, new(why => Metrics.ConnectionsRefused.Add(1, Tag("reason", why)),
            (why, source, times) => logger.ConnectionsRefused(times, source, why)));
    }

    /// <summary>Hears of each connection of our own making that was up and is gone.</summary>
    public Action<SipFlow> Lost { get; init; } = static _ => { };

    public int Count => _connections.Count;

    /// <param name="bound">Belongs to the transport from here on.</param>
    /// <exception cref="SocketException">Somebody else listens there since it was bound.</exception>
    public void Listen(SipTransport transport, Socket bound, int network = 0)
    {
        _listeners.Add((transport, bound, network));
        bound.Listen(Backlog);
    }

    /// <summary>Takes no connections any more.</summary>
    public void Unlisten()
    {
        foreach (var (_, socket, _) in _listeners) socket.Dispose();
    }

    public void Start()
    {
        foreach (var (transport, socket, network) in _listeners) Keep(AcceptAsync(transport, socket, network));
    }

    /// <summary>The identity under which connections to this peer are opened and found again.</summary>
    public FlowId IdOf(StreamPeer peer)
    {
        if (_ids.TryGetValue(peer, out var known)) return known;
        lock (_gate)
        {
            if (_ids.TryGetValue(peer, out known)) return known;
            if (_peers.Count >= MaxPeers) ForgetPeers();
            var id = NextId();
            _peers[id] = peer;
            _ids[peer] = id;
            return id;
        }
    }

    /// <summary>Safe from any thread. False when the message cannot go; what happens to it later is told to its sender.</summary>
    public bool TrySend(OutgoingMessage message)
    {
        var flow = message.What.To;
        if (_stop.IsCancellationRequested) return false;
        if (!flow.Id.IsNone && _connections.TryGetValue(flow.Id, out var known))
        {
            if (known.TrySend(message)) return true;
            if (!known.IsClosed) return false;      // its queue is full
        }
        // An answer to a stranger is not worth a connection, and what has no address is reached by its own or not at all.
        return !message.What.IsStateless && flow.Peer is { } address && TrySendByNew(PeerOf(flow, address), message);
    }

    /// <summary>Where a message for this flow really goes.</summary>
    public SipFlow Actual(SipFlow flow) => !flow.Id.IsNone && _connections.TryGetValue(flow.Id, out var known) ? known.Flow : flow;

    public ValueTask<Welcome> ReceiveAsync(byte[] message, SipFlow from, CancellationToken stop)
    {
        Metrics.DatagramsReceived.Add(1);
        return _receive(message, from, stop);
    }

    public void OnClosed(StreamConnection connection, bool wasOpen, string reason)
    {
        _connections.TryRemove(new(connection.Flow.Id, connection));
        if (connection.Place is { } place) place.Leave();
        else _budget.Returned();
        Metrics.Connections.Add(-1, Tag("transport", connection.Flow.Transport));
        // A flood of handshakes that lead nowhere is counted: it shall not flood the log too.
        if (!wasOpen && !connection.IsOutgoing) Metrics.ConnectionsRefused.Add(1, Tag("reason", "not_opened"));
        if (wasOpen || !connection.IsOutgoing) _logger.ConnectionClosed(connection.Flow.Transport, connection.Flow.Remote, reason);
        else _logger.ConnectionFailed(connection.Flow.Transport, connection.Flow.Remote, reason);
        if (wasOpen && connection.IsOutgoing && !_stop.IsCancellationRequested) Lost(connection.Flow);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Unlisten();
        foreach (var (_, connection) in _connections) connection.Close("the node stops");
        await Task.WhenAll(_running.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private StreamPeer PeerOf(SipFlow flow, IPEndPoint address)
    {
        if (!_peers.TryGetValue(flow.Id, out var peer)) return new(flow.Transport, address, null, null, flow.Network);
        // The dialog names another port of the same peer: what it must prove stays.
        return peer with { Remote = address };
    }

    private FlowId NextId() => new(Interlocked.Increment(ref _lastId));

    private bool TrySendByNew(StreamPeer peer, OutgoingMessage message)
    {
        var id = IdOf(peer);
        lock (_gate)
        {
            // Another has opened it meanwhile.
            if (_connections.TryGetValue(id, out var there) && !there.IsClosed && there.TrySend(message)) return true;
            if (there is { IsClosed: false }) return false;
            if (!_budget.TryLeaveFor(peer.Remote.Address, EngineClock.Now)) return false;
            var flow = new SipFlow(peer.Transport, peer.Remote) { Id = id, Network = peer.Network };
            var opened = new StreamConnection(this, flow, _settings, isOutgoing: true);
            // Queued before it is opened: if it is refused at once, the message's sender hears why.
            bool isQueued = opened.TrySend(message);
            Begin(opened, stop => ConnectAsync(peer, stop));
            return isQueued;
        }
    }

    private void Begin(StreamConnection connection, Func<CancellationToken, Task<Stream>> open)
    {
        _connections[connection.Flow.Id] = connection;
        Metrics.Connections.Add(1, Tag("transport", connection.Flow.Transport));
        Keep(Task.Run(() => connection.RunAsync(open)));
        if (!Interlocked.Exchange(ref _isLooking, true)) Keep(LookAsync());
    }

    private async Task<Stream> ConnectAsync(StreamPeer peer, CancellationToken stop)
    {
        var socket = new Socket(peer.Remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Tune(socket);
            if (SourceFor(peer) is { } own) socket.Bind(new IPEndPoint(own, 0));
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(_settings.Opening);
            await socket.ConnectAsync(peer.Remote, limit.Token).ConfigureAwait(false);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return peer.Transport is SipTransport.Tls ? await _tls.ConnectAsync(stream, peer, stop).ConfigureAwait(false) : stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The address that listens for the same transport, or for the other one: a far end that lists us knows us by it. What listens on all
    /// addresses, or on another family's, leaves the choice to the routes; and loopback leads nowhere else.
    /// </summary>
    private IPAddress? SourceFor(StreamPeer peer)
    {
        var (own, remote) = (default(IPAddress), peer.Remote.Address);
        foreach (var (transport, socket, network) in _listeners)
        {
            if (network != peer.Network || own is not null && transport != peer.Transport) continue;
            var local = BoundSockets.Local(socket).Address;
            if (local.AddressFamily == remote.AddressFamily && !local.Equals(IPAddress.Any) && !local.Equals(IPAddress.IPv6Any)
                && (!IPAddress.IsLoopback(local) || IPAddress.IsLoopback(remote))) own = local;
        }
        return own;
    }

    private async Task AcceptAsync(SipTransport transport, Socket listener, int network)
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception failed) when (failed is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                if (_stop.IsCancellationRequested) return;
                // Out of descriptors, for example: closed connections will free some. Asking again at once would do nothing else.
                await Task.Delay(_settings.Look, _clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }
            if (await AdmitAsync(transport, socket, network).ConfigureAwait(false) is { } connection)
                Begin(connection, stop => OpenAsync(transport, socket, stop));
        }
    }

    private async Task<Stream> OpenAsync(SipTransport transport, Socket accepted, CancellationToken stop)
    {
        try
        {
            Tune(accepted);
            var stream = new NetworkStream(accepted, ownsSocket: true);
            return transport is SipTransport.Tls ? await _tls.AcceptAsync(stream, stop).ConfigureAwait(false) : stream;
        }
        catch
        {
            accepted.Dispose();     // one that was reset already, for example
            throw;
        }
    }

    /// <returns>Null when there is no place for it; it is closed then.</returns>
    private async ValueTask<StreamConnection?> AdmitAsync(SipTransport transport, Socket socket, int network)
    {
        var remote = socket.RemoteEndPoint as IPEndPoint ?? new(IPAddress.None, 0);
        var flow = new SipFlow(transport, remote) { Id = NextId(), Network = network };
        var connection = new StreamConnection(this, flow, _settings, isOutgoing: false);
        try
        {
            connection.Place = await _budget.EnterAsync(remote.Address, () => connection.Close("another needed its place more"),
                _stop.Token).ConfigureAwait(false);
            if (connection.Place is not null) return connection;
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more.
        }
        socket.Dispose();
        return null;
    }

    /// <summary>Peers without a connection may get another identity; under the gate.</summary>
    private void ForgetPeers()
    {
        foreach (var (id, peer) in _peers)
        {
            if (_connections.ContainsKey(id)) continue;
            _peers.TryRemove(id, out _);
            _ids.TryRemove(peer, out _);
        }
    }

    /// <summary>Runs while there are connections. Whoever comes as it ends begins it anew.</summary>
    private async Task LookAsync()
    {
        do
        {
            while (!_connections.IsEmpty && !_stop.IsCancellationRequested)
            {
                await Task.Delay(_settings.Look, _clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                var now = EngineClock.Now;
                foreach (var (_, connection) in _connections) connection.Look(now);
            }
            Interlocked.Exchange(ref _isLooking, false);
        }
        while (!_connections.IsEmpty && !_stop.IsCancellationRequested && !Interlocked.Exchange(ref _isLooking, true));
    }

    private void Keep(Task task)
    {
        _running[task] = true;
        task.ContinueWith(done => _running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private static void Tune(Socket socket)
    {
        socket.NoDelay = true;
        // A peer whose machine is gone is noticed within minutes, not after the idle limit.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 15);
    }

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value.ToString());
}
