using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Agency.Providers;
using Ringwright.Edge.Speech;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyProvidersOnSqliteTests() : AgencyProviderTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyProvidersOnPostgresTests() : AgencyProviderTests(Product.Postgres);

/// <summary>Section E of the agency's cases: a provider's call, from its end to what was said in it, as users see it.</summary>
public abstract class AgencyProviderTests(Product product)
{
    private const string Key = "key-of-the-agency";

    [Fact]
    public async Task What_was_said_in_a_providers_call_is_fetched_and_again_when_people_want_it()
    {
        // Case T01.
        var isAsked = new TaskCompletionSource();
        var mayAnswer = new TaskCompletionSource();
        bool isGood = true;
        await using var provider = await TestServer.StartAsync(async http =>
        {
            string path = http.Request.Path.Value ?? "";
            bool isKnown = (string?)http.Request.Headers["x-api-key"] == Key;
            http.Response.StatusCode = !isKnown ? 401 : path.EndsWith("/recording", StringComparison.Ordinal) ? 302 : isGood ? 200 : 403;
            if (http.Response.StatusCode == 302) http.Response.Headers.Location = "https://files.example/1";
            if (!path.EndsWith("/messages", StringComparison.Ordinal) || http.Response.StatusCode != 200) return;
            isAsked.TrySetResult();
            await mayAnswer.Task;
            bool isFirst = !http.Request.Query.ContainsKey("cursor");
            await http.Response.WriteAsync(new JsonObject
            {
                ["next"] = isFirst ? $"http://{http.Request.Host}{path}?cursor=2" : null,
                ["results"] = JsonNode.Parse(isFirst
                    ? """[{"role":"MESSAGE_ROLE_AGENT","text":"A pizza?","timespan":{"start":"0.5s","end":"1s"}}]"""
                    : """[{"role":"MESSAGE_ROLE_USER","text":"yes","timespan":{"start":"1s","end":"2.5s"}}]"""),
            }.ToJsonString());
        });
        await using var host = await AgencyHost.StartAsync(product);
        string address = (string)(await host.DoneAsync(200, host.OwnerA, "PUT", "/integrations/ultravox",
            $$"""{"base_url":"{{provider.Url}}","api_key":"{{Key}}"}"""))["webhook_url"]!;
        string body = new JsonObject
        {
            ["event"] = ProviderCallFacts.Ended, ["call"] = ProviderCallTests.CallOf("u-1", ProviderCallFacts.Ended),
        }.ToJsonString();
        Assert.Equal(204, await host.HookAsync(address, body));
        await isAsked.Task.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
        var call = Assert.Single((await host.DoneAsync(200, host.OwnerA, "GET", "/calls"))["calls"]!.AsArray())!;
        string id = (string)call["id"]!;
        Assert.Equal("fetching", (string?)call["transcript_status"]);
        await host.RefusedAsync(409, "invalid_state", host.OwnerA, "POST", $"/calls/{id}/transcript/refetch");
        mayAnswer.SetResult();
        call = await BecomesAsync(host, id, "completed");
        Assert.True((bool)call["has_recording"]!);
        var said = await host.DoneAsync(200, host.OwnerA, "GET", $"/calls/{id}/transcript");
        Assert.Equal(["agent 0.5 A pizza?", "user 2.5 yes"], said["transcript"]!.AsArray().Select(turn =>
            FormattableString.Invariant($"{turn!["role"]} {(double)(turn["t_start"] ?? turn["t_end"])!} {turn["text"]}")));
        await host.RefusedAsync(404, "not_found", host.OwnerA, "GET", $"/calls/{id}/recording");

        // A key that is good no more ends it, where people see it; and they have it fetched once more.
        isGood = false;
        await host.DoneAsync(200, host.OwnerA, "POST", $"/calls/{id}/transcript/refetch");
        await BecomesAsync(host, id, "failed");
        var failed = await host.DoneAsync(200, host.OwnerA, "GET", "/queues/enrichment?status=failed&type=transcript");
        var dead = Assert.Single(failed["items"]!.AsArray())!;
        Assert.Equal("the provider answered 403", (string?)dead["error_message"]);
        isGood = true;
        Assert.Equal(1, (int)(await host.DoneAsync(200, host.OwnerA, "POST", "/queues/enrichment/retry-dead"))["retried"]!);
        await BecomesAsync(host, id, "completed");
        said = await host.DoneAsync(200, host.OwnerA, "GET", $"/calls/{id}/transcript");
        Assert.Equal(2, said["transcript"]!.AsArray().Count);
        Assert.Equal(1, (int)(await host.DoneAsync(200, host.OwnerA, "GET", "/queues/enrichment?type=analysis"))["pagination"]!["total"]!);
    }

    private static Task<JsonObject> BecomesAsync(AgencyHost host, string call, string status) => Eventually.SomeAsync(async () =>
    {
        var shown = await host.DoneAsync(200, host.OwnerA, "GET", "/calls/" + call);
        if ((string?)shown["transcript_status"] == status) return shown;
        await Task.Delay(100, TestContext.Current.CancellationToken);
        return null;
    }, $"the transcript of {call} is {status}");
}
