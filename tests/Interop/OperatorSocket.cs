using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Interop;

/// <summary>The operator's API on the socket of a node's data folder, which the commands of the program use too.</summary>
internal sealed class OperatorSocket(string path)
{
    /// <returns>The answer's <c>data</c>.</returns>
    public Task<JsonNode> SendAsync(HttpMethod method, string resource, JsonObject? body = null) =>
        SendContentAsync(method, resource,
            body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));

    /// <summary>The same with a body that is no JSON.</summary>
    public async Task<JsonNode> SendContentAsync(HttpMethod method, string resource, HttpContent? content)
    {
        var (status, text) = await AskAsync(method, resource, content);
        Assert.True((int)status is >= 200 and < 300, $"{method} {resource}: {(int)status} {text}");
        return JsonNode.Parse(text)!["data"]!;
    }

    /// <returns>Null of what is not there, or not yet.</returns>
    public async Task<JsonNode?> FindAsync(string resource)
    {
        var (status, text) = await AskAsync(HttpMethod.Get, resource, null);
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{resource}: {(int)status} {text}");
        return status is HttpStatusCode.OK ? JsonNode.Parse(text)!["data"] : null;
    }

    private async Task<(HttpStatusCode Status, string Text)> AskAsync(HttpMethod method, string resource, HttpContent? content)
    {
        // A connection of its own for each: nodes are killed and come back in the same place.
        using var http = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, stop) => ConnectAsync(stop) });
        using var request = new HttpRequestMessage(method, $"http://node/operator/v1/{resource}") { Content = content };
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <param name="name">Of an account; null for the first one.</param>
    /// <returns>Its id.</returns>
    public async Task<string> FindAccountAsync(string? name)
    {
        var found = await SendAsync(HttpMethod.Get, name is null ? "accounts?page[size]=1" : $"accounts?name={Uri.EscapeDataString(name)}");
        return (string)found.AsArray().First(account => name is null || (string?)account!["name"] == name)!["id"]!;
    }

    private async ValueTask<Stream> ConnectAsync(CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
