using System.Net;

namespace Ringwright.Edge.Server;

/// <summary>Keeps its cookie and says which page sends, as browsers do; it follows nothing.</summary>
internal sealed class PageBrowser(string origin) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private string _cookie = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async Task<string> ReadAsync(string path)
    {
        using var answer = await SendAsync(new(HttpMethod.Get, origin + path));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    /// <summary>Where it is sent on to; with fields it posts them.</summary>
    public async Task<(HttpStatusCode Status, string? To)> PlaceAsync(string path, params (string Name, string Value)[] fields)
    {
        if (fields.Length > 0) return await PostAsync(path, fields);
        using var answer = await SendAsync(new(HttpMethod.Get, origin + path));
        return (answer.StatusCode, answer.Headers.Location?.OriginalString);
    }

    public Task<(HttpStatusCode Status, string? To)> PostAsync(string path, params (string Name, string Value)[] fields) =>
        PostFromAsync(origin, path, fields);

    /// <param name="from">The origin of the page that sends.</param>
    public async Task<(HttpStatusCode Status, string? To)> PostFromAsync(string from, string path,
        params (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, origin + path)
        {
            Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        request.Headers.Add("Origin", from);
        using var answer = await SendAsync(request);
        return (answer.StatusCode, answer.Headers.Location?.OriginalString);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            if (_cookie.Length > 0) request.Headers.Add("Cookie", _cookie);
            var answer = await _http.SendAsync(request, Stop);
            if (answer.Headers.TryGetValues("Set-Cookie", out var set)) _cookie = set.Single().Split(';')[0];
            return answer;
        }
    }
}
