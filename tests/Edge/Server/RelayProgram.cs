using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Speech;

namespace Ringwright.Edge.Server;

/// <summary>
/// A customer's server: gives out a document that connects calls to a program on it, runs that program for each, and keeps what the node
/// tells the program and asks for behind it.
/// </summary>
internal sealed class RelayProgram : IAsyncDisposable
{
    private readonly Func<RelayProgram, WebSocket, Task> _program;
    private readonly Channel<JsonObject> _messages = Channel.CreateUnbounded<JsonObject>();
    private readonly Channel<IReadOnlyDictionary<string, string>> _actions = Channel.CreateUnbounded<IReadOnlyDictionary<string, string>>();
    private TestServer _server = null!;     // set by the one that starts it

    private RelayProgram(Func<RelayProgram, WebSocket, Task> program) => _program = program;

    public string Url => _server.Url;

    /// <summary>Attributes of the verb beside its url.</summary>
    public string Attributes { get; set; } = "";

    /// <summary>Where the verb leads to; null leads here.</summary>
    public string? SocketUrl { get; set; }

    /// <summary>As the node closed the last socket.</summary>
    public (WebSocketCloseStatus? Status, string? Words) Closed { get; private set; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="program">Runs until it returns; the connection is dropped then.</param>
    public static async Task<RelayProgram> StartAsync(Func<RelayProgram, WebSocket, Task> program)
    {
        var all = new RelayProgram(program);
        all._server = await TestServer.StartAsync(all.AnswerAsync);
        return all;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>What a request behind the talk said of it.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ActionAsync() =>
        await _actions.Reader.ReadAsync(Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Stop);

    /// <summary>The next message of that type; null when the node has closed the socket.</summary>
    public async Task<JsonObject?> HearAsync(WebSocket socket, string type)
    {
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            int length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), Stop);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType is WebSocketMessageType.Close)
            {
                Closed = (socket.CloseStatus, socket.CloseStatusDescription);
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Stop);
                return null;
            }
            var message = JsonNode.Parse(buffer.AsSpan(0, length))!.AsObject();
            _messages.Writer.TryWrite(message);
            if ((string?)message["type"] == type) return message;
        }
    }

    public static Task SayAsync(WebSocket socket, string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, Stop);

    public static Task SpeakAsync(WebSocket socket, string text) =>
        SayAsync(socket, new JsonObject { ["type"] = "text", ["token"] = text, ["last"] = true }.ToJsonString());

    /// <summary>All that was told by now, of all calls.</summary>
    public IReadOnlyList<JsonObject> Told()
    {
        var all = new List<JsonObject>();
        while (_messages.Reader.TryRead(out var one)) all.Add(one);
        return all;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await _program(this, socket);
            socket.Abort();
            return;
        }
        context.Response.ContentType = "application/xml";
        if (context.Request.Path == "/action")
        {
            var form = await context.Request.ReadFormAsync(Stop);
            _actions.Writer.TryWrite(form.ToDictionary(field => field.Key, field => field.Value.ToString()));
            await context.Response.WriteAsync("<Response><Hangup/></Response>", Stop);
            return;
        }
        string url = SocketUrl ?? $"{_server.Url.Replace("http", "ws", StringComparison.Ordinal)}/relay";
        await context.Response.WriteAsync($"""
            <Response>
              <Connect action="/action">
                <ConversationRelay url="{url}" speechTimeout="600" {Attributes}><Parameter name="who" value="Ada"/></ConversationRelay>
              </Connect>
              <Say>Nobody hears this.</Say>
            </Response>
            """, Stop);
    }
}
