using System.Net;
using System.Text.Json.Nodes;

namespace Ringwright.Edge.Server;

/// <summary>Whoever wonders why nobody is called is told by the node.</summary>
public sealed class RefusedDialListTests
{
    [Fact]
    public async Task A_call_out_that_is_refused_is_listed_by_the_API_and_by_the_command()
    {
        const string to = "+4930999999";
        await using var node = await OperatorClient.StartAsync();
        var client = new OperatorClient(node);
        for (int i = 0; i < 2; i++)
            await client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "No route", "POST", "/calls", $$"""{"to":"{{to}}"}""");
        var account = (await client.DataAsync("GET", "/accounts"))[0]!;
        var row = Assert.Single((await client.DataAsync("GET", "/dials/refused")).AsArray())!;
        Assert.Equal((to, "anonymous", "operator", "no_route", 2), ((string?)row["to"], (string?)row["from"], (string?)row["asked_by"],
            (string?)row["reason"], (int)row["times"]!));
        Assert.Equal(((string?)account["id"], (string?)account["name"]), ((string?)row["account_id"], (string?)row["account"]));

        foreach (string query in new[] { $"account_id={account["id"]}", "reason=no_route" })
            Assert.Single((await client.DataAsync("GET", $"/dials/refused?{query}")).AsArray());
        var other = await client.DataAsync("POST", "/accounts", """{"name":"other"}""");
        foreach (string query in new[] { $"account_id={other["id"]}", "reason=loop" })
            Assert.Empty((await client.DataAsync("GET", $"/dials/refused?{query}")).AsArray());
        await client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "account_id", "GET", "/dials/refused?account_id=nobody");

        string[] command = ["calls", "--refused-dials", "--data", node.Node.Settings.Data];
        var (exit, output, errors) = await CommandRun.RunAsync(command);
        Assert.True(exit == 0, errors);
        Assert.Contains(to, output, StringComparison.Ordinal);
        (_, output, _) = await CommandRun.RunAsync([.. command, "--reason", "no_route", "--tenant", (string)account["name"]!, "--json"]);
        Assert.Equal("operator", (string?)JsonNode.Parse(output)!.AsArray().Single()!["asked_by"]);
    }
}
