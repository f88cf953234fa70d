using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Net;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Edge.Voipbin;
using Ringwright.Testing;

namespace Ringwright.Edge.Chakra;

/// <summary>A node with a team whose calls other APIs place, a second team of the same account, and people who can be called.</summary>
internal sealed class ChakraHost : IAsyncDisposable
{
    public const string Number = "+15550100000";

    private readonly RunningNode _node;
    private bool _hasNumber;
    private int _inbound;

    private ChakraHost(RunningNode node, string other) => (_node, Other) = (node, other);

    public RunningNode Node => _node;
    public FarEnds Far { get; } = new();
    /// <summary>Token of a team of the same account.</summary>
    public string Other { get; }
    public string Team => _node.Node.Database.Routing.Current.Tenants.First(tenant => tenant.Parent is null).Id.ToString();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="data">A folder that outlives the node; null for one of its own.</param>
    /// <param name="isAgain">A node was there before: it has its number, and no second team.</param>
    public static async Task<ChakraHost> StartAsync(bool isPostgres, string? data = null, bool isAgain = false)
    {
        string? database = isPostgres ? await Migrated.OnPostgresAsync(ofNode: true) : null;
        var node = await RunningNode.StartAsync(settings => settings with
        {
            OperatorKey = OperatorClient.Key,
            Database = database,
            Data = data ?? settings.Data,
        });
        if (isAgain) return new(node, "") { _hasNumber = true };
        string parent = node.Node.Database.Routing.Current.Tenants.First(tenant => tenant.Parent is null).Id.ToString();
        var made = await new OperatorClient(node).DataAsync("POST", "/accounts", $$"""{"name":"team D","parent_id":"{{parent}}"}""");
        return new(node, (string)made["chakra_token"]!);
    }

    /// <param name="path">Below the root of the API.</param>
    /// <param name="key">As <c>Idempotency-Key</c>.</param>
    public async Task<(int Status, JsonObject Body)> AskAsync(string method, string path, string? json = null, string? token = null,
        string? key = null)
    {
        using var request = new HttpRequestMessage(new(method), "/chakra/v1/ext" + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? RunningNode.Key);
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _node.Api.SendAsync(request, Stop);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!.AsObject();
        Assert.Equal(["_data", "_errors", "_meta"], body.Select(member => member.Key).Order());
        return ((int)response.StatusCode, body);
    }

    public async Task<JsonNode> DoneAsync(string method, string path, string? json = null, string? token = null)
    {
        var (status, body) = await AskAsync(method, path, json, token);
        Assert.True(status is 200 or 201, $"{method} {path}: {status} {body.ToJsonString()}");
        Assert.Empty(body["_errors"]!.AsArray());
        return body["_data"]!;
    }

    public async Task RefusesAsync(int status, string? field, string method, string path, string? json = null, string? token = null)
    {
        var (got, body) = await AskAsync(method, path, json, token);
        Assert.True(status == got, $"{method} {path}: {got} {body.ToJsonString()}");
        Assert.Null(body["_data"]);
        var error = body["_errors"]![0]!;
        Assert.NotEmpty((string)error["code"]!);
        Assert.NotEmpty((string)error["message"]!);
        if (field is not null) Assert.Equal(field, (string?)error["field"]);
    }

    public async Task<JsonObject> CallAsync(string id)
    {
        var call = (await DoneAsync("GET", "/call/" + id)).AsObject();
        ChakraRules.Hold(call);
        return call;
    }

    public Task<JsonObject> BecomesAsync(string id, string status) => Eventually.SomeAsync(async () =>
    {
        // The API that placed it answers before the ledger has it.
        var (found, body) = await AskAsync("GET", "/call/" + id);
        if (found == 404) return null;
        Assert.True(found == 200, body.ToJsonString());
        var call = body["_data"]!.AsObject();
        ChakraRules.Hold(call);
        return (string?)call["callStatus"] == status ? call : null;
    }, $"{id} is {status}");

