using System.Net.WebSockets;

namespace Ringwright.Http;

/// <summary>A web socket in whole messages, each of them bounded. One reads at a time; several may send.</summary>
/// <param name="most">Bytes of a message of the other end.</param>
public sealed class MessageSocket(WebSocket socket, int most)
{
    private const int FirstBytes = 4 * 1024;

    /// <summary>Who does not take a message for so long is gone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>So long after our close the other end may still say its own.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _sending = new(1);
    private volatile bool _isClosing;
    private byte[] _buffer = new byte[Math.Min(most, FirstBytes)];

    /// <summary>
    /// The next message, which is good until the next call; null when the other end has closed,
    /// or sent a message that is too long, which closes it too.
    /// </summary>
    public async ValueTask<SocketMessage?> ReceiveAsync(CancellationToken stop)
    {
        int length = 0;
        while (true)
        {
            if (length == _buffer.Length)
            {
                if (length >= most)
                {
                    // What fills the bound to its last byte may be whole: only an empty end of it can follow.
                    var rest = await socket.ReceiveAsync(new byte[1].AsMemory(), stop);
                    if (rest is { Count: 0, EndOfMessage: true, MessageType: not WebSocketMessageType.Close })
                        return new(_buffer.AsMemory(0, length), rest.MessageType is WebSocketMessageType.Text);
                    await CloseAsync(WebSocketCloseStatus.MessageTooBig, $"A message may have at most {most} bytes.");
                    return null;
                }
                Array.Resize(ref _buffer, Math.Min(most, _buffer.Length * 2));
            }
            var read = await socket.ReceiveAsync(_buffer.AsMemory(length), stop);
            if (read.MessageType is WebSocketMessageType.Close) return null;
            if (_isClosing) continue;     // what comes behind our close is nobody's
            length += read.Count;
            if (read.EndOfMessage) return new(_buffer.AsMemory(0, length), read.MessageType is WebSocketMessageType.Text);
        }
    }

    /// <exception cref="WebSocketException">The other end is gone, or does not take it.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, bool isText, CancellationToken stop)
    {
        await _sending.WaitAsync(stop);
        try
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
            late.CancelAfter(Patience);
            await socket.SendAsync(message, isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary,
                endOfMessage: true, late.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            socket.Abort();
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely, "The other end takes nothing.");
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Waits for the other end's close, so that ours is not lost with the connection. Nobody else may receive any more.</summary>
    internal async ValueTask DrainAsync()
    {
        using var late = new CancellationTokenSource(Grace);
        try
        {
            while (socket.State is WebSocketState.CloseSent) await socket.ReceiveAsync(_buffer.AsMemory(), late.Token);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            socket.Abort();
        }
    }

    /// <summary>Says that we close, once.</summary>
    internal async ValueTask CloseAsync(WebSocketCloseStatus status, string? why)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        _isClosing = true;
        using var late = new CancellationTokenSource(Patience);
        try
        {
            await _sending.WaitAsync(late.Token);
            try
            {
                if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                    await socket.CloseOutputAsync(status, why, late.Token);
            }
            finally
            {
                _sending.Release();
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            socket.Abort();
        }
    }
}

public readonly record struct SocketMessage(ReadOnlyMemory<byte> Bytes, bool IsText);
