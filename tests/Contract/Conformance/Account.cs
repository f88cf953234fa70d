using Ringwright.Http;

namespace Ringwright.Contract.Conformance;

/// <summary>A customer of the node, by its key; or nobody, without one.</summary>
internal sealed class Account(Uri root, string? key) : IDisposable
{
    /// <summary>What it says then. One that lacks its media process, its ports or its files says 503 too, and that is a fault.</summary>
    private static readonly string[] Busy =
        ["Calls cannot be recorded at the moment.", "The database is not available at the moment", "The node is busy."];

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = root };

    public string? Key => key;

    /// <summary>
    /// A node that has too much to do asks to come again: once that is done, as the vendor's SDKs do. Any other 503 is the answer.
    /// </summary>
    public async Task<Answer> SendAsync(Ask ask)
    {
        var answer = await SendAsync(ask.Operation.Method, ask.Url, ask.Content(), ask.Headers);
        if (answer.Status != 503 || !int.TryParse(answer.Headers.GetValueOrDefault("Retry-After"), out int seconds)
            || !Array.Exists(Busy, reason => answer.Text.Contains(reason, StringComparison.Ordinal))) return answer;
        TestContext.Current.TestOutputHelper?.WriteLine($"{ask.Operation} was refused at first: {answer}");
        await Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
        return await SendAsync(ask.Operation.Method, ask.Url, ask.Content(), ask.Headers);
    }

    public Task<Answer> GetAsync(string url) => SendAsync("GET", url);

    public async Task<Answer> SendAsync(string method, string url, HttpContent? content = null,
        IReadOnlyDictionary<string, string>? headers = null)
    {
        using var request = new HttpRequestMessage(new(method), url) { Content = content };
        if (key is not null) request.Headers.Authorization = new("Bearer", key);
        foreach (var (name, value) in headers ?? new Dictionary<string, string>()) request.Headers.Add(name, value);
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return new((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType,
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer.Headers.Concat(answer.Content.Headers)
                .ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase));
    }

    public void Dispose() => _http.Dispose();
}
