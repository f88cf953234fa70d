using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Ringwright.Testing;

namespace Ringwright.Contract.Conformance;

/// <summary>A customer's web server: takes webhooks, serves <see cref="SampleFiles"/>, and lends the node its voice and
/// its model.</summary>
internal sealed class Sink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<JsonNode> _taken = new();
    private readonly ConcurrentQueue<string> _spoken = new();

    private Sink(WebApplication app) => _app = app;

    public string Hook => UrlOf("hook");

    public string UrlOf(string name) => $"{_app.Urls.First()}/{name}";

    public static async Task<Sink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var sink = new Sink(builder.Build());
        sink._app.UseWebSockets();
        sink._app.MapPost("/hook", sink.TakeAsync);
        sink._app.Map("/socket", (Delegate)HearAsync);
        sink._app.MapPost("/speech/audio/speech", (Delegate)sink.SpeakAsync);
        sink._app.MapPost("/model/chat/completions", (Delegate)AnswerAsync);
        sink._app.MapGet("/model/models", () => Results.Json(new { data = new[] { new { id = "echo", @object = "model" } } }));
        // It has whichever model it is asked for.
        sink._app.MapGet("/model/models/{name}", (string name) => Results.Json(new { id = name, @object = "model" }));
        sink._app.MapGet("/{name}",
            (string name) => SampleFiles.Find(name) is { } file ? Results.Bytes(file.Bytes, file.MediaType) : Results.NotFound());
        await sink._app.StartAsync(TestContext.Current.CancellationToken);
        return sink;
    }

    /// <summary>The payload of the first webhook of this type whose field has this value, as soon as it is there.</summary>
    public Task<JsonNode> NextAsync(string type, string field, string value) => Eventually.SomeAsync(
        () => ValueTask.FromResult(
            _taken.FirstOrDefault(h => (string?)h["event_type"] == type && (string?)h["payload"]?[field] == value)?["payload"]),
        () => $"a webhook {type} with {field} {value}");

    public void ForgetSpoken() => _spoken.Clear();

    /// <summary>The next text with these words that the node wants a voice for; those before it are forgotten.</summary>
    public Task<string> NextSpokenAsync(string words) => Eventually.SomeAsync(() =>
    {
        while (_spoken.TryDequeue(out string? text))
            if (text.Contains(words, StringComparison.Ordinal)) return ValueTask.FromResult<string?>(text);
        return ValueTask.FromResult<string?>(null);
    }, () => $"a text with '{words}'");

    /// <summary>A voice in the form of OpenAI's, which sounds alike whatever it says.</summary>
    private async Task<IResult> SpeakAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        _spoken.Enqueue((string?)JsonNode.Parse(await reader.ReadToEndAsync(http.RequestAborted))?["input"] ?? "");
        return Results.Bytes(SampleFiles.Find("tone.wav")!.Bytes, "audio/wav");        // is there
    }

    /// <summary>Stands for a language model in the form of OpenAI's: it says how many messages it was asked with.</summary>
    private static async Task<IResult> AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var asked = JsonNode.Parse(await reader.ReadToEndAsync(http.RequestAborted))!;      // the node writes it
        return Results.Json(new JsonObject
        {
            ["id"] = "echo", ["object"] = "chat.completion", ["created"] = 1, ["model"] = (string?)asked["model"],
            ["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0, ["finish_reason"] = "stop",
                ["message"] = new JsonObject
                {
                    ["role"] = "assistant", ["content"] = $"{asked["messages"]!.AsArray().Count} messages.",
                },
            }),
        });
    }

    /// <summary>Takes a media stream, and says nothing.</summary>
    private static async Task HearAsync(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = new byte[4_096];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), http.RequestAborted)).MessageType is not WebSocketMessageType.Close) { }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        if (JsonNode.Parse(await reader.ReadToEndAsync(http.RequestAborted))?["data"] is { } data) _taken.Enqueue(data);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
