using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyDoNotCallOnSqliteTests() : AgencyDoNotCallTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyDoNotCallOnPostgresTests() : AgencyDoNotCallTests(Product.Postgres);

/// <summary>The node's do-not-call lists as agencies and their clients keep them.</summary>
public abstract class AgencyDoNotCallTests(Product product) : IAsyncLifetime
{
    private const string Ours = "+15550300011", Theirs = "+15550300012", Others = "+15550300013", Everybodys = "+15550300015";

    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task An_entry_is_the_agencys_a_clients_or_the_platforms_and_seen_by_those_whom_it_is_of()
    {
        var ours = await AddAsync("""{"phone_number":"+1 (555) 030-0011","reason":"litigator","evidence":"a letter"}""");
        Assert.Equal(("agency", null, Ours, "litigator", "api", "a letter", false, null), ((string?)ours["scope"],
            (string?)ours["client_id"], (string?)ours["phone_number"], (string?)ours["reason"], (string?)ours["source"],
            (string?)ours["evidence"], (bool)ours["provisional"]!, (string?)ours["expires_at"]));
        Assert.StartsWith("user ", (string?)ours["added_by"]);
        var theirs = await AddAsync(
            $$"""{"phone_number":"{{Theirs}}","client_id":"{{_lab.Client}}","expires_at":"2126-01-01T00:00:00+01:00"}""");
        Assert.Equal(("client", _lab.Client, "caller_request", "2125-12-31T23:00:00.000Z"), ((string?)theirs["scope"],
            (string?)theirs["client_id"], (string?)theirs["reason"], (string?)theirs["expires_at"]));
        await AddAsync($$"""{"phone_number":"{{Others}}","scope":"client","client_id":"{{_lab.OtherClient}}"}""");
        await OnPlatformAsync();

        Assert.Equal([Ours, Theirs, Others, Everybodys], await NumbersAsync(Host.OwnerA));
        Assert.Equal([Ours], await NumbersAsync(Host.OwnerA, "?scope=agency"));
        Assert.Equal([Ours], await NumbersAsync(Host.OwnerA, "?phone_number=" + Ours));
        Assert.Equal([Theirs, Others], await NumbersAsync(Host.OwnerA, "?scope=client"));
        Assert.Equal([Theirs], await NumbersAsync(Host.OwnerA, "?client_id=" + _lab.Client));
        Assert.Equal([Others], await NumbersAsync(Host.OwnerA, "?phone_number=" + Uri.EscapeDataString(Others)));
        Assert.Equal([Theirs], await NumbersAsync(Host.OwnerA, "?limit=1&offset=1"));
        Assert.Empty(await NumbersAsync(Host.OwnerA, "?provisional=true"));
        await Host.RefusedAsync(400, "invalid_enum", Host.OwnerA, "GET", "/dnc?scope=everybody");
        // Who has asked the platform is told to nobody but the operator.
        var platforms = Assert.Single(await EntriesAsync(Host.OwnerA, "?scope=platform"));
        Assert.Equal((null, null, null, null, "spoken"), ((string?)platforms["agency_id"], (string?)platforms["client_id"],
            (string?)platforms["evidence"], (string?)platforms["added_by"], (string?)platforms["source"]));
        Assert.Equal([Everybodys], await NumbersAsync(Host.OwnerB));

        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        foreach (string token in new[] { admin, _lab.Viewer })
        {
            Assert.Equal([Theirs], await NumbersAsync(token));
            Assert.Equal([Theirs], await NumbersAsync(token, "?scope=client"));
            foreach (string query in new[] { "?scope=agency", "?scope=platform", "?client_id=" + _lab.OtherClient })
                Assert.Empty(await NumbersAsync(token, query));
        }
        Assert.Equal([Others], await NumbersAsync(_lab.OtherViewer));
    }

