using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyImportsOnSqliteTests() : AgencyImportTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyImportsOnPostgresTests() : AgencyImportTests(Product.Postgres);

/// <summary>Contacts that come to batches after they were made, by file and by list; and what goes out again.</summary>
public abstract class AgencyImportTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact, Depth("the gate has a file that brings consents and takes none back, whose it is, and ContactFileTests")]
    public async Task A_file_is_tried_and_nothing_of_it_is_kept()
    {
        // Case B20.
        string campaign = await _lab.CampaignAsync();
        const string text = "\uFEFFPhone;First Name;Company;Deal Size\r\n+12125550100;Ann;\"Two\r\nlines\";7\r\n1.2125E+10;Bob;;\r\n";
        var tried = await ImportedAsync(Host.OwnerA, text, ("campaign_id", campaign), ("dry_run", "true"));
        Assert.Equal("""
            {"Phone":"phone_number","First Name":"first_name","Company":"company","Deal Size":"custom_data.deal_size"}
            """, tried["mapping"]!.ToJsonString());
        Assert.Equal((true, null, 2, 1, 0, 1, 0), ((bool)tried["dry_run"]!, (string?)tried["id"], (int)tried["received"]!,
            (int)tried["accepted"]!, (int)tried["duplicates"]!, (int)tried["invalid"]!, (int)tried["suppressed"]!));
        Assert.Equal("""[{"row":4,"phone_number":"1.2125E\u002B10","reason":"spreadsheet_number_format"}]""",
            tried["invalid_sample"]!.ToJsonString());
        Assert.Empty((await Host.DoneAsync(200, Host.OwnerA, "GET", $"/campaigns/{campaign}/contacts"))["contacts"]!.AsArray());
        Assert.Empty((await Host.DoneAsync(200, Host.OwnerA, "GET", "/batches"))["batches"]!.AsArray());
        // Whom a batch has it does not get again.
        string batch = (string)(await _lab.BatchAsync(campaign, ["+12125550100"], """{"hold":true}"""))["id"]!;
        tried = await ImportedAsync(Host.OwnerA, text, ("batch_id", batch), ("dry_run", "true"));
        Assert.Equal((0, 1, 1), ((int)tried["accepted"]!, (int)tried["duplicates"]!, (int)tried["invalid"]!));
        Assert.Single(await _lab.ContactsAsync(batch));
        var (status, refused) = await Host.UploadAsync(Host.OwnerA, "/imports/contacts", Encoding.UTF8.GetBytes(text));
        Assert.Equal((400, "validation_error"), (status, (string?)refused!["error"]!["code"]));
        (status, refused) = await Host.UploadAsync(Host.OwnerA, "/imports/contacts", Encoding.UTF8.GetBytes(text),
            ("campaign_id", campaign), ("dry_run", "true"), ("default_country", "XX"));
        Assert.Equal((400, true), (status, refused!["error"]!["details"]!.AsObject().ContainsKey("default_country")));
        tried = await ImportedAsync(Host.OwnerA, "phone\n030 123456\n", ("campaign_id", campaign), ("dry_run", "true"),
            ("default_country", "DE"));
        Assert.Equal((1, 0), ((int)tried["accepted"]!, (int)tried["invalid"]!));
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task A_batch_that_is_held_takes_a_file_and_calls_whom_it_names()
    {
        string campaign = await _lab.CampaignAsync(), held = await HeldAsync(campaign), hostile = "=HYPERLINK(\"http://x\")";
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/dnc",
            $$"""{"phone_number":"{{AgencyLab.Number("busy")}}","client_id":"{{_lab.Client}}"}""");
        string text = "phone_number,first_name,company,note\n"
            + $"{AgencyLab.Number("ok-1")},Ann,\"{hostile.Replace("\"", "\"\"")}\",@SUM(A1)\n"
            + $"{AgencyLab.Number("busy")},Bob,,\n{AgencyLab.Number("ok-1")},Ann again,,\nhello,Cid,,\n";
        var done = await ImportedAsync(Host.OwnerA, text, ("batch_id", held));
        Assert.Equal(("completed", 4, 2, 1, 1, 1), ((string?)done["status"], (int)done["received"]!, (int)done["accepted"]!,
            (int)done["duplicates"]!, (int)done["invalid"]!, (int)done["suppressed"]!));
        string id = (string)done["id"]!;
        Assert.True(JsonNode.DeepEquals(done, await Host.DoneAsync(200, Host.OwnerA, "GET", "/imports/" + id)));
        Assert.Equal(["row,phone_number,reason", "5,hello,invalid_number"],
            await Host.TableAsync(Host.OwnerA, $"/imports/{id}/errors.csv"));
        var waiting = await _lab.GetAsync(held);
        Assert.Equal(("paused", 2, 1, 1), ((string?)waiting["status"], (int)waiting["total_contacts"]!, (int)waiting["pending_count"]!,
            (int)waiting["failed_count"]!));
        // The same file again brings nobody.
        var again = await ImportedAsync(Host.OwnerA, text, ("batch_id", held));
        Assert.Equal((0, 3, 1), ((int)again["accepted"]!, (int)again["duplicates"]!, (int)again["invalid"]!));
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{held}/resume");
        await _lab.BecomesAsync(held, "completed");
        Assert.Equal(AgencyLab.Number("ok-1"), Assert.Single(_lab.Far.Calls).User);
        Assert.Equal("dnc", (string?)Assert.Single(await _lab.ContactsAsync(held, "?failed_because=dnc"))["block_reason"]);

        // A spreadsheet that opens what goes out runs nothing of it, and numbers stay numbers.
        string[] table = await Host.TableAsync(Host.OwnerA, $"/batches/{held}/contacts.csv");
        Assert.Equal(3, table.Length);
        Assert.EndsWith(",custom_data.note", table[0], StringComparison.Ordinal);
        Assert.StartsWith($"{AgencyLab.Number("ok-1")},Ann,,,\"'=HYPERLINK(\"\"http://x\"\")\",,,completed,answered,1,1,", table[1],
            StringComparison.Ordinal);
        Assert.EndsWith(",'@SUM(A1)", table[1], StringComparison.Ordinal);
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", $"/batches/{held}/contacts", ContactsOf("busy"));
        var called = (await _lab.ContactsAsync(held, "?status=completed"))[0];
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/calls/{called["call_id"]}/notes", """{"text":"call back"}""");
        string line = $"/contacts/{called["id"]}/timeline";
        var entries = (await Host.DoneAsync(200, _lab.Viewer, "GET", line))["entries"]!.AsArray();
        Assert.Equal(["added", "attempt", "note"], entries.Select(one => (string)one!["kind"]!));
        Assert.Equal((1, "answered", (string?)called["call_id"]), ((int)entries[1]!["attempt_no"]!, (string?)entries[1]!["outcome"],
            (string?)entries[1]!["call_id"]));
        foreach (string token in new[] { _lab.OtherViewer, Host.OwnerB })
            await Host.RefusedAsync(404, "not_found", token, "GET", line);
        var progress = await Host.DoneAsync(200, _lab.Viewer, "GET", $"/campaigns/{campaign}/progress");
        Assert.Equal(("""{"pending":0,"scheduled":0,"calling":0,"completed":1,"failed":1}""", 1, 2), (
            progress["contacts"]!.ToJsonString(), (int)progress["outcomes"]!["answered"]!, (int)progress["total_contacts"]!));
    }

    [Fact, Depth("the gate takes a file into a batch that is held, and calls whom it names")]
    public async Task Contacts_come_to_a_batch_that_calls_and_those_it_missed_to_a_new_one()
    {
        string campaign = await _lab.CampaignAsync();
        string batch = (string)(await _lab.BatchAsync(campaign, [AgencyLab.Number("ring")]))["id"]!;
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", $"/batches/{batch}/retry-failed");
        await _lab.BecomesAsync(batch, "processing");
        var grown = await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{batch}/contacts", ContactsOf("busy", "noans", "ring"));
        Assert.Equal("""{"received":3,"accepted":2,"duplicates":1,"invalid":0,"suppressed":0}""", grown["contacts"]!.ToJsonString());
        Assert.Equal(3, (int)grown["batch"]!["total_contacts"]!);
        var tuned = await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/batches/" + batch,
            """{"calls_per_minute":30,"max_concurrent":3,"name":"Three"}""");
        Assert.Equal((30, 3, "Three"), ((int)tuned["calls_per_minute"]!, (int)tuned["max_concurrent"]!, (string?)tuned["name"]));
        await Eventually.TrueAsync(() => _lab.Far.Of(AgencyLab.Number("busy")).Any() && _lab.Far.Of(AgencyLab.Number("noans")).Any(),
            "those who came later are called");
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "PATCH", "/batches/" + batch, """{"max_concurrent":1}""");
        await Eventually.SomeAsync(async () =>
        {
            var failed = await _lab.ContactsAsync(batch, "?outcome=busy&status=failed");
            return failed.Count > 0 ? failed : null;
        }, "who was busy has failed");
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", $"/batches/{batch}/retry-failed", """{"outcomes":[]}""");
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", $"/batches/{batch}/retry-failed",
            """{"outcomes":["voicemail"]}""");
        var retried = await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{batch}/retry-failed", """{"outcomes":["busy"]}""");
        string second = (string)retried["batch"]!["id"]!;
        Assert.Equal(("Three", 1, 30), ((string?)retried["batch"]!["name"], (int)retried["batch"]!["total_contacts"]!,
            (int)retried["batch"]!["calls_per_minute"]!));
        await _lab.BecomesAsync(second, "completed");
        Assert.Equal(2, _lab.Far.Of(AgencyLab.Number("busy")).Count());
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task A_batch_says_before_it_begins_what_it_would_meet()
    {
        string[] numbers = [AgencyLab.Number("ok-1"), AgencyLab.Number("ok-3"), AgencyLab.Number("busy")];
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/dnc", $$"""{"phone_number":"{{numbers[2]}}"}""");
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/consent",
            $$"""{"client_id":"{{_lab.Client}}","phone_number":"{{numbers[0]}}","kind":"written","source":"form"}""");
        var open = await MadeAsync(await _lab.CampaignAsync("""{"consent_required":"express"}"""), numbers);
        Assert.Equal((1, 0, 1, 1, 1), Counts(open));
        Assert.Equal(1, (int)open["contacts"]!["suppressed"]!);
        // By whatever clock a window of another day.
        string day = $"{DateTimeOffset.UtcNow.AddDays(3).DayOfWeek}"[..3].ToLowerInvariant();
        string windows = $$"""{"calling_windows":[{"days":["{{day}}"],"start":"09:00","end":"17:00"}]}""";
        var later = await MadeAsync(await _lab.CampaignAsync(windows), numbers);
        Assert.Equal((0, 2, 1, 0, 1), Counts(later));
    }

    [Fact]
    public async Task A_file_brings_consents_and_gives_none_back_that_was_taken_back()
    {
        string campaign = await _lab.CampaignAsync("""{"consent_required":"express"}"""), number = AgencyLab.Number("ok-1");
        string text = "phone,consent_kind,consent_source,consent_at\n"
            + $"{number},written,form 17,2026-01-15T12:00:00Z\n{AgencyLab.Number("busy")},express,,2026-01-15T12:00:00Z\n"
            + $"{AgencyLab.Number("decline")},spoken,call,2026-01-15T12:00:00Z\n{AgencyLab.Number("nf")},,,\n";
        string held = await HeldAsync(campaign);
        var done = await ImportedAsync(Host.OwnerA, text, ("batch_id", held));
        Assert.Equal((2, 2), ((int)done["accepted"]!, (int)done["invalid"]!));
        Assert.All(done["invalid_sample"]!.AsArray(), one => Assert.Equal("invalid_consent", (string?)one!["reason"]));
        var consent = Assert.Single((await Host.DoneAsync(200, Host.OwnerA, "GET", "/consent"))["consents"]!.AsArray())!;
        Assert.Equal((_lab.Client, number, "written", "form 17", "2026-01-15T12:00:00.000Z"), ((string?)consent["client_id"],
            (string?)consent["phone_number"], (string?)consent["kind"], (string?)consent["source"], (string?)consent["captured_at"]));
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{held}/resume");
        await _lab.BecomesAsync(held, "completed");
        Assert.Equal(number, Assert.Single(_lab.Far.Calls).User);

        // Sent again it is known; and once it is revoked, it stays so.
        await ImportedAsync(Host.OwnerA, text, ("batch_id", await HeldAsync(campaign)));
        Assert.Single((await Host.DoneAsync(200, Host.OwnerA, "GET", "/consent"))["consents"]!.AsArray());
        await Host.DoneAsync(200, Host.OwnerA, "DELETE", "/consent/" + consent["id"]);
        string third = await HeldAsync(campaign);
        await ImportedAsync(Host.OwnerA, text, ("batch_id", third));
        Assert.NotNull(Assert.Single((await Host.DoneAsync(200, Host.OwnerA, "GET", "/consent"))["consents"]!.AsArray())!["revoked_at"]);
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{third}/resume");
        await _lab.BecomesAsync(third, "completed");
        Assert.Single(_lab.Far.Calls);
    }

    [Fact, Depth("the gate has a file that brings consents and takes none back, whose it is, and ContactFileTests")]
    public async Task Lists_say_in_which_country_their_numbers_are_dialled_and_a_contact_says_it_for_itself()
    {
        const string list = """[{"phone_number":"030 123456"},{"phone_number":"07400 123456","country":"GB"}]""";
        string campaign = await _lab.CampaignAsync(), held = await HeldAsync(campaign);
        string body = $$"""{"contacts":{{list}},"default_country":"DE"}""";
        foreach (string path in new[] { $"/campaigns/{campaign}/contacts", $"/batches/{held}/contacts" })
        {
            Assert.Equal(2, (int)(await Host.DoneAsync(201, Host.OwnerA, "POST", path, body))["contacts"]!["accepted"]!);
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", path,
                $$"""{"contacts":{{list}},"default_country":"XX"}""");
        }
        string more = $$"""{"contacts":{{list}},"default_country":"DE","hold":true}""";
        string made = (string)(await _lab.BatchAsync(campaign, [], more))["id"]!;
        foreach (string batch in new[] { held, made })
            Assert.Equal(["+4930123456", "+447400123456"],
                (await _lab.ContactsAsync(batch)).Select(one => (string)one["phone_number"]!));
        // Without one for all the first is none.
        var added = await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{await HeldAsync(campaign)}/contacts",
            $$"""{"contacts":{{list}} }""");
        Assert.Equal((1, "invalid_number"), ((int)added["contacts"]!["accepted"]!, (string?)added["invalid_sample"]![0]!["reason"]));
    }

    [Fact, Depth("the gate has a file that brings consents and takes none back, whose it is, and ContactFileTests")]
    public async Task Whoever_is_there_already_is_left_out_or_changed_or_keeps_all_out()
    {
        string campaign = await _lab.CampaignAsync(), ann = "+15550300100";
        string batch = (string)(await _lab.BatchAsync(campaign, [ann], """{"hold":true}"""))["id"]!, path = $"/batches/{batch}/contacts";
        string Body(string how) => $$"""
            {"contacts":[{"phone_number":"{{ann}}","company":"Acme","priority":5},{"phone_number":"+15550300101"}],"on_duplicate":"{{how}}"}
            """;
        await Host.RefusedAsync(409, "already_exists", Host.OwnerA, "POST", path, Body("refuse"));
        Assert.Single(await _lab.ContactsAsync(batch));
        await Host.RefusedAsync(400, "invalid_enum", Host.OwnerA, "POST", path, Body("drop"));
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", path, """{"of_campaign":true,"on_duplicate":"update"}""");
        var grown = await Host.DoneAsync(201, Host.OwnerA, "POST", path, Body("update"));
        Assert.Equal("""{"received":2,"accepted":1,"duplicates":1,"invalid":0,"suppressed":0,"updated":1}""",
            grown["contacts"]!.ToJsonString());
        string[] shown = [.. (await _lab.ContactsAsync(batch)).Select(one => $"{one["first_name"]} {one["company"]} {one["priority"]}")];
        Assert.Equal(["Zoe Acme 5", "  0"], shown);
        // The first is due before the second, whom nobody has changed.
        var row = (await new BatchTable(Host.Node.Node.Database).FindAsync(new TenantId(Guid.Parse((string)Host.AccountA["id"]!)),
            Guid.Parse(batch), TestContext.Current.CancellationToken))!;
        var due = await Host.Node.Node.Database.Targets.ListDueAsync(row.Account, row.ListId, DateTimeOffset.UtcNow, 9,
            TestContext.Current.CancellationToken);
        Assert.True(due[0].IdentityKey == ann && due[0].DueAt < due[0].CreatedAt.AddDays(-1), $"{due[0]}");

        string text = $"phone,title\n{ann},Dr\n+15550300102,Dr\n+15550300102,Prof\n";
        var tried = await ImportedAsync(Host.OwnerA, text, ("batch_id", batch), ("on_duplicate", "update"), ("dry_run", "true"));
        var done = await ImportedAsync(Host.OwnerA, text, ("batch_id", batch), ("on_duplicate", "update"));
        foreach (var count in new[] { tried, done })
            Assert.Equal((3, 1, 2, 1), ((int)count["received"]!, (int)count["accepted"]!, (int)count["duplicates"]!,
                (int)count["updated"]!));
        Assert.True(JsonNode.DeepEquals(done, await Host.DoneAsync(200, Host.OwnerA, "GET", "/imports/" + done["id"])));
        Assert.Equal(["Dr", "", "Prof"], (await _lab.ContactsAsync(batch)).Select(one => $"{one["title"]}"));

        string waiting = $"/campaigns/{campaign}/contacts";
        await Host.DoneAsync(201, Host.OwnerA, "POST", waiting, Body("refuse"));
        await Host.RefusedAsync(409, "already_exists", Host.OwnerA, "POST", waiting, Body("refuse"));
        grown = await Host.DoneAsync(201, Host.OwnerA, "POST", waiting, Body("update").Replace("Acme", "Other", StringComparison.Ordinal));
        Assert.Equal("""{"received":2,"accepted":0,"duplicates":2,"invalid":0,"updated":2}""", grown["contacts"]!.ToJsonString());
        Assert.Single((await Host.DoneAsync(200, Host.OwnerA, "GET", waiting))["contacts"]!.AsArray(),
            contact => (string?)contact!["company"] == "Other" && contact["batch_id"] is null);
        // A new batch has nobody: of a list alone.
        await Host.RefusedAsync(409, "already_exists", Host.OwnerA, "POST", "/batches",
            _lab.BatchOf(campaign, [ann, ann], """{"on_duplicate":"refuse","hold":true}"""));
    }

    [Fact, Depth("the gate has a file that brings consents and takes none back, whose it is, and ContactFileTests")]
    public async Task A_file_of_a_campaign_waits_with_it_until_a_batch_takes_whom_it_names()
    {
        string campaign = await _lab.CampaignAsync();
        const string text = "phone,first_name\n+15550300100,Ann\n+15550300101,Bob\nhello,Cid\n";
        var tried = await ImportedAsync(Host.OwnerA, text, ("campaign_id", campaign), ("dry_run", "true"));
        var done = await ImportedAsync(Host.OwnerA, text, ("campaign_id", campaign));
        foreach (var count in new[] { tried, done })
            Assert.Equal((3, 2, 0, 1, null), ((int)count["received"]!, (int)count["accepted"]!, (int)count["duplicates"]!,
                (int)count["invalid"]!, (string?)count["batch_id"]));
        Assert.True(JsonNode.DeepEquals(done, await Host.DoneAsync(200, Host.OwnerA, "GET", "/imports/" + done["id"])));
        foreach (string token in new[] { Host.OwnerB, _lab.OtherViewer })
            await Host.DoneAsync(token == Host.OwnerB ? 404 : 403, token, "GET", "/imports/" + done["id"]);
        Assert.Equal(["row,phone_number,reason", "4,hello,invalid_number"],
            await Host.TableAsync(Host.OwnerA, $"/imports/{done["id"]}/errors.csv"));
        var waiting = (await Host.DoneAsync(200, Host.OwnerA, "GET", $"/campaigns/{campaign}/contacts"))["contacts"]!.AsArray();
        Assert.Equal(["Ann ", "Bob "], waiting.Select(one => $"{one!["first_name"]} {one["batch_id"]}"));
        // Whoever waits already is known.
        foreach (bool isTried in new[] { true, false })
        {
            var again = await ImportedAsync(Host.OwnerA, text, ("campaign_id", campaign), ("dry_run", isTried ? "true" : "false"));
            Assert.Equal((0, 2, 1), ((int)again["accepted"]!, (int)again["duplicates"]!, (int)again["invalid"]!));
        }
        string held = await HeldAsync(campaign);
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{held}/contacts", """{"of_campaign":true}""");
        Assert.Equal(["Ann", "Bob"], (await _lab.ContactsAsync(held)).Select(one => (string?)one["first_name"]));

        string other = await _lab.CampaignAsync();
        await ImportedAsync(Host.OwnerA, text, ("campaign_id", other));
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", "/campaigns/" + other);
        string third = await _lab.CampaignAsync();
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/campaigns/{third}/archive");
        var (status, body) = await Host.UploadAsync(Host.OwnerA, "/imports/contacts", Encoding.UTF8.GetBytes(text), ("campaign_id", third));
        Assert.Equal((409, "invalid_state"), (status, (string?)body!["error"]!["code"]));
    }

    private static (int, int, int, int, int) Counts(JsonObject made)
    {
        var preview = made["preview"]!;
        return ((int)preview["callable_now"]!, (int)preview["deferred_by_hours"]!, (int)preview["blocked_dnc"]!,
            (int)preview["blocked_consent"]!, (int)preview["estimated_minutes_to_finish"]!);
    }

    private Task<JsonObject> MadeAsync(string campaign, string[] numbers) => Host.DoneAsync(201, Host.OwnerA, "POST", "/batches",
        _lab.BatchOf(campaign, numbers, """{"hold":true}"""));

    [Fact]
    public async Task Each_brings_and_takes_what_is_his()
    {
        string campaign = await _lab.CampaignAsync(), held = await HeldAsync(campaign), text = $"phone\n{AgencyLab.Number("busy")}\n";
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        var (_, neighbour) = await Host.UserAsync(Host.OwnerA, "ca2", "client_admin", _lab.OtherClient);
        var (_, member) = await Host.UserAsync(Host.OwnerA, "mA", "agency_member");
        string import = (string)(await ImportedAsync(admin, text, ("batch_id", held)))["id"]!;
        foreach (var (token, status) in new[] { (neighbour, 404), (Host.OwnerB, 404), (member, 403), (_lab.Viewer, 403) })
        {
            string code = status == 404 ? "not_found" : "forbidden";
            var (got, body) = await Host.UploadAsync(token, "/imports/contacts", Encoding.UTF8.GetBytes(text), ("batch_id", held));
            Assert.Equal((status, code), (got, (string?)body!["error"]!["code"]));
            foreach (string path in new[] { $"/imports/{import}", $"/imports/{import}/errors.csv" })
                await Host.RefusedAsync(status, code, token, "GET", path);
            await Host.RefusedAsync(status, code, token, "POST", $"/batches/{held}/contacts", ContactsOf("busy"));
        }
        await Host.RefusedAsync(403, "forbidden", admin, "GET", $"/batches/{held}/contacts.csv");
        await Host.RefusedAsync(404, "not_found", Host.OwnerB, "GET", $"/batches/{held}/contacts.csv");
        foreach (string path in new[] { $"/batches/{held}", $"/batches/{held}/retry-failed" })
        {
            string method = path.EndsWith("failed", StringComparison.Ordinal) ? "POST" : "PATCH";
            await Host.RefusedAsync(403, "forbidden", admin, method, path, "{}");
            await Host.RefusedAsync(404, "not_found", Host.OwnerB, method, path, "{}");
        }
        foreach (string token in new[] { Host.OwnerB, neighbour })
            await Host.RefusedAsync(404, "not_found", token, "GET", $"/campaigns/{campaign}/progress");
    }

    private async Task<string> HeldAsync(string campaign)
    {
        var body = JsonNode.Parse(_lab.BatchOf(campaign, [], """{"hold":true}"""))!.AsObject();
        body.Remove("contacts");
        var made = await Host.DoneAsync(201, Host.OwnerA, "POST", "/batches", body.ToJsonString());
        Assert.Equal(("paused", 0), ((string?)made["batch"]!["status"], (int)made["batch"]!["total_contacts"]!));
        body.Remove("hold");
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/batches", body.ToJsonString());
        return (string)made["batch"]!["id"]!;
    }

    private async Task<JsonObject> ImportedAsync(string token, string text, params (string Name, string Value)[] fields)
    {
        var (status, body) = await Host.UploadAsync(token, "/imports/contacts", Encoding.UTF8.GetBytes(text), fields);
        Assert.True(status == 202, $"{status} {body?.ToJsonString()}");
        return body!.AsObject();
    }

    private static string ContactsOf(params string[] scripts) => new JsonObject
    {
        ["contacts"] = new JsonArray([.. scripts.Select(script => (JsonNode)new JsonObject
        {
            ["phone_number"] = AgencyLab.Number(script),
        })]),
    }.ToJsonString();
}
