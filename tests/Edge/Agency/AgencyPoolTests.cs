using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Agency;
using Ringwright.Agency.Tables;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyPoolsOnSqliteTests() : AgencyPoolTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyPoolsOnPostgresTests() : AgencyPoolTests(Product.Postgres);

/// <summary>By whom a batch talks and from which numbers it calls, and how both are changed.</summary>
public abstract class AgencyPoolTests(Product product) : IAsyncLifetime
{
    private const string Second = "+15550100011", Third = "+15550100012";

    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;
    private Database Database => Host.Node.Node.Database;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _lab = await AgencyLab.StartAsync(product);
        foreach (string number in new[] { Second, Third })
            await new OperatorClient(Host.Node).DataAsync("POST", $"/accounts/{Host.AccountA["id"]}/numbers",
                $$"""{"phone_number":"{{number}}"}""");
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task A_batch_calls_from_its_pool_which_nobody_takes_away_meanwhile()
    {
        var ids = await IdsAsync();
        string campaign = await _lab.CampaignAsync(), pool = $$"""["{{ids[Second]}}","{{ids[AgencyLab.From]}}","{{ids[Second]}}"]""";
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/batches",
            _lab.BatchOf(campaign, [AgencyLab.Number("busy")], $$"""{"from_pool":["{{Guid.NewGuid()}}"],"hold":true}"""));
        string other = $$"""{"client_id":"{{_lab.OtherClient}}"}""";
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/numbers/" + ids[Third], other);
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/batches",
            _lab.BatchOf(campaign, [AgencyLab.Number("busy")], $$"""{"from_pool":["{{ids[Third]}}"],"hold":true}"""));
        var made = await _lab.BatchAsync(campaign, [AgencyLab.Number("busy")], $$"""{"from_pool":{{pool}},"hold":true}""");
        Assert.Equal([ids[Second], ids[AgencyLab.From]], PoolOf(made));
        string batch = (string)made["id"]!;
        Assert.Equal([AgencyLab.From, Second], (await TermsAsync(batch)).From);
        Assert.Equal([ids[Second], ids[AgencyLab.From]], PoolOf(await _lab.GetAsync(batch)));

        await Host.RefusedAsync(409, "number_in_use", Host.OwnerA, "PATCH", "/numbers/" + ids[Second], other);
        await Host.RefusedAsync(409, "number_in_use", Host.OwnerA, "PATCH", "/numbers/" + ids[Second], """{"status":"inactive"}""");
        var (status, released) = await Host.AskAsync(Host.OwnerA, "POST", "/numbers/release",
            $$"""{"phone_number_ids":["{{ids[Second]}}"],"confirm":true}""");
        Assert.Equal((207, "number_in_use"), (status, (string?)released!["failed"]![0]!["error"]));
        // Whoever has called enough today is left out of it.
        var row = await RowAsync(batch);
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/numbers/" + ids[Second], """{"daily_call_cap":1}""");
        var calls = new EndedCallTable(Database);
        var now = Database.Time.GetUtcNow();
        Assert.Equal([AgencyLab.From, Second], await calls.ListOpenAsync(row, now.AddHours(-1), Stop));
        await CalledAsync(row, Second, now);
        Assert.Equal([AgencyLab.From], await calls.ListOpenAsync(row, now.AddHours(-1), Stop));
        Assert.Equal([AgencyLab.From, Second], await calls.ListOpenAsync(row, now.AddHours(1), Stop));
        await new AgencyParts { Store = Database }.Follower.CallFromAsync(row, [AgencyLab.From], Stop);
        Assert.Equal([AgencyLab.From], (await TermsAsync(batch)).From);
    }

    [Fact]
    public async Task Agent_and_numbers_are_changed_while_nobody_is_called_and_the_agent_before_anybody_was()
    {
        var ids = await IdsAsync();
        string campaign = await _lab.CampaignAsync();
        string batch = (string)(await _lab.BatchAsync(campaign, Enumerable.Range(100, 8).Select(n => $"+15550300{n}"),
            $$"""{"from_pool":["{{ids[Third]}}"],"hold":true}"""))["id"]!, path = "/batches/" + batch;
        string agent = (string)(await Host.DoneAsync(201, Host.OwnerA, "POST", "/agents",
            """{"name":"Bert","first_speaker_text":"Guten Tag.","language_hint":"de","max_duration_seconds":77}"""))["id"]!;
        string others = (string)(await Host.DoneAsync(201, Host.OwnerA, "POST", "/agents",
            $$"""{"name":"Carl","client_id":"{{_lab.OtherClient}}"}"""))["id"]!;
        foreach (var (status, code, json) in new[]
            {
                (404, "not_found", $$"""{"agent_mapping_id":"{{Guid.NewGuid()}}"}"""),
                (400, "validation_error", $$"""{"agent_mapping_id":"{{others}}"}"""),
                (400, "validation_error", """{"from_number":"+15550100099"}"""),
                (400, "validation_error", $$"""{"from_number":"{{AgencyLab.FromB}}"}"""),
                (400, "validation_error", $$"""{"from_pool":["{{Guid.NewGuid()}}"]}"""),
            })
            await Host.RefusedAsync(status, code, Host.OwnerA, "PATCH", path, json);
        var shown = await Host.DoneAsync(200, Host.OwnerA, "PATCH", path,
            $$"""{"agent_mapping_id":"{{agent}}","from_number":"{{Second}}"}""");
        Assert.Equal((agent, Second), ((string?)shown["agent_mapping_id"], (string?)shown["from_number"]));
        Assert.Equal([ids[Third]], PoolOf(shown));
        var terms = await TermsAsync(batch);
        Assert.Equal(("Guten Tag.", "de", 77), (terms.Message, terms.Language, (int)terms.TimeLimit.TotalSeconds));
        Assert.Equal([Second, Third], terms.From);
        shown = await Host.DoneAsync(200, Host.OwnerA, "PATCH", path, """{"from_pool":[],"name":"Renamed"}""");
        Assert.Equal(("Renamed", 0), ((string?)shown["name"], shown["from_pool"]!.AsArray().Count));
        Assert.Equal([Second], (await TermsAsync(batch)).From);

        await Host.DoneAsync(200, Host.OwnerA, "POST", path + "/resume");
        string back = $$"""{"from_number":"{{AgencyLab.From}}"}""", again = $$"""{"agent_mapping_id":"{{_lab.Agent}}"}""";
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "PATCH", path, back);
        await Host.DoneAsync(200, Host.OwnerA, "POST", path + "/pause");
        // Calls of a batch are those of its agent.
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "PATCH", path, again);
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", path, back);
        Assert.Equal([AgencyLab.From], (await TermsAsync(batch)).From);
        await Host.DoneAsync(200, Host.OwnerA, "POST", path + "/cancel");
    }

    [Fact]
    public async Task Whom_a_batch_has_missed_is_called_from_those_of_its_pool_that_may_call_for_the_client_still()
    {
        var ids = await IdsAsync();
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), ["+15550300100"],
            $$"""{"from_pool":["{{ids[Second]}}","{{ids[Third]}}"],"hold":true}"""))["id"]!, retry = $"/batches/{batch}/retry-failed";
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
        await Database.Sql.WriteAsync(db => db.Execute(
            "update campaign_contacts set status = 'failed', block_reason = null where batch_id = @batch", new { batch }), Stop);
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/numbers/" + ids[Second], $$"""{"client_id":"{{_lab.OtherClient}}"}""");
        var retried = (await Host.DoneAsync(201, Host.OwnerA, "POST", retry, "{}"))["batch"]!.AsObject();
        Assert.Equal([ids[Third]], PoolOf(retried));
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{retried["id"]}/cancel");
        // None of them is left.
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/numbers/" + ids[Third], """{"outbound_allowed":false}""");
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", retry, "{}");
    }

    /// <summary>Somebody clicks twice, or a day later on the first batch once more.</summary>
    [Fact]
    public async Task Whom_a_later_batch_is_to_call_or_has_reached_is_not_called_by_another_retry()
    {
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), ["+15550300100"], """{"hold":true}"""))["id"]!;
        string retry = $"/batches/{batch}/retry-failed";
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
        string later = (string)(await Host.DoneAsync(201, Host.OwnerA, "POST", retry, "{}"))["batch"]!["id"]!;
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", retry, "{}");
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{later}/cancel");
        await Database.Sql.WriteAsync(db => db.Execute("update campaign_contacts set status = 'completed' where batch_id = @later",
            new { later }), Stop);
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", retry, "{}");
        await Database.Sql.WriteAsync(db => db.Execute("update campaign_contacts set status = 'failed' where batch_id = @later",
            new { later }), Stop);
        string last = (string)(await Host.DoneAsync(201, Host.OwnerA, "POST", retry, "{}"))["batch"]!["id"]!;
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{last}/cancel");
    }

    [Fact]
    public async Task Whom_another_batch_is_to_call_is_not_called_by_a_retry_where_the_clock_was_set_back_between()
    {
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), ["+15550300100"], """{"hold":true}"""))["id"]!;
        string retry = $"/batches/{batch}/retry-failed";
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
        string at = Times.Text(DateTimeOffset.UtcNow.AddDays(1));
        string later = (string)(await _lab.BatchAsync((string)(await _lab.GetAsync(batch))["campaign_id"]!, ["+15550300100"],
            $$"""{"scheduled_for":"{{at}}"}"""))["id"]!;
        await Database.Sql.WriteAsync(db => db.Execute("update campaign_contacts set created_at = @before where batch_id = @later",
            new { before = DateTimeOffset.UtcNow.AddHours(-1), later }), Stop);
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", retry, "{}");
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{later}/cancel");
        string last = (string)(await Host.DoneAsync(201, Host.OwnerA, "POST", retry, "{}"))["batch"]!["id"]!;
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{last}/cancel");
    }

    [Fact]
    public async Task Of_retries_at_one_moment_one_calls()
    {
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), Enumerable.Range(0, 200).Select(n => $"+1555032{n:0000}"),
            """{"hold":true}"""))["id"]!;
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            Host.AskAsync(Host.OwnerA, "POST", $"/batches/{batch}/retry-failed", "{}")));
        Assert.Single(answers, answer => answer.Status == 201);
        Assert.Equal(7, answers.Count(answer => answer.Status == 409));
        string made = (string)answers.Single(answer => answer.Status == 201).Body!["batch"]!["id"]!;
        Assert.Equal(200, (int)(await _lab.GetAsync(made))["total_contacts"]!);
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{made}/cancel");
    }

    [Fact]
    public async Task What_is_said_of_a_number_stays_said_where_another_node_has_brought_it_by_a_clock_that_is_ahead()
    {
        string path = "/numbers/" + (await IdsAsync())[Second];
        await Database.Sql.WriteAsync(db => db.Execute("update rw_number set created_at = @at where text = @number",
            new { at = Database.Time.GetUtcNow().AddMinutes(1), number = Second }), Stop);
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", path, $$"""{"friendly_name":"Main","client_id":"{{_lab.Client}}"}""");
        var shown = await Host.DoneAsync(200, Host.OwnerA, "GET", path);
        Assert.Equal(("Main", _lab.Client), ((string?)shown["friendly_name"], (string?)shown["client_id"]));
    }

    /// <summary>By their digits.</summary>
    private async Task<Dictionary<string, string>> IdsAsync() =>
        (await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers"))["numbers"]!.AsArray()
            .ToDictionary(one => (string)one!["phone_number"]!, one => (string)one!["id"]!);

    private static IEnumerable<string> PoolOf(JsonObject batch) => batch["from_pool"]!.AsArray().Select(one => (string)one!);

    private async Task<BatchRow> RowAsync(string batch) => (await new BatchTable(Database).FindAsync(
        new TenantId(Guid.Parse((string)Host.AccountA["id"]!)), Guid.Parse(batch), Stop))!;

    /// <summary>How the dialler calls for it.</summary>
    private async Task<CampaignTerms> TermsAsync(string batch)
    {
        var row = await RowAsync(batch);
        return CampaignTerms.Read((await Database.Campaigns.FindAsync(row.Account, row.Id, Stop))!.Terms);
    }

    /// <summary>A call of the batch that is over.</summary>
    private async Task CalledAsync(BatchRow row, string from, DateTimeOffset at) => await Database.Sql.WriteAsync(db => db.Execute("""
        insert into rw_attempt (id, tenant_id, campaign_id, list_id, target_id, round, number, from_party, destination, try, state, node,
            claimed_at, evidence)
        values (@id, @tenant, @campaign, @list, @id, 0, '+15550300100', @from, 0, 1, 'settled', 1, @at, '{}')
        """, new { id = Guid.NewGuid(), tenant = row.Account, campaign = row.Id, list = row.ListId, from, at }), Stop);
}
