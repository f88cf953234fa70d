using Ringwright.Http;

namespace Ringwright.Contract.Conformance;

/// <summary>A customer of the node, by its key; or nobody, without one.</summary>
internal sealed class Account(Uri root, string? key) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = root };

    public string? Key => key;

    public Task<Answer> SendAsync(Ask ask) => SendAsync(ask.Operation.Method, ask.Url, ask.Content(), ask.Headers);

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
