using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Agency;
using Ringwright.Edge.Speech;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgentSyncOnSqliteTests() : AgentSyncTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgentSyncOnPostgresTests() : AgentSyncTests(Product.Postgres);

/// <summary>How agents that an agency has at its provider are brought in step.</summary>
public abstract class AgentSyncTests(Product product)
{
    [Fact]
    public async Task Agents_of_a_provider_are_brought_in_and_kept_in_step()
    {
        JsonObject[] agents = [AgentOf("a-1", "Anna", "Be kind."), AgentOf("a-2", "Bert", "Be short.")];
        int status = 200;
        await using var provider = await TestServer.StartAsync(async http =>
        {
            http.Response.StatusCode = status;
            if (http.Request.Path != "/api/agents" || status != 200) return;
            // A page for each.
            int at = int.TryParse((string?)http.Request.Query["cursor"], CultureInfo.InvariantCulture, out int asked) ? asked : 0;
            await http.Response.WriteAsync(new JsonObject
            {
                ["total"] = agents.Length,
                ["next"] = at + 1 < agents.Length ? $"http://{http.Request.Host}/api/agents?cursor={at + 1}" : null,
                ["results"] = new JsonArray([.. agents.Skip(at).Take(1).Select(one => one.DeepClone())]),
            }.ToJsonString());
        });
        await using var host = await AgencyHost.StartAsync(product);
        await host.RefusedAsync(400, "missing_credentials", host.OwnerA, "POST", "/agents/sync");
        await host.DoneAsync(200, host.OwnerA, "PUT", "/integrations/ultravox",
            $$"""{"base_url":"{{provider.Url}}","api_key":"key-of-the-agency"}""");
        string own = (string)(await host.DoneAsync(201, host.OwnerA, "POST", "/agents", """{"name":"Own"}"""))["id"]!;
        await host.RefusedAsync(400, "validation_error", host.OwnerA, "POST", "/agents/sync",
            """{"mode":"import_only","remove_orphans":true}""");

        Assert.Equal((0, 0, 2, 0, 0, 0), await SyncAsync(host, """{"mode":"update_only"}"""));
        Assert.Equal((2, 0, 0, 0, 0, 0), await SyncAsync(host, "{}"));
        var anna = (await AgentsAsync(host, host.OwnerA))[0];
        Assert.Equal(("ultravox", "a-1", "Anna", "Be kind.", "Jessica", "de", "Hello.", 90, 0.25m), ((string?)anna["voice_provider"],
            (string?)anna["ultravox_agent_id"], (string?)anna["name"], (string?)anna["system_prompt"], (string?)anna["voice"],
            (string?)anna["language_hint"], (string?)anna["first_speaker_text"], (int)anna["max_duration_seconds"]!,
            (decimal)anna["temperature"]!));
        Assert.NotNull(AgencyText.Moment((string?)anna["last_synced_at"]));
        Assert.Empty(await AgentsAsync(host, host.OwnerB));
        // What it says is changed there.
        var refused = await host.RefusedAsync(400, "validation_error", host.OwnerA, "PATCH", "/agents/" + anna["id"],
            """{"default_direction":"inbound","system_prompt":"Be rude."}""");
        Assert.NotNull(refused["details"]!["system_prompt"]);
        await host.DoneAsync(200, host.OwnerA, "PATCH", "/agents/" + anna["id"], """{"default_direction":"inbound"}""");

        agents = [AgentOf("a-1", "Anna", "Be brief."), AgentOf("a-3", "Cleo", "Be kind.")];
        Assert.Equal((1, 0, 1, 0, 1, 0), await SyncAsync(host, """{"mode":"import_only"}"""));
        Assert.Equal((0, 1, 1, 0, 1, 0), await SyncAsync(host, """{"mode":"full"}"""));
        Assert.Equal(["Be brief.", "Be short.", "Be kind."],
            (await AgentsAsync(host, host.OwnerA)).Select(one => (string?)one["system_prompt"]));

        // Nobody is removed while nobody knows who is there.
        agents[1]["callTemplate"]!["temperature"] = 7;
        Assert.Equal((0, 0, 1, 1, 1, 0), await SyncAsync(host, """{"remove_orphans":true}"""));
        agents[1]["callTemplate"]!["temperature"] = 0.25;
        Assert.Equal((0, 0, 2, 0, 0, 1), await SyncAsync(host, """{"remove_orphans":true}"""));
        var left = await AgentsAsync(host, host.OwnerA);
        Assert.Equal(["Anna", "Cleo"], left.Select(one => (string?)one["name"]));
        await host.DoneAsync(200, host.OwnerA, "GET", "/agents/" + own);

        // Who was deleted here stays so; and a provider that is away changes nothing.
        await host.DoneAsync(200, host.OwnerA, "DELETE", "/agents/" + left[0]["id"]);
        Assert.Equal((0, 0, 2, 0, 0, 0), await SyncAsync(host, "{}"));
        status = 500;
        await host.RefusedAsync(502, "provider_error", host.OwnerA, "POST", "/agents/sync", """{"remove_orphans":true}""");
        Assert.Single(await AgentsAsync(host, host.OwnerA));
    }

    private static async Task<(int, int, int, int, int, int)> SyncAsync(AgencyHost host, string json)
    {
        var stats = (await host.DoneAsync(200, host.OwnerA, "POST", "/agents/sync", json))["stats"]!;
        return ((int)stats["imported"]!, (int)stats["updated"]!, (int)stats["skipped"]!, (int)stats["errors"]!, (int)stats["orphans"]!,
            (int)stats["removed"]!);
    }

    /// <summary>Those that nobody has made here.</summary>
    private static async Task<List<JsonObject>> AgentsAsync(AgencyHost host, string token) =>
        [.. (await host.DoneAsync(200, token, "GET", "/agents?managed=false"))["agents"]!.AsArray().Select(one => one!.AsObject())];

    /// <summary>As the provider's published description has it.</summary>
    private static JsonObject AgentOf(string id, string name, string prompt) => new()
    {
        ["agentId"] = id, ["publishedRevisionId"] = null, ["name"] = name, ["created"] = "2026-01-05T10:00:00.000Z",
        ["callTemplate"] = new JsonObject
        {
            ["systemPrompt"] = prompt, ["temperature"] = 0.25, ["model"] = null, ["voice"] = "Jessica", ["externalVoice"] = null,
            ["languageHint"] = "de", ["maxDuration"] = "90s", ["recordingEnabled"] = true,
            ["firstSpeakerSettings"] = new JsonObject { ["agent"] = new JsonObject { ["text"] = "Hello." } },
            ["selectedTools"] = new JsonArray(),
        },
        ["statistics"] = new JsonObject { ["calls"] = 0 },
    };
}
