using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Http.Tests;

/// <summary>Whole exchanges of errors under tests/golden/http, as a client sees them.</summary>
public sealed partial class GoldenErrors
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("no-key", "GET", "/v2/call_control_applications", null, "")]
    [InlineData("unknown-path", "GET", "/v2/nothing", null, ApiHost.Key)]
    [InlineData("wrong-method", "DELETE", "/v2/calls", null, ApiHost.Key)]
    [InlineData("wrong-content-type", "POST", "/v2/calls", "a=1", ApiHost.Key, "application/x-www-form-urlencoded")]
    [InlineData("broken-json", "POST", "/v2/calls", "{\"to\": \"+15550001111\",", ApiHost.Key)]
    [InlineData("bad-fields", "POST", "/v2/calls",
        "{\"to\": 5, \"from\": \"+15550100000\", \"time_limit_secs\": 5, \"record\": \"always\"}", ApiHost.Key)]
    [InlineData("not-implemented", "GET", "/v2/faxes", null, ApiHost.Key)]
    [InlineData("bad-page", "GET", "/v2/call_control_applications?page[size]=251", null, ApiHost.Key)]
    [InlineData("unknown-filter", "GET", "/v2/call_control_applications?filter[colour]=red", null, ApiHost.Key)]
    [InlineData("detail-shape", "POST", "/v2/ai/assistants", "{\"name\": 5}", ApiHost.Key)]
    [InlineData("oauth-shape", "GET", "/v2/oauth_clients", null, ApiHost.Key)]
    public async Task Errors_look_like_this(string name, string method, string path, string? body, string key,
        string contentType = "application/json")
    {
        await using var api = await ApiHost.StartAsync(
            new() { PerSecond = 200, IsStrict = false, Bindings = ApiHost.Built(o => o.Path is not ("/faxes" or "/oauth_clients")) });
        using var response = await api.SendAsync(method, path, body, key.Length == 0 ? null : key, contentType);
        Golden.Matches($"http/errors/{name}.http", await TranscriptAsync(method, path, body, key, contentType, response));
    }

    private static async Task<string> TranscriptAsync(string method, string path, string? body, string key, string contentType,
        HttpResponseMessage response)
    {
        var text = new StringBuilder($"{method} {path} HTTP/1.1\n");
        if (key.Length > 0) text.Append("authorization: Bearer KEY\n");
        if (body is not null) text.Append($"content-type: {contentType}\n\n{body}\n");
        text.Append($"\nHTTP/1.1 {(int)response.StatusCode}\n");
        foreach (var (name, values) in response.Headers.Concat<KeyValuePair<string, IEnumerable<string>>>(response.Content.Headers)
                .OrderBy(h => h.Key, StringComparer.OrdinalIgnoreCase))
            if (!name.Equals("date", StringComparison.OrdinalIgnoreCase) && !name.Equals("server", StringComparison.OrdinalIgnoreCase)
                    && !name.Equals("content-length", StringComparison.OrdinalIgnoreCase))
                text.Append($"{name.ToLowerInvariant()}: {Uuid().Replace(string.Join(", ", values), "(uuid)")}\n");
        string reply = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return text.Append('\n').Append(JsonNode.Parse(reply)!.ToJsonString(Indented)).Append('\n').ToString();
    }

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Uuid();
}
