using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Speech;

namespace Ringwright.Edge.Server;

/// <summary>
/// A server of Ultravox: makes calls over HTTP and talks in them over a socket. What it says follows from the call's prompt and from the
/// audio that it is given, and comes at once.
/// </summary>
internal sealed class UltravoxDouble : IAsyncDisposable
{
    private readonly ConcurrentQueue<JsonObject> _told = new();
    private readonly ConcurrentQueue<(TimeSpan At, int Bytes)> _audio = new();
    private readonly long _begun = Stopwatch.GetTimestamp();
    private TestServer _server = null!;     // set by the one that starts it
    private JsonObject _call = [];

    public string Url => _server.Url;

    /// <summary>The requests for calls: key and body.</summary>
    public ConcurrentQueue<(string Key, JsonObject Body)> Asked { get; } = new();

    /// <summary>Requests that are refused first, with how long to wait.</summary>
    public int Refuses { get; set; }

    public IReadOnlyList<JsonObject> Told => [.. _told];

    /// <summary>When each part of the caller's audio came.</summary>
    public IReadOnlyList<(TimeSpan At, int Bytes)> Audio => [.. _audio];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<UltravoxDouble> StartAsync()
    {
        var all = new UltravoxDouble();
        all._server = await TestServer.StartAsync(all.AnswerAsync);
        return all;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await TalkAsync(socket);
            return;
        }
        var body = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: Stop))!.AsObject();
        Asked.Enqueue((context.Request.Headers["X-API-Key"].ToString(), body));
        if (context.Request.Path != "/api/calls" || Refuses-- > 0)
        {
            context.Response.Headers.RetryAfter = "1";
            context.Response.StatusCode = 429;
            return;
        }
        _call = body;
        context.Response.StatusCode = 201;
        await context.Response.WriteAsync(new JsonObject
        {
            ["callId"] = "c", ["joinUrl"] = _server.Url.Replace("http", "ws", StringComparison.Ordinal) + "/join",
        }.ToJsonString(), Stop);
    }

    private async Task TalkAsync(WebSocket socket)
    {
        int rate = (int)_call["medium"]!["serverWebSocket"]!["inputSampleRate"]!, ordinal = 0, calls = 0;
        string prompt = (string)_call["systemPrompt"]!;
        SpokenWords words = null!;      // set before anything is said
        words = new SpokenWords(rate)
        {
            Began = () => SendAsync(new() { ["type"] = "playback_clear_buffer" }),
            Ended = async word =>
            {
                await SendAsync(new()
                {
                    ["type"] = "transcript", ["role"] = "user", ["text"] = word, ["final"] = true, ["ordinal"] = ordinal++,
                });
                await RespondAsync(word);
            },
        };
        byte[] buffer = new byte[256 * 1024];
        await SendAsync(new() { ["type"] = "call_started", ["callId"] = "c" });
        if (_call["firstSpeakerSettings"]!["agent"]?["text"] is { } greeting) await SayAsync((string)greeting!);
        try
        {
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
                if (part.MessageType is WebSocketMessageType.Close) break;
                if (part.MessageType is WebSocketMessageType.Binary)
                {
                    _audio.Enqueue((Stopwatch.GetElapsedTime(_begun), length));
                    await words.WriteAsync(MemoryMarshal.Cast<byte, short>(buffer.AsSpan(0, length)).ToArray());
                    continue;
                }
                var message = JsonNode.Parse(buffer.AsSpan(0, length))!.AsObject();
                _told.Enqueue(message);
                if ((string?)message["type"] == "client_tool_result" && (string?)message["agentReaction"] == "speaks")
                    await RespondAsync((string)message["result"]!);
            }
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Stop);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException) { /* so is the talk */ }

        async Task RespondAsync(string said)
        {
            var (say, call, arguments) = SpokenWords.Rule(prompt, said);
            if (say is not null) await SayAsync(say);
            else
                await SendAsync(new()
                {
                    ["type"] = "client_tool_invocation", ["toolName"] = call, ["invocationId"] = $"i{++calls}",
                    ["parameters"] = JsonNode.Parse(arguments),
                });
        }

        async Task SayAsync(string text)
        {
            await SendAsync(new() { ["type"] = "state", ["state"] = "speaking" });
            int number = ordinal++;
            await socket.SendAsync(MemoryMarshal.AsBytes(words.Sound(text).AsSpan()).ToArray(), WebSocketMessageType.Binary, true, Stop);
            foreach (string word in text.Split(' '))
                await SendAsync(new()
                {
                    ["type"] = "transcript", ["role"] = "agent", ["delta"] = word + " ", ["final"] = false, ["ordinal"] = number,
                });
            await SendAsync(new()
            {
                ["type"] = "transcript", ["role"] = "agent", ["text"] = text, ["final"] = true, ["ordinal"] = number,
            });
            await SendAsync(new() { ["type"] = "state", ["state"] = "listening" });
        }

        Task SendAsync(JsonObject message) =>
            socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, Stop);
    }
}
