using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Edge.Voipbin.Dialling;
using Ringwright.Server.Settings;
using Ringwright.Speech.Recognition;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

/// <summary>
/// Two agencies that can call: a number of the first, a client of it with a viewer and one beside it with another, and a trunk to a far end
/// whose numbers say what it does.
/// </summary>
internal sealed class AgencyLab : IAsyncDisposable
{
    public const string From = "+15550100001", FromB = "+15550100002";

    /// <summary>Hours that no campaign is given but by an owner.</summary>
    private const string AtAnyTime = """[{"days":["mon","tue","wed","thu","fri","sat","sun"],"start":"00:00","end":"24:00"}]""";

    private static readonly Dictionary<string, string> Numbers = new()
    {
        ["ok-1"] = "+15550300001", ["ok-3"] = "+15550300003", ["wait"] = "+15550300010", ["busy"] = "+15550300011",
        ["decline"] = "+15550300012", ["noans"] = "+15550300013", ["nf"] = "+15550300015", ["ring"] = "+15550300018",
    };

    private AgencyLab(AgencyHost host) => Host = host;

    public AgencyHost Host { get; }
    public ScriptedUas Far { get; } = new()
    {
        Scripts = Numbers.ToDictionary(row => row.Value, row => row.Key)
            .Concat(Enumerable.Range(100, 20).Select(n => KeyValuePair.Create($"+15550300{n}", "ok-3"))).ToDictionary(),
    };
    public string Client { get; private set; } = "";
    public string Viewer { get; private set; } = "";
    public string OtherClient { get; private set; } = "";
    public string OtherViewer { get; private set; } = "";
    public string Agent { get; private set; } = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static string Number(string script) => Numbers[script];

    public static async Task<AgencyLab> StartAsync(Product product, Func<ServeSettings, ServeSettings>? change = null,
        Func<string?, IRecogniser?>? recognisers = null)
    {
        var lab = new AgencyLab(await AgencyHost.StartAsync(product, change, recognisers));
        var (host, desk) = (lab.Host, new OperatorClient(lab.Host.Node));
        var trunk = await desk.DataAsync("POST", "/trunks",
            $$"""{"name":"far","host":"127.0.0.1","port":{{lab.Far.Port}},"caller_id":"any"}""");
        await desk.DataAsync("POST", "/routes", $$"""{"trunk_id":"{{trunk["id"]}}","prefix":"+1555"}""");
        await desk.DataAsync("POST", $"/accounts/{host.AccountA["id"]}/numbers", $$"""{"phone_number":"{{From}}"}""");
        await desk.DataAsync("POST", $"/accounts/{host.AccountB["id"]}/numbers", $$"""{"phone_number":"{{FromB}}"}""");
        lab.Client = await host.ClientAsync(host.OwnerA, "Client one");
        lab.OtherClient = await host.ClientAsync(host.OwnerA, "Client two");
        lab.Viewer = (await host.UserAsync(host.OwnerA, "cv1", "client_viewer", lab.Client)).Token;
        lab.OtherViewer = (await host.UserAsync(host.OwnerA, "cv2", "client_viewer", lab.OtherClient)).Token;
        var agent = await host.DoneAsync(201, host.OwnerA, "POST", "/agents",
            """{"name":"Anna","system_prompt":"Be kind.","first_speaker_text":"Hello {{first_name}}.","max_duration_seconds":60}""");
        lab.Agent = (string)agent["id"]!;
        return lab;
    }

