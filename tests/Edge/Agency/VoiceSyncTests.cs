using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Speech;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class VoiceSyncOnSqliteTests() : VoiceSyncTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class VoiceSyncOnPostgresTests() : VoiceSyncTests(Product.Postgres);

/// <summary>How voices that an agency has at its provider are read.</summary>
public abstract class VoiceSyncTests(Product product)
{
    [Fact]
    public async Task Voices_of_a_provider_stand_behind_the_nodes_for_their_agency_alone()
    {
        string rows = """
            {"voiceId":"v-1","name":"Zoe of Elsewhere","description":null,"primaryLanguage":"xx-YY","ownership":"public",
             "previewUrl":"https://voice.example/1.wav"},
            {"voiceId":"v-2","name":"Adam of Elsewhere","description":"Cloned","primaryLanguage":null,"ownership":"private",
             "previewUrl":"javascript:alert(1)"},
            {"name":"Nobody of Elsewhere"}
            """;
        string next = "null";
        int status = 200;
        await using var provider = await TestServer.StartAsync(async http =>
        {
            http.Response.StatusCode = status;
            if (http.Request.Path != "/api/voices" || status != 200) return;
            await http.Response.WriteAsync($$"""{"next":{{next}},"results":[{{rows}}]}""");
        });
        await using var host = await AgencyHost.StartAsync(product);
        await host.RefusedAsync(400, "missing_credentials", host.OwnerA, "POST", "/voices/sync");
        await host.DoneAsync(200, host.OwnerA, "PUT", "/integrations/ultravox",
            $$"""{"base_url":"{{provider.Url}}","api_key":"key-of-the-agency"}""");
        int nodes = (int)(await host.DoneAsync(200, host.OwnerA, "GET", "/voices"))["pagination"]!["total"]!;
        var stats = (await host.DoneAsync(200, host.OwnerA, "POST", "/voices/sync", "{}"))["stats"]!;
        Assert.Equal((2, 1), ((int)stats["synced"]!, (int)stats["errors"]!));

        var voices = await VoicesAsync(host, host.OwnerA, "?search=elsewhere");
        Assert.Equal(["Adam of Elsewhere", "Zoe of Elsewhere"], voices.Select(one => (string?)one["name"]));
        Assert.Equal(("v-2", "Cloned", null, false, null, "ultravox"), ((string?)voices[0]["id"], (string?)voices[0]["description"],
            (string?)voices[0]["primary_language"], (bool)voices[0]["is_public"]!, (string?)voices[0]["preview_url"],
            (string?)voices[0]["provider"]));
        Assert.Equal((true, "https://voice.example/1.wav"), ((bool)voices[1]["is_public"]!, (string?)voices[1]["preview_url"]));
        Assert.Equal("v-1", (string?)Assert.Single(await VoicesAsync(host, host.OwnerA, "?language=xx"))["id"]);
        Assert.Equal("v-1", (string?)Assert.Single(await VoicesAsync(host, host.OwnerA, $"?limit=1&offset={nodes + 1}"))["id"]);
        Assert.Empty(await VoicesAsync(host, host.OwnerB, "?search=elsewhere"));
        var (_, viewer) = await host.UserAsync(host.OwnerA, "cv1", "client_viewer", await host.ClientAsync(host.OwnerA, "Client one"));
        Assert.Empty(await VoicesAsync(host, viewer, "?search=elsewhere"));

        // Who is away is not believed to have none; and without a key nothing is left.
        status = 500;
        await host.RefusedAsync(502, "provider_error", host.OwnerA, "POST", "/voices/sync");
        Assert.Equal(2, (await VoicesAsync(host, host.OwnerA, "?search=elsewhere")).Count);
        (status, rows) = (200, """{"voiceId":"v-1","name":"Zoe of Elsewhere"}""");
        await host.DoneAsync(200, host.OwnerA, "POST", "/voices/sync");
        Assert.Null((string?)Assert.Single(await VoicesAsync(host, host.OwnerA, "?search=elsewhere"))["preview_url"]);
        // Each page names the same one.
        next = "\"https://elsewhere.example/api/voices?cursor=1\"";
        var endless = await host.RefusedAsync(502, "provider_error", host.OwnerA, "POST", "/voices/sync");
        Assert.Contains("the provider's list does not end", (string?)endless["message"], StringComparison.Ordinal);
        await host.DoneAsync(204, host.OwnerA, "DELETE", "/integrations/ultravox");
        Assert.Empty(await VoicesAsync(host, host.OwnerA, "?search=elsewhere"));
    }

    private static async Task<List<JsonObject>> VoicesAsync(AgencyHost host, string token, string query) =>
        [.. (await host.DoneAsync(200, token, "GET", "/voices" + query))["voices"]!.AsArray().Select(one => one!.AsObject())];
}
