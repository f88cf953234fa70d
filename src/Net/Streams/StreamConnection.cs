using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Net.Streams;

/// <summary>
/// One TCP or TLS connection: a loop that reads messages, a loop that writes what is queued, and deadlines that <see cref="Look"/>
/// enforces. It ends once; then whoever waits on it hears of that through the transport.
/// </summary>
internal sealed class StreamConnection
{
    private static readonly ReadOnlyMemory<byte> Pong = "\r\n"u8.ToArray();

    private readonly StreamTransport _owner;
    private readonly StreamSettings _settings;
    private readonly Channel<OutgoingMessage> _queue;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _requestsGate = new();
    private readonly Queue<(OutgoingMessage What, Instant At)> _requests = new();
    private long _readDeadline, _writeDeadline = long.MaxValue, _welcomeDeadline = long.MaxValue, _lastUse;
    private int _pongs;
    /// <summary>What is being written; the writer's until it has ended.</summary>
    private OutgoingMessage _inHand;
    private volatile bool _isOpen, _isClosed;
    private volatile string _reason = "the connection was closed by the far end";

    public StreamConnection(StreamTransport owner, SipFlow flow, StreamSettings settings, bool isOutgoing)
    {
        (_owner, Flow, _settings, IsOutgoing) = (owner, flow, settings, isOutgoing);
        _queue = Channel.CreateBounded<OutgoingMessage>(new BoundedChannelOptions(settings.QueuedMessages) { SingleReader = true });
        _lastUse = EngineClock.Now.Nanos;
        // The opening has limits of its own.
        _readDeadline = isOutgoing ? long.MaxValue : After(settings.Opening + settings.FirstMessage);
        if (!isOutgoing) _welcomeDeadline = After(settings.FirstWelcome);
    }

    /// <summary>Transport, remote address and number: what messages that come this way carry.</summary>
    public SipFlow Flow { get; }

    public bool IsOutgoing { get; }

    /// <summary>In the budget; null for one of our own making.</summary>
    public ConnectionPlace? Place { get; set; }

    /// <summary>False when it is closed or its queue is full.</summary>
    public bool TrySend(OutgoingMessage message) => _queue.Writer.TryWrite(message);

    /// <summary>True when no more messages are taken.</summary>
    public bool IsClosed => _isClosed;

    public void Close(string reason)
    {
        if (_isClosed) return;
        _reason = reason;
        _isClosed = true;       // before the queue refuses: who is refused then knows why
        _queue.Writer.TryComplete();
        _closing.Cancel();
    }

    /// <summary>Closes the connection when one of its deadlines is over.</summary>
    public void Look(Instant now)
    {
        if (Volatile.Read(ref _readDeadline) <= now.Nanos) Close("no whole message came in time");
        else if (Volatile.Read(ref _welcomeDeadline) <= now.Nanos) Close("nothing that came was let in");
        else if (Volatile.Read(ref _writeDeadline) <= now.Nanos) Close("the far end does not read");
        else if (_isOpen && Volatile.Read(ref _lastUse) + _settings.Idle.Ticks * 100 <= now.Nanos) Close("the connection was idle");
    }

