using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>A customer of the node: an application with webhooks to a server of its own, a number, and a client of the REST API.</summary>
internal sealed class Customer : IAsyncDisposable
{
    /// <summary>What a node says that has too much to do.</summary>
    private static readonly string[] Busy =
        ["Calls cannot be recorded at the moment.", "The database is not available at the moment", "The node is busy."];

    private readonly HttpClient _http;

    private readonly RunningNode _node;

    private Customer(RunningNode node, HttpClient http, Sink sink, byte[] publicKey) =>
        (_node, _http, Sink, PublicKey) = (node, http, sink, publicKey);

    /// <summary>Where the application's webhooks go (path <c>hooks</c>).</summary>
    public Sink Sink { get; }

    /// <summary>The key of <c>GET /v2/public_key</c>.</summary>
    public byte[] PublicKey { get; }

    public string Application { get; private set; } = "";

    /// <summary>The application's outbound voice profile.</summary>
    public string Profile { get; private set; } = "";

    /// <summary>An own number whose calls go to <see cref="Application"/>.</summary>
    public string Number { get; private set; } = "";

    /// <param name="index">Which of the lab's ten own numbers this customer takes.</param>
    public static Task<Customer> CreateAsync(RunningNode node, int index) => CreateAsync(node, $"+1555010000{index}");

