using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Server.Cli;

namespace Ringwright.Server.Mcp;

/// <summary>
/// Tools for a model by the Model Context Protocol over stdio: JSON-RPC 2.0, a message a line (modelcontextprotocol.io, 2026-07-28, basic
/// and server/tools, and the revisions before it). Requests are answered beside each other, as they come to their ends.
/// </summary>
internal sealed class McpServer(IReadOnlyList<Tool> tools, string instructions)
{
    public const int PageSize = 100;

    private const int ParseError = -32700, InvalidRequest = -32600, UnknownMethod = -32601, InvalidParams = -32602, InternalError = -32603,
        UnsupportedVersion = -32022;
    /// <summary>As many at the same time; what a client asks for besides waits until one has ended, and may be withdrawn.</summary>
    private const int AtOnce = 16;

    /// <summary>Tools stand while the program runs; by then a client that has kept them may ask again.</summary>
    private const int FreshMilliseconds = 300_000;

    /// <summary>The revision whose requests each say by themselves in which one they are, without a beginning.</summary>
    private const string Stateless = "2026-07-28";

    private const string Discover = "server/discover", ListTools = "tools/list", Reserved = "io.modelcontextprotocol/";

    /// <summary>
    /// Those that begin with <c>initialize</c>, the newest first. What was changed between them is nothing that these messages have.
    /// </summary>
    private static readonly string[] Versions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly Dictionary<string, Tool> _tools = tools.ToDictionary(tool => tool.Name, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(AtOnce), _writing = new(1);

    /// <summary>Until the client closes its end, and all that it asked for is answered.</summary>
    public async Task RunAsync(TextReader input, TextWriter output, CancellationToken stop)
    {
        var answered = Task.CompletedTask;
        while (await input.ReadLineAsync(stop).AsTask().WaitAsync(stop) is { } line)
            if (!string.IsNullOrWhiteSpace(line)) answered = Task.WhenAll(answered, AnswerAsync(line));
        await answered.WaitAsync(stop);

        async Task AnswerAsync(string line)
        {
            try
            {
                if (await TakeAsync(line, stop) is not { } answer) return;
                await _writing.WaitAsync(stop);
                try
                {
                    await output.WriteLineAsync(PlainJson.Of(answer));
                    await output.FlushAsync(stop);
                }
                finally
                {
                    _writing.Release();
                }
            }
            catch (Exception gone) when (gone is OperationCanceledException or IOException)
            {
                // Nobody is there any more to be told.
            }
        }
    }

    /// <returns>Null where nothing is answered: to notifications, and to requests that were withdrawn.</returns>
    private async Task<JsonNode?> TakeAsync(string line, CancellationToken stop)
    {
        JsonNode? said;
        try
        {
            said = JsonNode.Parse(line, documentOptions: Strict);
        }
        catch (JsonException)
        {
            return Error(null, ParseError, "This line is no JSON.");
        }
        // By revision 2025-03-26 several messages may come together, and what is answered goes back together.
        if (said is not JsonArray { Count: > 0 } several) return await TakeOneAsync(said as JsonObject, stop);
        var answers = await Task.WhenAll(several.Select(one => TakeOneAsync(one as JsonObject, stop)));
        var given = answers.OfType<JsonNode>().ToList();
        return given.Count > 0 ? new JsonArray([.. given]) : null;
    }

    private async Task<JsonObject?> TakeOneAsync(JsonObject? message, CancellationToken stop)
    {
        if (message is null || Text(message["method"]) is not { } method)
            // An answer to something that was never asked of the client needs none.
            return message is not null && (message.ContainsKey("result") || message.ContainsKey("error")) ? null
                : Error(null, InvalidRequest, "A message is one JSON object with a method.");
        if (!message.ContainsKey("id"))
        {
            if (method == "notifications/cancelled" && (message["params"] as JsonObject)?["requestId"] is { } withdrawn)
                await WithdrawAsync(withdrawn.ToJsonString());
            return null;
        }
        // Who waits for an answer is not to wait for ever, though it cannot be told to which request this is one.
        if (message["id"] is not JsonValue id || id.GetValueKind() is not (JsonValueKind.String or JsonValueKind.Number))
            return Error(null, InvalidRequest, "The id of a request is a text or a number.");
        using var until = CancellationTokenSource.CreateLinkedTokenSource(stop);
        string key = id.ToJsonString();
        if (!_running.TryAdd(key, until)) return Error(id, InvalidRequest, "A request of this id is under way.");
        try
        {
            await _places.WaitAsync(until.Token);
            try
            {
                return await AnswerAsync(id, method, message["params"] as JsonObject ?? [], until.Token);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException) when (until.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception failed)
        {
            return Error(id, InternalError, failed.Message);
        }
        finally
        {
            _running.TryRemove(key, out _);
        }
    }

    private async Task WithdrawAsync(string key)
    {
        try
        {
            if (_running.TryGetValue(key, out var asked)) await asked.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended in this moment.
        }
    }

    private async Task<JsonObject> AnswerAsync(JsonValue id, string method, JsonObject given, CancellationToken stop)
    {
        var about = given["_meta"] as JsonObject;
        string? version = Text(about?[Reserved + "protocolVersion"]);
        if (version is null || Versions.Contains(version)) return await DoAsync(id, method, given, stop);
        if (version != Stateless) return Unsupported(id, version);
        if (about?[Reserved + "clientCapabilities"] is not JsonObject)
            return Error(id, InvalidParams, $"A request of {Stateless} has {Reserved}clientCapabilities in _meta.");
        var answer = method is Discover ? Discovered(id) : await DoAsync(id, method, given, stop);
        if (answer["result"] is not JsonObject result) return answer;
        result["resultType"] = "complete";
        result["_meta"] = new JsonObject { [Reserved + "serverInfo"] = Itself() };
        // What a key may ask for is nobody else's.
        if (method is Discover or ListTools) (result["ttlMs"], result["cacheScope"]) = (FreshMilliseconds, "private");
        return answer;
    }

    private async Task<JsonObject> DoAsync(JsonValue id, string method, JsonObject given, CancellationToken stop)
    {
        switch (method)
        {
            case "initialize":
                var begun = Introduction();
                begun["protocolVersion"] = Versions.FirstOrDefault(version => version == Text(given["protocolVersion"])) ?? Versions[0];
                return Result(id, begun);
            case "ping":
                return Result(id, []);
            case ListTools:
                return List(id, given["cursor"]);
            case "tools/call":
                if (Text(given["name"]) is not { } name || !_tools.TryGetValue(name, out var tool))
                    return Error(id, InvalidParams, $"There is no tool '{Text(given["name"])}'.");
                if (WrittenJson.ObjectOf(given["arguments"]) is not { } arguments)
                    return Error(id, InvalidParams, "The arguments are one JSON object.");
                var answer = await tool.Call(arguments, stop);
                return Result(id, new()
                {
                    ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = answer.Text }),
                    ["isError"] = answer.IsFault,
                });
            default:
                return Error(id, UnknownMethod, $"There is no method '{method}'.");
        }
    }