    [Fact]
    public async Task Each_adds_and_removes_what_is_his_to_add_and_remove()
    {
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        var (_, member) = await Host.UserAsync(Host.OwnerA, "mA", "agency_member");
        var (_, manager) = await Host.UserAsync(Host.OwnerA, "aA", "agency_admin");
        string own = (string)(await AddAsync($$"""{"phone_number":"{{Ours}}"}""", admin))["id"]!;
        Assert.Equal([Ours], await NumbersAsync(_lab.Viewer));
        await Host.RefusedAsync(403, "forbidden", admin, "POST", "/dnc", $$"""{"phone_number":"{{Theirs}}","scope":"agency"}""");
        await Host.RefusedAsync(403, "forbidden", admin, "POST", "/dnc/import",
            $$"""{"entries":[{"phone_number":"{{Theirs}}"}],"scope":"agency"}""");
        await Host.RefusedAsync(404, "not_found", admin, "POST", "/dnc",
            $$"""{"phone_number":"{{Theirs}}","client_id":"{{_lab.OtherClient}}"}""");
        await Host.RefusedAsync(404, "not_found", Host.OwnerB, "POST", "/dnc",
            $$"""{"phone_number":"{{Theirs}}","client_id":"{{_lab.Client}}"}""");
        foreach (string token in new[] { _lab.Viewer, member })
        {
            await Host.RefusedAsync(403, "forbidden", token, "POST", "/dnc", $$"""{"phone_number":"{{Theirs}}"}""");
            await Host.RefusedAsync(403, "forbidden", token, "POST", "/dnc/import", $$"""{"entries":[{"phone_number":"{{Theirs}}"}]}""");
        }
        Assert.Equal([Ours], await NumbersAsync(member));

        await OnPlatformAsync();
        string platforms = (string)Assert.Single(await EntriesAsync(Host.OwnerA, "?scope=platform"))["id"]!;
        foreach (string token in new[] { admin, _lab.Viewer, member, manager })
            await Host.RefusedAsync(403, "forbidden", token, "DELETE", $"/dnc/{own}?because=he+asked");
        await Host.RefusedAsync(404, "not_found", Host.OwnerB, "DELETE", $"/dnc/{own}?because=he+asked");
        await Host.RefusedAsync(403, "forbidden", Host.OwnerA, "DELETE", $"/dnc/{platforms}?because=he+asked");
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "DELETE", "/dnc/" + own);
        Assert.Equal([Ours, Everybodys], await NumbersAsync(Host.OwnerA));
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", $"/dnc/{own}?because=he+asked");
        await Host.RefusedAsync(404, "not_found", Host.OwnerA, "DELETE", $"/dnc/{own}?because=he+asked");
        Assert.Equal([Everybodys], await NumbersAsync(Host.OwnerA));
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task A_list_is_imported_and_what_is_no_entry_is_told_by_its_row()
    {
        await AddAsync($$"""{"phone_number":"{{Ours}}"}""");
        string rows = $$"""
            {"reason":"national","entries":[{"phone_number":"{{Ours}}"},{"phone_number":"{{Theirs}}","reason":"reassigned"},
             {"phone_number":"+1 555 0300012"},{"phone_number":"hello"},{"phone_number":"{{Others}}","expires_at":"2020-01-01"},
             {"phone_number":"{{Everybodys}}"}]}
            """;
        var done = await Host.DoneAsync(200, Host.OwnerA, "POST", "/dnc/import", rows);
        Assert.Equal((6, 2, 1, 1, 2), ((int)done["received"]!, (int)done["added"]!, (int)done["known"]!, (int)done["duplicates"]!,
            (int)done["invalid"]!));
        Assert.Equal([(4, "hello", "invalid_number"), (5, Others, "invalid_expires_at")], done["invalid_sample"]!.AsArray()
            .Select(one => ((int)one!["row"]!, (string)one["phone_number"]!, (string)one["reason"]!)));
        var again = await Host.DoneAsync(200, Host.OwnerA, "POST", "/dnc/import", rows);
        Assert.Equal((0, 3), ((int)again["added"]!, (int)again["known"]!));
        Assert.Equal([(Ours, "caller_request", "api"), (Theirs, "reassigned", "import"), (Everybodys, "national", "import")],
            (await EntriesAsync(Host.OwnerA))
                .Select(one => ((string)one["phone_number"]!, (string)one["reason"]!, (string)one["source"]!)));
        // The same as a file; what else a list has of people nobody keeps.
        var (status, sent) = await Host.UploadAsync(Host.OwnerA, "/dnc/import", Encoding.UTF8.GetBytes($"""
            Phone;Name;Reason
            {Others};Ann;litigator
            030 123456;Bob;
            hello;Cid;
            {Ours};Dan;because
            {Others};Ann;litigator

            """), ("default_country", "DE"), ("reason", "national"));
        Assert.True(status == 200, sent?.ToJsonString());
        Assert.Equal((5, 2, 1, 1, 1), ((int)sent!["received"]!, (int)sent["added"]!, (int)sent["known"]!, (int)sent["duplicates"]!,
            (int)sent["invalid"]!));
        Assert.Equal([(4, "hello", "invalid_number")], sent["invalid_sample"]!.AsArray()
            .Select(one => ((int)one!["row"]!, (string)one["phone_number"]!, (string)one["reason"]!)));
        Assert.Equal([(Ours, "caller_request"), (Theirs, "reassigned"), (Others, "litigator"), (Everybodys, "national"),
            ("+4930123456", "national")],
            (await EntriesAsync(Host.OwnerA)).Select(one => ((string)one["phone_number"]!, (string)one["reason"]!)));
        (status, sent) = await Host.UploadAsync(_lab.Viewer, "/dnc/import", Encoding.UTF8.GetBytes($"phone\n{Theirs}\n"));
        Assert.Equal((403, "forbidden"), (status, (string?)sent!["error"]!["code"]));
        // More than one write takes.
        var many = new JsonObject
        {
            ["client_id"] = _lab.Client,
            ["entries"] = new JsonArray([.. Enumerable.Range(0, DoNotCallTable.MostAtOnce + 1).Select(n => (JsonNode)new JsonObject
            {
                ["phone_number"] = $"+1555040{n:0000}",
            })]),
        };
        Assert.Equal(DoNotCallTable.MostAtOnce + 1,
            (int)(await Host.DoneAsync(200, Host.OwnerA, "POST", "/dnc/import", many.ToJsonString()))["added"]!);
        var page = await Host.DoneAsync(200, _lab.Viewer, "GET", "/dnc?limit=200&offset=400");
        Assert.Equal(DoNotCallTable.MostAtOnce + 1, (int)page["pagination"]!["total"]!);
        Assert.Equal(DoNotCallTable.MostAtOnce - 399, page["entries"]!.AsArray().Count);
    }