    public async Task<(List<JsonObject> Calls, JsonNode Meta)> ListAsync(string json = "{}", string? token = null)
    {
        var (status, body) = await AskAsync("POST", "/call/list", json, token);
        Assert.True(status == 200, body.ToJsonString());
        List<JsonObject> calls = [.. body["_data"]!.AsArray().Select(call => call!.AsObject())];
        foreach (var call in calls) ChakraRules.Hold(call);
        return (calls, body["_meta"]!);
    }

    /// <summary>A call out, placed by another API of the account; it talks for a minute at most.</summary>
    public async Task<string> DialAsync(string user, string actions = """{"type":"sleep","option":{"duration":60000}}""") =>
        await DialAsync($"{user}@127.0.0.1:{Far.Port}", "sip", actions);

    public async Task<string> DialAsync(string target, string type, string actions) =>
        (string)(await OtherApiAsync(HttpMethod.Post, "/v1.0/calls", $$"""
            {"source":{"type":"tel","target":"+15559876543"},"destinations":[{"type":"{{type}}","target":"{{target}}"}],
             "actions":[{{actions}}]}
            """))["id"]!;

    /// <summary>A number that leads to an application.</summary>
    public async Task NumberAsync()
    {
        if (_hasNumber) return;
        // Without a profile its calls are not handed on.
        string profile = (string)(await OtherApiAsync(HttpMethod.Post, "/v2/outbound_voice_profiles", """{"name":"out"}"""))["data"]!["id"]!;
        string application = (string)(await OtherApiAsync(HttpMethod.Post, "/v2/call_control_applications",
            $$"""
            {"application_name":"in","webhook_event_url":"http://127.0.0.1:9/hooks","outbound":{"outbound_voice_profile_id":"{{profile}}"} }
            """))["data"]!["id"]!;
        await _node.Socket.SendAsync(HttpMethod.Post, "node/numbers", new JsonObject
        {
            ["numbers"] = new JsonArray(new JsonObject { ["number"] = Number, ["connection"] = application }),
        }, Stop);
        _hasNumber = true;
    }

    /// <summary>A call in, to a number whose calls are commanded by another API.</summary>
    public async Task<(string Id, string Control, SipPeer Caller, string CallId)> RingAsync()
    {
        await NumberAsync();
        var known = (await ListAsync("""{"filter":{"type":"INBOUND"}}""")).Calls.Select(call => (string)call["id"]!).ToHashSet();
        var caller = new SipPeer(_node.Node.Settings.Sip);
        string callId = $"in-{++_inbound}";
        caller.Send(caller.Invite(Number, callId));
        await caller.HearAsync("SIP/2.0 180");
        string id = await Eventually.SomeAsync(async () => (await ListAsync("""{"filter":{"type":"INBOUND"}}""")).Calls
            .Select(call => (string)call["id"]!).FirstOrDefault(one => !known.Contains(one)), "the call in is listed");
        string control = await Eventually.SomeAsync(async () => (await OtherApiAsync(HttpMethod.Get,
            "/v2/call_events?filter[name]=call.initiated&page[size]=100"))["data"]!.AsArray()
            .Select(told => told!["metadata"]!["event"]!["payload"]!)
            .Where(told => (string?)told["call_leg_id"] == id).Select(told => (string?)told["call_control_id"]).FirstOrDefault(),
            "the other API's name of it");
        return (id, control, caller, callId);
    }

    public Task<JsonNode> ActAsync(string control, string action, string json = "{}") =>
        OtherApiAsync(HttpMethod.Post, $"/v2/calls/{Uri.EscapeDataString(control)}/actions/{action}", json);

    public async Task<JsonNode> OtherApiAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await _node.Api.SendAsync(request, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {text}");
        return JsonNode.Parse(text)!;
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await Far.DisposeAsync();
    }
}
