using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Bench.Nodes;

/// <summary>A client of a node's HTTP interfaces, with the customer's key.</summary>
/// <param name="handler">How it connects; null for the address in <paramref name="root"/>.</param>
internal sealed class CustomerApi(Uri root, string key, SocketsHttpHandler? handler = null) : IDisposable
{
    /// <summary>Short: a connection that rests here is a file that the node has open, and is not the node's leak.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http = new(
        handler ?? new SocketsHttpHandler { MaxConnectionsPerServer = 64, PooledConnectionIdleTimeout = Rest })
    {
        BaseAddress = root,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
    };

    /// <returns>The status and the body.</returns>
    public async Task<(int Status, string Text)> TrySendAsync(HttpMethod method, string path, string? body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request, stop);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(stop));
    }

    /// <summary>The <c>data</c> of a successful answer.</summary>
    /// <exception cref="BenchFailure">Any other answer.</exception>
    public async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken stop)
    {
        var (status, text) = await TrySendAsync(method, path, body?.ToJsonString(), stop);
        if (status is < 200 or > 299 || JsonNode.Parse(text)?["data"] is not { } data)
            throw new BenchFailure($"{method} {root}{path}: {status} {text}");
        return data;
    }

    public void Dispose() => _http.Dispose();
}
