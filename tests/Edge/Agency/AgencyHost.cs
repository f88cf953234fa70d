using System.Text.Json.Nodes;
using Ringwright.Agency;
using Ringwright.Agency.Tables;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Http;
using Ringwright.Server.Settings;
using Ringwright.Speech.Recognition;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

/// <summary>A node with two agencies, asked as their users ask it.</summary>
internal sealed class AgencyHost : IAsyncDisposable
{
    public const string Root = "/api/agency/v1", Password = "correct horse battery";

    /// <summary>Made once, for it is slow by intent.</summary>
    private static readonly Lazy<string> HashOfPassword = new(() => Passwords.HashOf(Password));

    private readonly HttpClient _client;

    private AgencyHost(RunningNode node)
    {
        Node = node;
        _client = new() { BaseAddress = new($"http://{node.Node.Settings.Http}") };
    }

    public RunningNode Node { get; }
    /// <summary>Access tokens of the first owners of the agencies A and B.</summary>
    public string OwnerA { get; private set; } = "";
    public string OwnerB { get; private set; } = "";
    /// <summary>As the operator was shown them.</summary>
    public JsonNode AccountA { get; private set; } = new JsonObject();
    public JsonNode AccountB { get; private set; } = new JsonObject();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="change">Of the node's settings.</param>
    /// <param name="recognisers">Who understands what is said in calls.</param>
    public static async Task<AgencyHost> StartAsync(Product product, Func<ServeSettings, ServeSettings>? change = null,
        Func<string?, IRecogniser?>? recognisers = null)
    {
        string? database = product is Product.Postgres ? await Migrated.OnPostgresAsync(ofNode: true) : null;
        var host = new AgencyHost(await RunningNode.StartAsync(settings => (change?.Invoke(settings) ?? settings) with
        {
            OperatorKey = OperatorClient.Key,
            Database = database,
        }, recognisers: recognisers));
        host.AccountA = await new OperatorClient(host.Node).DataAsync("POST", "/accounts", """{"name":"agency A","request_rate":1000}""");
        host.AccountB = await new OperatorClient(host.Node).DataAsync("POST", "/accounts", """{"name":"agency B"}""");
        host.OwnerA = await host.TokenAsync(host.AccountA);
        host.OwnerB = await host.TokenAsync(host.AccountB);
        return host;
    }

    /// <summary>What the account's first owner is given for his password, which is slow by intent: AgencyTenancyTests signs in.</summary>
    private async Task<string> TokenAsync(JsonNode account)
    {
        string email = (string)account["agency_owner"]!["email"]!;
        return await TokenOfAsync((await new UserTable(Node.Node.Database).FindByEmailAsync(email, Stop))!);
    }

    private async Task<string> TokenOfAsync(UserRow user)
    {
        var database = Node.Node.Database;
        var now = database.Time.GetUtcNow();
        return new UserTokens(database.Node).Write(new(user.Id, TokenUse.Access, user.SessionEpoch, now + UserTokens.AccessLife)
        {
            Session = await new UserSessionTable(database).OpenAsync(user, now, UserTokens.RefreshLife, Stop),
        }, now);
    }

    public async Task<string> SignInAsync(string email, string password) =>
        (string)(await DoneAsync(200, null, "POST", "/auth/login",
            $$"""{"email":"{{email}}","password":"{{password}}"}"""))["access_token"]!;

    public Task<(int Status, JsonNode? Body)> AskAsync(string? token, string method, string path, string? json = null) =>
        FunctionAsync(token, method, Root + path, json);