    /// <summary>As Salesforce, Genesys and others export whom nobody is to call, and as diallers want it, a number a line.</summary>
    [Fact]
    public async Task A_list_of_another_program_is_taken_whole()
    {
        var (status, sent) = await Host.UploadAsync(Host.OwnerA, "/dnc/import", Encoding.UTF8.GetBytes($"""
            Name,Phone,MobilePhone,HomePhone,DoNotCall,Reason,expires_at
            Ann,{Ours},{Theirs},,TRUE,Asked by email not to be called,2126-01-01
            Bob,,,{Others},TRUE,Caller Request,
            Ann again,{Ours},,,TRUE,,
            """));
        Assert.True(status == 200, sent?.ToJsonString());
        Assert.Equal((4, 3, 1, 0), ((int)sent!["received"]!, (int)sent["added"]!, (int)sent["duplicates"]!, (int)sent["invalid"]!));
        var entries = await EntriesAsync(Host.OwnerA);
        // Of two that end at other times that which holds longer stands.
        Assert.Equal([$"{Ours} caller_request  ", $"{Theirs} other Asked by email not to be called 2126-01-02T00:00:00.000Z",
            $"{Others} caller_request  "],
            entries.Select(one => $"{one["phone_number"]} {one["reason"]} {one["evidence"]} {one["expires_at"]}"));
        // The last is as nobody dials there.
        (status, sent) = await Host.UploadAsync(Host.OwnerA, "/dnc/import",
            "12125550116\n(212) 555-0117\n0049 30 1234567\n"u8.ToArray(), ("default_country", "US"));
        Assert.True(status == 200, sent?.ToJsonString());
        Assert.Equal((3, 3), ((int)sent!["received"]!, (int)sent["added"]!));
        Assert.Single(await NumbersAsync(Host.OwnerA, "?phone_number=%2B49301234567"));
        // GB by the standard.
        (status, sent) = await Host.UploadAsync(Host.OwnerA, "/dnc/import", "020 7946 0018\n"u8.ToArray(), ("default_country", "UK"));
        Assert.True(status == 200, sent?.ToJsonString());
        Assert.Single(await NumbersAsync(Host.OwnerA, "?phone_number=%2B442079460018"));
    }

