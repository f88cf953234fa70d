using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Server.Nodes;

namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>Two accounts of the walk's node, each with its credentials of every dialect, and who asks for them.</summary>
internal sealed class DialectWorld : IDisposable
{
    /// <summary>Nothing that is asked here takes as long; what hangs is said to.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _public, _operators, _socket;
    private readonly Dictionary<string, IReadOnlyList<Operation>> _real = new(StringComparer.Ordinal);
    private JsonObject? _first;

    private DialectWorld(ConformanceNode node)
    {
        Node = node;
        (_public, _operators) = (ClientOf(node.Root), ClientOf(node.OperatorRoot));
        _socket = new(UnixSocketHttp.Handler(() => AdminSocket.PathFor(node.Data)))
        {
            BaseAddress = new("http://node/"), Timeout = Patience
        };
    }

    public ConformanceNode Node { get; }

    public JsonObject Owner { get; private set; } = [];         // made before anybody asks
    /// <summary>Another account, with nothing of its own but its keys.</summary>
    public JsonObject Stranger { get; private set; } = [];      // made before anybody asks

    /// <summary>The owner's account, by a key that only reads.</summary>
    public JsonObject Reader { get; private set; } = [];        // made before anybody asks

    /// <summary>Every credential, and each of them wrong.</summary>
    public JsonObject Thief { get; } = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<DialectWorld> MakeAsync(ConformanceNode node)
    {
        var world = new DialectWorld(node);
        (world.Owner, world.Stranger) = (await AccountAsync("owner of every dialect"), await AccountAsync("stranger to every dialect"));
        foreach (var (name, value) in world.Owner)
            if (value is JsonValue text && text.TryGetValue(out string? said)) world.Thief[name] = "no-" + said;
        var readers = await node.Commands.DataAsync(HttpMethod.Post, "operator/v1/keys",
            new JsonObject { ["account_id"] = world.Owner["id"]!.DeepClone(), ["role"] = "reader", ["label"] = "the walk's" }, Stop);
        world.Reader = world.Owner.DeepClone().AsObject();
        // A key of an account opens every dialect.
        foreach (string name in new[] { "telnyx_key", "voipbin_accesskey", "telefonie_key", "chakra_token" })
            world.Reader[name] = readers["telnyx_key"]!.DeepClone();
        return world;

        async Task<JsonObject> AccountAsync(string name)
        {
            var made = (await node.Commands.DataAsync(HttpMethod.Post, "operator/v1/accounts",
                new JsonObject { ["name"] = name, ["request_rate"] = null, ["channels"] = null }, Stop)).AsObject();
            made["operator_key"] = ConformanceNode.OperatorKey;
            return made;
        }
    }

    /// <summary>The node's first account, as the operator names it.</summary>
    public async Task<JsonObject> FirstAsync()
    {
        if (_first is not null) return _first;
        var accounts = await Node.Commands.ListAsync("operator/v1/accounts", Stop);
        var first = accounts.Single(account => (string?)account!["name"] == "default")!;
        return _first = new() { ["id"] = first["id"]!.DeepClone(), ["operator_key"] = ConformanceNode.OperatorKey };
    }

    /// <param name="account">Null shows no credential.</param>
    /// <param name="url">From the host's root on.</param>
    /// <param name="isOnSocket">On that of the data folder.</param>
    /// <param name="isEndless">Only how the answer begins is waited for.</param>
    public async Task<Answer> SendAsync(WalkedDialect dialect, JsonNode? account, string method, string url, HttpContent? content = null,
        bool isOnSocket = false, bool isEndless = false)
    {
        using var request = new HttpRequestMessage(new(method), url) { Content = content };
        if (account is not null) dialect.Show(request, account);
        var client = isOnSocket ? _socket : dialect.IsOperators ? _operators : _public;
        using var answer = await client.SendAsync(request,
            isEndless ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead, Stop);
        string text = isEndless && answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync(Stop);
        return new((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, text,
            answer.Headers.Concat(answer.Content.Headers)
                .ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The operations that are in, as the node describes itself.</summary>
    public async Task<IReadOnlyList<Operation>> RealAsync(WalkedDialect dialect)
    {
        if (_real.TryGetValue(dialect.Name, out var known)) return known;
        var said = await SendAsync(dialect, null, "GET", dialect.Root + OpenApiDocument.Path);
        Assert.True(said.Json?["paths"] is JsonObject, $"{dialect} does not describe itself: {said}");
        var paths = said.Json!["paths"]!;
        return _real[dialect.Name] =
            [.. dialect.Operations.Where(o => paths[o.Path] is JsonObject methods && methods.ContainsKey(o.Method.ToLowerInvariant()))];
    }

    public void Dispose()
    {
        _public.Dispose();
        _operators.Dispose();
        _socket.Dispose();
    }

    private static HttpClient ClientOf(Uri root) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = root, Timeout = Patience };
}
