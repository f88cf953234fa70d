using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Server;
using Ringwright.Edge.Voipbin.Dialling;
using Ringwright.Http;
using Ringwright.Server.Settings;
using Ringwright.Telefonie;
using Ringwright.Testing;

namespace Ringwright.Edge.Telefonie;

/// <summary>
/// The harness of Telefonie's cases: a node with two accounts, a trunk to a far end whose numbers say what it does, and a receiver of
/// callbacks. Every document that is seen is looked at.
/// </summary>
internal sealed partial class TelefonieHost : IAsyncDisposable
{
    public const string Root = "/telefonie/v1", FirstNumber = "+15550100001", SecondNumber = "+15550100002";

    private static readonly Dictionary<string, string> Numbers = new()
    {
        ["ok-1"] = "+15550300001", ["ok-3"] = "+15550300003", ["wait"] = "+15550300010", ["busy"] = "+15550300011",
        ["decline"] = "+15550300012", ["noans"] = "+15550300013", ["late"] = "+15550300014", ["nf"] = "+15550300015",
        ["away"] = "+15550300016", ["codec"] = "+15550300017", ["ring"] = "+15550300018", ["silent"] = "+15550300019",
        ["fax"] = "+15550300020",
    };

    private static readonly string[] Statuses =
        ["queued", "ringing", "in-progress", "completed", "failed", "busy", "no-answer", "canceled"];

    /// <summary>Documents beside calls: where they stand in lists, a field that no other has, and their schema.</summary>
    private static readonly (string List, string Mark, string Schema)[] Kinds =
    [
        ("recordings", "source", "Recording"), ("conferences", "participant_count", "Conference"),
        ("participants", "hold", "Participant"), ("numbers", "capabilities", "OwnedNumber"),
        ("messages", "num_segments", "Message"), ("available_numbers", "monthly_rate", "AvailableNumber"),
    ];

    /// <summary>So long the node waits for what it has done, at least: forty times 25 ms by a coarse clock.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(0.8);

    private static readonly SchemaSet Schemas = TelefonieContract.Read().Schemas;

    private readonly RunningNode _node;
    private readonly HttpClient _client;
    private bool _isStopped;

    private TelefonieHost(RunningNode node, Sink hook)
    {
        (_node, Hook) = (node, hook);
        _client = new() { BaseAddress = new($"http://{node.Node.Settings.Http}") };
    }

    /// <summary>Of the two accounts.</summary>
    public string First { get; private set; } = "";
    public string Second { get; private set; } = "";
    public string Account { get; private set; } = "";
    /// <summary>To the far end.</summary>
    public string Trunk { get; private set; } = "";
    public JsonNode Made { get; private set; } = new JsonObject();
    public Sink Hook { get; }
    public RunningNode Node => _node;
    public OperatorClient Operator => new(_node);

    public ScriptedUas Far { get; } = new() { Scripts = Numbers.ToDictionary(row => row.Value, row => row.Key) };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static string Number(string script) => Numbers[script];

    /// <param name="database">A PostgreSQL; null for SQLite.</param>
    /// <param name="change">What else of its settings is to be different.</param>
    public static async Task<TelefonieHost> StartAsync(string? database, Func<ServeSettings, ServeSettings>? change = null)
    {
        var node = await RunningNode.StartAsync(settings =>
            (change?.Invoke(settings) ?? settings) with { OperatorKey = OperatorClient.Key, Database = database });
        var host = new TelefonieHost(node, await Sink.StartAsync());
        var trunk = await host.Operator.DataAsync("POST", "/trunks",
            $$"""{"name":"far","host":"127.0.0.1","port":{{host.Far.Port}},"caller_id":"any"}""");
        host.Trunk = (string)trunk["id"]!;
        await host.Operator.DataAsync("POST", "/routes", $$"""{"trunk_id":"{{trunk["id"]}}","prefix":"+1555"}""");
        foreach (string number in new[] { FirstNumber, SecondNumber })
        {
            var account = await host.Operator.DataAsync("POST", "/accounts",
                $$"""{"name":"{{number}}","channels":null,"request_rate":null,"daily_spend_micros":null}""");
            await host.Operator.DataAsync("POST", $"/accounts/{account["id"]}/numbers", $$"""{"phone_number":"{{number}}"}""");
            string key = (string)account["telefonie_key"]!;
            if (number == FirstNumber) (host.First, host.Account, host.Made) = (key, (string)account["id"]!, account);
            else host.Second = key;
        }
        return host;
    }

