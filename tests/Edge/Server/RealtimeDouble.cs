using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Speech;

namespace Ringwright.Edge.Server;

/// <summary>
/// A server of OpenAI's realtime protocol: what it says follows from its instructions and from the audio that it is given, and comes at
/// once.
/// </summary>
internal sealed class RealtimeDouble : IAsyncDisposable
{
    private const int Rate = 24_000, Delta = Rate / 10;

    private readonly ConcurrentQueue<JsonObject> _told = new();
    private TestServer _server = null!;     // set by the one that starts it
    private Func<Task>? _expire;

    /// <summary>Up to and without /realtime.</summary>
    public string Url => _server.Url;

    /// <summary>Of the handshake.</summary>
    public string Asked { get; private set; } = "";

    /// <summary>All but audio, in order.</summary>
    public IReadOnlyList<JsonObject> Told => [.. _told];

    /// <summary>Milliseconds of each item that were sent, by its id.</summary>
    public ConcurrentDictionary<string, int> Sent { get; } = new();

    /// <summary>Events have the names that they had before September 2025.</summary>
    public bool IsOld { get; init; }

    /// <summary>Answers that are asked for and fail first.</summary>
    public int Fails { get; set; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<RealtimeDouble> StartAsync(bool isOld = false)
    {
        var all = new RealtimeDouble { IsOld = isOld };
        all._server = await TestServer.StartAsync(all.AnswerAsync);
        return all;
    }

    /// <summary>As a session that was too long is ended.</summary>
    public Task ExpireAsync() => _expire?.Invoke() ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Asked = $"{context.Request.Path}{context.Request.QueryString} {context.Request.Headers.Authorization}";
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        _expire = () => socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "Your session is too long.", Stop);
        await new Session(this, socket).RunAsync();
    }

    private sealed class Session(RealtimeDouble server, WebSocket socket)
    {
        private string _instructions = "";
        private string? _owed;
        private int _items;

        public async Task RunAsync()
        {
            await SendAsync(new() { ["type"] = "session.created" });
            var words = new SpokenWords(Rate)
            {
                Began = () => SendAsync(new() { ["type"] = "input_audio_buffer.speech_started" }),
                Ended = async word =>
                {
                    await SendAsync(new() { ["type"] = "input_audio_buffer.speech_stopped" });
                    await SendAsync(new() { ["type"] = "input_audio_buffer.committed" });
                    await SendAsync(new()
                    {
                        ["type"] = "conversation.item.input_audio_transcription.completed", ["item_id"] = $"heard_{++_items}",
                        ["transcript"] = word,
                    });
                    await RespondAsync(word);
                },
            };
            try
            {
                while (await ReceiveAsync() is { } message) await TakeAsync(message, words);
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Stop);
            }
            catch (Exception gone) when (gone is WebSocketException or OperationCanceledException) { /* so is the talk */ }
        }

        private async Task TakeAsync(JsonObject message, SpokenWords words)
        {
            string type = (string)message["type"]!;
            if (type == "input_audio_buffer.append")
            {
                byte[] bytes = Convert.FromBase64String((string)message["audio"]!);
                await words.WriteAsync(MemoryMarshal.Cast<byte, short>(bytes).ToArray());
                return;
            }
            server._told.Enqueue(message);
            switch (type)
            {
                case "session.update":
                    _instructions = (string)message["session"]!["instructions"]!;
                    await SendAsync(new() { ["type"] = "session.updated" });
                    break;
                case "conversation.item.create" when message["item"]!["output"] is { } output:
                    _owed = (string)output!;
                    break;
                case "conversation.item.create" when (string?)message["item"]!["role"] == "user":
                    _owed = (string)message["item"]!["content"]![0]!["text"]!;
                    break;
                case "response.create" when server.Fails-- > 0:
                    await SendAsync(new() { ["type"] = "response.created" });
                    await DoneAsync("failed");
                    break;
                case "response.create":
                    string? exactly = (string?)message["response"]?["instructions"];
                    if (exactly?.Split(": ", 2) is [_, var said]) await SayAsync(said);
                    else await RespondAsync(_owed ?? exactly ?? "nothing");
                    _owed = null;
                    break;
                default:
                    break;
            }
        }

        private async Task RespondAsync(string said)
        {
            var (say, call, arguments) = SpokenWords.Rule(_instructions, said);
            if (say is not null)
            {
                await SayAsync(say);
                return;
            }
            await SendAsync(new() { ["type"] = "response.created" });
            var item = new JsonObject
            {
                ["id"] = $"item_{++_items}", ["type"] = "function_call", ["call_id"] = $"call_{_items}", ["name"] = call,
                ["arguments"] = arguments,
            };
            await SendAsync(new() { ["type"] = "response.output_item.added", ["item"] = item.DeepClone() });
            await SendAsync(new()
            {
                ["type"] = "response.function_call_arguments.done", ["item_id"] = $"item_{_items}", ["call_id"] = $"call_{_items}",
                ["arguments"] = arguments,
            });
            await SendAsync(new() { ["type"] = "response.output_item.done", ["item"] = item });
            await DoneAsync();
        }

        private async Task SayAsync(string text)
        {
            string id = $"item_{++_items}", prefix = server.IsOld ? "response." : "response.output_";
            await SendAsync(new() { ["type"] = "response.created" });
            await SendAsync(new()
            {
                ["type"] = "response.output_item.added", ["item"] = new JsonObject { ["id"] = id, ["type"] = "message" },
            });
            var sound = new SpokenWords(Rate).Sound(text);
            server.Sent[id] = sound.Length / (Rate / 1_000);
            for (int at = 0; at < sound.Length; at += Delta)
                await SendAsync(new()
                {
                    ["type"] = $"{prefix}audio.delta", ["item_id"] = id,
                    ["delta"] = Convert.ToBase64String(MemoryMarshal.AsBytes(sound.AsSpan(at, Math.Min(Delta, sound.Length - at)))),
                });
            foreach (string word in text.Split(' '))
                await SendAsync(new() { ["type"] = $"{prefix}audio_transcript.delta", ["item_id"] = id, ["delta"] = word + " " });
            await DoneAsync();
        }

        private Task DoneAsync(string status = "completed") => SendAsync(new()
        {
            ["type"] = "response.done", ["response"] = new JsonObject { ["status"] = status, ["output"] = new JsonArray() },
        });

        private Task SendAsync(JsonObject message) =>
            socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, Stop);

        private async Task<JsonObject?> ReceiveAsync()
        {
            byte[] buffer = new byte[256 * 1024];
            int length = 0;
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), Stop);
                if (part.MessageType is WebSocketMessageType.Close) return null;
                length += part.Count;
                if (part.EndOfMessage) return JsonNode.Parse(buffer.AsSpan(0, length))!.AsObject();
            }
        }
    }
}