    /// <summary>Lives until the connection ends. Never throws.</summary>
    /// <param name="open">Connects or accepts, with the handshake of TLS.</param>
    public async Task RunAsync(Func<CancellationToken, Task<Stream>> open)
    {
        Stream? stream = null;
        var writing = Task.CompletedTask;
        try
        {
            using (var limit = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token))
            {
                limit.CancelAfter(_settings.Opening * 2);
                stream = await open(limit.Token).ConfigureAwait(false);
            }
            _isOpen = true;
            if (!IsOutgoing) Volatile.Write(ref _readDeadline, After(_settings.FirstMessage));
            Volatile.Write(ref _lastUse, EngineClock.Now.Nanos);
            writing = WriteAsync(stream);
            await ReadAsync(stream).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is IOException or SocketException or OperationCanceledException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
            if (!_closing.IsCancellationRequested) _reason = Describe(failed);
        }
        finally
        {
            Close(_reason);
            // What the writer has in its hands must be written or noted before what is left is handed back.
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
            _owner.OnClosed(this, _isOpen, _reason);
            HandBack();
            _closing.Dispose();
        }
    }

    private async Task ReadAsync(Stream stream)
    {
        var framer = new StreamFramer();
        bool isFirst = !IsOutgoing;
        while (true)
        {
            int read = await stream.ReadAsync(framer.Room(), _closing.Token).ConfigureAwait(false);
            if (read == 0) return;
            framer.Advance(read);
            bool wasInside = Volatile.Read(ref _readDeadline) != long.MaxValue;
            while (true)
            {
                var found = framer.TryTake(out byte[] message);
                if (found is Framed.NeedsMore) break;
                Volatile.Write(ref _lastUse, EngineClock.Now.Nanos);
                if (found is Framed.Broken)
                {
                    _reason = $"what came was no SIP ({framer.Fault})";
                    return;
                }
                if (found is Framed.Ping)
                {
                    Interlocked.Exchange(ref _pongs, 1);
                    _queue.Writer.TryWrite(default);
                    continue;
                }
                (isFirst, wasInside) = (false, false);
                var welcome = await _owner.ReceiveAsync(message, Flow, _closing.Token).ConfigureAwait(false);
                if (welcome is Welcome.Unwanted)
                {
                    _reason = "the far end is not wanted here";
                    return;
                }
                if (welcome is Welcome.LetIn)
                {
                    Volatile.Write(ref _welcomeDeadline, long.MaxValue);
                    Place?.Prove();
                }
                while (_queue.Reader.Count >= _settings.QueuedMessagesWhileReading)
                    await Task.Delay(_settings.BackPressure, _closing.Token).ConfigureAwait(false);
            }
            // The clock of a message runs from its first byte: more bytes do not wind it up again.
            if (!framer.IsInside && !isFirst) Volatile.Write(ref _readDeadline, long.MaxValue);
            else if (!wasInside) Volatile.Write(ref _readDeadline, After(_settings.WholeMessage));
        }
    }

    private async Task WriteAsync(Stream stream)
    {
        try
        {
            await foreach (var next in _queue.Reader.ReadAllAsync(_closing.Token).ConfigureAwait(false))
            {
                // Noted before it is written: its answer may be here before the write returns.
                Remember(_inHand = next);
                if (Interlocked.Exchange(ref _pongs, 0) == 1) await WriteAsync(stream, Pong).ConfigureAwait(false);
                if (next.What is not { } what) continue;
                Volatile.Write(ref _lastUse, EngineClock.Now.Nanos);
                await WriteAsync(stream, what.Bytes).ConfigureAwait(false);
                _inHand = default;
                Metrics.DatagramsSent.Add(1);
            }
        }
        catch (Exception failed) when (failed is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            if (!_closing.IsCancellationRequested) Close(Describe(failed));
        }
    }

    private async ValueTask WriteAsync(Stream stream, ReadOnlyMemory<byte> bytes)
    {
        Volatile.Write(ref _writeDeadline, After(_settings.Writing));
        await stream.WriteAsync(bytes, _closing.Token).ConfigureAwait(false);
        Volatile.Write(ref _writeDeadline, long.MaxValue);
    }

    private void Remember(OutgoingMessage message)
    {
        if (message.What is not { IsRequest: true } || message.Sender is null) return;
        lock (_requestsGate)
        {
            _requests.Enqueue((message, EngineClock.Now));
            if (_requests.Count > _settings.RememberedRequests) _requests.Dequeue();
        }
    }

    /// <summary>
    /// What was not written goes by another connection, once; of what was written the senders hear that its answer will not come this way.
    /// </summary>
    private void HandBack()
    {
        // A request that was begun is among those that were written.
        if (_inHand.What is { IsRequest: false }) Move(_inHand);
        while (_queue.Reader.TryRead(out var left)) Move(left);
        var oldest = EngineClock.Now - TimeSpan.FromSeconds(64 * 0.5);      // timers B and F: nobody waits longer
        lock (_requestsGate)
        {
            foreach (var (request, at) in _requests)
                if (at > oldest) request.Fail(isLost: true, _reason);
        }
    }

    private void Move(OutgoingMessage left)
    {
        if (left.What is null) return;
        if (!_isOpen || left.HasMoved || !_owner.TrySend(left with { HasMoved = true })) left.Fail(isLost: false, _reason);
    }

    private static long After(TimeSpan time) => (EngineClock.Now + time).Nanos;

    private static string Describe(Exception failed) => failed switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "the far end refused the connection",
        SocketException { SocketErrorCode: SocketError.ConnectionReset }
            or IOException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionReset } } =>
            "the far end broke the connection",
        OperationCanceledException => "the connection could not be opened in time",
        _ => failed.Message.TrimEnd('.'),
    };
}
