using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Edge.Server;
using Ringwright.Server.Settings;
using Ringwright.Speech.Recognition;

namespace Ringwright.Edge.Voipbin;

/// <summary>A node with two customers, asked as the dialer's clients ask it: an accesskey in the query.</summary>
internal sealed class DialerHost : IAsyncDisposable
{
    private readonly RunningNode _node;
    private readonly HttpClient _client;

    private DialerHost(RunningNode node, string first, string second)
    {
        (_node, First, Second) = (node, first, second);
        _client = new(new HttpClientHandler { UseCookies = false }) { BaseAddress = new($"http://{node.Node.Settings.Http}") };
    }

    /// <summary>Accesskeys.</summary>
    public string First { get; }
    public string Second { get; }
    public RunningNode Node => _node;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="change">What of its settings is to be different.</param>
    public static async Task<DialerHost> StartAsync(Func<ServeSettings, ServeSettings>? change = null,
        Func<string?, IRecogniser?>? recognisers = null)
    {
        var node = await RunningNode.StartAsync(settings =>
            (change?.Invoke(settings) ?? settings) with { OperatorKey = OperatorClient.Key }, recognisers: recognisers);
        var made = new List<string>();
        foreach (string name in new[] { "first customer", "second customer" })
        {
            var account = await new OperatorClient(node).DataAsync("POST", "/accounts", $$"""{"name":"{{name}}"}""");
            made.Add((string)account["voipbin_accesskey"]!);
        }
        return new(node, made[0], made[1]);
    }

    public async Task<HttpResponseMessage> SendAsync(string method, string path, HttpContent? content = null,
        params (string, string)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = content };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await _client.SendAsync(request, Stop);
    }

    /// <param name="path">Below the root.</param>
    public async Task<(int Status, JsonNode? Body)> AskWithAsync(string method, string path, string? json,
        params (string, string)[] headers)
    {
        using var content = json is null ? null : new StringContent(json, null, "application/json");
        using var response = await SendAsync(method, "/v1.0" + path, content, headers);
        string text = await response.Content.ReadAsStringAsync(Stop);
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public Task<(int Status, JsonNode? Body)> AskAsync(string method, string path, string? json = null, string? accesskey = null) =>
        AskWithAsync(method, $"{path}{(path.Contains('?') ? '&' : '?')}accesskey={accesskey ?? First}", json);

    public async Task<JsonObject> DoneAsync(string method, string path, string? json = null, string? accesskey = null)
    {
        var (status, body) = await AskAsync(method, path, json, accesskey);
        Assert.True(status == 200, $"{method} {path}: {status} {body?.ToJsonString()}");
        return body!.AsObject();
    }

    /// <summary>An error in the one shape, whose word is that of its status.</summary>
    public static void Refuses(int status, string reason, (int Status, JsonNode? Body) got)
    {
        Assert.True(got.Status == status, $"{got.Status} {got.Body?.ToJsonString()}");
        var error = got.Body!["error"]!.AsObject();
        Assert.Equal(reason, (string?)error["reason"]);
        Assert.NotEmpty((string?)error["message"] ?? "");
        Assert.StartsWith("req_", (string?)error["request_id"]);
        string word = status switch
        {
            400 => "INVALID_ARGUMENT",
            401 => "UNAUTHENTICATED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            409 => reason.EndsWith("_ALREADY_EXISTS", StringComparison.Ordinal) ? "ALREADY_EXISTS" : "FAILED_PRECONDITION",
            429 => "RESOURCE_EXHAUSTED",
            501 => "UNIMPLEMENTED",
            _ => "?",
        };
        Assert.Equal(word, (string?)error["status"]);
    }

    /// <summary>Makes an agent and logs it in.</summary>
    public async Task<(string Id, string Token)> AgentAsync(string name, int permission, string? accesskey = null)
    {
        var made = await DoneAsync("POST", "/agents",
            $$"""{"username":"{{name}}@example.com","password":"correct horse","permission":{{permission}}}""", accesskey);
        return ((string)made["id"]!, await LoginAsync($"{name}@example.com", "correct horse"));
    }

    public async Task<string> LoginAsync(string username, string password)
    {
        using var content = new StringContent($$"""{"username":"{{username}}","password":"{{password}}"}""", null, "application/json");
        using var response = await SendAsync("POST", "/auth/login", content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["token"]!;
    }

    public Task<(int Status, JsonNode? Body)> AsAgentAsync(string token, string method, string path, string? json = null) =>
        AskWithAsync(method, path, json, ("Authorization", "Bearer " + token));

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _node.DisposeAsync();
    }
}
