using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Conversations.Models;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>
/// A client of one server of the Model Context Protocol over streamable HTTP. Since revision 2026-07-28 each request stands for itself;
/// before that one begins a session, and names it in each request. Any number of calls at once.
/// </summary>
/// <param name="url">Where the server is written down to be; it may send us on within its host.</param>
/// <param name="headers">Of each request, beside those of the protocol.</param>
/// <param name="account">Who has named the server; null for nobody.</param>
internal sealed class McpSession(string url, IReadOnlyDictionary<string, string> headers, IAgentWeb web, TenantId? account,
    TimeProvider time)
{
    /// <summary>The revision without sessions, and the newest of those with them.</summary>
    public const string Stateless = "2026-07-28", WithSessions = "2025-11-25";

    private const string ListTools = "tools/list", CallTool = "tools/call";
    private const string Meta = "io.modelcontextprotocol/";
    private const int MostPages = 32, LongestWord = 512;
    /// <summary>Of an answer: deeper than any list of tools, and less than what may stand within an agent.</summary>
    private const int Depth = 40;
    /// <summary>Of a list of tools, each with its schema; and of what one of them answers.</summary>
    private const int MostListed = 1024 * 1024, MostAnswered = 64 * 1024;
    /// <summary>Characters of the tools that are kept of a server, and of each: no model reads as much.</summary>
    private const int MostKept = 512 * 1024, LongestTool = 64 * 1024;

    /// <summary>To end a session, which nobody waits for.</summary>
    private static readonly TimeSpan ForEnd = TimeSpan.FromSeconds(5);

    private volatile Opened? _opened;
    private volatile string _url = url;

    /// <summary>The tools that the server has, up to <see cref="MostKept"/>, and whether it wants sessions.</summary>
    /// <param name="patience">Over all of it.</param>
    /// <returns>Null and why, as part of a sentence, when they cannot be known.</returns>
    public async Task<(McpList? List, string? Fault)> ListAsync(TimeSpan patience, CancellationToken stop)
    {
        var due = new Due(time, patience);
        var (list, first) = await ListAsync(null, due, stop);
        // Where nobody answers, or the key is not taken, nobody will in other words.
        if (list is not null || first is not { Status: not (null or 401 or 403) }) return (list, first?.Fault);
        var (opened, refused) = await OpenAsync(due, stop);
        if (opened is null) return (null, refused);
        var (older, second) = await ListAsync(opened, due, stop);
        End();
        return (older, second?.Fault);
    }

    /// <summary>
    /// No more will be asked: the server need not keep the session. That is not waited for, and whatever comes of it is of no meaning, for
    /// servers may have no end of sessions, or have ended it themselves.
    /// </summary>
    public void End()
    {
        if (_opened is not { Id: not null } opened) return;
        _opened = null;
        _ = EndAsync(opened);
    }

    private async Task EndAsync(Opened opened)
    {
        try
        {
            await web.SendAsync(AskOf([], [], opened, ForEnd, MostAnswered) with { Method = "DELETE" }, CancellationToken.None);
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The node is stopping.
        }
    }

    /// <summary>What a tool answers, in words to the model.</summary>
    /// <returns>Beside it what became of the call, in a word for the trace.</returns>
    public async Task<(string Result, string Became)> CallAsync(ModelTool.Mcp tool, JsonObject arguments, TimeSpan patience,
        CancellationToken stop)
    {
        var due = new Due(time, patience);
        for (bool isSecond = false; ; isSecond = true)
        {
            var opened = tool.HasSession ? _opened : null;
            if (tool.HasSession && opened is null)
            {
                (opened, string? refused) = await OpenAsync(due, stop);
                if (opened is null) return ($"Not done: {refused}.", "no session");
            }
            var asked = new JsonObject { ["name"] = tool.Remote, ["arguments"] = arguments.DeepClone() };
            var said = await AskAsync(CallTool, asked, opened, due, MostAnswered, stop);
            // The server has forgotten the session (404, and of some 400), and has not looked at the call.
            if (said.Status is 400 or 404 && opened is { Id: not null } && !isSecond)
            {
                _opened = null;
                continue;
            }
            return said.Result is { } result ? (McpResult.Of(result), $"{said.Status}") : ($"Not done: {said.Fault}.", said.Word);
        }
    }

    private async Task<(McpList? List, Said? Failed)> ListAsync(Opened? opened, Due due, CancellationToken stop)
    {
        var tools = new List<JsonObject>();
        HashSet<string> names = new(StringComparer.Ordinal), cursors = new(StringComparer.Ordinal);
        string? cursor = null;
        int room = MostKept;
        for (int page = 0; page < MostPages && room > 0; page++)
        {
            var said = await AskAsync(ListTools, cursor is null ? [] : new() { ["cursor"] = cursor }, opened, due, MostListed, stop);
            if (said.Result?["tools"] is not JsonArray listed)
                return (null, said.Result is null ? said : said with { Fault = "its list of tools is none" });
            foreach (var tool in listed.OfType<JsonObject>().Where(tool => McpResult.TextOf(tool, "name") is { } name && names.Add(name)))
                if (room > 0 && Alone(tool, ref room) is { } kept) tools.Add(kept);
            cursor = McpResult.TextOf(said.Result, "nextCursor");
            // Before 2026-07-28 an empty one is mostly none; and some servers name the same one for ever.
            if (cursor is null || cursor.Length == 0 && opened is not null || !cursors.Add(cursor)) break;
        }
        return (new(tools, opened is not null), null);
    }

    /// <summary>
    /// A tool without the answer that it came in, which it would keep in memory whole.
    /// </summary>
    /// <param name="room">Characters that may still be kept; none are left behind the first that is too much.</param>
    /// <returns>Null for one that is too long, or has texts that are none.</returns>
    private static JsonObject? Alone(JsonObject tool, ref int room)
    {
        try
        {
            string text = tool.ToJsonString();
            if (text.Length > LongestTool) return null;
            room -= text.Length;
            return room < 0 ? null : ObjectOf(text);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private async Task<(Opened? Opened, string? Fault)> OpenAsync(Due due, CancellationToken stop)
    {
        var said = await AskAsync("initialize", new()
        {
            ["protocolVersion"] = WithSessions, ["capabilities"] = new JsonObject(), ["clientInfo"] = Client(),
        }, null, due, MostAnswered, stop);
        if (said.Result is not { } result) return (null, said.Fault);
        var opened = new Opened(Word(said.Session), Word(McpResult.TextOf(result, "protocolVersion")) ?? WithSessions);
        // Some answer it with 202, some with 200, and some not at all: what comes next tells.
        await PostAsync(new() { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" }, [], opened, due, MostAnswered, stop);
        _opened = opened;
        return (opened, null);
    }

    private async Task<Said> AskAsync(string method, JsonObject parameters, Opened? opened, Due due, int most, CancellationToken stop)
    {
        bool begins = method is "initialize";
        List<KeyValuePair<string, string>> more = [];
        if (opened is null && !begins)
        {
            parameters["_meta"] = new JsonObject
            {
                [Meta + "protocolVersion"] = Stateless, [Meta + "clientInfo"] = Client(),
                [Meta + "clientCapabilities"] = new JsonObject(),
            };
            more.Add(new("MCP-Protocol-Version", Stateless));
            more.Add(new("Mcp-Method", method));
            if (McpResult.TextOf(parameters, "name") is { } name) more.Add(new("Mcp-Name", OneLine(name)));
        }
        var answer = await PostAsync(new() { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters }, more, opened,
            due, most, stop);
        if (answer.Fault is "timed_out") return new(null, "its server gives no answer in time", null, answer.Fault);
        if (answer.Fault is { } fault) return new(answer.Status, $"its server cannot be asked ({fault})", null, fault);
        var message = MessageOf(answer.Body.Span);
        string word = $"{answer.Status}";
        if (message?["error"] is JsonObject error)
        {
            string why = McpResult.TextOf(error, "message") ?? "it does not say why";
            return new(answer.Status, $"its server refuses: {why}", null, "refused");
        }
        if (!answer.IsSuccess) return new(answer.Status, $"its server answered {answer.Status}", null, word);
        return message?["result"] is JsonObject result ? new(answer.Status, null, result, word) { Session = answer.McpSession }
            : new(answer.Status, "what its server answered is no answer", null, "no answer");
    }

    private async ValueTask<WebAnswer> PostAsync(JsonObject message, IReadOnlyList<KeyValuePair<string, string>> more, Opened? opened,
        Due due, int most, CancellationToken stop)
    {
        byte[] body = Encoding.UTF8.GetBytes(message.ToJsonString());
        var answer = await web.SendAsync(AskOf(body, more, opened, due.Left, most), stop);
        if (answer is not { Fault: null, Status: 307 or 308, Location: { } to } || OwnRedirect.Of(_url, to) is not { } next) return answer;
        _url = next;
        return await web.SendAsync(AskOf(body, more, opened, due.Left, most), stop);
    }

    private WebAsk AskOf(byte[] body, IReadOnlyList<KeyValuePair<string, string>> more, Opened? opened, TimeSpan patience, int most)
    {
        List<KeyValuePair<string, string>> all = [new("Accept", "application/json, text/event-stream"), .. more];
        if (opened is not null) all.Add(new("MCP-Protocol-Version", opened.Version));
        if (opened is { Id: { } id }) all.Add(new("Mcp-Session-Id", id));
        all.AddRange(headers.Select(one => KeyValuePair.Create(one.Key, OneLine(one.Value))));
        var events = new ServerSentEvents();
        return new(_url, body)
        {
            Headers = all, Timeout = patience, MaxBytes = most, Account = account,
            // Some servers keep a stream open behind the answer.
            IsEnough = bits => events.Add(bits.Span) && AnswerIn(events) is not null,
        };
    }

    /// <summary>The answer among what else a server tells meanwhile: one object, or one of the events of a stream.</summary>
    private static JsonObject? MessageOf(ReadOnlySpan<byte> body)
    {
        var events = new ServerSentEvents();
        if (!events.Add(body)) return null;
        events.Finish();
        return AnswerIn(events);
    }

    private static JsonObject? AnswerIn(ServerSentEvents events)
    {
        while (events.TryTake(out string data))
            if (ObjectOf(data) is { } message && (message["result"] ?? message["error"]) is JsonObject) return message;
        return null;
    }

    private static JsonObject? ObjectOf(string data)
    {
        try
        {
            return JsonNode.Parse(data, documentOptions: new() { MaxDepth = Depth, AllowDuplicateProperties = false }) as JsonObject;
        }
        // JSON may escape half of a pair of surrogates, which is no name.
        catch (Exception none) when (none is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonObject Client() => new() { ["name"] = "ringwright", ["version"] = "1" };

    /// <summary>What a server has chosen stands in our headers again.</summary>
    private static string? Word(string? text) =>
        text is { Length: > 0 and <= LongestWord } && text.All(c => c is > ' ' and <= '~') ? text : null;

    private static string OneLine(string text) => new([.. text.Where(c => c is >= ' ' and <= '~')]);

    /// <param name="Id">Null where the server keeps none.</param>
    private sealed record Opened(string? Id, string Version);

    /// <param name="Status">Null when no answer has come.</param>
    /// <param name="Fault">Why there is no result, as part of a sentence.</param>
    /// <param name="Word">What became of it, for the trace.</param>
    private sealed record Said(int? Status, string? Fault, JsonObject? Result, string Word)
    {
        public string? Session { get; init; }
    }

    /// <summary>One patience over several requests.</summary>
    private sealed class Due
    {
        private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);
        private readonly TimeProvider _time;
        private readonly TimeSpan _patience;
        private readonly long _begun;

        public Due(TimeProvider time, TimeSpan patience) => (_time, _patience, _begun) = (time, patience, time.GetTimestamp());

        public TimeSpan Left => _patience - _time.GetElapsedTime(_begun) is var left && left > Least ? left : Least;
    }
}

/// <param name="Tools">As the server wrote them: name, description, inputSchema.</param>
/// <param name="HasSession">The server wants a session begun before a call.</param>
public sealed record McpList(IReadOnlyList<JsonObject> Tools, bool HasSession);
