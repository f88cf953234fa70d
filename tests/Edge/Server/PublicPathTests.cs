using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Edge.Server;

/// <summary>A node that a proxy has below a path of another site, and that says so in its public address.</summary>
public sealed class PublicPathTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/pbx/v2/calls", "/v2/calls"), InlineData("/pbx", "/"), InlineData("/pbx/", "/"), InlineData("/pbx/pbx/x", "/pbx/x")]
    [InlineData("/.well-known/oauth-authorization-server/pbx", "/.well-known/oauth-authorization-server")]
    [InlineData("/v2/calls", null), InlineData("/pbxs/v2", null), InlineData("/PBX/v2", null), InlineData("/v2/pbx", null)]
    public void The_path_is_taken_off_as_whole_segments(string asked, string? rest)
    {
        Assert.Equal(rest, PublicPath.Without(new(asked), new("/pbx"))?.Value);
        Assert.Equal(rest is null, PublicPath.Without(new(asked), new("/pbx")) is null);
    }

    [Fact]
    public async Task A_proxy_may_cut_its_path_off_or_hand_it_on_and_what_the_node_names_begins_with_it()
    {
        await using var node = await RunningNode.StartAsync(s => s with { PublicUrl = new("https://www.example.com/pbx/") });
        foreach (string before in new[] { "", "/pbx" })
        {
            using (var listed = await node.Api.GetAsync(before + "/v2/phone_numbers", Stop))
                Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
            using (var nothing = await node.Api.GetAsync(before + "/v2/nothing", Stop))
                Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
            using (var unknown = await node.Api.GetAsync(before + "/favicon.ico", Stop))
                Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);

            var apis = JsonNode.Parse(await node.Api.GetStringAsync(before + "/", Stop))!["apis"]!.AsArray();
            foreach (var api in apis)
            {
                Assert.StartsWith("/pbx/", (string?)api!["root"], StringComparison.Ordinal);
                var described = JsonNode.Parse(await node.Api.GetStringAsync((string?)api["openapi"], Stop))!;
                Assert.Equal((string?)api["root"], (string?)described["servers"]![0]!["url"]);
                string page = await node.Api.GetStringAsync((string?)api["reference"], Stop);
                Assert.Contains("src=\"/pbx/reference/redoc.js\"", page, StringComparison.Ordinal);
            }

            // Sent on to sign in, at the place that the browser knows; there the whole page begins so.
            using var answer = await node.Api.GetAsync(before + "/agency?period=30d", Stop);
            Assert.Equal("/pbx/agency/session?to=%2Fagency%3Fperiod%3D30d", answer.RequestMessage!.RequestUri!.PathAndQuery);
            string form = await answer.Content.ReadAsStringAsync(Stop);
            Assert.Contains("action=\"/pbx/agency/session\"", form, StringComparison.Ordinal);
            Assert.Contains("href=\"/pbx/agency/agency.css\"", form, StringComparison.Ordinal);
            Assert.Contains("value=\"/agency?period=30d\"", form, StringComparison.Ordinal);
        }
        var known = JsonNode.Parse(await node.Api.GetStringAsync("/.well-known/oauth-authorization-server/pbx", Stop))!;
        Assert.Equal("https://www.example.com/pbx", (string?)known["issuer"]);
    }

    [Fact]
    public async Task A_path_of_an_API_that_begins_as_the_proxys_does_stays_that_APIs()
    {
        await using var node = await RunningNode.StartAsync(s => s with { PublicUrl = new("https://www.example.com/api") });
        foreach (string before in new[] { "", "/api" })
        {
            using var listed = await node.Api.GetAsync(before + "/v2/phone_numbers", Stop);
            Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
            // Its keys are others: it says so by itself.
            using var refused = await node.Api.GetAsync(before + "/api/agency/v1/me", Stop);
            string said = await refused.Content.ReadAsStringAsync(Stop);
            Assert.True(JsonNode.Parse(said)?["error"] is JsonObject, $"{before}: {refused.StatusCode} {said}");
        }
    }
}
