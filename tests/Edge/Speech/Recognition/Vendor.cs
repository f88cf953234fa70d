using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Ringwright.Edge.Speech.Recognition;

/// <summary>
/// A live recogniser's server that answers by a script. The scripts' frames are the vendors' published samples; what a vendor's own client
/// makes of servers of this kind is tried in <c>tests/Interop/node/recognisers.test.js</c>.
/// </summary>
internal sealed class Vendor : IAsyncDisposable
{
    private readonly TestServer _server;

    private Vendor(TestServer server) => _server = server;

    public string Url => _server.Url.Replace("http://", "ws://", StringComparison.Ordinal);
    public string Path { get; private set; } = "";
    public IQueryCollection Query { get; private set; } = QueryCollection.Empty;
    public string? Key { get; private set; }

    /// <summary>Bytes of each message of audio.</summary>
    public ConcurrentQueue<byte[]> Audio { get; } = new();

    public ConcurrentQueue<string> Texts { get; } = new();

    public IEnumerable<short> Samples => Audio.SelectMany(bytes => bytes.Chunk(2)).Select(two => BitConverter.ToInt16(two));

    /// <param name="greeting">Sent at once.</param>
    /// <param name="afterAudio">Sent when the first audio has come.</param>
    /// <param name="end">The type of the client's last message.</param>
    /// <param name="last">Sent upon it, before the socket is closed.</param>
    public static async Task<Vendor> StartAsync(string[] greeting, string[] afterAudio, string end, string[] last)
    {
        Vendor? vendor = null;
        vendor = new(await TestServer.StartAsync(context => vendor!.ServeAsync(context, greeting, afterAudio, end, last)));
        return vendor;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(HttpContext context, string[] greeting, string[] afterAudio, string end, string[] last)
    {
        (Path, Query, Key) = (context.Request.Path, context.Request.Query, context.Request.Headers.Authorization);
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await SendAsync(socket, greeting);
        byte[] buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
        {
            Assert.True(message.EndOfMessage);
            if (message.MessageType is WebSocketMessageType.Binary)
            {
                Audio.Enqueue(buffer[..message.Count]);
                if (Audio.Count == 1) await SendAsync(socket, afterAudio);
                continue;
            }
            string text = Encoding.UTF8.GetString(buffer, 0, message.Count);
            Texts.Enqueue(text);
            if ((string?)JsonNode.Parse(text)!["type"] != end) continue;
            await SendAsync(socket, last);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        }
    }

    private static async Task SendAsync(WebSocket socket, string[] messages)
    {
        foreach (string message in messages)
            await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
    }
}
