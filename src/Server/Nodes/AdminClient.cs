using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Nodes;

/// <summary>The operator's API of a data folder's node, over its socket.</summary>
internal sealed class AdminClient(string data) : IDisposable
{
    private const int TooMany = 429;
    private static readonly TimeSpan AfterTooMany = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = ClientOf(data, TimeSpan.FromMinutes(5)), _patient = ClientOf(data, Timeout.InfiniteTimeSpan);

    private static HttpClient ClientOf(string data, TimeSpan patience) => new(UnixSocketHttp.Handler(() => AdminSocket.PathFor(data)))
    {
        BaseAddress = new Uri("http://node/"), Timeout = patience,
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
        return Inside(await SendAsync(method, path, body, stop));
    }

    /// <summary>As <see cref="DataAsync"/> for what takes as long as there is to write or to read: nobody knows how long.</summary>
    public async Task<JsonNode> PatientDataAsync(HttpMethod method, string path, JsonNode body, CancellationToken stop) =>
        Inside(await SendAsync(_patient, method, path,
            new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"), stop));

    /// <summary>
    /// As <see cref="DataAsync"/> for one of many requests that follow each other: the node takes so many a second, of all commands
    /// together. What it does not take has done nothing, and there is room in a moment.
    /// </summary>
    public Task<JsonNode> DataInTurnAsync(HttpMethod method, string path, JsonNode? body, CancellationToken stop) =>
        InTurnAsync(() => DataAsync(method, path, body, stop), stop);

    /// <summary>The same for a POST whose JSON is written already.</summary>
    public Task<JsonNode> JsonInTurnAsync(string path, ReadOnlyMemory<byte> json, CancellationToken stop) => InTurnAsync(async () =>
    {
        using var content = new ReadOnlyMemoryContent(json);
        content.Headers.ContentType = new("application/json");
        return Inside(await SendContentAsync(HttpMethod.Post, path, content, stop));
    }, stop);

    private static async Task<JsonNode> InTurnAsync(Func<Task<JsonNode>> ask, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (StartRefused busy) when (busy.Status is TooMany)
            {
                await Task.Delay(AfterTooMany, stop);
            }
        }
    }

    /// <summary>All rows of a list, page by page.</summary>
    public async Task<JsonArray> ListAsync(string path, CancellationToken stop)
    {
        var all = new JsonArray();
        await WalkAsync(path, rows =>
        {
            JsonNode?[] page = [.. rows];
            // Each belongs to one array at a time.
            rows.Clear();
            foreach (var row in page) all.Add(row);
            return Task.CompletedTask;
        }, stop);
        return all;
    }

    /// <summary>The same where nobody needs all of them at once: however long the list is, a page of it is in memory.</summary>
    public async Task WalkAsync(string path, Func<JsonArray, Task> take, CancellationToken stop)
    {
        const int size = 250;
        for (int page = 1; ; page++)
        {
            string numbered = $"{path}{(path.Contains('?') ? '&' : '?')}page[number]={page}&page[size]={size}";
            var rows = (await DataInTurnAsync(HttpMethod.Get, numbered, null, stop)).AsArray();
            bool isLast = rows.Count < size;
            await take(rows);
            if (isLast) return;
        }
    }

    /// <summary>The same with a body that is no JSON.</summary>
    public Task<JsonNode> SendContentAsync(HttpMethod method, string path, HttpContent? content, CancellationToken stop) =>
        SendAsync(_http, method, path, content, stop);

    private static async Task<JsonNode> SendAsync(HttpClient http, HttpMethod method, string path, HttpContent? content,
        CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await http.SendAsync(request, stop);
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

    public void Dispose()
    {
        _http.Dispose();
        _patient.Dispose();
    }

    private static JsonNode Inside(JsonNode answer)
    {
        var inside = answer["data"]!; // the operator's API answers so
        answer.AsObject().Remove("data");
        return inside;
    }

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
