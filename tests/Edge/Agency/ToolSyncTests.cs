using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Speech;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class ToolSyncOnSqliteTests() : ToolSyncTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class ToolSyncOnPostgresTests() : ToolSyncTests(Product.Postgres);

/// <summary>How tools that an agency has at its provider are brought in step.</summary>
public abstract class ToolSyncTests(Product product)
{
    /// <summary>As the provider's published description has them.</summary>
    private const string Price = """
        {"toolId":"t-1","name":"price","ownership":"private","definition":{"modelToolName":"price","description":"What a pizza costs.",
         "dynamicParameters":[{"name":"size","location":"PARAMETER_LOCATION_BODY","schema":{"type":"string"},"required":true}],
         "requirements":{"httpSecurityOptions":{"options":[{"requirements":{} }]} },"timeout":"20s",
         "staticResponse":null,"defaultReaction":"AGENT_REACTION_SPEAKS",
         "http":{"baseUrlPattern":"https://example.com/price","httpMethod":"POST"} } }
        """,
        Find = """
        {"toolId":"t-2","name":"find","ownership":"private","definition":{"dynamicParameters":[
         {"name":"what","location":"PARAMETER_LOCATION_QUERY","schema":{"type":"string"},"required":false}],
         "http":{"baseUrlPattern":"https://example.com/find","httpMethod":"GET"} } }
        """,
        Others = """
        {"toolId":"t-3","name":"one","definition":{"http":{"baseUrlPattern":"https://example.com/{id}","httpMethod":"GET"} } },
        {"toolId":"t-4","name":"two","definition":{"client":{} } },
        {"toolId":"t-5","name":"three","definition":{"modelToolName":"hangup",
         "http":{"baseUrlPattern":"https://example.com/x","httpMethod":"POST"} } },
        {"toolId":"t-6","name":"OWN","definition":{"http":{"baseUrlPattern":"https://example.com/x","httpMethod":"POST"} } },
        {"toolId":"t-7","name":"four","definition":{"requirements":{"httpSecurityOptions":{"options":[
          {"requirements":{"key":{"headerApiKey":{"name":"x-key"} } } }]} },
         "http":{"baseUrlPattern":"https://example.com/x","httpMethod":"POST"} } },
        {"toolId":"t-8","name":"five","definition":{"staticResponse":{"responseText":"Fine."},
         "http":{"baseUrlPattern":"https://example.com/x","httpMethod":"POST"} } },
        {"toolId":"t-9","name":"six","definition":{"defaultReaction":"AGENT_REACTION_LISTENS",
         "http":{"baseUrlPattern":"https://example.com/x","httpMethod":"POST"} } }
        """;

    [Fact]
    public async Task Tools_that_the_nodes_agents_can_ask_are_brought_in_and_kept_in_step_and_others_are_told()
    {
        string rows = $"{Price},{Find},{Others}", asked = "";
        int status = 200;
        await using var provider = await TestServer.StartAsync(async http =>
        {
            http.Response.StatusCode = status;
            if (http.Request.Path != "/api/tools" || status != 200) return;
            asked = (string?)http.Request.Query["ownership"] ?? "";
            await http.Response.WriteAsync($$"""{"next":null,"results":[{{rows}}]}""");
        });
        await using var host = await AgencyHost.StartAsync(product);
        await host.RefusedAsync(400, "missing_credentials", host.OwnerA, "POST", "/tools/sync");
        await host.DoneAsync(200, host.OwnerA, "PUT", "/integrations/ultravox",
            $$"""{"base_url":"{{provider.Url}}","api_key":"key-of-the-agency"}""");
        await host.DoneAsync(201, host.OwnerA, "POST", "/tools", """{"name":"own","definition":{"url":"https://example.com/own"} }""");

        var first = await host.DoneAsync(200, host.OwnerA, "POST", "/tools/sync", "{}");
        Assert.Equal((2, 0, 0, 7, 0), StatsOf(first));
        Assert.Equal(["t-3", "t-4", "t-5", "t-6", "t-7", "t-8", "t-9"],
            first["errors"]!.AsArray().Select(one => (string?)one!["provider_tool_id"]).Order(StringComparer.Ordinal));
        Assert.Equal("private", asked);
        var price = await ToolAsync(host, "t-1");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"url":"https://example.com/price","method":"POST","timeout_ms":20000,
             "parameters":{"type":"object","properties":{"size":{"type":"string"} },"required":["size"]} }
            """), price["definition"]), price.ToJsonString());
        Assert.Equal(("price", "What a pizza costs."), ((string?)price["name"], (string?)price["description"]));
        Assert.NotNull((string?)price["last_synced_at"]);
        Assert.Equal(("find", "GET"), ((string?)(await ToolAsync(host, "t-2"))["name"],
            (string?)(await ToolAsync(host, "t-2"))["definition"]!["method"]));
        Assert.Empty((await host.DoneAsync(200, host.OwnerB, "GET", "/tools"))["tools"]!.AsArray());
        // An agent of the node asks it like any other; what it is is changed there.
        await host.DoneAsync(201, host.OwnerA, "POST", "/agents",
            $$"""{"name":"Anna","system_prompt":"Sell.","tools":["{{price["id"]}}"]}""");
        await host.RefusedAsync(409, "invalid_state", host.OwnerA, "PATCH", "/tools/" + price["id"], """{"description":"Another."}""");

        rows = Price.Replace("What a pizza costs.", "What one costs.", StringComparison.Ordinal);
        Assert.Equal((0, 1, 0, 0, 1), StatsOf(await host.DoneAsync(200, host.OwnerA, "POST", "/tools/sync")));
        Assert.Equal("What one costs.", (string?)(await ToolAsync(host, "t-1"))["description"]);
        Assert.Equal((0, 0, 1, 0, 1), StatsOf(await host.DoneAsync(200, host.OwnerA, "POST", "/tools/sync")));
        status = 500;
        await host.RefusedAsync(502, "provider_error", host.OwnerA, "POST", "/tools/sync");
        await ToolAsync(host, "t-2");
    }

    private static (int, int, int, int, int) StatsOf(JsonObject answer)
    {
        var stats = answer["stats"]!;
        return ((int)stats["imported"]!, (int)stats["updated"]!, (int)stats["skipped"]!, (int)stats["errors"]!, (int)stats["orphans"]!);
    }

    private static async Task<JsonObject> ToolAsync(AgencyHost host, string id) =>
        (await host.DoneAsync(200, host.OwnerA, "GET", "/tools"))["tools"]!.AsArray().Select(one => one!.AsObject())
            .Single(one => (string?)one["provider_tool_id"] == id);
}
