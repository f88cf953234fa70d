using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ringwright.Lab.Models;

/// <summary>
/// A server that speaks OpenAI's <c>POST /v1/chat/completions</c>, as a stream or in one, and answers by <see cref="ModelRules"/>. It is no
/// model, and says so in each answer's <c>system_fingerprint</c>.
/// </summary>
public sealed class LabModel : IAsyncDisposable
{
    private const int MostBytes = 4 * 1024 * 1024, MostKept = 1_000;
    /// <summary>Arguments come in pieces, as from models.</summary>
    private const int ArgumentPiece = 8;

    private readonly WebApplication _app;
    private readonly ModelRules _rules;
    private readonly string? _key;
    private readonly Action<string> _tell;
    private readonly ConcurrentDictionary<string, bool> _failed = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<JsonObject> _asked = new();
    private int _count;

    private LabModel(WebApplication app, ModelRules rules, string? key, Action<string> tell) =>
        (_app, _rules, _key, _tell) = (app, rules, key, tell);

    /// <summary>What a client's base URL is.</summary>
    public Uri BaseUrl { get; private set; } = new("http://127.0.0.1/v1");

    /// <summary>The requests up to now, the newest thousand.</summary>
    internal IReadOnlyList<JsonObject> Asked => [.. _asked];

    /// <param name="key">Asked for as a bearer token; null asks for none.</param>
    /// <param name="tell">Is told of each request in one line, without what was said; on any thread.</param>
    public static async Task<LabModel> StartAsync(ModelRules rules, IPEndPoint at, string? key, Action<string> tell, CancellationToken stop)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MostBytes;
            kestrel.Listen(at);
        });
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        var model = new LabModel(builder.Build(), rules, key, tell);
        model._app.UseRouting();
        model._app.MapPost("/v1/chat/completions", model.CompleteAsync);
        model._app.MapGet("/v1/models", context => WriteAsync(context, 200, new()
        {
            ["object"] = "list",
            ["data"] = new JsonArray(Model("rules")),
        }));
        // The rules answer by whichever name they are asked.
        model._app.MapGet("/v1/models/{**name}", context =>
            WriteAsync(context, 200, Model(Uri.UnescapeDataString((string?)context.Request.RouteValues["name"] ?? ""))));
        await model._app.StartAsync(stop);
        string address = model._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        model.BaseUrl = new($"{address.TrimEnd('/')}/v1");
        return model;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static JsonObject Model(string name) => new() { ["id"] = name, ["object"] = "model", ["owned_by"] = "ringwright-lab" };

    private async Task CompleteAsync(HttpContext context)
    {
        if (_key is not null && context.Request.Headers.Authorization.ToString() != $"Bearer {_key}")
        {
            await RefuseAsync(context, 401, "The key is not the one of this server.");
            return;
        }
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        if (Read(bytes.ToArray()) is not { } request || _rules.Answer(request) is not { } answer)
        {
            await RefuseAsync(context, 400, "The body must be a JSON object with a message of a user or a tool.");
            return;
        }
        _asked.Enqueue(request);
        while (_asked.Count > MostKept) _asked.TryDequeue(out _);
        string body = Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()));
        string? failure = answer.FailsOnce && !_failed.TryAdd(body, true) ? null : answer.Failure;
        _tell(string.Create(CultureInfo.InvariantCulture,
            $"{Interlocked.Increment(ref _count)}: {Count(request, "messages")} messages, {Count(request, "tools")} tools: "
                + $"{answer.Says.Count} texts, {answer.Calls.Count} calls{(failure is null ? "" : $", {failure}")}"));
        if (failure is not null && int.TryParse(failure, CultureInfo.InvariantCulture, out int status))
            await RefuseAsync(context, status, "The rules want it so.");
        else if (request["stream"]?.GetValueKind() is JsonValueKind.True) await StreamAsync(context, request, answer, failure);
        else await WriteAsync(context, 200, Whole(request, answer));
    }

    private async Task StreamAsync(HttpContext context, JsonObject request, RuledAnswer answer, string? failure)
    {
        context.Response.ContentType = "text/event-stream";
        Task SendAsync(string text) => context.Response.WriteAsync(text, context.RequestAborted);
        Task ChunkAsync(JsonObject delta, string? finish = null) => SendAsync($"data: {Chunk(request, delta, finish).ToJsonString()}\n\n");

        if (failure is "stall")
        {
            await SendAsync(": nothing comes\n\n");
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
        if (failure is "nonsense")
        {
            await SendAsync("data: <html>this is no answer</html>\n\n");
            return;
        }
        for (int time = 0; time < (failure is "twice" ? 2 : 1); time++)
        {
            await ChunkAsync(new() { ["role"] = "assistant", ["content"] = "" });
            foreach (string word in failure is "empty" ? [] : Words(answer))
            {
                if (_rules.Pace > TimeSpan.Zero) await Task.Delay(_rules.Pace, context.RequestAborted);
                await ChunkAsync(new() { ["content"] = word });
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
            if (failure is "half")
            {
                await SendAsync("data: {\"choices\": [{\"index\": 0, \"delta\": {\"cont");
                return;
            }
            for (int i = 0; i < answer.Calls.Count; i++)
                foreach (var piece in Pieces(answer.Calls[i], i)) await ChunkAsync(new() { ["tool_calls"] = new JsonArray(piece) });
            await ChunkAsync(new(), answer.Calls.Count > 0 ? "tool_calls" : "stop");
            var usage = Chunk(request, new(), null);
            (usage["choices"], usage["usage"]) = (new JsonArray(), Usage(request, answer));
            await SendAsync($"data: {usage.ToJsonString()}\n\ndata: [DONE]\n\n");
        }
    }

    private JsonObject Chunk(JsonObject request, JsonObject delta, string? finish) => new()
    {
        ["id"] = "lab", ["object"] = "chat.completion.chunk", ["model"] = request["model"]?.DeepClone(),
        ["system_fingerprint"] = _rules.Fingerprint,
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish }),
    };

    private JsonObject Whole(JsonObject request, RuledAnswer answer)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = string.Concat(Words(answer)) };
        if (answer.Calls.Count > 0)
            message["tool_calls"] = new JsonArray([.. answer.Calls.Select((call, i) => (JsonNode?)Call(call.Tool, call.Arguments, i))]);
        return new()
        {
            ["id"] = "lab", ["object"] = "chat.completion", ["model"] = request["model"]?.DeepClone(),
            ["system_fingerprint"] = _rules.Fingerprint, ["usage"] = Usage(request, answer),
            ["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0, ["message"] = message, ["finish_reason"] = answer.Calls.Count > 0 ? "tool_calls" : "stop",
            }),
        };
    }

    /// <summary>First whose call it is, then its arguments bit by bit.</summary>
    private static IEnumerable<JsonObject> Pieces((string Tool, string Arguments) call, int index)
    {
        yield return Call(call.Tool, "", index);
        for (int from = 0; from < call.Arguments.Length; from += ArgumentPiece)
        {
            string piece = call.Arguments[from..Math.Min(call.Arguments.Length, from + ArgumentPiece)];
            yield return new() { ["index"] = index, ["function"] = new JsonObject { ["arguments"] = piece } };
        }
    }

    private static JsonObject Call(string tool, string arguments, int index) => new()
    {
        ["index"] = index, ["id"] = string.Create(CultureInfo.InvariantCulture, $"call_{index}"), ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = tool, ["arguments"] = arguments },
    };

    /// <summary>Each with the space before it, so that they are the text again when they are joined.</summary>
    private static IEnumerable<string> Words(RuledAnswer answer) =>
        string.Join(' ', answer.Says).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((word, i) => i == 0 ? word : " " + word);

    /// <summary>Words in place of tokens: no tokenizer is here.</summary>
    private static JsonObject Usage(JsonObject request, RuledAnswer answer)
    {
        int asked = request["messages"]!.ToJsonString().Split(' ').Length, said = Words(answer).Count();
        return new() { ["prompt_tokens"] = asked, ["completion_tokens"] = said, ["total_tokens"] = asked + said };
    }

    private static int Count(JsonObject request, string member) => (request[member] as JsonArray)?.Count ?? 0;

    private static JsonObject? Read(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string what) => WriteAsync(context, status, new()
    {
        ["error"] = new JsonObject { ["message"] = what, ["type"] = "invalid_request_error", ["code"] = null, ["param"] = null },
    });

    private static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body.ToJsonString()), context.RequestAborted).AsTask();
    }
}
