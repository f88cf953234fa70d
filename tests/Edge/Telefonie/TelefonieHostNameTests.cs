using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telefonie;

/// <summary>At host names of their own APIs have the paths of their originals, and there alone.</summary>
public sealed class TelefonieHostNameTests
{
    private const string Name = "voice.example.com", Other = "crm.example.com";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task At_its_own_host_name_an_API_has_the_path_of_its_original()
    {
        await using var host = await TelefonieHost.StartAsync(null,
            settings => settings with { ApiHosts = [("telefonie", Name), ("chakra", Other)] });
        using var client = new HttpClient { BaseAddress = new($"http://{host.Node.Node.Settings.Http}") };

        foreach (string name in new[] { Name, Name.ToUpperInvariant(), Name + ":8080" })
            Assert.Equal(0, (int)JsonNode.Parse(await AskAsync(200, "/v1/voice/calls", name, host.First))!["total"]!);
        await AskAsync(200, "/telefonie/v1/voice/calls", Name, host.First);
        // What goes wrong is said in the API's own words.
        Assert.Equal("unauthorized", Code(await AskAsync(401, "/v1/voice/calls", Name, key: null)));
        Assert.Equal("unknown_path", Code(await AskAsync(404, "/v1/voice/nothing", Name, host.First)));
        // Another has the same path at another name, and nobody has it elsewhere.
        Assert.NotNull(JsonNode.Parse(await AskAsync(401, "/v1/ext/config", Other, key: null))!["_errors"]);
        await AskAsync(404, "/v1/voice/calls", Other, host.First);
        await AskAsync(404, "/v1/voice/calls", "127.0.0.1", host.First);

        async Task<string> AskAsync(int status, string path, string name, string? key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = name } };
            if (key is not null) request.Headers.TryAddWithoutValidation("X-API-Key", key);
            using var response = await client.SendAsync(request, Stop);
            string text = await response.Content.ReadAsStringAsync(Stop);
            Assert.True((int)response.StatusCode == status, $"{name} {path}: {(int)response.StatusCode} {text}");
            return text;
        }

        static string? Code(string text) => (string?)JsonNode.Parse(text)!["error"]!["code"];
    }
}
