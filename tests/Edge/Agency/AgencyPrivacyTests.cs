using System.Text;
using Dapper;
using Ringwright.Agency;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyPrivacyOnSqliteTests() : AgencyPrivacyTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyPrivacyOnPostgresTests() : AgencyPrivacyTests(Product.Postgres);

/// <summary>What is kept of a call and of a person, for how long, and what is handed out and deleted.</summary>
public abstract class AgencyPrivacyTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;
    private Database Database => Host.Node.Node.Database;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact, Depth("the gate charges calls once, shows them to their client alone and reads a history")]
    public async Task A_recording_goes_when_it_is_old_unless_its_call_is_held()
    {
        // Case C13.
        string id = await RecordedAsync();
        foreach (string wrong in new[] { "true", "{\"recordings_days\":0}", "{\"recordings_days\":\"9\"}", "{\"days\":9}" })
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PATCH", "/agency", $$"""{"settings":{"retention":{{wrong}} } }""");
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/agency",
            """{"settings":{"retention":{"recordings_days":90,"transcripts_days":90,"analysis_days":90}}}""");
        var parts = new AgencyParts { Store = Database };
        await parts.KeepAsync(Stop);
        Assert.Equal(200, (await Host.FileAsync(Host.OwnerA, $"/calls/{id}/recording")).Status);

        await Database.Sql.WriteAsync(db => db.Execute("update rw_recording set created_at = @at where leg_uuid = @id",
            new { id, at = Times.Cut(DateTimeOffset.UtcNow.AddDays(-91)) }), Stop);
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PUT", $"/calls/{id}/legal-hold", """{"held":true,"because":" "}""");
        await Host.RefusedAsync(403, "forbidden", _lab.Viewer, "PUT", $"/calls/{id}/legal-hold", """{"held":true,"because":"a suit"}""");
        await Host.DoneAsync(200, Host.OwnerA, "PUT", $"/calls/{id}/legal-hold", """{"held":true,"because":"a suit"}""");
        await parts.KeepAsync(Stop);
        Assert.Equal(200, (await Host.FileAsync(Host.OwnerA, $"/calls/{id}/recording")).Status);
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "DELETE", $"/calls/{id}?mode=redact");
        Assert.True((bool)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + id))["legal_hold"]!);

        var figures = await Host.DoneAsync(200, Host.OwnerA, "GET", "/dashboard/overview");
        await Host.DoneAsync(200, Host.OwnerA, "PUT", $"/calls/{id}/legal-hold", """{"held":false,"because":"it is over"}""");
        await parts.KeepAsync(Stop);
        await Host.RefusedAsync(404, "not_found", Host.OwnerA, "GET", $"/calls/{id}/recording");
        var shown = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + id);
        Assert.Equal((false, false), ((bool)shown["has_recording"]!, (bool)shown["legal_hold"]!));
        Assert.NotNull(shown["recording_deleted_at"]);
        Assert.Equal(figures["summary"]!.ToJsonString(),
            (await Host.DoneAsync(200, Host.OwnerA, "GET", "/dashboard/overview"))["summary"]!.ToJsonString());
    }

    [Fact]
    public async Task Lines_of_the_log_of_webhooks_go_when_they_are_old_for_the_agency()
    {
        string address = (string)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/integrations"))["webhook_url"]!;
        foreach (string call in new[] { "c-1", "c-2" })
            Assert.Equal(202, await Host.HookAsync(address, $$$"""{"event":"call.other","call":{"callId":"{{{call}}}"}}"""));
        await Database.Sql.WriteAsync(db => db.Execute("update webhook_logs set received_at = @at where request_body like '%c-1%'",
            new { at = Times.Cut(DateTimeOffset.UtcNow.AddDays(-8)) }), Stop);
        var parts = new AgencyParts { Store = Database };
        await parts.KeepAsync(Stop);
        Assert.Equal(2, await LinesAsync());
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/agency", """{"settings":{"retention":{"webhook_log_days":7}}}""");
        await parts.KeepAsync(Stop);
        Assert.Equal(1, await LinesAsync());

        async Task<int> LinesAsync() =>
            (int)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/webhook-logs"))["pagination"]!["total"]!;
    }

    [Fact]
    public async Task A_recording_of_whoever_did_not_want_to_be_recorded_goes_with_the_calls_end_unless_the_call_is_held()
    {
        string id = await RecordedAsync();
        var talk = new EndedTalk
        {
            Id = Guid.CreateVersion7(), TenantId = new(Guid.Parse((string)Host.AccountA["id"]!)), CallId = id, ClientId = _lab.Client,
        };
        var refused = new RefusedRecordings(new() { Store = Database });
        var now = Times.Cut(DateTimeOffset.UtcNow);
        // Nobody has said anything against it.
        Assert.True(await refused.AreGoneAsync(talk, now, Stop));
        Assert.Equal(200, (await Host.FileAsync(Host.OwnerA, $"/calls/{id}/recording")).Status);

        await Database.Sql.WriteAsync(db => db.Execute("update rw_leg set labels = @labels where uuid = @id",
            new { id, labels = """{"agency_recording":"refused"}""" }), Stop);
        await Host.DoneAsync(200, Host.OwnerA, "PUT", $"/calls/{id}/legal-hold", """{"held":true,"because":"a suit"}""");
        Assert.True(await refused.AreGoneAsync(talk, now, Stop));
        Assert.Equal(200, (await Host.FileAsync(Host.OwnerA, $"/calls/{id}/recording")).Status);
        await Host.DoneAsync(200, Host.OwnerA, "PUT", $"/calls/{id}/legal-hold", """{"held":false,"because":"it is over"}""");
        Assert.True(await refused.AreGoneAsync(talk, now, Stop));
        await Host.RefusedAsync(404, "not_found", Host.OwnerA, "GET", $"/calls/{id}/recording");
        var shown = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + id);
        Assert.Equal(("refused", false), ((string?)shown["recording_consent"], (bool)shown["has_recording"]!));
        Assert.NotNull(shown["recording_deleted_at"]);
    }

    [Fact]
    public async Task All_that_there_is_of_a_number_is_handed_out_and_erased_but_for_what_proves_something()
    {
        string id = await RecordedAsync(), number = AgencyLab.Number("wait");
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/calls/{id}/notes", """{"text":"asked for Tuesday"}""");
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), [number, "+15550300100"], """{"hold":true}"""))["id"]!;
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/consent", $$"""
            {"client_id":"{{_lab.Client}}","phone_number":"{{number}}","kind":"express","source":"call"}
            """);
        string asked = $$"""{"phone_number":"{{number}}"}""";
        foreach (string token in new[] { _lab.Viewer, (await Host.UserAsync(Host.OwnerA, "aA", "agency_admin")).Token })
            await Host.RefusedAsync(403, "forbidden", token, "POST", "/privacy/export", asked);
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/privacy/export", """{"phone_number":"12"}""");
        var all = await Host.DoneAsync(200, Host.OwnerA, "POST", "/privacy/export", asked);
        Assert.Equal((1, 1, 1, 0, 1), (all["contacts"]!.AsArray().Count, all["calls"]!.AsArray().Count, all["consents"]!.AsArray().Count,
            all["dnc"]!.AsArray().Count, (int)all["calls_total"]!));
        Assert.Equal((id, "asked for Tuesday"), ((string?)all["calls"]![0]!["id"], (string?)all["calls"]![0]!["notes"]![0]));
        var nothing = await Host.DoneAsync(200, Host.OwnerB, "POST", "/privacy/export", asked);
        Assert.Equal((0, 0), (nothing["contacts"]!.AsArray().Count, (int)nothing["calls_total"]!));

        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/privacy/erase",
            $$"""{"phone_number":"{{number}}","because":"he asked","confirm":false}""");
        await Host.DoneAsync(200, Host.OwnerA, "PUT", $"/calls/{id}/legal-hold", """{"held":true,"because":"a suit"}""");
        string erase = $$"""{"phone_number":"{{number}}","because":"he asked","confirm":true}""";
        var some = await Host.DoneAsync(200, Host.OwnerA, "POST", "/privacy/erase", erase);
        Assert.Equal((1, 0, id), ((int)some["contacts_deleted"]!, (int)some["calls_redacted"]!, (string?)some["calls_left"]![0]!["id"]));
        Assert.Equal("+15550300100", (string?)Assert.Single(await _lab.ContactsAsync(batch))["phone_number"]);

        await Host.DoneAsync(200, Host.OwnerA, "PUT", $"/calls/{id}/legal-hold", """{"held":false,"because":"it is over"}""");
        var rest = await Host.DoneAsync(200, Host.OwnerA, "POST", "/privacy/erase", erase);
        Assert.Equal((0, 1, 0), ((int)rest["contacts_deleted"]!, (int)rest["calls_redacted"]!, rest["calls_left"]!.AsArray().Count));
        await Host.RefusedAsync(404, "not_found", Host.OwnerA, "GET", $"/calls/{id}/recording");
        all = await Host.DoneAsync(200, Host.OwnerA, "POST", "/privacy/export", asked);
        Assert.Equal((0, 1, 1), (all["contacts"]!.AsArray().Count, all["consents"]!.AsArray().Count, all["calls"]!.AsArray().Count));
        Assert.Empty(all["calls"]![0]!["notes"]!.AsArray());
        // The trail says what was done, and of the number its end.
        var trail = (await Host.DoneAsync(200, Host.OwnerA, "GET", "/audit?limit=200"))["entries"]!.AsArray();
        Assert.Equal(2, trail.Count(one => (string?)one!["action"] is "erased" && (string?)one["resource_id"] == "****" + number[^4..]));
    }

    [Fact]
    public async Task Rows_of_files_that_were_refused_are_handed_out_and_erased_with_their_number()
    {
        const string number = "+15550300100";
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), ["+15550300102"], """{"hold":true}"""))["id"]!;
        var (status, import) = await Host.UploadAsync(Host.OwnerA, "/imports/contacts",
            Encoding.UTF8.GetBytes("phone,timezone\n+1 (555) 030-0100,Mars/Olympus\n+15550300101,Mars/Olympus\n"), ("batch_id", batch));
        Assert.True(status == 202, import?.ToJsonString());
        string asked = $$"""{"phone_number":"{{number}}"}""", path = "/imports/" + import!["id"];
        var row = Assert.Single((await Host.DoneAsync(200, Host.OwnerA, "POST", "/privacy/export", asked))["import_rows"]!.AsArray())!;
        Assert.Equal(((string?)import!["id"], 2, "invalid_timezone"),
            ((string?)row["import_id"], (int)row["row"]!, (string?)row["reason"]));
        Assert.Empty((await Host.DoneAsync(200, Host.OwnerB, "POST", "/privacy/export", asked))["import_rows"]!.AsArray());

        var erased = await Host.DoneAsync(200, Host.OwnerA, "POST", "/privacy/erase",
            $$"""{"phone_number":"{{number}}","because":"he asked","confirm":true}""");
        Assert.Equal(1, (int)erased["import_rows_erased"]!);
        Assert.Empty((await Host.DoneAsync(200, Host.OwnerA, "POST", "/privacy/export", asked))["import_rows"]!.AsArray());
        var left = await Host.DoneAsync(200, Host.OwnerA, "GET", path);
        Assert.Equal(["", "+15550300101"], left["invalid_sample"]!.AsArray().Select(one => (string)one!["phone_number"]!));
        Assert.Equal(2, (int)left["invalid"]!);
    }

    public static TheoryData<string, string, string, string> Countries()
    {
        var rows = new TheoryData<string, string, string, string> { { "+4930123456", "DE", "030 123456", "0049 30 123456" } };
        if (!Depth.IsAll) return rows;
        rows.Add("+390612345678", "IT", "06 1234 5678", "0039 06 12345678");
        rows.Add("+79123456789", "RU", "8 912 345-67-89", "9123456789");
        return rows;
    }

    [Theory, MemberData(nameof(Countries))]
    public async Task A_refused_row_in_which_a_number_stands_as_in_its_own_country_is_of_that_number(string number, string country,
        string first, string second)
    {
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), ["+15550300102"], """{"hold":true}"""))["id"]!;
        var (status, import) = await Host.UploadAsync(Host.OwnerA, "/imports/contacts", Encoding.UTF8.GetBytes(
            $"phone,timezone\n{first},Mars/Olympus\n{second},Mars/Olympus\n030 123457,Mars/Olympus\n"),
            ("batch_id", batch), ("default_country", country));
        Assert.True(status == 202, import?.ToJsonString());
        var all = await Host.DoneAsync(200, Host.OwnerA, "POST", "/privacy/export", $$"""{"phone_number":"{{number}}"}""");
        Assert.Equal([first, second], all["import_rows"]!.AsArray().Select(row => (string)row!["phone_number"]!));
        var erased = await Host.DoneAsync(200, Host.OwnerA, "POST", "/privacy/erase",
            $$"""{"phone_number":"{{number}}","because":"he asked","confirm":true}""");
        Assert.Equal(2, (int)erased["import_rows_erased"]!);
    }

    /// <summary>He asks by the number that is dialled; lists and messengers have the other one.</summary>
    [Theory, InlineData("+525512345678", "+5215512345678"), InlineData("+5531991234567", "+553191234567")]
    public async Task What_there_is_of_a_telephones_other_number_is_handed_out_and_erased_too(string number, string other)
    {
        string call = await _lab.DialAsync(await _lab.KeyOfAsync(_lab.Client), "busy");
        await _lab.EndsAsync(call);
        await Database.Sql.WriteAsync(
            db => db.Execute("update rw_leg set to_party = @other where uuid = @call", new { other, call }), Stop);
        string file = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), ["+15550300102"], """{"hold":true}"""))["id"]!;
        var (status, import) = await Host.UploadAsync(Host.OwnerA, "/imports/contacts",
            Encoding.UTF8.GetBytes($"phone,timezone\n{other},Mars/Olympus\n"), ("batch_id", file));
        Assert.True(status == 202, import?.ToJsonString());
        await _lab.BatchAsync(await _lab.CampaignAsync(), [other], """{"hold":true}""");
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/consent", $$"""
            {"client_id":"{{_lab.Client}}","phone_number":"{{other}}","kind":"express","source":"call"}
            """);
        Assert.Equal("contacts 1, calls 1, consents 1, import_rows 1", await ExportedAsync());

        var erased = await Host.DoneAsync(200, Host.OwnerA, "POST", "/privacy/erase",
            $$"""{"phone_number":"{{number}}","because":"he asked","confirm":true}""");
        Assert.Equal((1, 1, 1),
            ((int)erased["contacts_deleted"]!, (int)erased["import_rows_erased"]!, (int)erased["calls_redacted"]!));
        Assert.Equal("contacts 0, calls 1, consents 1, import_rows 0", await ExportedAsync());

        async Task<string> ExportedAsync()
        {
            var all = await Host.DoneAsync(200, Host.OwnerA, "POST", "/privacy/export", $$"""{"phone_number":"{{number}}"}""");
            return string.Join(", ", new[] { "contacts", "calls", "consents", "import_rows" }
                .Select(name => $"{name} {all[name]!.AsArray().Count}"));
        }
    }

    [Fact, Depth("the gate charges calls once, shows them to their client alone and reads a history")]
    public async Task The_trail_says_that_a_contact_was_changed_and_not_who_it_is()
    {
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), ["+15550300100"], """{"hold":true}"""))["id"]!;
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/contacts/" + Assert.Single(await _lab.ContactsAsync(batch))["id"],
            """{"first_name":"Zelda","email":"zelda@example.com","timezone":"Europe/Berlin","custom_data":{"iban":"DE1"}}""");
        var entry = Assert.Single((await Host.DoneAsync(200, Host.OwnerA, "GET", "/audit?action=updated&resource=campaign_contact"))
            ["entries"]!.AsArray())!;
        Assert.Equal(["first_name ***", "email ***", "timezone Europe/Berlin", "custom_data ***"],
            entry["changes"]!.AsArray().Select(one => $"{one!["field"]} {one["to"]}"));
        Assert.DoesNotContain("Zoe", entry.ToJsonString(), StringComparison.Ordinal);
    }

    /// <summary>A call of the client's that is over and was recorded.</summary>
    private async Task<string> RecordedAsync()
    {
        string id = await _lab.DialAsync(await _lab.KeyOfAsync(_lab.Client), "wait",
            """{"type":"recording_start","option":{"format":"wav"} },""");
        await Host.Node.RecordsAsync();
        _lab.Far.Bye(_lab.Far.Of(AgencyLab.Number("wait")).Single());
        await _lab.EndsAsync(id);
        await Eventually.SomeAsync(async () =>
        {
            var shown = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + id);
            return (bool)shown["has_recording"]! ? shown : null;
        }, "the recording is saved");
        return id;
    }
}
