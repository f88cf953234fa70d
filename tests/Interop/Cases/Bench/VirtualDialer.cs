using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Interop.Cases;

/// <summary>A node with the lab's people, by a clock that stands until a test moves it.</summary>
public sealed class VirtualNode : RunningNode
{
    public VirtualNode() : base("--api-rate", "100000") => HasVirtualClock = true;
}

/// <summary>One such node for all classes of the dialer's cases, one after another.</summary>
[CollectionDefinition(nameof(VirtualDialing))]
public sealed class VirtualDialing : ICollectionFixture<VirtualNode>;

/// <summary>
/// A client of the dialer's API at such a node, and a receiver of its events. Whatever a test has begun is over behind it, so that the
/// next one finds nobody on the line.
/// </summary>
internal sealed class VirtualDialer : IAsyncDisposable
{
    public const string Nobody = "00000000-0000-0000-0000-000000000000";

    private const double Step = 0.1;

    private readonly string _key;
    private readonly HttpClient _http, _operator;
    private readonly List<string> _campaigns = [], _agents = [];

    private VirtualDialer(VirtualNode node, Sink hook)
    {
        (Hook, Number, _key) = (hook, node.NextNumber(), node.Key);
        // It waits: a minute is as long as the machine takes for what is due in it.
        _http = new() { BaseAddress = new(node.Api, "/v1.0/"), Timeout = Timeout.InfiniteTimeSpan };
        _operator = new() { BaseAddress = node.Admin, Timeout = Timeout.InfiniteTimeSpan };
    }

    public Sink Hook { get; }