    public async Task<HttpResponseMessage> SendAsync(string method, string path, string? json = null, string? key = null)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (key is not null) request.Headers.TryAddWithoutValidation("X-API-Key", key);
        if (json is not null) request.Content = new StringContent(json, null, "application/json");
        return await _client.SendAsync(request, Stop);
    }

    /// <param name="path">Below the root.</param>
    /// <param name="key">The first account's when null.</param>
    public async Task<(int Status, JsonObject Body)> AskAsync(string method, string path, string? json = null, string? key = null)
    {
        using var response = await SendAsync(method, Root + path, json, key ?? First);
        string text = await response.Content.ReadAsStringAsync(Stop);
        var body = text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject();
        if (!path.Contains("include_nulls", StringComparison.Ordinal)) Look(body);
        return ((int)response.StatusCode, body);
    }

    public async Task<JsonObject> DoneAsync(int status, string method, string path, string? json = null, string? key = null)
    {
        var (got, body) = await AskAsync(method, path, json, key);
        Assert.True(got == status, $"{method} {path}: {got} {body.ToJsonString()}");
        return body;
    }

    /// <summary>An error in the one shape.</summary>
    public async Task<JsonObject> RefusesAsync(int status, string code, string method, string path, string? json = null, string? key = null)
    {
        var (got, body) = await AskAsync(method, path, json, key);
        Assert.True(got == status, $"{method} {path} {json}: {got} {body.ToJsonString()}");
        var error = body["error"]!.AsObject();
        Assert.Equal(code, (string?)error["code"]);
        Assert.NotEmpty((string?)error["message"] ?? "");
        Assert.NotEmpty((string?)error["request_id"] ?? "");
        return error;
    }

    /// <summary>
    /// Changes something. The reply shows what has become of it; where that takes longer than the node waits, it has waited first.
    /// </summary>
    /// <returns>The reply, or what is shown once it is so.</returns>
    public async Task<JsonObject> SettledAsync(string path, string json, Func<JsonObject, bool> isSo, string? key = null)
    {
        long askedAt = Stopwatch.GetTimestamp();
        var shown = await DoneAsync(200, "POST", path, json, key);
        var took = Stopwatch.GetElapsedTime(askedAt);
        if (isSo(shown)) return shown;
        Assert.True(took >= Wait, $"{path} {json} after {took}: {shown.ToJsonString()}");
        return await Eventually.SomeAsync(async () =>
            await DoneAsync(200, "GET", path, key: key) is var later && isSo(later) ? later : null, $"{path} {json}");
    }

    /// <summary>Takes something away. It is not there any more when that is said, but where the node has waited for it in vain.</summary>
    public async Task GoneAsync(string path)
    {
        long askedAt = Stopwatch.GetTimestamp();
        await DoneAsync(204, "DELETE", path);
        var took = Stopwatch.GetElapsedTime(askedAt);
        if ((await AskAsync("GET", path)).Status is 404) return;
        Assert.True(took >= Wait, $"{path} is still there, after {took}");
        await Eventually.SomeAsync(async () => (await AskAsync("GET", path)).Status is 404 ? "" : null, $"{path} is there no more");
    }

    public async Task<JsonObject> CallAsync(string script, string more = "", bool hasCallback = true) =>
        await DoneAsync(201, "POST", "/voice/calls", $$"""
            {"to":"{{Number(script)}}","from":"{{FirstNumber}}"{{(hasCallback ? $",\"status_callback\":\"{Hook.Url}/hook\"" : "")}}{{more}}}
            """);

    public Task<JsonObject> GetAsync(JsonObject call) => DoneAsync(200, "GET", $"/voice/calls/{call["id"]}");

    public Task<JsonObject> ShownAsync(JsonObject call, params string[] statuses) => Eventually.SomeAsync(async () =>
        await GetAsync(call) is { } shown && statuses.Contains((string?)shown["status"]) ? shown : null,
        $"the call is {string.Join(" or ", statuses)}");

    /// <summary>Callbacks of a call, in the order in which they came.</summary>
    public IReadOnlyList<JsonObject> Told(JsonObject call) =>
    [
        .. Hook.All.Select(received => JsonNode.Parse(received.Text)!.AsObject())
            .Where(told => (string?)told["call"]?["id"] == (string?)call["id"]).Select(Looked),
    ];

    public Task ToldAsync(JsonObject call, params string[] statuses) => Eventually.TrueAsync(
        () => Told(call).Select(told => (string)told["call"]!["status"]!).SequenceEqual(statuses),
        () => $"told is {string.Join(", ", Told(call).Select(told => told.ToJsonString()))} and not {string.Join(", ", statuses)}");

    private static JsonObject Looked(JsonObject told)
    {
        Look(told);
        return told;
    }

    /// <summary>The seed's schema by hand; the suite in JavaScript has a validator of others.</summary>
    private static void Look(JsonObject body)
    {
        // No JsonArray of one: a node has one parent.
        JsonNode?[] calls = body["calls"] is JsonArray list ? [.. list] : body["call"] is { } told ? [told]
            : body.ContainsKey("direction") && !body.ContainsKey("num_segments") ? [body] : [];
        foreach (var node in calls)
        {
            var call = node!.AsObject();
            string text = call.ToJsonString();
            Assert.True(Guid.TryParseExact((string?)call["id"], "D", out _), text);
            Assert.Contains((string)call["status"]!, Statuses);
            Assert.True((string?)call["direction"] is "inbound" or "outbound", text);
            Assert.Matches(E164(), (string?)call["from"]);
            Assert.Matches(E164(), (string?)call["to"]);
            Assert.All(call, member => Assert.NotNull(member.Value));
            foreach (string time in (string[])["start_time", "end_time"])
                if (call[time] is { } at) Assert.EndsWith("Z", (string?)at, StringComparison.Ordinal);
            if (call["duration"] is { } duration) Assert.True((int)duration >= 0 && call.ContainsKey("end_time"), text);
        }
        foreach (var (name, mark, schema) in Kinds)
        {
            foreach (var node in Of(body, name, mark))
            {
                var document = node!.AsObject();
                Assert.All(document, member => Assert.NotNull(member.Value));
                var check = SchemaCheck.Run(Schemas.Find(schema)!, JsonSerializer.SerializeToElement(document), BodyDirection.Reply);
                Assert.True(check.Violations.Count == 0, $"{document.ToJsonString()}: {string.Join("; ", check.Violations)}");
            }
        }
    }

    private static IReadOnlyList<JsonNode?> Of(JsonObject body, string list, string mark) =>
        body[list] is JsonArray documents ? [.. documents] : body.ContainsKey(mark) ? [body] : [];

    [GeneratedRegex(@"^\+[1-9]\d{1,14}$")]
    private static partial Regex E164();

    /// <summary>Ends the node. The far end and the receiver stay.</summary>
    public async Task StopAsync()
    {
        _isStopped = true;
        await _node.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        Far.Dispose();
        if (!_isStopped) await _node.DisposeAsync();
        await Hook.DisposeAsync();
    }
}
