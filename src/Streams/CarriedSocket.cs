using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;
using Ringwright.Egress;

namespace Ringwright.Streams;

/// <summary>
/// An open socket that carries messages both ways, and nothing else: one loop writes it, one reads it, one looks at the clock. The first
/// that cannot go on says how it ends.
/// </summary>
public sealed class CarriedSocket(EgressSocket socket, TimeProvider time, SocketBounds bounds) : IDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1), SendTimeout = TimeSpan.FromSeconds(10),
        MessageTimeout = TimeSpan.FromSeconds(10), FarewellTimeout = TimeSpan.FromSeconds(2);

    private readonly Channel<(ReadOnlyMemory<byte> Bytes, bool IsBinary)> _out =
        Channel.CreateBounded<(ReadOnlyMemory<byte>, bool)>(new BoundedChannelOptions(Limits.TextsWaiting) { SingleReader = true });
    private readonly CancellationTokenSource _life = new();
    private readonly TaskCompletionSource<End> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FloodGauge _bytes = new(bounds.BytesAtOnce, bounds.BytesPerSecond, time);
    private readonly FloodGauge _messages = new(Limits.TextsAtOnce, Limits.TextsPerSecond, time);
    private readonly FloodGauge _overhead = new(Limits.OverheadAtOnce, Limits.OverheadPerSecond, time);
    private long _payload;
    /// <summary>When the first part of the message came that is not whole yet; 0 when there is none.</summary>
    private long _begunAt;

    /// <param name="Fault">As part of a sentence; null when we were asked to.</param>
    /// <param name="Status">What is said to the far end; null when it hears nothing any more.</param>
    private sealed record End(string? Fault, WebSocketCloseStatus? Status, string? Words = null);

    /// <returns>False when so many wait already, and it is not sent. One that ends takes what it cannot send any more.</returns>
    public bool Send(ReadOnlyMemory<byte> message, bool isBinary = false) =>
        _out.Writer.TryWrite((message, isBinary)) || _end.Task.IsCompleted;

    /// <summary>What waits is still sent, if the far end takes it in time.</summary>
    public void Close(WebSocketCloseStatus status, string words) => _end.TrySetResult(new(null, status, words));

    /// <summary>Until it has ended and said so on the socket. Never throws for what the far end does.</summary>
    /// <param name="take">Given one message after the other, each valid until it returns, and whether it is binary.</param>
    /// <returns>Why it was lost, as part of a sentence; null when we have closed it.</returns>
    public async Task<string?> RunAsync(Action<ReadOnlyMemory<byte>, bool> take)
    {
        var writing = GuardAsync(WriteAsync());
        var reading = GuardAsync(ReadAsync(take));
        var watching = GuardAsync(WatchAsync());
        try
        {
            var end = await _end.Task;
            await SayGoodbyeAsync(end, writing, reading);
            return end.Fault;
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
        _life.Dispose();
        socket.Dispose();
    }

    /// <summary>A loop ends by saying how the connection ends, or because it has ended.</summary>
    private async Task GuardAsync(Task<End?> loop)
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
            _end.TrySetResult(new("its connection broke", null));
        }
        catch (Exception fault)
        {
            _end.TrySetException(fault);
        }
    }

    private async Task<End?> WriteAsync()
    {
        await foreach (var (message, isBinary) in _out.Reader.ReadAllAsync(_life.Token))
        {
            using var late = new CancellationTokenSource(SendTimeout, time);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_life.Token, late.Token);
            try
            {
                await socket.WebSocket.SendAsync(message, isBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text,
                    endOfMessage: true, limit.Token);
            }
            catch (Exception) when (late.IsCancellationRequested)
            {
                return new($"it read nothing for {SendTimeout.TotalSeconds:0} s", null);
            }
        }
        return null;
    }

    private async Task<End?> ReadAsync(Action<ReadOnlyMemory<byte>, bool> take)
    {
        var message = new ArrayBufferWriter<byte>(Limits.TextPartBytes);
        while (true)
        {
            var part = await socket.WebSocket.ReceiveAsync(message.GetMemory(Limits.TextPartBytes)[..Limits.TextPartBytes], _life.Token);
            if (part.MessageType is WebSocketMessageType.Close) return new("it closed the connection", WebSocketCloseStatus.NormalClosure);
            message.Advance(part.Count);
            Interlocked.Add(ref _payload, part.Count);
            // We end it: what still comes is read and left, for a socket that is closed over unread bytes takes our last messages with it.
            bool isEnding = _end.Task.IsCompleted;
            if (!isEnding && message.WrittenCount > bounds.MessageBytes)
                _end.TrySetResult(new($"it sent a message of more than {bounds.MessageBytes} bytes", WebSocketCloseStatus.MessageTooBig));
            else if (!isEnding && (!_bytes.Take(part.Count) || part.EndOfMessage && !_messages.Take(1))) _end.TrySetResult(Flood());
            else if (!isEnding && part.EndOfMessage) take(message.WrittenMemory, part.MessageType is WebSocketMessageType.Binary);
            else if (!isEnding)
            {
                Interlocked.CompareExchange(ref _begunAt, time.GetTimestamp(), 0);
                continue;
            }
            Interlocked.Exchange(ref _begunAt, 0);
            message.ResetWrittenCount();
        }
    }

    /// <summary>What reading does not see: messages that never end, and bytes that are no message's.</summary>
    private async Task<End?> WatchAsync()
    {
        for (long told = 0; ;)
        {
            await Task.Delay(WatchInterval, time, _life.Token);
            long begun = Interlocked.Read(ref _begunAt);
            if (begun != 0 && time.GetElapsedTime(begun) > MessageTimeout)
                return new($"it did not end a message within {MessageTimeout.TotalSeconds:0} s", WebSocketCloseStatus.PolicyViolation);
            long overhead = socket.Received - Interlocked.Read(ref _payload);
            if (!_overhead.Take(overhead - told)) return Flood();
            told = overhead;
        }
    }

    private async Task SayGoodbyeAsync(End end, Task writing, Task reading)
    {
        _out.Writer.TryComplete();
        if (end.Status is not { } status) return;
        using var limit = new CancellationTokenSource(FarewellTimeout, time);
        try
        {
            await writing.WaitAsync(limit.Token);
            await socket.WebSocket.CloseOutputAsync(status, end.Words, limit.Token);
            await reading.WaitAsync(limit.Token);
        }
        catch (Exception late) when (late is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException
            or InvalidOperationException)
        {
            // It has had its time: what it did not take is lost.
        }
    }

    private static End Flood() => new("it sent more than it may", WebSocketCloseStatus.PolicyViolation);
}