    /// <summary>The customer's own, which plans show.</summary>
    public string Number { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<VirtualDialer> StartAsync(VirtualNode node)
    {
        var dialer = new VirtualDialer(node, await Sink.StartAsync());
        await dialer.ClockAsync(new() { ["hold"] = true });
        await dialer.AskAsync("PUT", "customer", $$"""{"name":"acme","webhook_uri":"{{dialer.Hook.Root}}hook"}""");
        return dialer;
    }

    public async Task<JsonObject> AskAsync(string method, string path, string? json = null)
    {
        var (status, text) = await SendAsync(method, path, json);
        Assert.True(status is >= 200 and < 300, $"{method} {path}: {status} {text}");
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>It is refused, with that status and for that reason.</summary>
    public async Task RefusesAsync(int status, string reason, string method, string path, string json)
    {
        var (got, text) = await SendAsync(method, path, json);
        Assert.True(got == status && (string?)JsonNode.Parse(text)?["error"]?["reason"] == reason, $"{method} {path}: {got} {text}");
    }

    private async Task<(int Status, string Text)> SendAsync(string method, string path, string? json)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{path}?accesskey={_key}");
        if (json is not null) request.Content = new StringContent(json, null, "application/json");
        using var answer = await _http.SendAsync(request, Stop);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private async Task<string> MadeAsync(string path, string json) => (string)(await AskAsync("POST", path, json))["id"]!;

    public Task<string> PlanAsync(int tries, int interval = 3_000, string more = "") => MadeAsync("outplans", $$"""
        {"name":"plan","source":{"type":"tel","target":"{{Number}}"},"dial_timeout":5000,"try_interval":{{interval}},
         "max_try_count_0":{{tries}}{{more}}}
        """);

    public async Task<string> ListAsync(params string[] numbers)
    {
        string list = await MadeAsync("outdials", """{"name":"list"}""");
        foreach (string number in numbers) await TargetAsync(list, (0, number));
        return list;
    }

    /// <param name="list">Of whom.</param>
    /// <param name="destinations">By their index.</param>
    public Task<string> TargetAsync(string list, params (int Index, string Number)[] destinations) =>
        MadeAsync($"outdials/{list}/targets", "{" + string.Join(',', destinations.Select(one =>
            $$"""
            "destination_{{one.Index}}":{"type":"tel","target":"{{one.Number}}"}
            """)) + "}");

    /// <param name="list">Whom it calls.</param>
    /// <param name="plan">How.</param>
    /// <param name="more">Fields that win.</param>
    public async Task<string> CampaignAsync(string list, string plan, string more = "{}")
    {
        var body = JsonNode.Parse($$"""
            {"name":"campaign","type":"call","service_level":100,"end_handle":"stop","outplan_id":"{{plan}}","outdial_id":"{{list}}",
             "actions":[{"type":"sleep","option":{"duration":20000} }]}
            """)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(more)!.AsObject()) body[name] = value?.DeepClone();
        string campaign = await MadeAsync("campaigns", body.ToJsonString());
        _campaigns.Add(campaign);
        return campaign;
    }

    public Task<JsonObject> RunAsync(string campaign) => AskAsync("PUT", $"campaigns/{campaign}/status", """{"status":"run"}""");

    public Task<JsonObject> StopAsync(string campaign, bool hangsUp = false) => AskAsync("PUT", $"campaigns/{campaign}/status",
        $$"""{"status":"stop","hangup":{{(hangsUp ? "true" : "false")}}}""");

    public async Task<string> StatusAsync(string campaign) => (string)(await AskAsync("GET", "campaigns/" + campaign))["status"]!;

    public Task StoppedAsync(string campaign, double withinSeconds = 60) =>
        UntilAsync(async () => await StatusAsync(campaign) is "stop", "the campaign stops", withinSeconds);

    /// <summary>The campaigncalls of one, in the order in which they were made.</summary>
    public async Task<IReadOnlyList<JsonObject>> CallsAsync(string campaign) =>
        [.. (await AskAsync("GET", $"campaigns/{campaign}/campaigncalls"))["result"]!.AsArray().Reverse().Select(one => one!.AsObject())];

    /// <summary>The call of a campaigncall.</summary>
    public Task<JsonObject> CallOfAsync(JsonObject campaigncall) => AskAsync("GET", "calls/" + campaigncall["reference_id"]);

    public async Task<JsonObject> TargetOfAsync(string list, int index = 0) =>
        (await AskAsync("GET", $"outdials/{list}/targets"))["result"]!.AsArray().Reverse().ElementAt(index)!.AsObject();

    public Task<string> QueueAsync() => MadeAsync("queues", """{"name":"queue","routing_method":"random"}""");

    /// <summary>One who is not there yet.</summary>
    public async Task<string> AgentAsync(string number)
    {
        string agent = await MadeAsync("agents", $$"""
            {"username":"{{Guid.NewGuid():N}}@example.com","password":"correct horse","permission":16,
             "addresses":[{"type":"tel","target":"{{number}}"}]}
            """);
        _agents.Add(agent);
        return agent;
    }

    public Task<JsonObject> SetAgentAsync(string agent, string status) =>
        AskAsync("PUT", $"agents/{agent}/status", $$"""{"status":"{{status}}"}""");

    /// <summary>How a call waits in a queue; null while it does not.</summary>
    /// <param name="call">Its id.</param>
    public async Task<JsonObject?> QueuecallAsync(string call) =>
        (await AskAsync("GET", "queuecalls"))["result"]!.AsArray().FirstOrDefault(one => (string?)one!["reference_id"] == call)?.AsObject();

    /// <summary>Events of one resource whose names begin so, as they came.</summary>
    public IReadOnlyList<JsonObject> EventsOf(string id, string prefix) =>
        [.. Hook.Taken.Select(webhook => webhook.Body).Where(told => (string?)told["data"]?["id"] == id
            && ((string?)told["type"])!.StartsWith(prefix, StringComparison.Ordinal))];

    public IReadOnlyList<string> TypesOf(string id, string prefix) => [.. EventsOf(id, prefix).Select(told => (string)told["type"]!)];

    public async Task<DateTimeOffset> NowAsync() => Read(await _operator.GetStringAsync("operator/v1/clock", Stop));

    public Task PassAsync(double seconds) => ClockAsync(new() { ["advance_ms"] = (long)Math.Round(seconds * 1_000) });

    /// <summary>The clock goes on until it is so.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo, string what, double withinSeconds = 60)
    {
        var end = await NowAsync() + TimeSpan.FromSeconds(withinSeconds);
        while (!await isSo())
        {
            Assert.True(await NowAsync() < end, $"not within {withinSeconds} s: {what}");
            await PassAsync(Step);
        }
    }

    /// <summary>Whether the first call of the campaign that is shown has that status.</summary>
    public async Task<bool> IsFirstAsync(string campaign, string status) =>
        await CallsAsync(campaign) is [var first, ..] && (string?)first["status"] == status;

    /// <summary>One of the lab's people, who picks up, talks for so long and hangs up.</summary>
    public static string Talker(int seconds) => $"+155500900{seconds:00}";

    public static DateTimeOffset TimeOf(JsonObject shown, string field) => DateTimeOffset.Parse((string)shown[field]!,
        CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public static double Seconds(JsonObject shown, string from, string to) => (TimeOf(shown, to) - TimeOf(shown, from)).TotalSeconds;

    private async Task ClockAsync(JsonObject body)
    {
        using var answer = await _operator.PostAsJsonAsync("operator/v1/clock", body, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
    }

    private static DateTimeOffset Read(string text) => (DateTimeOffset)JsonNode.Parse(text)!["data"]!["now"]!;

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (string campaign in _campaigns) await StopAsync(campaign, hangsUp: true);
            foreach (string agent in _agents) await AskAsync("DELETE", "agents/" + agent);
            await PassAsync(5);
        }
        finally
        {
            await Hook.DisposeAsync();
            _http.Dispose();
            _operator.Dispose();
        }
    }
}
