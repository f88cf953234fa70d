using System.Text.Json.Nodes;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencySingleCallsOnSqliteTests() : AgencySingleCallTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencySingleCallsOnPostgresTests() : AgencySingleCallTests(Product.Postgres);

/// <summary>One call at a time, and requests that are not done twice.</summary>
public abstract class AgencySingleCallTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact, Depth("the gate has a batch of five to its end, consents and their end, and who must not be called")]
    public async Task One_is_called_once_for_a_campaign()
    {
        string campaign = await _lab.CampaignAsync("""{"max_attempts":3,"retry_policy":{"busy_seconds":1}}""");
        var placed = await Host.DoneAsync(202, Host.OwnerA, "POST", "/calls", CallOf("busy", campaign, """{"variables":{"deal":7}}"""));
        Assert.Equal((_lab.Client, campaign, _lab.Agent, AgencyLab.From, AgencyLab.Number("busy"), "pending"), (
            (string?)placed["client_id"], (string?)placed["campaign_id"], (string?)placed["agent_mapping_id"],
            (string?)placed["from_number"], (string?)placed["to_number"], (string?)placed["status"]));
        string batch = (string)placed["batch_id"]!;
        await _lab.BecomesAsync(batch, "completed");
        var call = Assert.Single(await _lab.CallsAsync(_lab.Viewer, "?batch_id=" + batch));
        Assert.Equal(("busy", (string?)placed["contact_id"], 1), ((string?)call["outcome"], (string?)call["contact_id"],
            (int)call["attempt_no"]!));
        var contact = Assert.Single(await _lab.ContactsAsync(batch));
        Assert.Equal(("failed", 1, """{"deal":7}"""), ((string?)contact["status"], (int)contact["max_attempts"]!,
            contact["custom_data"]!.ToJsonString()));
        await Task.Delay(2_000, Stop);
        Assert.Single(_lab.Far.Calls);
        // An agent's own campaign is its calls'.
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/calls", CallOf("decline", null));
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/agents/" + _lab.Agent, $$"""{"campaign_id":"{{campaign}}"}""");
        var second = await Host.DoneAsync(202, Host.OwnerA, "POST", "/calls",
            CallOf("decline", null, """{"from_number":"+1 (555) 010-0001"}"""));
        Assert.Equal(AgencyLab.From, (string?)second["from_number"]);
        await _lab.BecomesAsync((string)second["batch_id"]!, "completed");
        Assert.Equal(2, _lab.Far.Calls.Count);
    }

    [Fact]
    public async Task Whoever_must_not_be_called_is_not()
    {
        // Case C09.
        string campaign = await _lab.CampaignAsync(), consent = await _lab.CampaignAsync("""{"consent_required":"express"}""");
        foreach (string number in new[] { "+911", "+1911", "112", "999", "+19005550100" })
            await Host.RefusedAsync(422, "compliance_blocked", Host.OwnerA, "POST", "/calls",
                CallOf("busy", campaign, $$"""{"to_number":"{{number}}"}"""));
        var refused = await Host.RefusedAsync(422, "compliance_blocked", Host.OwnerA, "POST", "/calls", CallOf("busy", consent));
        Assert.StartsWith("no_consent: ", (string?)refused["message"], StringComparison.Ordinal);
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/dnc", $$"""{"phone_number":"{{AgencyLab.Number("busy")}}"}""");
        refused = await Host.RefusedAsync(422, "compliance_blocked", Host.OwnerA, "POST", "/calls", CallOf("busy", campaign));
        Assert.StartsWith("dnc: ", (string?)refused["message"], StringComparison.Ordinal);
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/calls",
            CallOf("ok-1", campaign, """{"to_number":"anna"}"""));
        // In the words of a call, and not of a batch.
        string large = new('x', 17 * 1024);
        foreach (var (field, more) in new[]
            {
                ("timezone", """{"timezone":"Mars/Olympus"}"""), ("variables", $$"""{"variables":{"note":"{{large}}"} }"""),
            })
        {
            var error = await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/calls", CallOf("ok-1", campaign, more));
            Assert.Equal([field], error["details"]!.AsObject().Select(one => one.Key));
            Assert.DoesNotContain("contacts", (string?)error["message"], StringComparison.Ordinal);
        }
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/calls",
            CallOf("ok-1", campaign, $$"""{"from_number":"{{AgencyLab.FromB}}"}"""));
        await Host.RefusedAsync(404, "not_found", Host.OwnerA, "POST", "/calls", CallOf("ok-1", Guid.CreateVersion7().ToString()));
        await Host.RefusedAsync(404, "not_found", Host.OwnerB, "POST", "/calls", CallOf("ok-1", campaign));
        var (_, member) = await Host.UserAsync(Host.OwnerA, "mA", "agency_member");
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        foreach (string token in new[] { member, admin, _lab.Viewer })
            await Host.RefusedAsync(403, "forbidden", token, "POST", "/calls", CallOf("ok-1", campaign));
        Assert.Empty((await Host.DoneAsync(200, Host.OwnerA, "GET", "/batches"))["batches"]!.AsArray());
        Assert.Empty(_lab.Far.Calls);
    }

    [Fact]
    public async Task What_was_done_by_a_key_is_not_done_again()
    {
        // Case N04, of what dials.
        string campaign = await _lab.CampaignAsync(), body = CallOf("busy", campaign);
        var asked = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Host.OnceAsync(Host.OwnerA, "k-1", "/calls", body)));
        var first = Assert.Single(asked, one => one.Status == 202 && !one.IsReplayed);
        Assert.All(asked, one => Assert.True(one.Status == 202 || (string?)one.Body!["error"]!["code"] is "idempotency_conflict"));
        var again = await Host.OnceAsync(Host.OwnerA, "k-1", "/calls", body);
        Assert.Equal((202, true, first.Body!.ToJsonString()), (again.Status, again.IsReplayed, again.Body!.ToJsonString()));
        var other = await Host.OnceAsync(Host.OwnerA, "k-1", "/calls", CallOf("decline", campaign));
        Assert.Equal((409, "idempotency_conflict"), (other.Status, (string?)other.Body!["error"]!["code"]));
        var batch = await Host.OnceAsync(Host.OwnerA, "k-1", "/batches", _lab.BatchOf(campaign, [AgencyLab.Number("decline")]));
        Assert.Equal(409, batch.Status);
        await _lab.BecomesAsync((string)first.Body!["batch_id"]!, "completed");
        Assert.Single(_lab.Far.Calls);
        Assert.Single((await Host.DoneAsync(200, Host.OwnerA, "GET", "/batches"))["batches"]!.AsArray());

        // A refusal keeps no key, and another agency's key is another one.
        var wrong = await Host.OnceAsync(Host.OwnerA, "k-2", "/calls", CallOf("ok-1", null));
        Assert.Equal((400, false), (wrong.Status, wrong.IsReplayed));
        var right = await Host.OnceAsync(Host.OwnerA, "k-2", "/calls", CallOf("decline", campaign));
        Assert.Equal((202, false), (right.Status, right.IsReplayed));
        Assert.Equal(404, (await Host.OnceAsync(Host.OwnerB, "k-1", "/calls", body)).Status);
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task A_test_call_is_placed_by_the_same_rules_and_is_in_no_figure()
    {
        // Case D13.
        string campaign = await _lab.CampaignAsync(), path = $"/agents/{_lab.Agent}/test-call";
        string body = $$"""
            {"from_number":"{{AgencyLab.From}}","to_number":"{{AgencyLab.Number("decline")}}","campaign_id":"{{campaign}}"}
            """;
        await Host.RefusedAsync(404, "not_found", Host.OwnerB, "POST", path, body);
        await Host.RefusedAsync(403, "forbidden", _lab.Viewer, "POST", path, body);
        await Host.RefusedAsync(422, "compliance_blocked", Host.OwnerA, "POST", path, body.Replace(AgencyLab.Number("decline"), "+1911",
            StringComparison.Ordinal));
        await Host.RefusedAsync(501, "not_implemented", Host.OwnerA, "POST", path, body.Replace(AgencyLab.Number("decline"), "web",
            StringComparison.Ordinal));
        string batch = (string)(await Host.DoneAsync(202, Host.OwnerA, "POST", path, body))["batch_id"]!;
        Assert.True((bool)(await _lab.BecomesAsync(batch, "completed"))["is_test"]!);
        var real = await Host.DoneAsync(202, Host.OwnerA, "POST", "/calls", CallOf("busy", campaign));
        await _lab.BecomesAsync((string)real["batch_id"]!, "completed");
        Assert.Equal(2, (await _lab.CallsAsync(Host.OwnerA)).Count);
        foreach (string query in new[] { "", "?campaign_id=" + campaign, "?agent_id=" + _lab.Agent })
        {
            var figures = await Host.DoneAsync(200, Host.OwnerA, "GET", "/dashboard/overview" + query);
            Assert.Equal(1, (int)figures["summary"]!["total_calls"]!);
        }
        var agents = (await Host.DoneAsync(200, Host.OwnerA, "GET", "/dashboard/agents"))["agents"]!.AsArray();
        Assert.Contains(agents, one => one!.ToJsonString().Contains("\"total_calls\":1", StringComparison.Ordinal));
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task A_test_call_that_was_placed_by_a_key_is_not_placed_again()
    {
        string campaign = await _lab.CampaignAsync(), path = $"/agents/{_lab.Agent}/test-call";
        string body = $$"""
            {"from_number":"{{AgencyLab.From}}","to_number":"{{AgencyLab.Number("decline")}}","campaign_id":"{{campaign}}"}
            """;
        var first = await Host.OnceAsync(Host.OwnerA, "t-1", path, body);
        Assert.Equal((202, false), (first.Status, first.IsReplayed));
        var again = await Host.OnceAsync(Host.OwnerA, "t-1", path, body);
        Assert.Equal((202, true, first.Body!.ToJsonString()), (again.Status, again.IsReplayed, again.Body!.ToJsonString()));
        await _lab.BecomesAsync((string)first.Body!["batch_id"]!, "completed");
        Assert.Single((await Host.DoneAsync(200, Host.OwnerA, "GET", "/batches"))["batches"]!.AsArray());
        Assert.Single(_lab.Far.Calls);
    }

    [Fact]
    public async Task A_batch_that_goes_on_by_a_key_goes_on_once_and_is_answered_so_again()
    {
        string later = $"{DateTimeOffset.UtcNow.AddDays(1):yyyy-MM-dd'T'HH:mm:ss'Z'}";
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), [AgencyLab.Number("busy")],
            $$"""{"hold":true,"scheduled_for":"{{later}}"}"""))["id"]!;
        string path = $"/batches/{batch}/resume";
        var first = await Host.OnceAsync(Host.OwnerA, "r-1", path, "");
        Assert.Equal((200, false), (first.Status, first.IsReplayed));
        var again = await Host.OnceAsync(Host.OwnerA, "r-1", path, "");
        Assert.Equal((200, true, first.Body!.ToJsonString()), (again.Status, again.IsReplayed, again.Body!.ToJsonString()));
        Assert.Equal(409, (await Host.OnceAsync(Host.OwnerA, "r-2", path, "")).Status);
        Assert.Empty(_lab.Far.Calls);
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task A_test_call_waits_for_no_cap_and_counts_for_those_of_other_calls()
    {
        string campaign = await _lab.CampaignAsync("""{"daily_attempt_cap_per_contact":1}"""), path = $"/agents/{_lab.Agent}/test-call";
        string body = $$"""
            {"from_number":"{{AgencyLab.From}}","to_number":"{{AgencyLab.Number("decline")}}","campaign_id":"{{campaign}}"}
            """;
        for (int calls = 1; calls <= 2; calls++)
        {
            string batch = (string)(await Host.DoneAsync(202, Host.OwnerA, "POST", path, body))["batch_id"]!;
            await _lab.BecomesAsync(batch, "completed");
            Assert.Equal(calls, _lab.Far.Calls.Count);
        }
        var error = await Host.RefusedAsync(422, "compliance_blocked", Host.OwnerA, "POST", "/calls", CallOf("decline", campaign));
        Assert.StartsWith("frequency_cap: ", (string?)error["message"]);
    }

    private string CallOf(string script, string? campaign, string more = "{}")
    {
        var body = new JsonObject
        {
            ["agent_mapping_id"] = _lab.Agent, ["from_number"] = AgencyLab.From, ["to_number"] = AgencyLab.Number(script),
            ["campaign_id"] = campaign,
        };
        foreach (var (name, value) in JsonNode.Parse(more)!.AsObject()) body[name] = value?.DeepClone();
        return body.ToJsonString();
    }
}
