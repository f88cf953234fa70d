using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Events;

/// <summary>
/// Where the command <c>events</c> reaches a node: the socket of its data folder, or the public API with an account's key.
/// </summary>
internal sealed class EventsEndpoint : IDisposable
{
    private readonly HttpClient _http;
    private readonly Func<CancellationToken, ValueTask<string>> _root;
    private readonly string _name, _hint, _status;

    /// <param name="status">The parameter that chooses by status: each of the two APIs has its own.</param>
    private EventsEndpoint(HttpClient http, Func<CancellationToken, ValueTask<string>> root, string name, string hint, string status) =>
        (_http, _root, _name, _hint, _status) = (http, root, name, hint, status);

    /// <param name="tenant">Null takes the first account.</param>
    public static EventsEndpoint Local(string data, string? tenant)
    {
        string? account = null;
        var http = new HttpClient(UnixSocketHttp.Handler(() => AdminSocket.PathFor(data)))
        {
            BaseAddress = new("http://node/"), Timeout = Timeout.InfiniteTimeSpan
        };
        return new(http, FindAsync, $"the node on {data}", "start it with serve, or name its folder with --data", "status");

        // Once: a node that comes back has the same account, and may not be able to say so yet.
        async ValueTask<string> FindAsync(CancellationToken stop)
        {
            using var client = new AdminClient(data);
            return account ??= AccountsClient.PathOf(await AccountsClient.FindAsync(client, tenant, stop));
        }
    }

    /// <param name="api">Root of the public API, without /v2.</param>
    public static EventsEndpoint Remote(Uri api, string key)
    {
        var http = new HttpClient(NodeHttp.HandlerFor(api))
        {
            BaseAddress = new(api.AbsoluteUri.TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan
        };
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return new(http, static _ => new("v2"), api.AbsoluteUri, "--api names the node's public address", "filter[status]");
    }

    /// <summary>The newest first.</summary>
    /// <param name="isFailed">Those alone that were given up.</param>
    public async Task<JsonArray> ListAsync(int limit, bool isFailed, CancellationToken stop) =>
        (await SendAsync(HttpMethod.Get, $"webhook_deliveries?page[size]={limit}{(isFailed ? $"&{_status}=failed" : "")}",
            stop))["data"]!.AsArray(); // a node answers so

    /// <param name="id">Of the delivery or of its event.</param>
    public async Task<JsonNode> ReplayAsync(string id, CancellationToken stop) =>
        (await SendAsync(HttpMethod.Post, $"webhook_deliveries/{Uri.EscapeDataString(id)}/actions/replay", stop))["data"]!;

    /// <param name="filter">As <c>POST /v2/webhook_replays</c> takes it.</param>
    /// <returns>The replay as it begins.</returns>
    public async Task<JsonNode> ReplayManyAsync(JsonObject filter, CancellationToken stop) =>
        (await SendAsync(HttpMethod.Post, "webhook_replays", stop, filter))["data"]!;

    public async Task<JsonNode> ProgressAsync(string replay, CancellationToken stop) =>
        (await SendAsync(HttpMethod.Get, $"webhook_replays/{Uri.EscapeDataString(replay)}", stop))["data"]!;

    /// <param name="types">Null follows all.</param>
    /// <param name="after">Id of the last event that was seen.</param>
    /// <exception cref="StartRefused">The node says no.</exception>
    /// <exception cref="HttpRequestException">Nothing answers.</exception>
    public async Task<HttpResponseMessage> FollowAsync(string? types, string? after, CancellationToken stop)
    {
        string chosen = types is null ? "" : $"?type={Uri.EscapeDataString(types)}";
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{await _root(stop)}/events/stream{chosen}");
        if (!string.IsNullOrEmpty(after)) request.Headers.Add("Last-Event-ID", after);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        if (response.IsSuccessStatusCode) return response;
        using (response)
        {
            // It is there and cannot at the moment: no different from one that is restarted.
            if (response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout)
                throw new HttpRequestException($"{_name} answers {(int)response.StatusCode}");
            throw new StartRefused(Reason(await response.Content.ReadAsStringAsync(stop)) ?? $"{_name} answers {(int)response.StatusCode}");
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, CancellationToken stop, JsonObject? body = null)
    {
        try
        {
            using var request = new HttpRequestMessage(method, $"{await _root(stop)}/{path}");
            if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await _http.SendAsync(request, stop);
            string text = await response.Content.ReadAsStringAsync(stop);
            if (response.IsSuccessStatusCode && JsonNode.Parse(text) is { } answer) return answer;
            throw new StartRefused(Reason(text) ?? $"{_name} answers {(int)response.StatusCode}") { Status = (int)response.StatusCode };
        }
        catch (HttpRequestException away)
        {
            throw Unreachable(away);
        }
    }

    public StartRefused Unreachable(HttpRequestException why) => new($"{_name} does not answer: {_hint}", why);

    private static string? Reason(string answer)
    {
        try
        {
            var first = JsonNode.Parse(answer)?["errors"]?[0];
            return (string?)first?["detail"] ?? (string?)first?["title"];
        }
        catch (Exception strange) when (strange is System.Text.Json.JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
