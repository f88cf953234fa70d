using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Ringwright.Edge.Server;

/// <summary>The operator's API of a running node over TCP, with the operator key.</summary>
internal sealed class OperatorClient(RunningNode node)
{
    public const string Key = "operator-key-0123456789", Root = "/operator/v1";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<RunningNode> StartAsync() => RunningNode.StartAsync(settings => settings with { OperatorKey = Key });

    public async Task<(HttpStatusCode Status, JsonNode Body)> AskAsync(string method, string path, string? json = null, string? key = Key)
    {
        using var request = new HttpRequestMessage(new(method), Root + path);
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (json is not null) request.Content = new StringContent(json, null, "application/json");
        using var response = await node.Admin.SendAsync(request, Stop);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!);
    }

    public async Task<JsonNode> DataAsync(string method, string path, string? json = null)
    {
        var (status, body) = await AskAsync(method, path, json);
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Created, body.ToJsonString());
        return body["data"]!;
    }

    public async Task RefusesAsync(HttpStatusCode status, string sentence, string method, string path, string? json = null)
    {
        var (got, body) = await AskAsync(method, path, json);
        Assert.True(status == got, body.ToJsonString());
        Assert.Contains(sentence, (string?)body["errors"]![0]!["detail"], StringComparison.Ordinal);
    }
}
