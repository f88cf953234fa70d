using System.Net.WebSockets;
using Ringwright.Egress;

namespace Ringwright.Streams;

/// <summary>
/// An open socket of a stream, and the loops that keep it: one writes it, one reads it, one looks at the clock. The first that cannot go
/// on says how the connection ends.
/// </summary>
internal sealed class StreamLink(StreamAudio audio, EgressSocket socket, MediaStreamOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _life = new();
    /// <summary>How long one frame waits for the socket. Whoever gives up so breaks the socket, also for who reads it.</summary>
    private readonly CancellationTokenSource _sending = new();
    private readonly TaskCompletionSource<StreamEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FloodGauge _overhead = new(Limits.OverheadAtOnce, Limits.OverheadPerSecond, time);
    private long _payload, _told;
    /// <summary>When the first part of the message came that is not whole yet; 0 when there is none.</summary>
    private long _begunAt;

    /// <summary>It or the stream ends: what waits is still sent if the socket takes it in time.</summary>
    private bool IsEnding => _end.Task.IsCompleted || audio.Over.IsCompleted;

    /// <summary>Until it has ended and said so on the socket. Never throws for what the far end does.</summary>
    public async Task<StreamEnd> RunAsync()
    {
        var writing = GuardAsync(WriteAsync());
        var reading = GuardAsync(ReadAsync(), isReading: true);
        var watching = GuardAsync(WatchAsync());
        try
        {
            var end = await await Task.WhenAny(_end.Task, audio.Over);
            await SayGoodbyeAsync(end, writing, reading);
            return end;
        }
        finally
        {
            await _life.CancelAsync();
            socket.WebSocket.Abort();
            await Task.WhenAll(writing, reading, watching);
        }
    }

    public void Dispose()
    {
        _sending.Dispose();
        _life.Dispose();
    }

    /// <summary>A loop ends by saying how the connection ends, or because it has ended.</summary>
    private async Task GuardAsync(Task<StreamEnd?> loop, bool isReading = false)
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
            if (_sending.IsCancellationRequested)
            {
                _end.TrySetResult(StreamEnd.Broken($"the application read nothing for {options.SendTimeout.TotalSeconds:0.###} s"));
                return;
            }
            // Who reads knows more of the reason than who writes to a socket that has just become useless.
            if (!isReading) await Task.WhenAny(_end.Task, audio.Over, Task.Delay(options.FarewellTimeout, time));
            _end.TrySetResult(SocketFailure.EndOf(failed, socket, options));
        }
        catch (Exception fault)
        {
            _end.TrySetException(fault);
        }
    }

    private async Task<StreamEnd?> WriteAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_life.Token, _sending.Token);
        while (await audio.Out.WaitAsync(_life.Token))
        {
            while (audio.Out.TryTake(out var frame))
            {
                var bytes = audio.Text.Write(frame);
                frame.Return();
                _sending.CancelAfter(options.SendTimeout);
                try
                {
                    await socket.WebSocket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, limit.Token);
                }
                catch when (!_sending.IsCancellationRequested)
                {
                    audio.Out.PutBack(frame);
                    throw;
                }
                _sending.CancelAfter(Timeout.InfiniteTimeSpan);
                if (audio.Out.IsOverfull) return StreamEnd.Broken("the application asked for more than it read");
            }
        }
        return null;
    }

    private async Task<StreamEnd?> ReadAsync()
    {
        using var message = new MessageBuffer();
        while (true)
        {
            await audio.Out.RoomAsync(_life.Token);
            // A socket fills the room that it is given, as long as its frame has more: the first byte begins the message's time, and small
            // parts keep what is counted near what has come.
            var room = message.Room();
            int most = message.Written.IsEmpty && !IsEnding ? 1 : Limits.PartBytes;
            var part = await socket.WebSocket.ReceiveAsync(room[..Math.Min(room.Length, most)], _life.Token);
            if (part.MessageType is WebSocketMessageType.Close) return StreamEnd.Closed;
            // It ends: what still comes is read and left, for a socket that is closed over unread bytes takes our last frames with it.
            if (IsEnding) message.Reset();
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
        if (!audio.Bytes.Take(part.Count) || (part.EndOfMessage && !audio.Messages.Take(1))) return Flood();
        if (!part.EndOfMessage)
        {
            Interlocked.CompareExchange(ref _begunAt, time.GetTimestamp(), 0);
            return null;
        }
        Interlocked.Exchange(ref _begunAt, 0);
        audio.Input.Handle(message.Written, part.MessageType is WebSocketMessageType.Text);
        message.Reset();
        audio.Feed();
        return null;
    }

    /// <summary>What reading does not see: messages that never end, and bytes that are no message's.</summary>
    private async Task<StreamEnd?> WatchAsync()
    {
        while (true)
        {
            await Task.Delay(WatchInterval, time, _life.Token);
            long begun = Interlocked.Read(ref _begunAt);
            if (begun != 0 && time.GetElapsedTime(begun) > options.MessageTimeout)
                return StreamEnd.GivenUp($"the application did not end a message within {options.MessageTimeout.TotalSeconds:0.###} s",
                    WebSocketCloseStatus.PolicyViolation);
            long overhead = socket.Received - Interlocked.Read(ref _payload);
            bool isAllowed = _overhead.Take(overhead - _told);
            _told = overhead;
            if (!isAllowed) return Flood();
        }
    }

    private async Task SayGoodbyeAsync(StreamEnd end, Task writing, Task reading)
    {
        if (end.Kind is EndKind.Broken or EndKind.Cut) return;
        if (end.Fault is { } fault) audio.Input.Tell(fault);
        if (end.Kind is not EndKind.Closed) audio.Out.Add(new(OutKind.Stop));
        audio.Out.Finish(isDropped: end.Kind is EndKind.Closed);
        using var limit = new CancellationTokenSource(options.FarewellTimeout, time);
        try
        {
            await writing.WaitAsync(limit.Token);
            await socket.WebSocket.CloseOutputAsync(end.Status, statusDescription: null, limit.Token);
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
