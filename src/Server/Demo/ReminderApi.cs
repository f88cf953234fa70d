using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Demo;

/// <summary>The few operations of the public REST API that the call-out needs. It knows nothing else of the node.</summary>
/// <param name="header">In which the key goes too; null where nobody wants that.</param>
internal sealed class ReminderApi(Uri root, string key, string? header = null) : IDisposable
{
    private const int MostTries = 3;

    private readonly HttpClient _http = Client(root, key, header);

    public Uri Root => _http.BaseAddress!;

    public Task<JsonNode> GetAsync(string path, CancellationToken stop) => SendAsync(HttpMethod.Get, path, null, stop);

    public Task<JsonNode> PostAsync(string path, JsonObject body, CancellationToken stop) => SendAsync(HttpMethod.Post, path, body, stop);

    public Task<JsonNode> PatchAsync(string path, JsonObject body, CancellationToken stop) => SendAsync(HttpMethod.Patch, path, body, stop);

    /// <summary>A call control action; a call that has ended meanwhile (90018) is no error: its call.hangup says the rest.</summary>
    public async Task ActAsync(string call, string action, JsonObject body, CancellationToken stop)
    {
        try
        {
            await PostAsync($"v2/calls/{Uri.EscapeDataString(call)}/actions/{action}", body, stop);
        }
        catch (ReminderApiException e) when (e.Code == "90018") { /* the call.hangup webhook tells */ }
    }

    /// <summary>Fetches a file by a link that needs no key.</summary>
    public async Task DownloadAsync(string url, string file, CancellationToken stop)
    {
        await using var content = await _http.GetStreamAsync(new Uri(root, url), stop);
        await using var saved = File.Create(file);
        await content.CopyToAsync(saved, stop);
    }

    private static HttpClient Client(Uri root, string key, string? header)
    {
        var client = new HttpClient(NodeHttp.HandlerFor(root)) { BaseAddress = root, Timeout = TimeSpan.FromSeconds(15) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (header is not null) client.DefaultRequestHeaders.Add(header, key);
        return client;
    }

    public async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken stop)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                return await TryAsync(method, path, body, stop);
            }
            catch (ReminderApiException e) when (e.RetryAfter is { } pause && tries < MostTries)
            {
                await Task.Delay(pause, stop);
            }
        }
    }

    private async Task<JsonNode> TryAsync(HttpMethod method, string path, JsonObject? body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request, stop);
        string text = await response.Content.ReadAsStringAsync(stop);
        var answer = JsonNode.Parse(text) ?? throw new DemoException($"{method} {path} answered nothing");
        if (response.IsSuccessStatusCode) return answer["data"] is JsonObject or JsonArray ? answer["data"]! : answer;
        var error = answer["errors"]?[0] ?? answer["error"];
        string code = (string?)(error?["code"] ?? error?["reason"]) ?? "";
        throw new ReminderApiException(code,
            $"{method} {path} answered {(int)response.StatusCode}: {code} {(string?)error?["title"]}, "
            + $"{(string?)(error?["detail"] ?? error?["message"])}")
        {
            // 503 says that nothing was done: who asks once more dials nobody twice.
            RetryAfter = response.StatusCode is HttpStatusCode.ServiceUnavailable ? response.Headers.RetryAfter?.Delta : null,
        };
    }

    public void Dispose() => _http.Dispose();
}

internal sealed class ReminderApiException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;

    /// <summary>When to ask once more; null where that would not help.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