    /// <summary>What both ways of beginning tell a client.</summary>
    private JsonObject Introduction() => new()
    {
        ["capabilities"] = new JsonObject { ["tools"] = new JsonObject() },
        ["serverInfo"] = Itself(),
        ["instructions"] = instructions,
    };

    private static JsonObject Itself() => new() { ["name"] = "ringwright", ["version"] = ProgramVersion.Text };

    private JsonObject Discovered(JsonValue id)
    {
        var result = Introduction();
        result["supportedVersions"] = Spoken();
        return Result(id, result);
    }

    private static JsonArray Spoken() => new([(JsonNode)Stateless, .. Versions.Select(version => (JsonNode)version)]);

    /// <summary>So a client learns which revision to ask in again.</summary>
    private static JsonObject Unsupported(JsonValue id, string asked)
    {
        var answer = Error(id, UnsupportedVersion, $"There is no revision '{asked}' of the protocol here.");
        answer["error"]!["data"] = new JsonObject { ["supported"] = Spoken(), ["requested"] = asked };    // it was made just now
        return answer;
    }

    /// <summary>The cursor is how many came before.</summary>
    private JsonObject List(JsonValue id, JsonNode? cursor)
    {
        int at = 0;
        // An empty one is none: some clients' first question has it.
        if (cursor is not null && Text(cursor) is not "" && !(int.TryParse(Text(cursor), out at) && at >= 0 && at < tools.Count))
            return Error(id, InvalidParams, "This cursor is none that was given.");
        var result = new JsonObject { ["tools"] = new JsonArray([.. tools.Skip(at).Take(PageSize).Select(Describe)]) };
        if (at + PageSize < tools.Count) result["nextCursor"] = $"{at + PageSize}";
        return Result(id, result);
    }

    private static JsonNode Describe(Tool tool) => new JsonObject
    {
        ["name"] = tool.Name,
        ["description"] = tool.Says,
        ["inputSchema"] = tool.Arguments.DeepClone(),
        ["annotations"] = new JsonObject { ["readOnlyHint"] = tool.IsReading, ["destructiveHint"] = tool.IsRemoving },
    };

    private static JsonObject Result(JsonValue id, JsonObject result) =>
        new() { ["jsonrpc"] = "2.0", ["id"] = id.DeepClone(), ["result"] = result };

    private static JsonObject Error(JsonValue? id, int code, string message) => new()
    {
        ["jsonrpc"] = "2.0",
        ["id"] = id?.DeepClone(),
        ["error"] = new JsonObject { ["code"] = code, ["message"] = message },
    };

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
