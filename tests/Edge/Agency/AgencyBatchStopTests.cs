using System.Globalization;
using Dapper;
using Ringwright.Agency;
using Ringwright.Agency.Tables;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyBatchStopsOnSqliteTests() : AgencyBatchStopTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyBatchStopsOnPostgresTests() : AgencyBatchStopTests(Product.Postgres);

/// <summary>What ends a batch, or has it wait, before all of its contacts were called.</summary>
public abstract class AgencyBatchStopTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;
    private Database Database => Host.Node.Node.Database;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    private static string Later(double seconds) => DateTimeOffset.UtcNow.AddSeconds(seconds).ToString("O", CultureInfo.InvariantCulture);

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task A_batch_whose_window_is_over_has_failed_with_all_who_were_left()
    {
        // Case B19.
        string campaign = await _lab.CampaignAsync();
        string[] numbers = [.. Enumerable.Range(100, 4).Select(n => $"+15550300{n}")];
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/batches",
            _lab.BatchOf(campaign, numbers, $$"""{"window_end":"{{Later(-1)}}"}"""));
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/batches",
            _lab.BatchOf(campaign, numbers, $$"""{"window_end":"{{Later(60)}}","scheduled_for":"{{Later(90)}}"}"""));
        string batch = (string)(await _lab.BatchAsync(campaign, numbers, $$"""{"hold":true,"window_end":"{{Later(600)}}"}"""))["id"]!;
        var changed = await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/batches/" + batch, $$"""{"window_end":"{{Later(1)}}"}""");
        Assert.NotNull(changed["window_end"]);
        var over = await _lab.BecomesAsync(batch, "failed");
        Assert.Equal(("window_expired", 4, 0), ((string?)over["failure_code"], (int)over["failed_count"]!, (int)over["pending_count"]!));
        Assert.NotNull(over["completed_at"]);
        Assert.All(await _lab.ContactsAsync(batch), contact => Assert.Equal(("failed", "window_expired", null),
            ((string?)contact["status"], (string?)contact["last_error"], (string?)contact["block_reason"])));
        Assert.Equal(4, (await _lab.ContactsAsync(batch, "?failed_because=window_expired")).Count);
        Assert.Empty(_lab.Far.Calls);
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", $"/batches/{batch}/resume");
    }

    [Fact]
    public async Task Nobody_is_called_for_an_agency_while_its_kill_switch_is_on()
    {
        // Case C11.
        string campaign = await _lab.CampaignAsync();
        string[] numbers = [.. Enumerable.Range(100, 10).Select(n => $"+15550300{n}")];
        string batch = (string)(await _lab.BatchAsync(campaign, numbers))["id"]!;
        await _lab.BecomesAsync(batch, "processing");
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PATCH", "/agency", """{"settings":{"kill_switch":"on"}}""");
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PATCH", "/agency", """{"settings":{"killswitch":true}}""");
        var agency = await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/agency", """{"settings":{"kill_switch":true}}""");
        Assert.True((bool)agency["settings"]!["kill_switch"]!);
        // The answer comes when all of them stand still.
        var stopped = await _lab.GetAsync(batch);
        Assert.Equal(("paused", "kill_switch"), ((string?)stopped["status"], (string?)stopped["failure_code"]));
        int begun = 10 - (int)stopped["pending_count"]!;
        await Host.RefusedAsync(422, "compliance_blocked", Host.OwnerA, "POST", $"/batches/{batch}/resume");
        await Host.RefusedAsync(422, "compliance_blocked", Host.OwnerA, "POST", "/batches", _lab.BatchOf(campaign, ["+15550300111"]));
        await Host.RefusedAsync(422, "compliance_blocked", Host.OwnerA, "POST", "/calls", $$"""
            {"agent_mapping_id":"{{_lab.Agent}}","from_number":"{{AgencyLab.From}}","campaign_id":"{{campaign}}","to_number":"+15550300112"}
            """);
        await Eventually.TrueAsync(() => _lab.Far.Calls.Count >= begun, "those that were begun are heard");
        Assert.InRange(_lab.Far.Calls.Count, begun, begun + 1);

        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/agency", """{"settings":{"kill_switch":null}}""");
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/resume");
        await Eventually.TrueAsync(() => _lab.Far.Calls.Count > begun + 1, "it goes on");
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
    }

    [Fact]
    public async Task Calls_that_fail_by_the_line_stop_a_batch_which_tells_it_and_goes_on_after_a_while()
    {
        // Case B15. The calls are written as the dialler would.
        string campaign = await _lab.CampaignAsync();
        string batch = (string)(await _lab.BatchAsync(campaign, ["+15550300100"], $$"""{"scheduled_for":"{{Later(3_600)}}"}"""))["id"]!;
        var now = Times.Cut(DateTimeOffset.UtcNow);
        var row = (await new BatchTable(Database).FindAsync(Agency, Guid.Parse(batch), Stop))!;
        await HalfFailsAsync(row, now);
        var parts = new AgencyParts { Store = Database };
        // Its time has come.
        await WriteAsync("update call_batches set status = 'processing' where id = @id", row.Id, now);
        var stopped = await parts.Follower.FollowAsync(row with { Status = BatchRow.Processing }, Stop);
        Assert.Equal((BatchRow.Paused, BatchRow.CircuitOpen), (stopped.Status, stopped.FailureCode));
        var alert = Assert.Single((await Host.DoneAsync(200, Host.OwnerA, "GET", "/alerts"))["alerts"]!.AsArray())!;
        Assert.Equal(("circuit_open", batch), ((string?)alert["kind"], (string?)alert["subject"]));

        await WriteAsync("update call_batches set paused_at = @at where id = @id", row.Id, now.AddMinutes(-6));
        var resumed = await parts.Follower.FollowAsync(stopped with { PausedAt = now.AddMinutes(-6) }, Stop);
        Assert.Equal((BatchRow.Processing, 1L), (resumed.Status, resumed.CircuitResumes));
        // What was before is not counted again.
        Assert.Equal(BatchRow.Processing, (await parts.Follower.FollowAsync(resumed, Stop)).Status);
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
    }

    [Fact]
    public async Task A_batch_that_was_made_before_the_clock_was_set_back_is_stopped_by_the_calls_since()
    {
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), ["+15550300100"],
            $$"""{"scheduled_for":"{{Later(3_600)}}"}"""))["id"]!;
        var now = Times.Cut(DateTimeOffset.UtcNow);
        var row = (await new BatchTable(Database).FindAsync(Agency, Guid.Parse(batch), Stop))!;
        // Twenty calls of before, of which none failed, have times that are to come.
        await HalfFailsAsync(row, now.AddMinutes(50), other: "ring_timeout");
        await HalfFailsAsync(row, now);
        await WriteAsync("update call_batches set status = 'processing', created_at = @at where id = @id", row.Id, now.AddMinutes(45));
        var stopped = await new AgencyParts { Store = Database }.Follower.FollowAsync(row with
        {
            Status = BatchRow.Processing,
            CreatedAt = now.AddMinutes(45),
        }, Stop);
        Assert.Equal((BatchRow.Paused, BatchRow.CircuitOpen), (stopped.Status, stopped.FailureCode));
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
    }

    [Fact]
    public async Task A_number_that_has_begun_its_calls_of_the_day_begins_no_more_until_the_next()
    {
        string own = (string)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers"))["numbers"]!.AsArray()
            .Single(one => (string?)one!["phone_number"] == AgencyLab.From)!["id"]!;
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PATCH", "/numbers/" + own, """{"daily_call_cap":0}""");
        var number = await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/numbers/" + own, """{"daily_call_cap":2}""");
        Assert.Equal(2, (int)number["daily_call_cap"]!);
        string[] numbers = [.. Enumerable.Range(100, 20).Select(n => $"+15550300{n}")];
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), numbers))["id"]!;
        var capped = await _lab.BecomesAsync(batch, "paused");
        Assert.Equal("daily_call_cap", (string?)capped["failure_code"]);
        // Of attempts: whoever could not be reached waits for another one.
        var row = (await new BatchTable(Database).FindAsync(Agency, Guid.Parse(batch), Stop))!;
        Assert.InRange(await Database.Sql.ReadAsync(db => db.ExecuteScalar<long>("select count(*) from rw_attempt where campaign_id = @id",
            new { id = row.Id }), Stop), 2, 10);

        // Midnight, as if it had passed; the calls of before are yesterday's then.
        var yesterday = Times.Cut(DateTimeOffset.UtcNow.AddDays(-1));
        await WriteAsync("update rw_attempt set claimed_at = @at where campaign_id = @id", row.Id, yesterday);
        await WriteAsync("update call_batches set paused_at = @at where id = @id", row.Id, yesterday);
        await _lab.BecomesAsync(batch, "processing");
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task Windows_that_nobody_can_read_open_nothing_and_are_told()
    {
        // Case C15.
        string campaign = await _lab.CampaignAsync();
        await WriteAsync("""update campaigns set calling_windows = '[{"days":["noday"],"start":"08:00","end":"21:00"}]' where id = @id""",
            Guid.Parse(campaign), default);
        string batch = (string)(await _lab.BatchAsync(campaign, ["+15550300100"]))["id"]!;
        await Eventually.SomeAsync(async () =>
        {
            await _lab.GetAsync(batch);
            var alerts = (await Host.DoneAsync(200, Host.OwnerA, "GET", "/alerts"))["alerts"]!.AsArray();
            if (alerts.Any(one => (string?)one!["kind"] is "calling_windows" && (string?)one["subject"] == batch)) return batch;
            await Task.Delay(100, Stop);
            return null;
        }, "somebody is told");
        // The dialler has come to him, and has not called.
        await Eventually.SomeAsync(async () =>
        {
            if ((string?)Assert.Single(await _lab.ContactsAsync(batch))["status"] is "scheduled") return batch;
            await Task.Delay(100, Stop);
            return null;
        }, "he waits");
        Assert.Empty(_lab.Far.Calls);
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
    }

    /// <summary>Twenty calls, as the dialler would write them.</summary>
    /// <param name="other">How the first ten ended.</param>
    private async Task HalfFailsAsync(BatchRow row, DateTimeOffset at, string other = "remote_failure") =>
        await Database.Sql.WriteAsync(db => Enumerable.Range(0, 20).Sum(n => db.Execute("""
            insert into rw_attempt (id, tenant_id, campaign_id, list_id, target_id, round, number, from_party, destination, try, state,
                node, leg_uuid, claimed_at, ended_at, cause, evidence)
            values (@id, @tenant, @batch, @list, @id, 0, '+15550300100', '+15550300001', 0, 1, 'settled', 1, @leg, @at, @at, @cause, '{}')
            """, new
        {
            id = Guid.CreateVersion7(at), tenant = row.Account, batch = row.Id, list = row.ListId, leg = Guid.NewGuid().ToString(),
            at = at.AddMilliseconds(n), cause = n < 10 ? other : "ring_timeout",
        })), Stop);

    private Ringwright.Core.TenantId Agency => new(Guid.Parse((string)Host.AccountA["id"]!));

    private async Task WriteAsync(string sql, Guid id, DateTimeOffset at) =>
        await Database.Sql.WriteAsync(db => db.Execute(sql, new { id, at }), Stop);
}