    /// <summary>A registry and a CRM have days: on the last one nobody is called either, wherever the number is.</summary>
    [Fact]
    public async Task A_day_alone_is_the_last_on_which_an_entry_holds()
    {
        foreach (var (number, day, ends) in new[]
            {
                ("+12125550111", "2126-02-20", "2126-02-21T05:00:00.000Z"),
                ("+18505550123", " 2126-02-20 ", "2126-02-21T06:00:00.000Z"),        // of New York or of Chicago
                ("+4930123456", "2126-02-20", "2126-02-20T23:00:00.000Z"),
                ("+4930123457", "2126-02-20T10:00:00Z", "2126-02-20T10:00:00.000Z"),
            })
        {
            Assert.Equal(ends, (string?)(await AddAsync($$"""{"phone_number":"{{number}}","expires_at":"{{day}}"}"""))["expires_at"]);
            await Host.DoneAsync(200, Host.OwnerA, "POST", "/dnc/import",
                $$"""{"entries":[{"phone_number":"{{number}}"}],"expires_at":"{{day}}","client_id":"{{_lab.Client}}"}""");
            var entries = await EntriesAsync(Host.OwnerA, "?phone_number=" + Uri.EscapeDataString(number));
            Assert.Equal([ends, ends], entries.Select(one => (string?)one["expires_at"]));
        }
    }

    /// <summary>Databases and CRMs that must say a day say the last that they have.</summary>
    [Fact]
    public async Task An_end_that_nobody_lives_to_see_is_none()
    {
        Assert.Null((await AddAsync($$"""{"phone_number":"{{Ours}}","expires_at":"9999-12-31"}"""))["expires_at"]);
        var (status, sent) = await Host.UploadAsync(Host.OwnerA, "/dnc/import",
            Encoding.UTF8.GetBytes($"Phone,expires_at\n{Theirs},9999-12-31 23:59:59\n{Others},4000-12-31\n{Everybodys},1899-12-30\n"));
        Assert.True(status == 200, sent?.ToJsonString());
        Assert.Equal((2, 1), ((int)sent!["added"]!, (int)sent["invalid"]!));
        Assert.Equal([$"{Ours} ", $"{Theirs} ", $"{Others} "],
            (await EntriesAsync(Host.OwnerA)).Select(one => $"{one["phone_number"]} {one["expires_at"]}"));
    }

