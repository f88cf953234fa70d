using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Nodes;

/// <summary>The operator's API of a data folder's node, over its socket.</summary>
internal sealed class AdminClient(string data) : IDisposable
{
    private readonly HttpClient _http = new(UnixSocketHttp.Handler(() => AdminSocket.PathFor(data)))
    {
        BaseAddress = new Uri("http://node/"),
        Timeout = TimeSpan.FromMinutes(5),
    };

    /// <summary>Null when no node runs on this folder.</summary>
    public async Task<NodeStatus?> FindNodeAsync(CancellationToken stop)
    {
        try
        {
            return await _http.GetFromJsonAsync("node/status", NodeStatusJson.Default.NodeStatus, stop);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <returns>The answer's body.</returns>
    /// <exception cref="StartRefused">The node refused; the sentence is its own.</exception>
    public Task<JsonNode> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken stop) =>
        SendContentAsync(method, path,
            body is null ? null : new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"), stop);

    /// <summary>What stands in the answer's envelope.</summary>
    /// <exception cref="StartRefused">The node refused; the sentence is its own.</exception>
    public async Task<JsonNode> DataAsync(HttpMethod method, string path, JsonNode? body, CancellationToken stop)
    {
        var answer = await SendAsync(method, path, body, stop);
        var inside = answer["data"]!; // the operator's API answers so
        answer.AsObject().Remove("data");
        return inside;
    }

    /// <summary>All rows of a list, page by page.</summary>
    public async Task<JsonArray> ListAsync(string path, CancellationToken stop)
    {
        const int size = 250;
        var all = new JsonArray();
        for (int page = 1; ; page++)
        {
            var rows = (await DataAsync(HttpMethod.Get, $"{path}{(path.Contains('?') ? '&' : '?')}page[number]={page}&page[size]={size}",
                null, stop)).AsArray();
            int count = rows.Count;
            while (rows.Count > 0)
            {
                var row = rows[0];
                rows.RemoveAt(0);
                all.Add(row);
            }
            if (count < size) return all;
        }
    }

    /// <summary>The same with a body that is no JSON.</summary>
    public async Task<JsonNode> SendContentAsync(HttpMethod method, string path, HttpContent? content, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await _http.SendAsync(request, stop);
        return Read($"{method} {path}", response, await response.Content.ReadAsStringAsync(stop));
    }

    /// <summary>A file.</summary>
    /// <exception cref="StartRefused">The node refused; the sentence is its own.</exception>
    public async Task<byte[]> FetchAsync(string path, CancellationToken stop)
    {
        using var response = await _http.GetAsync(path, stop);
        if (!response.IsSuccessStatusCode) Read($"GET {path}", response, await response.Content.ReadAsStringAsync(stop));
        return await response.Content.ReadAsByteArrayAsync(stop);
    }

    public void Dispose() => _http.Dispose();

    /// <param name="asked">Method and path.</param>
    private static JsonNode Read(string asked, HttpResponseMessage response, string text)
    {
        int status = (int)response.StatusCode;
        JsonNode answer;
        try
        {
            answer = text.Length == 0 ? new JsonObject() : JsonNode.Parse(text) ?? new JsonObject();
        }
        catch (JsonException)
        {
            throw new StartRefused($"{asked} answered {status}: {text.Split('\n')[0]}") { Status = status };
        }
        return response.IsSuccessStatusCode ? answer
            : throw new StartRefused(Reason(answer) ?? $"{asked} answered {status}") { Status = status };
    }

    private static string? Reason(JsonNode answer)
    {
        if (answer["errors"] is not JsonArray { Count: > 0 } errors) return null;
        var first = errors[0];
        string words = (string?)first?["detail"] ?? (string?)first?["title"] ?? "the node refused";
        return (string?)first?["source"]?["pointer"] is { } pointer
            && !words.StartsWith(pointer.TrimStart('/') + " ", StringComparison.Ordinal) ? $"{pointer.TrimStart('/')}: {words}" : words;
    }
}
