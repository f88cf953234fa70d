using System.Text;
using System.Text.RegularExpressions;

namespace Ringwright.Edge.Agency;

/// <summary>Keeps its cookie and says which page sends, as browsers do; it follows nothing.</summary>
internal sealed partial class AgencyBrowser(AgencyHost host) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    /// <summary>The last cookie that was set, with its terms.</summary>
    public string Set { get; private set; } = "";

    /// <summary>What the browser sends: "name=value"; empty without a cookie.</summary>
    public string Cookie { get; set; } = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Origin => $"http://{host.Node.Node.Settings.Http}";

    public Task<Shown> GetAsync(string path, string? range = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Origin + path);
        if (range is not null) request.Headers.TryAddWithoutValidation("Range", range);
        return SendAsync(request);
    }

    public async Task<string> ReadAsync(string path)
    {
        var shown = await GetAsync(path);
        Assert.True(shown.Status == 200, $"{path}: {shown.Status} {shown.To} {shown.Text}");
        return shown.Text;
    }

    public Task<Shown> PostAsync(string path, params (string Name, string Value)[] fields) => PostFromAsync(Origin, path, fields);

    /// <param name="from">The origin of the page that sends.</param>
    public Task<Shown> PostFromAsync(string from, string path, params (string Name, string Value)[] fields) =>
        SendAsync(Posted(from, path, new FormUrlEncodedContent(fields.Select(one => KeyValuePair.Create(one.Name, one.Value)))));

    /// <summary>A form with a file.</summary>
    public Task<Shown> UploadAsync(string path, string file, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(file)), "file", "people.csv" } };
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        return SendAsync(Posted(Origin, path, form));
    }

    /// <param name="code">Of the second factor; a field that is left empty is sent, too.</param>
    public Task<Shown> SignInAsync(string email, string code = "") => PostAsync("/agency/session",
        ("email", email), ("password", AgencyHost.Password), ("totp", code), ("to", "/agency"));

    /// <summary>What the forms of a page send back.</summary>
    public static string TokenOf(string page) => Token().Match(page).Groups["token"].Value;

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Posted(string from, string path, HttpContent content)
    {
        var target = new Uri(new Uri(from), path);
        var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = content };
        request.Headers.Add("Origin", from);
        return request;
    }

    private async Task<Shown> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            // Whatever page sends, it is this node that is asked.
            request.RequestUri = new(Origin + request.RequestUri!.PathAndQuery);
            if (Cookie.Length > 0) request.Headers.Add("Cookie", Cookie);
            using var answer = await _http.SendAsync(request, Stop);
            if (answer.Headers.TryGetValues("Set-Cookie", out var set)) (Set, Cookie) = (set.Single(), set.Single().Split(';')[0]);
            return new((int)answer.StatusCode, answer.Headers.Location?.OriginalString, await answer.Content.ReadAsStringAsync(Stop))
            {
                Policy = answer.Headers.TryGetValues("Content-Security-Policy", out var policy) ? policy.Single() : "",
                Type = answer.Content.Headers.ContentType?.MediaType,
            };
        }
    }

    [GeneratedRegex("name=\"token\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Token();

    /// <param name="To">Where the browser is sent on to.</param>
    public sealed record Shown(int Status, string? To, string Text)
    {
        public string Policy { get; init; } = "";
        public string? Type { get; init; }
    }
}
