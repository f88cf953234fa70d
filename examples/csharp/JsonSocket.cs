using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Examples;

/// <summary>Messages of JSON over a web socket. One may receive and one send at a time.</summary>
public sealed class JsonSocket(WebSocket socket)
{
    private const int MostBytes = 1_000_000;

    /// <returns>Null when the far end has closed the socket.</returns>
    public async Task<JsonObject?> ReceiveAsync(CancellationToken stop)
    {
        using var told = new MemoryStream();
        byte[] part = new byte[8_192];
        while (told.Length <= MostBytes)
        {
            var got = await socket.ReceiveAsync(part.AsMemory(), stop);
            if (got.MessageType == WebSocketMessageType.Close) return null;
            told.Write(part, 0, got.Count);
            if (got.EndOfMessage) return JsonNode.Parse(told.ToArray())!.AsObject();
        }
        throw new InvalidOperationException("a message is too long");
    }

    public async Task SendAsync(JsonObject message, CancellationToken stop) => await socket.SendAsync(
        Encoding.UTF8.GetBytes(message.ToJsonString()).AsMemory(), WebSocketMessageType.Text, true, stop);
}
