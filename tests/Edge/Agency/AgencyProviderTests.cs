using System.Text.Json.Nodes;
using Dapper;
using Microsoft.AspNetCore.Http;
using Ringwright.Agency.Providers;
using Ringwright.Edge.Speech;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyProvidersOnSqliteTests() : AgencyProviderTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyProvidersOnPostgresTests() : AgencyProviderTests(Product.Postgres);

/// <summary>Sections E and I of the agency's cases: what a provider is asked for, as users see it.</summary>
public abstract class AgencyProviderTests(Product product)
{
    private const string Key = "key-of-the-agency";

    [Fact, Depth("the gate charges calls once, shows them to their client alone and reads a history")]
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
        // It took 61 seconds.
        foreach (var (query, found) in new[]
            {
                ("has_recording=true", 1), ("has_recording=false", 0), ("min_duration=61", 1), ("min_duration=62", 0),
                ("search=somewhat", 1), ("search=0300011", 1), ("search=nobody", 0), ("source=webhook&source=historical_sync", 1),
            })
            Assert.Equal(found, (int)(await host.DoneAsync(200, host.OwnerA, "GET", "/calls?" + query))["pagination"]!["total"]!);
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
        // Of one that is held nothing is fetched in place of what is there.
        await HoldAsync(host, id, isHeld: true);
        Assert.Equal(0, (int)(await host.DoneAsync(200, host.OwnerA, "POST", "/queues/enrichment/retry-dead"))["retried"]!);
        await host.RefusedAsync(409, "invalid_state", host.OwnerA, "POST", $"/queues/enrichment/{dead["id"]}/retry");
        await host.RefusedAsync(409, "invalid_state", host.OwnerA, "POST", $"/calls/{id}/transcript/refetch");
        Assert.Equal("failed", (string?)(await host.DoneAsync(200, host.OwnerA, "GET", "/calls/" + id))["transcript_status"]);
        await HoldAsync(host, id, isHeld: false);
        Assert.Equal(1, (int)(await host.DoneAsync(200, host.OwnerA, "POST", "/queues/enrichment/retry-dead"))["retried"]!);
        await BecomesAsync(host, id, "completed");
        said = await host.DoneAsync(200, host.OwnerA, "GET", $"/calls/{id}/transcript");
        Assert.Equal(2, said["transcript"]!.AsArray().Count);
        Assert.Equal(1, (int)(await host.DoneAsync(200, host.OwnerA, "GET", "/queues/enrichment?type=analysis"))["pagination"]!["total"]!);
    }

    [Fact]
    public async Task A_history_is_read_while_people_follow_it_or_cancel_it()
    {
        // Cases H01 and H09.
        var mayAnswer = new TaskCompletionSource();
        bool isGood = true;
        await using var provider = await TestServer.StartAsync(async http =>
        {
            http.Response.StatusCode = isGood ? 200 : 401;
            if (http.Request.Path != "/api/calls" || !isGood) return;
            await mayAnswer.Task;
            await http.Response.WriteAsync(SyncJobTests.PageOf(http.Request.QueryString.Value ?? "", 3));
        });
        await using var host = await AgencyHost.StartAsync(product);
        await host.RefusedAsync(400, "missing_credentials", host.OwnerA, "POST", "/sync-jobs", "{}");
        // It would end the header in which it stands.
        foreach (string name in new[] { "ultravox", "telnyx" })
            await host.RefusedAsync(400, "validation_error", host.OwnerA, "PUT", "/integrations/" + name,
                $$"""{"base_url":"{{provider.Url}}","api_key":"{{Key}}\nX-Other: 1"}""");
        await host.DoneAsync(200, host.OwnerA, "PUT", "/integrations/ultravox",
            $$"""{"base_url":"{{provider.Url}}","api_key":"{{Key}}"}""");
        foreach (string wrong in new[] { """{"date_from":"soon"}""",
            """{"date_from":"2026-01-02T00:00:00Z","date_to":"2026-01-01T00:00:00Z"}""",
            """{"max_calls":0}""", """{"other":1}""" })
            await host.RefusedAsync(400, "validation_error", host.OwnerA, "POST", "/sync-jobs", wrong);
        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => host.AskAsync(host.OwnerA, "POST", "/sync-jobs", "{}")));
        Assert.Equal([201, 409], answers.Select(answer => answer.Status).Order());
        var started = answers.Single(answer => answer.Status == 201).Body!;
        Assert.Equal(("pending", null, 100), ((string?)started["status"], (string?)started["date_from"], (int)started["max_calls"]!));
        Assert.Equal("sync_in_progress", (string?)answers.Single(answer => answer.Status == 409).Body!["error"]!["code"]);
        string id = (string)started["id"]!;
        await IsAsync(host, id, "in_progress");
        Assert.Equal("cancelled", (string?)(await host.DoneAsync(200, host.OwnerA, "POST", $"/sync-jobs/{id}/cancel"))["status"]);
        await host.RefusedAsync(409, "invalid_state", host.OwnerA, "POST", $"/sync-jobs/{id}/cancel");
        mayAnswer.SetResult();

        id = (string)(await host.DoneAsync(201, host.OwnerA, "POST", "/sync-jobs", """{"max_calls":null}"""))["job_id"]!;
        var done = await IsAsync(host, id, "completed");
        Assert.Equal(("all_calls_fetched", 3, 3, 100), ((string?)done["reason"], (int)done["processed_calls"]!,
            (int)done["imported_calls"]!, (int)done["percent"]!));
        Assert.Empty((await host.DoneAsync(200, host.OwnerA, "GET", $"/sync-jobs/{id}/errors"))["errors"]!.AsArray());
        Assert.All((await host.DoneAsync(200, host.OwnerA, "GET", "/calls"))["calls"]!.AsArray(),
            call => Assert.Equal("historical_sync", (string?)call!["source"]));
        var (_, member) = await host.UserAsync(host.OwnerA, "mA", "agency_member");
        await host.RefusedAsync(403, "forbidden", member, "POST", "/sync-jobs", "{}");
        Assert.Equal(2, (int)(await host.DoneAsync(200, member, "GET", "/sync-jobs"))["pagination"]!["total"]!);
        await host.RefusedAsync(404, "not_found", host.OwnerB, "GET", $"/sync-jobs/{id}");

        isGood = false;
        id = (string)(await host.DoneAsync(201, host.OwnerA, "POST", "/sync-jobs"))["id"]!;
        Assert.Equal("the provider answered 401", (string?)(await IsAsync(host, id, "failed"))["error_message"]);
    }

    [Fact]
    public async Task A_call_of_the_past_moves_no_contact_who_has_its_number_and_is_charged_to_nobody()
    {
        // Case H08, of contacts and the ledger.
        await using var provider = await TestServer.StartAsync(async http =>
        {
            if (http.Request.Path == "/api/calls")
                await http.Response.WriteAsync(SyncJobTests.PageOf(http.Request.QueryString.Value ?? "", 1));
        });
        await using var lab = await AgencyLab.StartAsync(product);
        var host = lab.Host;
        string batch = (string)(await lab.BatchAsync(await lab.CampaignAsync(), [AgencyLab.Number("busy")],
            """{"hold":true}"""))["id"]!;
        string before = Assert.Single(await lab.ContactsAsync(batch)).ToJsonString();
        await host.DoneAsync(200, host.OwnerA, "PUT", "/integrations/ultravox",
            $$"""{"base_url":"{{provider.Url}}","api_key":"{{Key}}"}""");
        string job = (string)(await host.DoneAsync(201, host.OwnerA, "POST", "/sync-jobs", """{"enrich":false}"""))["job_id"]!;
        Assert.Equal(1, (int)(await IsAsync(host, job, "completed"))["imported_calls"]!);
        var call = Assert.Single(await lab.CallsAsync(host.OwnerA));
        Assert.Equal(("historical_sync", AgencyLab.Number("busy"), null),
            ((string?)call["source"], (string?)call["to_number"], (string?)call["contact_id"]));
        await host.DoneAsync(200, await host.AdministratorAsync(), "POST", "/admin/workers/charges/tick");
        Assert.Equal(before, Assert.Single(await lab.ContactsAsync(batch)).ToJsonString());
        Assert.Equal(0, await host.Node.Node.Database.Sql.ReadAsync(
            db => db.ExecuteScalar<long>("select count(*) from usage_ledger"), TestContext.Current.CancellationToken));
    }

    private static Task<JsonObject> IsAsync(AgencyHost host, string job, string status) => Eventually.SomeAsync(async () =>
    {
        var shown = await host.DoneAsync(200, host.OwnerA, "GET", "/sync-jobs/" + job);
        if ((string?)shown["status"] == status) return shown;
        await Task.Delay(100, TestContext.Current.CancellationToken);
        return null;
    }, $"the job {job} is {status}");

    private static Task<JsonObject> HoldAsync(AgencyHost host, string id, bool isHeld) => host.DoneAsync(200, host.OwnerA, "PUT",
        $"/calls/{id}/legal-hold", new JsonObject { ["held"] = isHeld, ["because"] = "a suit" }.ToJsonString());

    private static Task<JsonObject> BecomesAsync(AgencyHost host, string call, string status) => Eventually.SomeAsync(async () =>
    {
        var shown = await host.DoneAsync(200, host.OwnerA, "GET", "/calls/" + call);
        if ((string?)shown["transcript_status"] == status) return shown;
        await Task.Delay(100, TestContext.Current.CancellationToken);
        return null;
    }, $"the transcript of {call} is {status}");
}
