using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyBatchesOnSqliteTests() : AgencyBatchTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyBatchesOnPostgresTests() : AgencyBatchTests(Product.Postgres);

/// <summary>Section G of the agency's cases: batches whose calls are real, by a clock on the wall.</summary>
public abstract class AgencyBatchTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Five_are_called_for_a_client_end_as_they_were_dialled_and_appear_to_it_and_to_nobody_else()
    {
        // Cases R02, B10, B16.
        string campaign = await _lab.CampaignAsync();
        string[] scripts = ["ok-1", "busy", "noans", "decline", "nf"];
        var made = await Host.DoneAsync(201, Host.OwnerA, "POST", "/batches", _lab.BatchOf(campaign, scripts.Select(AgencyLab.Number)));
        string batch = (string)made["batch"]!["id"]!;
        Assert.Equal("""{"received":5,"accepted":5,"duplicates":0,"invalid":0,"suppressed":0}""", made["contacts"]!.ToJsonString());
        Assert.Equal(("pending", "immediate", 5, 5, 0), ((string?)made["batch"]!["status"], (string?)made["batch"]!["mode"],
            (int)made["batch"]!["total_contacts"]!, (int)made["batch"]!["pending_count"]!, (int)made["batch"]!["progress_pct"]!));
        var over = await _lab.BecomesAsync(batch, "completed");
        Assert.Equal((2, 3, 0, 0, 100, 5), ((int)over["completed_count"]!, (int)over["failed_count"]!, (int)over["pending_count"]!,
            (int)over["in_progress_count"]!, (int)over["progress_pct"]!, (int)over["total_calls"]!));
        Assert.Equal("""{"answered":1,"busy":1,"declined":1,"no_answer":1}""", over["outcomes"]!.ToJsonString());
        Assert.NotNull(over["started_at"]);
        Assert.NotNull(over["completed_at"]);

        var contacts = (await _lab.ContactsAsync(batch)).ToDictionary(one => (string)one["phone_number"]!);
        foreach (var (script, status, outcome, error) in new[]
            {
                ("ok-1", "completed", "answered", null), ("busy", "failed", "busy", "callee_busy"),
                ("noans", "failed", "no_answer", "remote_timeout"), ("decline", "completed", "declined", null),
                ("nf", "failed", null, "not_found"),
            })
        {
            var contact = contacts[AgencyLab.Number(script)];
            Assert.Equal((script, status, outcome, error, null, 1, "Zoe"), (script, (string?)contact["status"], (string?)contact["outcome"],
                (string?)contact["last_error"], (string?)contact["block_reason"], (int)contact["attempts"]!,
                (string?)contact["first_name"]));
            Assert.NotNull(contact["completed_at"]);
            var call = await Host.DoneAsync(200, _lab.Viewer, "GET", "/calls/" + contact["call_id"]);
            Assert.Equal((script, batch, campaign, _lab.Agent, (string?)contact["id"], outcome, 1, AgencyLab.Number(script),
                    AgencyLab.From), (script, (string?)call["batch_id"], (string?)call["campaign_id"], (string?)call["agent_mapping_id"],
                    (string?)call["contact_id"], (string?)call["outcome"], (int)call["attempt_no"]!, (string?)call["to_number"],
                    (string?)call["from_number"]));
        }
        Assert.All(_lab.Far.Calls, call => Assert.Equal(AgencyLab.From, call.Caller));
        Assert.Equal(5, _lab.Far.Calls.Count);
        await SeenByNobodyElseAsync(campaign, batch);
        // Cases B08 and B22.
        foreach (string move in new[] { "pause", "resume", "cancel" })
            await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", $"/batches/{batch}/{move}");
        await Host.RefusedAsync(409, "campaign_type_locked", Host.OwnerA, "PATCH", "/campaigns/" + campaign, """{"type":"cs"}""");
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/campaigns/{campaign}/archive");
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", "/batches",
            _lab.BatchOf(campaign, [AgencyLab.Number("busy")]));
    }

    private async Task SeenByNobodyElseAsync(string campaign, string batch)
    {
        Assert.Equal(5, (await _lab.CallsAsync(_lab.Viewer)).Count);
        Assert.Equal(5, (await _lab.CallsAsync(Host.OwnerA, "?batch_id=" + batch)).Count);
        Assert.Equal(5, (await _lab.CallsAsync(Host.OwnerA, "?campaign_id=" + campaign)).Count);
        Assert.Single(await _lab.CallsAsync(Host.OwnerA, $"?batch_id={batch}&outcome=declined"));
        Assert.Equal(batch, (string?)(await _lab.GetAsync(batch, _lab.Viewer))["id"]);
        // A viewer sees that somebody was called, and not at which number.
        var masked = await _lab.ContactsAsync(batch, "?outcome=busy", _lab.Viewer);
        Assert.Equal("****0011", (string?)Assert.Single(masked)["phone_number"]);
        Assert.Single(await _lab.ContactsAsync(batch, "?search=" + AgencyLab.Number("busy")[1..]));
        Assert.Single(await _lab.ContactsAsync(batch, "?search=0555+030-0011"));
        Assert.Equal(5, (await _lab.ContactsAsync(batch, "?search=ZO")).Count);
        var walked = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await Host.DoneAsync(200, Host.OwnerA, "GET", $"/batches/{batch}/contacts?limit=2{after}");
            walked.AddRange(page["contacts"]!.AsArray().Select(one => (string)one!["id"]!));
            after = (string?)page["next_cursor"] is { } cursor ? "&after=" + cursor : null;
        }
        Assert.Equal((await _lab.ContactsAsync(batch)).Select(one => (string)one["id"]!), walked);
        Assert.Empty(await _lab.ContactsAsync(batch, "?search=%25"));
        // Who sees no numbers finds nobody by them.
        Assert.Empty(await _lab.ContactsAsync(batch, "?search=0011", _lab.Viewer));
        var (_, member) = await Host.UserAsync(Host.OwnerA, "beholder", "agency_member");
        Assert.Equal("****0011", (string?)(await _lab.ContactsAsync(batch, "?outcome=busy", member))[0]["phone_number"]);
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/agency", """{"settings":{"mask_numbers_for_members":false}}""");
        Assert.Equal(AgencyLab.Number("busy"), (string?)(await _lab.ContactsAsync(batch, "?outcome=busy", member))[0]["phone_number"]);
        Assert.Equal(3, (await _lab.ContactsAsync(batch, "?status=failed")).Count);
        Assert.Single(await _lab.ContactsAsync(batch, "?failed_because=callee_busy"));
        Assert.Equal(5, (await Host.DoneAsync(200, _lab.Viewer, "GET", $"/campaigns/{campaign}/contacts"))["contacts"]!.AsArray().Count);
        foreach (string token in new[] { _lab.OtherViewer, Host.OwnerB })
        {
            Assert.Empty(await _lab.CallsAsync(token));
            Assert.Empty(await _lab.CallsAsync(token, "?batch_id=" + batch));
            Assert.Empty(await _lab.CallsAsync(token, "?campaign_id=" + campaign));
            foreach (string query in new[] { "", "?client_id=" + _lab.Client, "?campaign_id=" + campaign })
                Assert.Empty((await Host.DoneAsync(200, token, "GET", "/batches" + query))["batches"]!.AsArray());
            foreach (string path in new[] { $"/batches/{batch}", $"/batches/{batch}/contacts", $"/campaigns/{campaign}/contacts" })
                await Host.RefusedAsync(404, "not_found", token, "GET", path);
        }
        foreach (string move in new[] { "pause", "resume", "cancel" })
        {
            await Host.RefusedAsync(404, "not_found", Host.OwnerB, "POST", $"/batches/{batch}/{move}");
            await Host.RefusedAsync(403, "forbidden", _lab.Viewer, "POST", $"/batches/{batch}/{move}");
        }
        await Host.RefusedAsync(403, "forbidden", _lab.Viewer, "POST", "/batches", _lab.BatchOf(campaign, [AgencyLab.Number("busy")]));
        Assert.Single((await Host.DoneAsync(200, _lab.Viewer, "GET", "/batches?status=completed"))["batches"]!.AsArray());
        Assert.Empty((await Host.DoneAsync(200, _lab.Viewer, "GET", "/batches?status=paused"))["batches"]!.AsArray());
        // Case E03.
        var wrong = await Host.RefusedAsync(400, "invalid_enum", Host.OwnerA, "GET", "/batches?status=running");
        Assert.Equal("status must be one of: pending, scheduled, processing, paused, completed, failed.",
            (string?)wrong["details"]!["status"]![0]);
    }

    [Fact, Depth("the dialler's own tests have the same")]
    public async Task A_batch_is_paused_goes_on_and_is_cancelled()
    {
        // Cases B07, B08, B23.
        string campaign = await _lab.CampaignAsync();
        string[] numbers = [.. Enumerable.Range(100, 8).Select(n => $"+15550300{n}")];
        string batch = (string)(await _lab.BatchAsync(campaign, numbers))["id"]!;
        await Eventually.TrueAsync(() => _lab.Far.Calls.Count >= 2, "two INVITEs");
        await _lab.BecomesAsync(batch, "processing");
        await Host.RefusedAsync(409, "agent_in_use", Host.OwnerA, "DELETE", "/agents/" + _lab.Agent);
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", $"/campaigns/{campaign}/archive");
        // Of two who pause it at once one has done it.
        var asked = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Host.AskAsync(Host.OwnerA, "POST", $"/batches/{batch}/pause")));
        Assert.Equal([200, 409], asked.Select(one => one.Status).Order());
        var paused = asked.Single(one => one.Status == 200).Body!;
        Assert.Equal((true, batch, "paused"), ((bool)paused["success"]!, (string?)paused["batch_id"], (string?)paused["status"]));
        Assert.NotNull(paused["paused_at"]);
        // By those that were begun: what is on its way to the far end is heard when that has its turn.
        int begun = 8 - (int)(await _lab.GetAsync(batch))["pending_count"]!;
        await Eventually.SomeAsync(async () =>
        {
            var shown = await _lab.GetAsync(batch);
            if ((int)shown["in_progress_count"]! == 0) return shown;
            await Task.Delay(100, Stop);
            return null;
        }, "calls that were up have ended");
        await Task.Delay(2_000, Stop);
        int sent = _lab.Far.Calls.Count;
        Assert.InRange(sent, begun, begun + 1);
        var still = await _lab.GetAsync(batch);
        Assert.Equal(("paused", sent, 8 - sent, sent), ((string?)still["status"], (int)still["completed_count"]!,
            (int)still["pending_count"]!, (int)still["outcomes"]!["answered"]!));
        await Host.RefusedAsync(409, "agent_in_use", Host.OwnerA, "DELETE", "/agents/" + _lab.Agent);

        var resumed = await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/resume");
        Assert.Equal(("processing", null), ((string?)resumed["status"], (string?)resumed["paused_at"]));
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", $"/batches/{batch}/resume");
        await Eventually.TrueAsync(() => _lab.Far.Calls.Count > sent, "it goes on");
        var cancelled = await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
        Assert.Equal("failed", (string?)cancelled["status"]);
        var over = await Eventually.SomeAsync(async () =>
        {
            var shown = await _lab.GetAsync(batch);
            if ((int)shown["in_progress_count"]! == 0) return shown;
            await Task.Delay(100, Stop);
            return null;
        }, "the last calls have ended");
        Assert.Equal(("failed", "cancelled_by_user", 0), ((string?)over["status"], (string?)over["failure_code"],
            (int)over["pending_count"]!));
        Assert.NotNull(over["cancelled_at"]);
        int called = _lab.Far.Calls.Count;
        var contacts = await _lab.ContactsAsync(batch);
        Assert.Equal(called, contacts.Count(one => (string?)one["status"] is "completed" && (string?)one["outcome"] is "answered"));
        var left = await _lab.ContactsAsync(batch, "?failed_because=cancelled_by_user");
        Assert.Equal(8 - called, left.Count);
        Assert.All(left, one => Assert.Equal(("failed", null, 0, null),
            ((string?)one["status"], (string?)one["outcome"], (int)one["attempts"]!, (string?)one["call_id"])));
        await Task.Delay(2_000, Stop);
        Assert.Equal(called, _lab.Far.Calls.Count);
        foreach (string move in new[] { "pause", "resume", "cancel" })
            await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", $"/batches/{batch}/{move}");
        await Host.DoneAsync(200, Host.OwnerA, "DELETE", "/agents/" + _lab.Agent);
    }

    [Fact, Depth("the dialler's own tests have the same")]
    public async Task Whoever_is_busy_or_does_not_answer_is_called_again_as_the_campaign_says_and_no_more()
    {
        // Cases B10 and B11.
        string campaign = await _lab.CampaignAsync(
            """{"max_attempts":2,"retry_policy":{"busy_seconds":1,"no_answer_seconds":3600,"error_seconds":1}}""");
        string batch = (string)(await _lab.BatchAsync(campaign,
            new[] { "busy", "noans", "decline", "nf" }.Select(AgencyLab.Number)))["id"]!;
        var waiting = await Eventually.SomeAsync(async () =>
        {
            var shown = (await _lab.ContactsAsync(batch)).ToDictionary(one => (string)one["phone_number"]!);
            if ((string?)shown[AgencyLab.Number("busy")]["status"] is "failed"
                    && (string?)shown[AgencyLab.Number("nf")]["status"] is "failed")
                return shown;
            await Task.Delay(100, Stop);
            return null;
        }, "the busy one was called twice");
        var busy = waiting[AgencyLab.Number("busy")];
        Assert.Equal(("busy", 2), ((string?)busy["outcome"], (int)busy["attempts"]!));
        var later = waiting[AgencyLab.Number("noans")];
        Assert.Equal(("scheduled", "no_answer", 1), ((string?)later["status"], (string?)later["outcome"], (int)later["attempts"]!));
        var next = DateTimeOffset.Parse((string)later["next_attempt_at"]!) - DateTimeOffset.Parse((string)later["last_attempt_at"]!);
        Assert.InRange(next.TotalSeconds, 3590, 3620);
        foreach (var (script, times) in new[] { ("busy", 2), ("noans", 1), ("decline", 1), ("nf", 1) })
            Assert.Equal((script, times), (script, _lab.Far.Of(AgencyLab.Number(script)).Count()));
        Assert.Equal("processing", (string?)(await _lab.GetAsync(batch))["status"]);
        // The campaign changes, and so does how its batches call: nobody may be called any more at any time of the week.
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/campaigns/" + campaign, """{"consent_required":"express"}""");
        await Host.Node.Node.Database.Sql.WriteAsync(db => db.Execute(
            "update rw_target set due_at = created_at where state = 'idle' and tries_0 = 1"), Stop);
        await _lab.BecomesAsync(batch, "completed");
        Assert.Single(_lab.Far.Of(AgencyLab.Number("noans")));
    }

    [Fact]
    public async Task Nobody_is_called_against_a_rule_or_without_consent()
    {
        // Cases C07 and C08.
        string consent = await _lab.CampaignAsync("""{"consent_required":"express"}""");
        string batch = (string)(await _lab.BatchAsync(consent, [AgencyLab.Number("ok-1")]))["id"]!;
        await _lab.BecomesAsync(batch, "completed");
        var contact = Assert.Single(await _lab.ContactsAsync(batch));
        Assert.Equal(("failed", "no_consent", null, null, 0), ((string?)contact["status"], (string?)contact["block_reason"],
            (string?)contact["outcome"], (string?)contact["last_error"], (int)contact["attempts"]!));

        var now = DateTimeOffset.UtcNow;
        await Host.Node.Node.Database.DoNotCall.AddAsync(
        [
            new()
            {
                Id = Guid.CreateVersion7(now), Owner = new TenantId(Guid.Parse((string)Host.AccountA["id"]!)),
                Number = AgencyLab.Number("busy"), Source = DoNotCallSource.Api, Reason = DoNotCallReason.CallerRequest, AddedBy = "test",
                At = now,
            },
        ], _ => null, Stop);
        string listed = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), [AgencyLab.Number("busy")]))["id"]!;
        await _lab.BecomesAsync(listed, "completed");
        Assert.Equal("dnc", (string?)Assert.Single(await _lab.ContactsAsync(listed, "?failed_because=dnc"))["block_reason"]);
        Assert.Empty(_lab.Far.Calls);
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task A_batch_waits_for_its_time_and_for_whoever_holds_it()
    {
        // Cases B03, B04, B07.
        string campaign = await _lab.CampaignAsync(), day = DateTimeOffset.UtcNow.AddDays(2).ToString("yyyy-MM-dd");
        string[] numbers = [AgencyLab.Number("busy")];
        foreach (string moment in new[] { $"{day}T10:00:00Z", $"{day}T15:30:00+05:30" })
        {
            var early = await _lab.BatchAsync(campaign, numbers, $$"""{"scheduled_for":"{{moment}}"}""");
            Assert.Equal(("scheduled", "scheduled", $"{day}T10:00:00.000Z"), ((string?)early["mode"], (string?)early["status"],
                (string?)early["scheduled_for"]));
            string id = (string)early["id"]!;
            Assert.Equal("paused", (string?)(await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{id}/pause"))["status"]);
            Assert.Equal("scheduled", (string?)(await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{id}/resume"))["status"]);
            await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{id}/cancel");
        }
        foreach (var (code, more) in new[]
            {
                ("mode_conflict", $$"""{"mode":"immediate","scheduled_for":"{{day}}T10:00:00Z"}"""),
                ("validation_error", """{"mode":"scheduled"}"""),
                ("validation_error", """{"mode":"scheduled","scheduled_for":"2020-01-01T00:00:00Z"}"""),
                ("validation_error", """{"scheduled_for":"2126-01-01T00:00:00Z"}"""), ("validation_error", """{"scheduled_for":"soon"}"""),
            })
            await Host.RefusedAsync(400, code, Host.OwnerA, "POST", "/batches", _lab.BatchOf(campaign, numbers, more));
        Assert.Empty(_lab.Far.Calls);

        string soon = DateTimeOffset.UtcNow.AddSeconds(4).ToString("O");
        string timed = (string)(await _lab.BatchAsync(campaign, numbers, $$"""{"scheduled_for":"{{soon}}"}"""))["id"]!;
        var held = await _lab.BatchAsync(campaign, [AgencyLab.Number("decline")], """{"hold":true}""");
        Assert.Equal("paused", (string?)held["status"]);
        Assert.NotNull(held["paused_at"]);
        var over = await _lab.BecomesAsync(timed, "completed");
        var begun = DateTimeOffset.Parse((string)over["started_at"]!);
        Assert.True(begun >= DateTimeOffset.Parse(soon).AddMilliseconds(-1), over.ToJsonString());
        Assert.Single(_lab.Far.Calls);
        string id2 = (string)held["id"]!;
        Assert.Equal("paused", (string?)(await _lab.GetAsync(id2))["status"]);
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{id2}/resume");
        await _lab.BecomesAsync(id2, "completed");
        Assert.Equal(2, _lab.Far.Calls.Count);

        // One that the dialler has not begun with cannot be paused.
        string fresh = (string)(await _lab.BatchAsync(campaign, numbers, """{"hold":true}"""))["id"]!;
        await Host.Node.Node.Database.Sql.WriteAsync(db => db.Execute(
            "update call_batches set status = 'pending', paused_at = null, created_at = @at where id = @fresh",
            new { fresh, at = DateTimeOffset.UtcNow.AddHours(1) }), Stop);
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", $"/batches/{fresh}/pause");
    }
}
