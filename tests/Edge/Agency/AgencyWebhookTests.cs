using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Agency.Providers;
using Ringwright.Core;
using Ringwright.Delivery;
using Ringwright.Edge.Speech;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyWebhooksOnSqliteTests() : AgencyWebhookTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyWebhooksOnPostgresTests() : AgencyWebhookTests(Product.Postgres);

/// <summary>Sections C and D of the agency's cases: what a provider of voices tells, from its request to the call that it makes.</summary>
public abstract class AgencyWebhookTests(Product product) : IAsyncLifetime
{
    private const string Secret = "test-secret", Wrong = "its signature is wrong";

    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task What_is_signed_is_kept_once_and_its_call_is_the_clients_and_nobody_elses()
    {
        // Cases W01, W02 and W06; and whose a call is said to be is believed of the agency's own alone.
        string address = await AddressAsync(Secret, "old-secret");
        var batch = await _lab.BatchAsync(await _lab.CampaignAsync(), [AgencyLab.Number("busy")], """{"hold":true}""");
        var call = ProviderCallTests.CallOf("u-1", ProviderCallFacts.Ended);
        call["metadata"] = new JsonObject { ["batch_id"] = (string)batch["id"]! };
        string ended = BodyOf(ProviderCallFacts.Ended, call);
        string[] signed = SignedOf(ended, Secret);
        int[] answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Host.HookAsync(address, ended, signed)));
        Assert.All(answers, status => Assert.Equal(204, status));
        string other = BodyOf(ProviderCallFacts.Started, ProviderCallTests.CallOf("u-2", ProviderCallFacts.Started));
        Assert.Equal(204, await Host.HookAsync(address, other, SignedOf(other, "old-secret")));

        var logs = await LogsAsync();
        Assert.Equal((6, 4, 6), (logs.Count, logs.Count(log => (bool)log["duplicate"]!), logs.Count(log => (bool)log["verified"]!)));
        string secret = address[(address.LastIndexOf('/') + 1)..];
        Assert.Equal(64, secret.Length);
        Assert.All(logs, log =>
        {
            Assert.EndsWith("/***", (string?)log["request_path"], StringComparison.Ordinal);
            Assert.DoesNotContain(secret, log.ToJsonString(), StringComparison.Ordinal);
            Assert.DoesNotContain(signed[3], log.ToJsonString(), StringComparison.Ordinal);
        });

        var shown = await Eventually.SomeAsync(async () => (await _lab.CallsAsync(_lab.Viewer)).FirstOrDefault(), "the call is there");
        Assert.Equal((_lab.Client, "outbound", "webhook", AgencyLab.From, "ended", "answered", "hangup", 61),
            ((string?)shown["client_id"], (string?)shown["direction"], (string?)shown["source"], (string?)shown["from_number"],
                (string?)shown["state"], (string?)shown["outcome"], (string?)shown["end_reason"], (int)shown["duration_seconds"]!));
        Assert.Equal(((string?)batch["id"], (string?)batch["campaign_id"], null),
            ((string?)shown["batch_id"], (string?)shown["campaign_id"], (string?)shown["contact_id"]));
        await IsToldAsync(address, call, (string)shown["id"]!);
        Assert.Empty(await _lab.CallsAsync(_lab.OtherViewer));
        Assert.Empty(await _lab.CallsAsync(Host.OwnerB));
        Assert.Single(await _lab.CallsAsync(Host.OwnerA, "?outcome=answered&state=ended&batch_id=" + batch["id"]));
        Assert.Empty(await _lab.CallsAsync(Host.OwnerA, "?outcome=busy"));
        var queue = await Host.DoneAsync(200, Host.OwnerA, "GET", "/queues/webhook?status=completed");
        Assert.Contains(queue["items"]!.AsArray(), one => (string?)one!["provider_call_id"] == "u-1" && (int)one["attempts"]! == 1);
        Assert.Empty((await Host.DoneAsync(200, Host.OwnerB, "GET", "/queues/webhook"))["items"]!.AsArray());
        await Host.RefusedAsync(403, "forbidden", _lab.Viewer, "GET", "/webhook-logs");

        // Of what is redacted nothing is left, neither of the call nor as it came.
        await Host.DoneAsync(200, Host.OwnerA, "DELETE", $"/calls/{shown["id"]}?mode=redact");
        Assert.Null((string?)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + shown["id"]))["summary"]);
        Assert.DoesNotContain(await LogsAsync(), log => log.ToJsonString().Contains("Somewhat longer", StringComparison.Ordinal));
        foreach (var one in (await Host.DoneAsync(200, Host.OwnerA, "GET", "/queues/webhook"))["items"]!.AsArray())
            Assert.DoesNotContain("Somewhat longer", (await Host.DoneAsync(200, Host.OwnerA, "GET", $"/queues/webhook/{one!["id"]}"))
                .ToJsonString(), StringComparison.Ordinal);
    }

    /// <summary>What the provider says of the call is shown, and to a client nothing of the provider.</summary>
    private async Task IsToldAsync(string address, JsonObject call, string id)
    {
        var billed = ProviderCallTests.CallOf("u-1", ProviderCallFacts.Billed);
        billed["metadata"] = call["metadata"]!.DeepClone();
        string bill = BodyOf(ProviderCallFacts.Billed, billed);
        Assert.Equal(204, await Host.HookAsync(address, bill, SignedOf(bill, Secret)));
        var whole = await Eventually.SomeAsync(async () =>
        {
            var now = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + id);
            return now["billing_status"] is null ? null : now;
        }, "the call is billed");
        Assert.Equal(("ultravox", "u-1", "Short.", "Somewhat longer.", 61, "BILLING_STATUS_BILLED"), ((string?)whole["voice_provider"],
            (string?)whole["ultravox_call_id"], (string?)whole["short_summary"], (string?)whole["summary"],
            (int)whole["billed_seconds"]!, (string?)whole["billing_status"]));
        var seen = await Host.DoneAsync(200, _lab.Viewer, "GET", "/calls/" + id);
        Assert.Equal("Somewhat longer.", (string?)seen["summary"]);
        foreach (string hidden in new[] { "voice_provider", "ultravox_call_id", "billed_seconds", "billing_status" })
            Assert.False(seen.ContainsKey(hidden), hidden);
        // Whoever asks what there is of him is told that, too.
        var all = await Host.DoneAsync(200, Host.OwnerA, "POST", "/privacy/export",
            $$"""{"phone_number":"{{AgencyLab.Number("busy")}}"}""");
        Assert.Equal("Somewhat longer.", (string?)all["calls"]!.AsArray().Single(one => (string?)one!["id"] == id)!["summary"]);
    }

    [Fact]
    public async Task Calls_that_nobody_joined_are_found_by_what_their_session_says()
    {
        string address = await AddressAsync(Secret);
        foreach (string reason in new[] { "BUSY", "REJECTED", "NORMAL" })
        {
            var call = ProviderCallTests.CallOf(reason, ProviderCallFacts.Ended);
            (call["joined"], call["endReason"]) = (null, "unjoined");
            call["sipDetails"] = new JsonObject { ["terminationReason"] = $"SIP_TERMINATION_{reason}" };
            string body = BodyOf(ProviderCallFacts.Ended, call);
            Assert.Equal(204, await Host.HookAsync(address, body, SignedOf(body, Secret)));
        }
        await Eventually.SomeAsync(async () => (await _lab.CallsAsync(Host.OwnerA)).ElementAtOrDefault(2), "the calls are there");
        foreach (var (outcome, cause) in new[] { ("busy", "user_busy"), ("declined", "call_rejected"), ("no_answer", "timeout") })
        {
            var found = Assert.Single(await _lab.CallsAsync(Host.OwnerA, "?outcome=" + outcome));
            Assert.Equal((outcome, cause, "unjoined", outcome), ((string?)found["outcome"], (string?)found["hangup_cause"],
                (string?)found["end_reason"], (string?)found["disposition"]));
        }
    }

    [Fact, Depth("the gate charges calls once, shows them to their client alone and reads a history")]
    public async Task A_call_that_names_a_batch_of_nobodys_is_its_agents_and_moves_with_nobody()
    {
        // What nobody has signed says nothing of agents.
        string open = await AddressAsync();
        Assert.Equal(204, await Host.HookAsync(open, BodyOf(ProviderCallFacts.Started,
            ProviderCallTests.CallOf("u-0", ProviderCallFacts.Started))));
        var unsigned = await Eventually.SomeAsync(async () => (await _lab.CallsAsync(Host.OwnerA)).FirstOrDefault(), "the call is there");
        Assert.Null((string?)unsigned["agent_mapping_id"]);
        Assert.DoesNotContain((await Host.DoneAsync(200, Host.OwnerA, "GET", "/agents"))["agents"]!.AsArray(),
            one => (string?)one!["voice_provider"] == "ultravox");
        string address = await AddressAsync(Secret);
        string theirs = Guid.NewGuid().ToString();
        var first = ProviderCallTests.CallOf("u-1", ProviderCallFacts.Started);
        first["metadata"] = new JsonObject { ["batch_id"] = theirs, ["contact_id"] = "'; drop table calls; --" };
        string begun = BodyOf(ProviderCallFacts.Started, first);
        Assert.Equal(204, await Host.HookAsync(address, begun, SignedOf(begun, Secret)));
        var agent = await Eventually.SomeAsync(async () => (await Host.DoneAsync(200, Host.OwnerA, "GET", "/agents"))["agents"]!.AsArray()
            .FirstOrDefault(one => (string?)one!["voice_provider"] == "ultravox")?.AsObject(), "the agent came to be");
        Assert.Equal(("a-1", "Anna", false),
            ((string?)agent["ultravox_agent_id"], (string?)agent["ultravox_agent_name"], (bool)agent["managed"]!));
        await Host.DoneAsync(200, Host.OwnerA, "POST", "/agents/assign",
            $$"""{"agent_id":"{{agent["id"]}}","client_id":"{{_lab.Client}}"}""");
        foreach (var (id, said) in new[] { ("u-1", ProviderCallFacts.Ended), ("u-2", ProviderCallFacts.Ended) })
        {
            string body = BodyOf(said, ProviderCallTests.CallOf(id, said));
            Assert.Equal(204, await Host.HookAsync(address, body, SignedOf(body, Secret)));
        }
        var calls = await Eventually.SomeAsync(async () =>
            await _lab.CallsAsync(Host.OwnerA, "?state=ended") is { Count: 2 } both ? both : null, "both have ended");
        Assert.Equal([null, _lab.Client], calls.Select(call => (string?)call["client_id"]).Order());
        Assert.All(calls, call => Assert.Equal(((string?)agent["id"], null, null),
            ((string?)call["agent_mapping_id"], (string?)call["batch_id"], (string?)call["attempt_no"])));
        var refused = await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/batches", _lab.BatchOf(
            await _lab.CampaignAsync(), [AgencyLab.Number("busy")], $$"""{"agent_mapping_id":"{{agent["id"]}}"}"""));
        Assert.NotNull(refused["details"]!["agent_mapping_id"]);
    }

    [Fact]
    public async Task What_is_not_believed_or_is_no_event_is_refused_logged_and_waits_for_nobody()
    {
        // Cases W05 and W08, and what else a stranger sends.
        string address = await AddressAsync(Secret);
        string body = BodyOf(ProviderCallFacts.Ended, ProviderCallTests.CallOf("u-1", ProviderCallFacts.Ended));
        Assert.Equal(401, await Host.HookAsync(address, body.Replace("u-1", "u-2", StringComparison.Ordinal), SignedOf(body, Secret)));
        Assert.Equal(401, await Host.HookAsync(address, body));
        Assert.Equal(401, await Host.HookAsync(address, body, SignedOf(body, Secret, DateTimeOffset.UtcNow.AddMinutes(-2))));
        string cut = body[..^10];
        Assert.Equal(400, await Host.HookAsync(address, cut, SignedOf(cut, Secret)));
        foreach (string none in new[] { "[]", "7", """{"event":"call.ended"}""", """{"event":7,"call":{"callId":"c"}}""",
            """{"event":"call.ended","call":{"callId":"\ud800"}}""", """{"event":"call.ended","event":"x","call":{"callId":"c"}}""" })
            Assert.Equal(400, await Host.HookAsync(address, none, SignedOf(none, Secret)));
        string vast = BodyOf(ProviderCallFacts.Ended, new() { ["callId"] = "c", ["summary"] = new string('x', 2 * 1024 * 1024) });
        Assert.Equal(413, await Host.HookAsync(address, vast, SignedOf(vast, Secret)));
        string other = """{"event":"call.else","call":{"callId":"c"}}""";
        Assert.Equal(202, await Host.HookAsync(address, other, SignedOf(other, Secret)));
        var logs = await LogsAsync();
        Assert.Equal([202, 400, 400, 400, 400, 400, 400, 400, 401, 401, 401, 413],
            logs.Select(log => (int)log["response_status"]!).Order());
        Assert.Equal(["it is not signed", Wrong, "its timestamp is stale"],
            logs.Where(log => (int)log["response_status"]! == 401).Select(log => (string?)log["verification_error"]).Order());
        Assert.All(logs, log => Assert.True(((string)log["request_body"]!).Length <= 256 * 1024));

        // Whoever has not the address is nobody, and leaves nothing.
        string wrong = address[..^8] + "00000000", unknown = address.Replace((string)Host.AccountA["id"]!, Guid.NewGuid().ToString(),
            StringComparison.Ordinal);
        foreach (string place in new[] { wrong, unknown }) Assert.Equal(401, await Host.HookAsync(place, body, SignedOf(body, Secret)));
        Assert.Equal(await SaidAsync(wrong), await SaidAsync(unknown));
        Assert.Equal(logs.Count, (await LogsAsync()).Count);
        Assert.Equal(0, (int)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/queues/webhook"))["pagination"]!["total"]!);
        Assert.Empty(await _lab.CallsAsync(Host.OwnerA));

        // Whether it was the agency or its secret nobody learns from the answer.
        async Task<string> SaidAsync(string place)
        {
            string path = place[0] is '/' ? place : new Uri(place).PathAndQuery;
            var error = (await Host.FunctionAsync(null, "POST", path, body)).Body!["error"]!.AsObject();
            error.Remove("request_id");
            return error.ToJsonString();
        }
    }

    [Fact, Depth("the gate charges calls once, shows them to their client alone and reads a history")]
    public async Task An_address_is_an_owners_to_change_and_that_of_before_is_good_for_a_while()
    {
        string first = await AddressAsync();
        const string body = """{"event":"call.other","call":{"callId":"c"}}""";
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "aA", "agency_admin");
        var (_, member) = await Host.UserAsync(Host.OwnerA, "mA", "agency_member");
        await Host.RefusedAsync(403, "forbidden", admin, "POST", "/integrations/webhook-secret/rotate");
        Assert.Equal(first, await AddressOfAsync(admin));
        Assert.EndsWith("/***", await AddressOfAsync(member), StringComparison.Ordinal);
        string second = await RotatedAsync("{}");
        foreach (string address in new[] { first, second }) Assert.Equal(202, await Host.HookAsync(address, body));
        string third = await RotatedAsync("""{"grace_minutes":0}""");
        Assert.Equal(401, await Host.HookAsync(first, body));
        Assert.Equal(401, await Host.HookAsync(second, body));
        Assert.Equal(202, await Host.HookAsync(third, body));
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", "/integrations/ultravox");
        Assert.Equal(401, await Host.HookAsync(third, body));
        await Host.RefusedAsync(404, "not_found", Host.OwnerA, "DELETE", "/integrations/other");
    }

    [Fact]
    public async Task What_an_agency_has_elsewhere_is_not_deleted_while_a_batch_is_not_over()
    {
        var batch = await _lab.BatchAsync(await _lab.CampaignAsync(), [AgencyLab.Number("busy")], """{"hold":true}""");
        foreach (string name in new[] { "ultravox", "telnyx", "llm" })
            await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "DELETE", "/integrations/" + name);
        await Host.DoneAsync(204, Host.OwnerB, "DELETE", "/integrations/ultravox");
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch["id"]}/cancel");
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", "/integrations/ultravox");
    }

    [Fact]
    public async Task A_key_is_kept_only_when_the_provider_knows_it_and_is_shown_to_nobody()
    {
        // Cases P02 and P03.
        await using var provider = await TestServer.StartAsync(http =>
        {
            http.Response.StatusCode = http.Request.Path != "/api/accounts/me" ? 404
                : (string?)http.Request.Headers["x-api-key"] == "key-of-the-agency" ? 200 : 401;
            return Task.CompletedTask;
        });
        await Host.RefusedAsync(400, "invalid_credentials", Host.OwnerA, "PUT", "/integrations/ultravox",
            $$"""{"base_url":"{{provider.Url}}","api_key":"another-key"}""");
        await Host.RefusedAsync(502, "provider_error", Host.OwnerA, "PUT", "/integrations/ultravox",
            $$"""{"base_url":"{{provider.Url}}/elsewhere","api_key":"key-of-the-agency"}""");
        foreach (string url in new[] { "ftp://127.0.0.1/", "http://a@127.0.0.1/", "api.ultravox.ai", provider.Url + "/?a=b" })
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PUT", "/integrations/ultravox",
                $$"""{"base_url":"{{url}}","api_key":"key-of-the-agency"}""");
        Assert.False((bool)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/integrations"))["ultravox"]!["configured"]!);
        var kept = await Host.DoneAsync(200, Host.OwnerA, "PUT", "/integrations/ultravox",
            $$"""{"base_url":"{{provider.Url}}","api_key":"key-of-the-agency","webhook_signing_secrets":["first","second"]}""");
        Assert.Equal((true, "key-", 2), ((bool)kept["ultravox"]!["configured"]!, (string?)kept["ultravox"]!["key_prefix"],
            (int)kept["ultravox"]!["webhook_signing_secrets"]!));
        Assert.DoesNotContain("key-of-the-agency", kept.ToJsonString(), StringComparison.Ordinal);
        string stored = Assert.Single(await Host.Node.Node.Database.Sql.ReadAsync(db => db.Query<string>(
            "select api_key || ' ' || signing_secrets from agency_integrations where api_key is not null").AsList(),
            TestContext.Current.CancellationToken));
        foreach (string secret in new[] { "key-of-the-agency", "first", "second" })
            Assert.DoesNotContain(secret, stored, StringComparison.Ordinal);
        // It goes to no other address than the one that it was given for.
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PUT", "/integrations/ultravox",
            """{"base_url":"http://127.0.0.1:9"}""");
        Assert.False((bool)(await Host.DoneAsync(200, Host.OwnerB, "GET", "/integrations"))["ultravox"]!["configured"]!);
        string trail = (await Host.DoneAsync(200, Host.OwnerA, "GET", "/audit")).ToJsonString();
        Assert.Contains("agency_integration", trail, StringComparison.Ordinal);
        Assert.DoesNotContain("key-of-the-agency", trail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_carrier_tells_is_believed_by_its_key_and_stands_in_the_log()
    {
        // Case W09, over the wire; the vector's own bytes are in CarrierSignatureTests.
        var signer = new Signer(RandomNumberGenerator.GetBytes(Signer.SeedBytes), "whsec_" + Convert.ToBase64String(new byte[24]));
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PUT", "/integrations/telnyx", """{"public_key":"bm9uZQ=="}""");
        var kept = await Host.DoneAsync(200, Host.OwnerA, "PUT", "/integrations/telnyx",
            new JsonObject { ["public_key"] = Convert.ToBase64String(signer.PublicKey.Span) }.ToJsonString());
        Assert.Equal((false, true), ((bool)kept["telnyx"]!["configured"]!, (bool)kept["telnyx"]!["has_public_key"]!));
        string address = (string)kept["carrier_webhook_url"]!;
        const string body = """{"data":{"event_type":"call.hangup","id":"e-1"}}""";
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string[] SignedAt(long at, string text)
        {
            string stamp = at.ToString(CultureInfo.InvariantCulture);
            return [CarrierSignature.TimestampHeader, stamp, CarrierSignature.SignatureHeader,
                signer.Sign(stamp, Encoding.UTF8.GetBytes(text))];
        }
        // What is told again is marked, and a forged one is not the first of them.
        Assert.Equal(401, await Host.HookAsync(address, body, SignedAt(now, body + " ")));
        Assert.Equal(200, await Host.HookAsync(address, body, SignedAt(now, body)));
        Assert.Equal(200, await Host.HookAsync(address, body, SignedAt(now, body)));
        Assert.Equal(401, await Host.HookAsync(address, body, SignedAt(now - 400, body)));
        Assert.Equal(401, await Host.HookAsync(address, body));
        foreach (string none in new[] { "[]", "{", """{"data":{}}""", """{"data":{"event_type":7}}""" })
            Assert.Equal(400, await Host.HookAsync(address, none, SignedAt(now, none)));
        Assert.Equal(401, await Host.HookAsync(address[..^8] + "00000000", body, SignedAt(now, body)));

        var logs = await LogsAsync();
        Assert.Equal([200, 200, 400, 400, 400, 400, 401, 401, 401], logs.Select(log => (int)log["response_status"]!).Order());
        Assert.All(logs, log => Assert.Equal("telnyx", (string?)log["source"]));
        Assert.All(logs, log => Assert.Contains("/webhooks/carrier/", (string?)log["request_path"], StringComparison.Ordinal));
        Assert.Equal(["it is not signed", "its signature is wrong", "its timestamp is stale"],
            logs.Where(log => (int)log["response_status"]! == 401).Select(log => (string?)log["verification_error"]).Order());
        var believed = logs.Where(log => (int)log["response_status"]! == 200).ToList();
        Assert.All(believed, log => Assert.True((bool)log["verified"]!));
        Assert.Equal([true], logs.Where(log => (bool)log["duplicate"]!).Select(log => (int)log["response_status"]! == 200));
        // What a carrier tells makes no call.
        Assert.Empty(await _lab.CallsAsync(Host.OwnerA));
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", "/integrations/telnyx");
        Assert.False((bool)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/integrations"))["telnyx"]!["has_public_key"]!);
    }

    /// <summary>The agency's, as it stands.</summary>
    /// <param name="secrets">By which the provider signs from now on; none changes nothing.</param>
    [Fact, Depth("the gate has one delivery five times over; this is the same of many")]
    public async Task Of_five_hundred_webhooks_at_once_none_is_lost_and_the_queue_is_empty_within_a_minute()
    {
        // Case X01, of one of its seconds; how long an answer takes is measured, and not tested here.
        const int all = 500, atOnce = 50;
        string address = await AddressAsync(Secret);
        foreach (int[] some in Enumerable.Range(0, all).Chunk(atOnce))
        {
            int[] answers = await Task.WhenAll(some.Select(n =>
            {
                string body = BodyOf(ProviderCallFacts.Ended, ProviderCallTests.CallOf($"u-{n}", ProviderCallFacts.Ended));
                return Host.HookAsync(address, body, SignedOf(body, Secret));
            }));
            Assert.All(answers, status => Assert.Equal(204, status));
        }
        long done = 0;
        await Eventually.SomeAsync(async () =>
        {
            done = (long)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/queues/webhook?status=completed"))["pagination"]!["total"]!;
            if (done == all) return "empty";
            await Task.Delay(100, TestContext.Current.CancellationToken);
            return null;
        }, () => $"{all} are handled, and not {done}", TimeSpan.FromMinutes(1));
        var first = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls");
        Assert.Equal(all, (int)first["pagination"]!["total"]!);
    }

    [Fact]
    public async Task Where_the_secret_does_not_open_nothing_is_believed_and_it_may_come_once_more()
    {
        string address = await AddressAsync(Secret), body = BodyOf(ProviderCallFacts.Started,
            ProviderCallTests.CallOf("u-1", ProviderCallFacts.Started));
        var agency = new TenantId(Guid.Parse((string)Host.AccountA["id"]!));
        string kept = new ProviderSeal(new byte[32]).Seal("[]", $"{agency} signing_secrets");
        await Host.Node.Node.Database.Sql.WriteAsync(db => db.Execute(
            "update agency_integrations set signing_secrets = @kept where tenant_id = @agency", new { kept, agency }),
            TestContext.Current.CancellationToken);
        Assert.Equal(503, await Host.HookAsync(address, body, SignedOf(body, Secret)));
        var log = Assert.Single(await LogsAsync());
        Assert.False((bool)log["verified"]!);
        Assert.StartsWith("it does not open", (string?)log["verification_error"], StringComparison.Ordinal);
        await AddressAsync(Secret);
        Assert.Equal(204, await Host.HookAsync(address, body, SignedOf(body, Secret)));
    }

    private Task<string> AddressAsync(params string[] secrets) => AddressOfAsync(Host.OwnerA, secrets);

    private async Task<string> AddressOfAsync(string token, params string[] secrets)
    {
        if (secrets.Length > 0)
            await Host.DoneAsync(200, token, "PUT", "/integrations/ultravox", new JsonObject
            {
                ["webhook_signing_secrets"] = new JsonArray([.. secrets.Select(one => (JsonNode)one)]),
            }.ToJsonString());
        return (string)(await Host.DoneAsync(200, token, "GET", "/integrations"))["webhook_url"]!;
    }

    private async Task<string> RotatedAsync(string body) =>
        (string)(await Host.DoneAsync(200, Host.OwnerA, "POST", "/integrations/webhook-secret/rotate", body))["webhook_url"]!;

    private async Task<List<JsonObject>> LogsAsync() =>
        [.. (await Host.DoneAsync(200, Host.OwnerA, "GET", "/webhook-logs"))["items"]!.AsArray().Select(one => one!.AsObject())];

    private static string BodyOf(string said, JsonObject call) =>
        new JsonObject { ["event"] = said, ["call"] = call.DeepClone() }.ToJsonString();

    private static string[] SignedOf(string body, string secret, DateTimeOffset? at = null)
    {
        string stamp = (at ?? DateTimeOffset.UtcNow).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        string digest = Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body + stamp)));
        return [UltravoxSignature.TimestampHeader, stamp, UltravoxSignature.SignatureHeader, digest];
    }
}
