using System.Net.WebSockets;
using Ringwright.Calls;
using Ringwright.Egress;

namespace Ringwright.Streams;

/// <summary>
/// An open socket and an open tap, and the loops between them: one reads the tap, one writes the socket, one reads it, one hands audio to
/// the tap, one looks at the clock. The first that cannot go on says how the stream ends.
/// </summary>
internal sealed class StreamLink : IAsyncDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FeedInterval = TimeSpan.FromMilliseconds(Limits.FeedMilliseconds);

    private readonly EgressSocket _socket;
    private readonly MediaStreamOptions _options;
    private readonly TimeProvider _time;
    private readonly OutFrames _out;
    private readonly FrameText _text;
    private readonly PlayQueue? _queue;
    private readonly StreamInput _input;
    private readonly TapReader _reader;
    private readonly IAudioTap _tap;
    private readonly Signal _more = new();
    private readonly CancellationTokenSource _life = new();
    private readonly TaskCompletionSource<StreamEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FloodGauge _messages, _bytes, _overhead;
    private long _payload, _told;
    /// <summary>When the first part of the message came that is not whole yet; 0 when there is none.</summary>
    private long _begunAt;

    public StreamLink(StreamOrder order, StreamIdentity identity, StreamCoders coders, EgressSocket socket, IAudioTap tap,
        MediaStreamOptions options, TimeProvider time)
    {
        (_socket, _tap, _options, _time) = (socket, tap, options, time);
        int tracks = order.Terms.Tracks is (TapTracks.Said | TapTracks.Heard) ? 2 : 1;
        _out = new(tracks * Limits.TrackFrames);
        _text = new(order, identity, coders.Out);
        _queue = tap.Plan.InjectionRate is null ? null : new(tap);
        _input = new(order.Terms.Injection, _queue, coders.In, tap.Plan.InjectionRate ?? 0, _out, time);
        _reader = new(tap, coders.Out, _out, mark => _queue?.Reached(mark));
        _messages = new(Limits.MessagesAtOnce, Limits.MessagesPerSecond, time);
        _bytes = new(Limits.BytesAtOnce, Limits.BytesPerSecond, time);
        _overhead = new(Limits.OverheadAtOnce, Limits.OverheadPerSecond, time);
    }

    public void Press(char key) => _out.Add(new(OutKind.Digit) { Text = key.ToString(), At = _time.GetUtcNow() });

    /// <summary>Ends it in order; what waits is still sent if the socket takes it in time.</summary>
    public void Close() => _end.TrySetResult(StreamEnd.Asked);

    /// <summary>Until it has ended and said so on the socket. Never throws for what the far end does.</summary>
    public async Task<StreamEnd> RunAsync()
    {
        _out.Add(new(OutKind.Connected));
        _out.Add(new(OutKind.Start));
        var writing = GuardAsync(WriteAsync());
        var reading = GuardAsync(ReadAsync());
        Task[] others = [GuardAsync(ReadTapAsync()), GuardAsync(FeedAsync()), GuardAsync(WatchAsync())];
        try
        {
            var end = await _end.Task;
            await SayGoodbyeAsync(end, writing, reading);
            return end;
        }
        finally
        {
            await _life.CancelAsync();
            _socket.WebSocket.Abort();
            await Task.WhenAll([.. others, writing, reading]);
        }
    }

    public ValueTask DisposeAsync()
    {
        _out.Finish(isDropped: true);
        _queue?.Dispose();
        _reader.Dispose();
        _input.Dispose();
        _text.Dispose();
        _life.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A loop ends by saying how the stream ends, or because it has ended.</summary>
    private async Task GuardAsync(Task<StreamEnd?> loop)
    {
        try
        {
            if (await loop is { } end) _end.TrySetResult(end);
        }
        catch (Exception stopped) when (_life.IsCancellationRequested
            && stopped is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // It was told to.
        }
        catch (Exception failed) when (failed is WebSocketException or IOException or OperationCanceledException)
        {
            _end.TrySetResult(StreamEnd.Broken(SocketFailure.Describe(failed, _options)));
        }
        catch (Exception fault)
        {
            _end.TrySetException(fault);
        }
    }

    private async Task<StreamEnd?> WriteAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_life.Token);
        while (await _out.WaitAsync(_life.Token))
        {
            while (_out.TryTake(out var frame))
            {
                var bytes = _text.Write(frame);
                frame.Return();
                limit.CancelAfter(_options.SendTimeout);
                try
                {
                    await _socket.WebSocket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, limit.Token);
                }
                catch (OperationCanceledException) when (!_life.IsCancellationRequested)
                {
                    return StreamEnd.Broken($"the application read nothing for {_options.SendTimeout.TotalSeconds:0.###} s");
                }
                limit.CancelAfter(Timeout.InfiniteTimeSpan);
                if (_out.IsOverfull) return StreamEnd.Broken("the application asked for more than it read");
            }
        }
        return null;
    }

    private async Task<StreamEnd?> ReadAsync()
    {
        using var message = new MessageBuffer();
        while (true)
        {
            await _out.RoomAsync(_life.Token);
            var part = await _socket.WebSocket.ReceiveAsync(message.Room(), _life.Token);
            if (part.MessageType is WebSocketMessageType.Close) return StreamEnd.Closed;
            // It ends: what still comes is read and left, for a socket that is closed over unread bytes takes our last frames with it.
            if (_end.Task.IsCompleted) message.Reset();
            else if (Take(message, part) is { } end) _end.TrySetResult(end);
        }
    }

    /// <returns>How the stream ends, when that was too much.</returns>
    private StreamEnd? Take(MessageBuffer message, ValueWebSocketReceiveResult part)
    {
        Interlocked.Add(ref _payload, part.Count);
        message.Advance(part.Count);
        if (message.IsTooLong)
            return StreamEnd.GivenUp($"the application sent a message of more than {Limits.MessageBytes} bytes",
                WebSocketCloseStatus.MessageTooBig, StreamFault.Malformed($"A message may have {Limits.MessageBytes} bytes."));
        if (!_bytes.Take(part.Count) || (part.EndOfMessage && !_messages.Take(1))) return Flood();
        if (!part.EndOfMessage)
        {
            Interlocked.CompareExchange(ref _begunAt, _time.GetTimestamp(), 0);
            return null;
        }
        Interlocked.Exchange(ref _begunAt, 0);
        _input.Handle(message.Written, part.MessageType is WebSocketMessageType.Text);
        message.Reset();
        if (_input.Feed()) _more.Set();
        return null;
    }

    private async Task<StreamEnd?> ReadTapAsync()
    {
        await _reader.RunAsync(_life.Token);
        // Usually the call is over, and whoever has ended it closes this at once.
        await Task.Delay(_options.TapGrace, _time, _life.Token);
        return StreamEnd.GivenUp("the call's audio has gone", WebSocketCloseStatus.EndpointUnavailable);
    }

    /// <summary>A tap does not say when it has room again, so it is asked as long as something waits.</summary>
    private async Task<StreamEnd?> FeedAsync()
    {
        while (true)
        {
            await _more.WaitAsync(_life.Token);
            do await Task.Delay(FeedInterval, _time, _life.Token);
            while (_input.Feed());
        }
    }

    /// <summary>What reading does not see: messages that never end, and bytes that are no message's.</summary>
    private async Task<StreamEnd?> WatchAsync()
    {
        while (true)
        {
            await Task.Delay(WatchInterval, _time, _life.Token);
            long begun = Interlocked.Read(ref _begunAt);
            if (begun != 0 && _time.GetElapsedTime(begun) > _options.MessageTimeout)
                return StreamEnd.GivenUp($"the application did not end a message within {_options.MessageTimeout.TotalSeconds:0.###} s",
                    WebSocketCloseStatus.PolicyViolation);
            long overhead = _socket.Received - Interlocked.Read(ref _payload);
            bool isAllowed = _overhead.Take(overhead - _told);
            _told = overhead;
            if (!isAllowed) return Flood();
        }
    }

    private async Task SayGoodbyeAsync(StreamEnd end, Task writing, Task reading)
    {
        if (end.Kind is EndKind.Broken) return;
        if (end.Fault is { } fault) _input.Tell(fault);
        if (end.Kind is not EndKind.Closed) _out.Add(new(OutKind.Stop));
        _out.Finish(isDropped: end.Kind is EndKind.Closed);
        using var limit = new CancellationTokenSource(_options.FarewellTimeout, _time);
        try
        {
            await writing.WaitAsync(limit.Token);
            await _socket.WebSocket.CloseOutputAsync(end.Status, statusDescription: null, limit.Token);
            await reading.WaitAsync(limit.Token);
        }
        catch (Exception late) when (late is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // It has had its time: what it did not take is lost.
        }
    }

    private static StreamEnd Flood() => StreamEnd.GivenUp("the application sent more than a stream may",
        WebSocketCloseStatus.PolicyViolation, StreamFault.RateLimit("This is more than a stream may send; it is closed."));
}