    /// <summary>Whoever was told that a file of contacts has some whom nobody is to call sends the same file.</summary>
    [Fact]
    public async Task Of_whom_a_list_says_that_he_may_be_called_is_told_and_not_on_it()
    {
        var (status, sent) = await Host.UploadAsync(Host.OwnerA, "/dnc/import",
            Encoding.UTF8.GetBytes($"Name,Phone,DoNotCall\nAnn,{Ours},FALSE\nBob,{Theirs},TRUE\nCid,{Others},\n"));
        Assert.True(status == 200, sent?.ToJsonString());
        Assert.Equal((3, 2, 1), ((int)sent!["received"]!, (int)sent["added"]!, (int)sent["invalid"]!));
        Assert.Equal((2, Ours, "may_be_called"), ((int)sent["invalid_sample"]![0]!["row"]!,
            (string)sent["invalid_sample"]![0]!["phone_number"]!, (string)sent["invalid_sample"]![0]!["reason"]!));
        Assert.Equal([Theirs, Others], (await EntriesAsync(Host.OwnerA)).Select(one => (string)one["phone_number"]!));
    }

    /// <summary>Whoever asks why somebody is not called finds the entry that holds.</summary>
    [Fact]
    public async Task An_entry_is_found_by_the_other_number_of_its_telephone()
    {
        await AddAsync("""{"phone_number":"+5215512345678"}""");
        Assert.Equal(["+5215512345678"], await NumbersAsync(Host.OwnerA, "?phone_number=%2B525512345678"));
        Assert.Equal(["+5215512345678"], await NumbersAsync(Host.OwnerA, "?phone_number=%2B5215512345678"));
        Assert.Empty(await NumbersAsync(Host.OwnerB, "?phone_number=%2B525512345678"));
        // Of two both hold, and who takes off one is to see the other.
        await AddAsync($$"""{"phone_number":"+525512345678","client_id":"{{_lab.Client}}"}""");
        foreach (string number in new[] { "%2B525512345678", "%2B5215512345678" })
            Assert.Equal(["+5215512345678", "+525512345678"], await NumbersAsync(Host.OwnerA, "?phone_number=" + number));
    }

    [Fact]
    public async Task What_is_no_entry_is_refused()
    {
        foreach (var (code, path, body) in new[]
            {
                ("validation_error", "/dnc", """{"phone_number":"12"}"""),
                ("validation_error", "/dnc", """{"phone_number":"+15550300011","expires_at":"2020-01-01T00:00:00Z"}"""),
                ("validation_error", "/dnc", """{"phone_number":"+15550300011","expires_at":"soon"}"""),
                ("validation_error", "/dnc", """{"phone_number":"+15550300011","scope":"client"}"""),
                ("validation_error", "/dnc", """{"phone_number":"+15550300011","agency_id":"00000000-0000-7000-8000-000000000000"}"""),
                ("invalid_enum", "/dnc", """{"phone_number":"+15550300011","scope":"platform"}"""),
                ("invalid_enum", "/dnc", """{"phone_number":"+15550300011","reason":"annoyed"}"""),
                ("validation_error", "/dnc/import", """{"entries":[]}"""),
                ("validation_error", "/dnc/import", """{"entries":[{"phone_number":"+15550300011","number":"x"}]}"""),
            })
        {
            await Host.RefusedAsync(400, code, Host.OwnerA, "POST", path, body);
            Assert.Empty(await NumbersAsync(Host.OwnerA));
        }
    }

    [Fact]
    public async Task Whoever_is_on_a_list_is_called_by_no_batch_for_which_it_holds()
    {
        // Case C07.
        string number = AgencyLab.Number("ok-1");
        string entry = (string)(await AddAsync($$"""{"phone_number":"{{number}}","client_id":"{{_lab.Client}}"}"""))["id"]!;
        Assert.Equal(("failed", "dnc"), await CalledAsync(_lab.Client, number));
        Assert.Empty(_lab.Far.Calls);
        Assert.Equal(("completed", null), await CalledAsync(_lab.OtherClient, number));
        Assert.Single(_lab.Far.Calls);
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", $"/dnc/{entry}?because=he+asked");
        Assert.Equal(("completed", null), await CalledAsync(_lab.Client, number));
        Assert.Equal(2, _lab.Far.Calls.Count);
        await AddAsync($$"""{"phone_number":"{{number}}"}""");
        foreach (string client in new[] { _lab.Client, _lab.OtherClient })
            Assert.Equal(("failed", "dnc"), await CalledAsync(client, number));
        Assert.Equal(2, _lab.Far.Calls.Count);
    }