    /// <param name="path">From the host's root on.</param>
    public async Task<(int Status, JsonNode? Body)> FunctionAsync(string? token, string method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        if (json is not null) request.Content = new StringContent(json, null, "application/json");
        using var response = await _client.SendAsync(request, Stop);
        string text = await response.Content.ReadAsStringAsync(Stop);
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>As an administrator of the platform; a header that is null is left out.</summary>
    public async Task<(int Status, string Text)> ActAsync(string token, string? agency, string? reason, string method, string path,
        string? json = null)
    {
        using var request = new HttpRequestMessage(new(method), Root + path);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        if (agency is not null) request.Headers.TryAddWithoutValidation("X-Act-As-Agency", agency);
        if (reason is not null) request.Headers.TryAddWithoutValidation("X-Act-Reason", reason);
        if (json is not null) request.Content = new StringContent(json, null, "application/json");
        using var response = await _client.SendAsync(request, Stop);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
    }

    /// <summary>Who looks after all agencies, by a token.</summary>
    public async Task<string> AdministratorAsync()
    {
        var made = await PlatformAdministrator.MakeAsync(Node.Node.Database, "root@example.com", Stop);
        return await SignInAsync("root@example.com", (string)made!["password"]!);
    }

    /// <summary>A request that is not done twice.</summary>
    public async Task<(int Status, JsonNode? Body, bool IsReplayed)> OnceAsync(string token, string key, string path, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Root + path);
        request.Content = new StringContent(json, null, "application/json");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await _client.SendAsync(request, Stop);
        string text = await response.Content.ReadAsStringAsync(Stop);
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response.Headers.Contains("Idempotent-Replay"));
    }

    /// <summary>A change, and the version of what it has changed.</summary>
    /// <param name="version">Of which alone it is to be made; null for any.</param>
    public async Task<(int Status, JsonNode? Body, string? Version)> ChangeAsync(string token, string path, string json, string? version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, Root + path);
        request.Content = new StringContent(json, null, "application/json");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        if (version is not null) request.Headers.TryAddWithoutValidation("If-Match", version);
        using var response = await _client.SendAsync(request, Stop);
        string text = await response.Content.ReadAsStringAsync(Stop);
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response.Headers.ETag?.Tag);
    }

    /// <summary>A file, as a part of a form with other fields.</summary>
    public async Task<(int Status, JsonNode? Body)> UploadAsync(string? token, string path, byte[] file,
        params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(file), "file", "contacts.csv" } };
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        using var request = new HttpRequestMessage(HttpMethod.Post, Root + path) { Content = form };
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        using var response = await _client.SendAsync(request, Stop);
        string text = await response.Content.ReadAsStringAsync(Stop);
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>A file, or a part of it.</summary>
    public async Task<(int Status, string? Type, byte[] Content)> FileAsync(string token, string path, string? range = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Root + path);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        if (range is not null) request.Headers.TryAddWithoutValidation("Range", range);
        using var response = await _client.SendAsync(request, Stop);
        byte[] content = await response.Content.ReadAsByteArrayAsync(Stop);
        return ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), content);
    }

    /// <summary>What becomes of calls and batches, as server-sent events.</summary>
    public async Task<AgencyListener> ListenAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Root + "/stream");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal((200, "text/event-stream"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        return new(response, new(await response.Content.ReadAsStreamAsync(Stop)));
    }

    /// <summary>A table for a spreadsheet, line by line.</summary>
    public async Task<string[]> TableAsync(string token, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Root + path);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        using var response = await _client.SendAsync(request, Stop);
        string text = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        Assert.Equal("text/csv; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>As a provider tells, by the address that the agency has for it.</summary>
    /// <param name="headers">Name and value, in turn.</param>
    public async Task<int> HookAsync(string address, string body, params string[] headers)
    {
        var kind = address[0] is '/' ? UriKind.Relative : UriKind.Absolute;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, kind));
        request.Content = new StringContent(body, null, "application/json");
        foreach (string[] pair in headers.Chunk(2)) request.Headers.TryAddWithoutValidation(pair[0], pair[1]);
        using var response = await _client.SendAsync(request, Stop);
        return (int)response.StatusCode;
    }

    public async Task<JsonObject> DoneAsync(int status, string? token, string method, string path, string? json = null)
    {
        var (got, body) = await AskAsync(token, method, path, json);
        Assert.True(got == status, $"{method} {path}: {got} {body?.ToJsonString()}");
        return body?.AsObject() ?? [];
    }

    public async Task<JsonObject> RefusedAsync(int status, string code, string? token, string method, string path, string? json = null)
    {
        var error = (await DoneAsync(status, token, method, path, json))["error"]!.AsObject();
        Assert.True(code == (string?)error["code"], $"{method} {path} {json}: {error.ToJsonString()}");
        Assert.NotEmpty((string?)error["message"] ?? "");
        Assert.NotEmpty((string?)error["request_id"] ?? "");
        return error;
    }

    public async Task<string> ClientAsync(string token, string name) =>
        (string)(await DoneAsync(201, token, "POST", "/clients", $$"""{"name":"{{name}}"}"""))["id"]!;

    /// <summary>
    /// Invites a user, and makes him one who has accepted with the tests' one password: AgencyTenancyTests accepts an invitation.
    /// </summary>
    public async Task<(string Id, string Token)> UserAsync(string token, string name, string role, string? client = null)
    {
        var invited = await DoneAsync(201, token, "POST", "/users/invite", new JsonObject
        {
            ["email"] = $"{name}@example.com", ["role"] = role, ["client_id"] = client,
        }.ToJsonString());
        string id = (string)invited["user"]!["id"]!;
        var users = new UserTable(Node.Node.Database);
        var user = (await users.FindAsync(Guid.Parse(id), Stop))!;
        var accepted = user with { PasswordHash = HashOfPassword.Value, Status = UserRow.Active, SessionEpoch = user.SessionEpoch + 1 };
        Assert.Equal(UserChange.Done, await users.ChangeAsync(user, accepted, note: null, Stop));
        return (id, await TokenOfAsync(accepted));
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return Node.DisposeAsync();
    }
}
