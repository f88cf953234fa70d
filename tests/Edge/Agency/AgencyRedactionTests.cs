using System.Text.Json.Nodes;
using Ringwright.Agency.Providers;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyRedactionsOnSqliteTests() : AgencyRedactionTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyRedactionsOnPostgresTests() : AgencyRedactionTests(Product.Postgres);

/// <summary>What an agency cuts out is written nowhere, whoever tells it.</summary>
public abstract class AgencyRedactionTests(Product product)
{
    private const string Said = "Card 4111 1111 1111 1111 of bob@example.com.", Kept = "Card [CARD] of [EMAIL].";

    [Fact]
    public async Task What_a_provider_tells_is_cut_in_the_log_in_the_queue_and_in_the_call()
    {
        // Case T13.
        await using var host = await AgencyHost.StartAsync(product);
        var agency = await host.DoneAsync(200, host.OwnerA, "PATCH", "/agency", """{"settings":{"redaction":{"enabled":true}}}""");
        Assert.True((bool)agency["settings"]!["redaction"]!["enabled"]!);
        await host.RefusedAsync(400, "validation_error", host.OwnerA, "PATCH", "/agency", """{"settings":{"redaction":true}}""");
        foreach (string owner in new[] { host.OwnerA, host.OwnerB })
        {
            string address = (string)(await host.DoneAsync(200, owner, "GET", "/integrations"))["webhook_url"]!;
            var call = ProviderCallTests.CallOf("c-1", ProviderCallFacts.Ended);
            call["summary"] = Said;
            string body = new JsonObject { ["event"] = ProviderCallFacts.Ended, ["call"] = call }.ToJsonString();
            Assert.Equal(204, await host.HookAsync(address, body));
            string kept = owner == host.OwnerA ? Kept : Said;
            var log = Assert.Single((await host.DoneAsync(200, owner, "GET", "/webhook-logs"))["items"]!.AsArray())!;
            Assert.Contains(kept, (string?)log["request_body"], StringComparison.Ordinal);
            string queued = (string)Assert.Single((await host.DoneAsync(200, owner, "GET", "/queues/webhook"))["items"]!.AsArray())!["id"]!;
            var shown = await host.DoneAsync(200, owner, "GET", "/queues/webhook/" + queued);
            Assert.Equal(kept, (string?)shown["payload"]!["call"]!["summary"]);
        }
    }
}