    private async Task<(string? Status, string? Block)> CalledAsync(string client, string number)
    {
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(client: client), [number]))["id"]!;
        await _lab.BecomesAsync(batch, "completed");
        var contact = Assert.Single(await _lab.ContactsAsync(batch));
        return ((string?)contact["status"], (string?)contact["block_reason"]);
    }

    private async Task OnPlatformAsync()
    {
        var now = DateTimeOffset.UtcNow;
        await Host.Node.Node.Database.DoNotCall.AddAsync(
        [
            new()
            {
                Id = Guid.CreateVersion7(now), Owner = null, Number = Everybodys, Source = DoNotCallSource.Spoken, At = now,
                Reason = DoNotCallReason.CallerRequest, AddedBy = "the operator", Evidence = "nobody's business",
            },
        ], _ => null, Stop);
    }

    private Task<JsonObject> AddAsync(string body, string? token = null) =>
        Host.DoneAsync(201, token ?? Host.OwnerA, "POST", "/dnc", body);

    private async Task<List<JsonObject>> EntriesAsync(string token, string query = "") =>
        [.. (await Host.DoneAsync(200, token, "GET", "/dnc" + query))["entries"]!.AsArray().Select(one => one!.AsObject())];

    private async Task<string[]> NumbersAsync(string token, string query = "") =>
        [.. (await EntriesAsync(token, query)).Select(one => (string)one["phone_number"]!)];

    [Fact]
    public async Task Whoever_waits_is_over_as_soon_as_his_number_is_on_a_list_that_holds_for_him()
    {
        // Case T12, and who dials for whom of C07.
        const string number = "+15550300100", other = "+15550300101";
        string campaign = await _lab.CampaignAsync(), neighbours = await _lab.CampaignAsync(client: _lab.OtherClient);
        string batch = (string)(await _lab.BatchAsync(campaign, [number, other], """{"hold":true}"""))["id"]!;
        string beside = (string)(await _lab.BatchAsync(neighbours, [number], """{"hold":true}"""))["id"]!;
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/campaigns/{campaign}/contacts",
            $$"""{"contacts":[{"phone_number":"{{number}}"}]}""");
        await AddAsync($$"""{"phone_number":"{{number}}","client_id":"{{_lab.Client}}"}""");
        Assert.Equal(["failed dnc", "pending "], await StandAsync($"/batches/{batch}/contacts"));
        Assert.Equal(["failed dnc", "failed dnc", "pending "], await StandAsync($"/campaigns/{campaign}/contacts"));
        Assert.Equal(["pending "], await StandAsync($"/batches/{beside}/contacts"));

        // The agency's list holds for all of its clients, and what somebody says in another way is heard, too.
        var agency = new TenantId(Guid.Parse((string)Host.AccountA["id"]!));
        await Host.Node.Node.Database.DoNotCall.AddAsync(
        [
            DoNotCallEntry.Asked(agency, number, DoNotCallSource.Keypress, "somebody", Guid.NewGuid(), "He pressed 9.",
                DateTimeOffset.UtcNow),
        ], _ => null, Stop);
        await Eventually.SomeAsync(async () =>
        {
            if ((await StandAsync($"/batches/{beside}/contacts")).SequenceEqual(["failed dnc"])) return batch;
            await Task.Delay(100, Stop);
            return null;
        }, "the neighbour's contact is over");
        Assert.Equal(["failed dnc", "pending "], await StandAsync($"/batches/{batch}/contacts"));
    }

    private async Task<List<string>> StandAsync(string path) =>
        [.. (await Host.DoneAsync(200, Host.OwnerA, "GET", path))["contacts"]!.AsArray()
            .Select(one => $"{one!["status"]} {one["block_reason"]}").Order(StringComparer.Ordinal)];
}