    /// <param name="more">Members that are laid over the usual ones.</param>
    public async Task<string> CampaignAsync(string more = "{}", string? client = null)
    {
        var body = JsonNode.Parse($$"""
            {"client_id":"{{client ?? Client}}","name":"campaign {{Guid.NewGuid()}}","type":"sdr","max_attempts":1,
             "consent_required":"none","daily_attempt_cap_per_contact":null}
            """)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(more)!.AsObject()) body[name] = value?.DeepClone();
        string id = (string)(await Host.DoneAsync(201, Host.OwnerA, "POST", "/campaigns", body.ToJsonString()))["id"]!;
        // Tests run at any hour.
        if (!body.ContainsKey("calling_windows"))
            await Host.Node.Node.Database.Sql.WriteAsync(db => db.Execute("update campaigns set calling_windows = @windows where id = @id",
                new { windows = AtAnyTime, id = Guid.Parse(id) }), Stop);
        return id;
    }

    public string BatchOf(string campaign, IEnumerable<string> numbers, string more = "{}")
    {
        var body = new JsonObject
        {
            ["agent_mapping_id"] = Agent, ["from_number"] = From, ["campaign_id"] = campaign, ["calls_per_minute"] = 60,
            ["contacts"] = new JsonArray([.. numbers.Select(number => (JsonNode)new JsonObject
            {
                ["phone_number"] = number, ["first_name"] = "Zoe",
            })]),
        };
        foreach (var (name, value) in JsonNode.Parse(more)!.AsObject()) body[name] = value?.DeepClone();
        return body.ToJsonString();
    }

    public async Task<JsonObject> BatchAsync(string campaign, IEnumerable<string> numbers, string more = "{}") =>
        (await Host.DoneAsync(201, Host.OwnerA, "POST", "/batches", BatchOf(campaign, numbers, more)))["batch"]!.AsObject();

    public Task<JsonObject> GetAsync(string batch, string? token = null) =>
        Host.DoneAsync(200, token ?? Host.OwnerA, "GET", "/batches/" + batch);

    public async Task<JsonObject> BecomesAsync(string batch, params string[] statuses)
    {
        JsonObject? last = null;
        return await Eventually.SomeAsync(async () =>
        {
            last = await GetAsync(batch);
            if (statuses.Contains((string)last["status"]!)) return last;
            await Task.Delay(100, Stop);
            return null;
        }, () => $"{batch} is {string.Join(" or ", statuses)}, and not {last?.ToJsonString()}");
    }

    public async Task<List<JsonObject>> ContactsAsync(string batch, string query = "", string? token = null) =>
        [.. (await Host.DoneAsync(200, token ?? Host.OwnerA, "GET", $"/batches/{batch}/contacts{query}"))["contacts"]!.AsArray()
            .Select(one => one!.AsObject())];

    public async Task<List<JsonObject>> CallsAsync(string token, string query = "") =>
        [.. (await Host.DoneAsync(200, token, "GET", "/calls" + query))["calls"]!.AsArray().Select(one => one!.AsObject())];

    /// <summary>A call of an account by another API, with a key of the account.</summary>
    /// <param name="first">What is done in it before it waits: actions, each with a comma behind it.</param>
    /// <param name="from">A number of that account.</param>
    public async Task<string> DialAsync(string key, string script, string first = "", string from = From)
    {
        var placed = await OtherApiAsync(key, "POST", "/v1.0/calls", $$"""
            {"source":{"type":"tel","target":"{{from}}"},"destinations":[{"type":"tel","target":"{{Number(script)}}"}],
             "actions":[{{first}}{"type":"sleep","option":{"duration":60000} }]}
            """);
        return (string)placed["id"]!;
    }

    /// <param name="token">Of the agency's owner; of the first agency's when null.</param>
    public Task<JsonObject> EndsAsync(string call, string? token = null) => Eventually.SomeAsync(async () =>
    {
        var (status, shown) = await Host.AskAsync(token ?? Host.OwnerA, "GET", "/calls/" + call);
        if (status == 200 && (string?)shown!["state"] is "ended") return shown.AsObject();
        await Task.Delay(100, Stop);
        return null;
    }, $"{call} has ended");

    /// <summary>The client's own key, as its agency is shown it.</summary>
    public async Task<string> KeyOfAsync(string client) => (string)(await OtherApiAsync((string)Host.AccountA["telnyx_key"]!, "GET",
        "/v2/managed_accounts/" + client))["data"]!["api_key"]!;

    /// <param name="key">Of the account that asks.</param>
    public async Task<JsonNode> OtherApiAsync(string key, string method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(new(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (json is not null) request.Content = new StringContent(json, null, "application/json");
        using var answer = await Host.Node.Api.SendAsync(request, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {text}");
        return JsonNode.Parse(text)!;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Far.Dispose();
    }
}
