using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>What the paths of earlier releases answer when they refuse: scripts look at the status.</summary>
public sealed class NodeAliasTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_asker_did_wrong_is_422_and_a_database_that_is_away_is_503_with_a_line_of_text()
    {
        await using var node = await RunningNode.StartAsync();
        using var http = new HttpClient(UnixSocketHttp.Handler(() => AdminSocket.PathFor(node.Node.Settings.Data)))
        {
            BaseAddress = new("http://node/node/")
        };
        Assert.Equal(200, (await AskAsync("tenants", """{"name":"acme"}""")).Status);
        foreach (var (path, body) in new[]
        {
            ("tenants", """{"name":"acme"}"""), ("tenants", """{"name":""}"""),
            ("tenants/limits", """{"name":"nobody","channel_limit":1}"""), ("keys", """{"tenant":"nobody"}"""),
            ("keys", """{"tenant":"acme","role":"king"}"""), ("keys/nobody/revoke", null),
            ("access/remove", """{"tenant":"acme","id":"x"}"""), ("balances/add", """{"tenant":"acme","amount":"much","currency":"USD"}"""),
            ("balances/deck", """{"tenant":"acme","deck":"none"}"""), ("payments/x/approve", null),
            ("webhook_deliveries/x/actions/replay", null), ("numbers/ported", """{"number":"+15550100009","out":true}"""),
            ("trunks/x/test", null), ("calls/x/hangup", null), ("snapshots/load", """{"path":"/nowhere"}"""),
        })
        {
            var (status, text) = await AskAsync(path, body ?? "{}");
            Assert.True(status == 422, $"{path} {body}: {status} {text}");
            Assert.NotEmpty((string)JsonNode.Parse(text)!["errors"]![0]!["detail"]!);
        }

        // Its file is taken away: nothing is written any more.
        File.Delete(Path.Combine(node.Node.Settings.Data, "ringwright.db"));
        await Eventually.TrueAsync(() => !node.Node.Database.IsAvailable, "the database is away");
        Assert.Equal((503, "The database is not available at the moment.\n"), await AskAsync("tenants", """{"name":"more"}"""));
        using var answer = await http.PostAsync("keys",
            new StringContent("""{"tenant":"acme","role":"owner"}""", Encoding.UTF8, "application/json"), Stop);
        Assert.Equal((503, true), ((int)answer.StatusCode, answer.Headers.RetryAfter is not null));

        async Task<(int Status, string Text)> AskAsync(string path, string body)
        {
            using var response = await http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Stop);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
        }
    }
}
