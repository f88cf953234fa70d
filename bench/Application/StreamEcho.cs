using System.Buffers;
using System.Net.WebSockets;
using System.Text;

namespace Ringwright.Bench.Application;

/// <summary>The customer's side of media streams: each frame of audio that comes goes back as it is.</summary>
internal static class StreamEcho
{
    public const string Path = "/stream";

    private const int MostBytes = 8_192;

    private static ReadOnlySpan<byte> IsMedia => "\"event\":\"media\""u8;
    private static ReadOnlySpan<byte> Payload => "\"payload\":\""u8;
    private static ReadOnlySpan<byte> Head => "{\"event\":\"media\",\"media\":{\"payload\":\""u8;
    private static ReadOnlySpan<byte> Tail => "\"}}"u8;

    /// <summary>Until the other end goes away.</summary>
    public static async Task TakeAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        byte[] heard = ArrayPool<byte>.Shared.Rent(MostBytes), said = ArrayPool<byte>.Shared.Rent(MostBytes);
        try
        {
            while (socket.State is WebSocketState.Open)
            {
                var came = await socket.ReceiveAsync(heard.AsMemory(), http.RequestAborted);
                if (came.MessageType is WebSocketMessageType.Close) break;
                // A frame of 20 ms is one message, far below what is read at once.
                if (came.EndOfMessage && Answer(heard.AsSpan(0, came.Count), said) is > 0 and var length)
                    await socket.SendAsync(said.AsMemory(0, length), WebSocketMessageType.Text, endOfMessage: true, http.RequestAborted);
            }
            if (socket.State is WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The call is over.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(heard);
            ArrayPool<byte>.Shared.Return(said);
        }
    }

    /// <summary>The frame that a media stream takes for one that it has sent.</summary>
    /// <returns>Its length; 0 for what is no audio.</returns>
    private static int Answer(ReadOnlySpan<byte> message, Span<byte> into)
    {
        if (message.IndexOf(IsMedia) < 0) return 0;
        int at = message.IndexOf(Payload);
        if (at < 0) return 0;
        var payload = message[(at + Payload.Length)..];
        payload = payload[..payload.IndexOf((byte)'"')];
        Head.CopyTo(into);
        payload.CopyTo(into[Head.Length..]);
        Tail.CopyTo(into[(Head.Length + payload.Length)..]);
        return Head.Length + payload.Length + Tail.Length;
    }

    private static readonly string Silence = Convert.ToBase64String(new byte[160]);

    /// <summary>A frame as a node sends it: 20 ms of PCMU.</summary>
    public static byte[] Frame(int number) => Encoding.UTF8.GetBytes(
        $$"""{"event":"media","sequence_number":"{{number}}","media":{"track":"inbound","chunk":"{{number}}","timestamp":"{{20 * number}}","payload":"{{Silence}}"},"stream_id":"{{Guid.Empty}}"}""");
}
