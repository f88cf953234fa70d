using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Telefonie;

namespace Ringwright.Edge.Texml;

/// <summary>TwiML's API of a host, as its first account asks it.</summary>
internal static class TwimlApi
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="path">Below the account's own.</param>
    /// <returns>A body without fields where none came.</returns>
    public static async Task<(int Status, JsonObject Body)> AskTwimlAsync(this TelefonieHost host, HttpMethod method, string path,
        Dictionary<string, string>? form = null)
    {
        string sid = (string)host.Made["account_sid"]!;
        using var request = new HttpRequestMessage(method, $"/2010-04-01/Accounts/{sid}/{path}");
        if (form is not null) request.Content = new FormUrlEncodedContent(form);
        request.Headers.Authorization =
            new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{sid}:{(string)host.Made["auth_token"]!}")));
        using var answer = await host.Node.Api.SendAsync(request, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        var body = text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject();
        return ((int)answer.StatusCode, body);
    }

    /// <summary>The same, where it is known what is answered.</summary>
    public static async Task<JsonObject> DoTwimlAsync(this TelefonieHost host, HttpMethod method, string path, int expected,
        Dictionary<string, string>? form = null)
    {
        var (status, body) = await host.AskTwimlAsync(method, path, form);
        Assert.True(status == expected, $"{method} {path}: {status} {body.ToJsonString()}");
        return body;
    }
}