    /// <param name="settings">Fields of the application beside its name, webhook URL and profile; they win.</param>
    /// <param name="key">Of another account than the first one, which has the number.</param>
    public static async Task<Customer> CreateAsync(RunningNode node, string number,
        Func<Sink, JsonObject>? settings = null, string? key = null)
    {
        var http = new HttpClient
        {
            BaseAddress = node.Api, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key ?? node.Key) }
        };
        byte[] publicKey = Convert.FromBase64String(
            (string)JsonNode.Parse(await http.GetStringAsync("public_key", TestContext.Current.CancellationToken))!["data"]!["public"]!);
        var customer = new Customer(node, http, await Sink.StartAsync(node.Host), publicKey) { Number = number };

        var profiles = (await customer.SendAsync(HttpMethod.Get, "outbound_voice_profiles")).AsArray();
        var first = profiles.Count > 0 ? profiles[0]!
            : await customer.SendAsync(HttpMethod.Post, "outbound_voice_profiles", new() { ["name"] = "Profile" });
        string profile = customer.Profile = (string)first["id"]!;
        var application = new JsonObject
        {
            ["application_name"] = $"Interop {Guid.NewGuid():N}",
            ["webhook_event_url"] = customer.Sink.Root + "hooks",
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile },
        };
        foreach (var (name, value) in settings?.Invoke(customer.Sink) ?? []) application[name] = value?.DeepClone();
        customer.Application = (string)(await customer.SendAsync(HttpMethod.Post, "call_control_applications", application))["id"]!;
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(number)}",
            new() { ["connection_id"] = customer.Application });
        return customer;
    }

    /// <summary>The answer, whatever its status.</summary>
    public async Task<Answer> TryAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return new((int)answer.StatusCode, answer.Headers, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A multipart form.</summary>
    public async Task<Answer> UploadAsync(string path, MultipartFormDataContent form)
    {
        using var answer = await _http.PostAsync(path, form, TestContext.Current.CancellationToken);
        return new((int)answer.StatusCode, answer.Headers, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public Task<Answer> GetAsync(string path) => TryAsync(HttpMethod.Get, path);

    /// <summary>
    /// The <c>data</c> of a successful answer; any other status fails the test, and says what the node wrote when it is the node's fault.
    /// But for the refusal that asks to come again, once, of a node that has too much to do, which the vendor's SDKs obey too. One that
    /// lacks its media process, its ports or its files says 503 as well: that is no matter of the machine, and fails.
    /// </summary>
    public async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        var answer = await TryAsync(method, path, body);
        if (answer is { Status: 503, Headers.RetryAfter.Delta: { } wait }
            && Array.Exists(Busy, reason => answer.Text.Contains(reason, StringComparison.Ordinal)))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"refused at first: {answer.Text}\n{_node.Output}");
            await Task.Delay(wait, TestContext.Current.CancellationToken);
            answer = await TryAsync(method, path, body);
        }
        Assert.True(answer.Status is >= 200 and < 300,
            $"{method} {path}: {answer.Status} {answer.Text}{(answer.Status >= 500 ? "\n" + _node.Output : "")}");
        return answer.Data;
    }

    /// <summary>Dials, with more fields in <paramref name="more"/>; any refusal fails the test.</summary>
    public Task<JsonNode> DialAsync(string to, JsonObject? more = null) => SendAsync(HttpMethod.Post, "calls", DialBody(to, more));

    public JsonObject DialBody(string to, JsonObject? more = null)
    {
        var body = new JsonObject { ["connection_id"] = Application, ["to"] = to, ["from"] = Number };
        foreach (var (name, value) in more ?? []) body[name] = value?.DeepClone();
        return body;
    }

    public Task<JsonNode> ActAsync(JsonNode call, string action, JsonObject? body = null) =>
        SendAsync(HttpMethod.Post, PathOf((string)call["call_control_id"]!, action), body ?? []);

    public Task<Answer> TryActAsync(JsonNode call, string action, JsonObject? body = null) =>
        TryActAsync((string)call["call_control_id"]!, action, body);

    public Task<Answer> TryActAsync(string callControlId, string action, JsonObject? body = null) =>
        TryAsync(action == "client_state_update" ? HttpMethod.Put : HttpMethod.Post, PathOf(callControlId, action), body ?? []);

    /// <summary>
    /// The beginning of the one call that the node places, once it is told of: those who talk may hear each other before.
    /// </summary>
    public async Task<JsonObject> PlacedAsync()
    {
        await WebhookAsync(IsPlaced, "the call that is placed");
        return Assert.Single(Events, IsPlaced).Payload;

        static bool IsPlaced(Webhook w) => w.Type == "call.initiated" && (string?)w.Payload["direction"] == "outgoing";
    }

    /// <summary>Waits for so many webhooks of the type.</summary>
    public Task CountAsync(string type, int count) => NextAsync(type, count);

    public IEnumerable<JsonObject> Payloads(string type) => Events.Where(w => w.Type == type).Select(w => w.Payload);

    /// <summary>The types of one call's webhooks.</summary>
    public IEnumerable<string> TypesOf(JsonNode call) =>
        Events.Where(w => (string?)w.Payload["call_control_id"] == (string?)call["call_control_id"]).Select(w => w.Type);

    private static string PathOf(string callControlId, string action) => $"calls/{Uri.EscapeDataString(callControlId)}/actions/{action}";

    /// <summary>
    /// Each event once, in the order in which they came: usually first attempts. One that this process was too slow to take is cut off,
    /// and the second is then the first that is seen.
    /// </summary>
    public IEnumerable<Webhook> Events => Sink.Taken.DistinctBy(w => w.Id);

    public IEnumerable<string> Types => Events.Select(w => w.Type);

    /// <summary>The payload of the first (or <paramref name="nth"/>) webhook of the type, as soon as it is there.</summary>
    public async Task<JsonObject> NextAsync(string type, int nth = 1) =>
        (await NthAsync(taken => taken.Where(w => w.Type == type).DistinctBy(w => w.Id), $"{type} webhook number {nth}", nth)).Payload;

    public Task<Webhook> WebhookAsync(Func<Webhook, bool> fits, string what, int nth = 1) =>
        NthAsync(taken => taken.Where(fits), what, nth);

    private async Task<Webhook> NthAsync(Func<IEnumerable<Webhook>, IEnumerable<Webhook>> which, string what, int nth) =>
        await Eventually.SomeAsync(() => ValueTask.FromResult(which(Sink.Taken).Skip(nth - 1).FirstOrDefault()),
            $"{what}; there were {string.Join(", ", Types)}");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Sink.DisposeAsync();
    }
}
