using System.Text;
using Dapper;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyTurnsOnSqliteTests() : AgencyTurnTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyTurnsOnPostgresTests() : AgencyTurnTests(Product.Postgres);

/// <summary>Contacts with a time, a priority and a name of their own: whom the dialler takes first, and before when nobody.</summary>
public abstract class AgencyTurnTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;
    private Database Database => Host.Node.Node.Database;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task The_highest_priority_is_taken_first_and_nobody_before_his_time()
    {
        var later = WholeSecond(Database.Time.GetUtcNow().AddHours(1));
        string batch = await HeldAsync($$"""
            {"phone_number":"+15550300100"}, {"phone_number":"+15550300101","priority":-5},
            {"phone_number":"+15550300102","priority":7,"external_id":"crm-2"},
            {"phone_number":"+15550300103","priority":1,"scheduled_for":"{{later:O}}"},
            {"phone_number":"+15550300104","priority":50,"scheduled_for":"{{later:O}}"}
            """);
        Assert.Equal(["102", "100", "101"], await DueAsync(batch, later.AddSeconds(-1)));
        Assert.Equal(["102", "100", "101", "104", "103"], await DueAsync(batch, later.AddSeconds(1)));
        var shown = await _lab.ContactsAsync(batch);
        Assert.Equal(["pending 0 -", "pending -5 -", "pending 7 crm-2", "scheduled 1 -", "scheduled 50 -"],
            shown.Select(one => $"{one["status"]} {one["priority"]} {(string?)one["external_id"] ?? "-"}"));
        string at = $"{later:yyyy-MM-dd'T'HH:mm:ss}.000Z";
        Assert.Equal([" ", " ", " ", $"{at} {at}", $"{at} {at}"], shown.Select(one => $"{one["scheduled_for"]} {one["next_attempt_at"]}"));
        Assert.Equal("+15550300102", (string?)Assert.Single(await _lab.ContactsAsync(batch, "?external_id=crm-2"))["phone_number"]);
        Assert.Empty(await _lab.ContactsAsync(batch, "?external_id=crm"));
        Assert.StartsWith("+15550300102,", Assert.Single(await Host.TableAsync(Host.OwnerA, $"/batches/{batch}/contacts.csv"),
            line => line.EndsWith(",,7,crm-2", StringComparison.Ordinal)), StringComparison.Ordinal);

        // Each is moved as long as nobody has tried it.
        string[] ids = [.. shown.Select(one => (string)one["id"]!)];
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/contacts/" + ids[0], """{"priority":9}""");
        var moved = await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/contacts/" + ids[3], """{"scheduled_for":null}""");
        Assert.Equal(("pending", null, 1), ((string?)moved["status"], (string?)moved["next_attempt_at"], (int)moved["priority"]!));
        moved = await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/contacts/" + ids[2],
            $$"""{"scheduled_for":"{{later:O}}","external_id":"crm-3"}""");
        Assert.Equal(("scheduled", at, 7, "crm-3"), ((string?)moved["status"], (string?)moved["next_attempt_at"],
            (int)moved["priority"]!, (string?)moved["external_id"]));
        Assert.Equal(["100", "103", "101"], await DueAsync(batch, later.AddSeconds(-1)));
        Assert.Equal(["100", "103", "101", "104", "102"], await DueAsync(batch, later.AddSeconds(1)));
        // What else is changed moves nobody.
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/contacts/" + ids[4], """{"first_name":"Eve"}""");
        Assert.Equal(["100", "103", "101", "104", "102"], await DueAsync(batch, later.AddSeconds(1)));
        await Database.Sql.WriteAsync(
            db => db.Execute("update campaign_contacts set attempts = 1 where id = @id", new { id = ids[1] }), Stop);
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "PATCH", "/contacts/" + ids[1],
            $$"""{"scheduled_for":"{{later:O}}"}""");
        foreach (string wrong in new[] { """{"priority":101}""", """{"scheduled_for":"soon"}""", """{"scheduled_for":"2126-01-01"}""" })
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PATCH", "/contacts/" + ids[0], wrong);
    }

    [Fact]
    public async Task A_file_says_when_and_in_which_order_and_what_is_no_time_is_told()
    {
        string batch = await HeldAsync(""), soon = $"{DateTimeOffset.UtcNow.AddDays(2):yyyy-MM-dd'T'HH:mm:ss'Z'}";
        var (status, done) = await Host.UploadAsync(Host.OwnerA, "/imports/contacts", Encoding.UTF8.GetBytes(
            "phone,Priority,scheduled_for,external_id\n"
            + $"+15550300100,High,,a-1\n+15550300101,3,,\n+15550300102,,{soon},\n+15550300103,,tomorrow,\n"), ("batch_id", batch));
        Assert.Equal((202, 3, 1), (status, (int)done!["accepted"]!, (int)done["invalid"]!));
        Assert.Equal("invalid_scheduled_for", (string?)done["invalid_sample"]![0]!["reason"]);
        var shown = await _lab.ContactsAsync(batch);
        Assert.Equal(["pending 0 a-1 High", "pending 3  ", "scheduled 0  "], shown.Select(one =>
            $"{one["status"]} {one["priority"]} {one["external_id"]} {one["custom_data"]!["priority"]}"));
        Assert.Equal(["101", "100"], await DueAsync(batch, Database.Time.GetUtcNow()));
    }

    [Fact]
    public async Task Those_who_wait_for_a_batch_wait_for_their_time_too()
    {
        string campaign = await _lab.CampaignAsync(), later = $"{DateTimeOffset.UtcNow.AddDays(2):O}";
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/campaigns/{campaign}/contacts", $$"""
            {"contacts":[{"phone_number":"+15550300100","external_id":"w"},{"phone_number":"+15550300101","priority":4},
             {"phone_number":"+15550300102","scheduled_for":"{{later}}"}]}
            """);
        string path = $"/campaigns/{campaign}/contacts";
        Assert.Equal(["pending", "pending", "scheduled"], (await Host.DoneAsync(200, Host.OwnerA, "GET", path))["contacts"]!.AsArray()
            .Select(one => (string)one!["status"]!));
        Assert.Single((await Host.DoneAsync(200, Host.OwnerA, "GET", path + "?external_id=w"))["contacts"]!.AsArray());
        string batch = await HeldAsync("", campaign);
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{batch}/contacts", """{"of_campaign":true}""");
        Assert.Equal(["pending", "pending", "scheduled"], (await _lab.ContactsAsync(batch)).Select(one => (string)one["status"]!));
        Assert.Equal(["101", "100"], await DueAsync(batch, Database.Time.GetUtcNow()));
    }

    [Fact]
    public async Task A_priority_that_is_said_anew_is_one_among_those_who_came_to_the_batch_together()
    {
        string campaign = await _lab.CampaignAsync(), waiting = $"/campaigns/{campaign}/contacts";
        await Host.DoneAsync(201, Host.OwnerA, "POST", waiting, """
            {"contacts":[{"phone_number":"+15550300100"},{"phone_number":"+15550300101"},{"phone_number":"+15550300102"}]}
            """);
        // They came the day before.
        var came = WholeSecond(Database.Time.GetUtcNow().AddDays(-1));
        await Database.Sql.WriteAsync(db => db.Execute(
            "update campaign_contacts set created_at = @came where campaign_id = @campaign", new { came, campaign }), Stop);
        string batch = await HeldAsync("", campaign);
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{batch}/contacts", """{"of_campaign":true}""");
        var ids = (await _lab.ContactsAsync(batch)).ToDictionary(one => (string)one["phone_number"]!, one => (string)one["id"]!);
        var soon = Database.Time.GetUtcNow().AddMinutes(1);
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/contacts/" + ids["+15550300100"], """{"priority":-5}""");
        Assert.Equal("100", (await DueAsync(batch, soon)).Last());
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{batch}/contacts", """
            {"contacts":[{"phone_number":"+15550300101","priority":-9}],"on_duplicate":"update"}
            """);
        Assert.Equal(["102", "100", "101"], await DueAsync(batch, soon));
        // A time between the two has passed for the batch.
        var moved = await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/contacts/" + ids["+15550300102"],
            $$"""{"scheduled_for":"{{came.AddHours(1):O}}"}""");
        Assert.Equal(("pending", null), ((string?)moved["status"], (string?)moved["next_attempt_at"]));
        Assert.All(await _lab.ContactsAsync(batch), one => Assert.Equal(came, DateTimeOffset.Parse((string)one["created_at"]!)));
    }

    [Fact]
    public async Task Those_of_one_time_are_taken_in_their_order()
    {
        var later = WholeSecond(Database.Time.GetUtcNow().AddHours(1));
        string[] all = [.. Enumerable.Range(100, 50).Select(i => $"{i}")];
        string batch = await HeldAsync(string.Join(", ",
            all.Select(digits => $$"""{"phone_number":"+15550300{{digits}}","scheduled_for":"{{later:O}}"}""")));
        Assert.Equal(all, await DueAsync(batch, later.AddSeconds(1)));
    }

    [Fact, Depth("the gate has the order in which the dialler takes contacts, and no call by it")]
    public async Task Whoever_has_a_time_is_called_then_and_not_before()
    {
        string busy = AgencyLab.Number("busy"), decline = AgencyLab.Number("decline");
        string campaign = await _lab.CampaignAsync();
        // Nothing but the batch is made meanwhile.
        var later = DateTimeOffset.UtcNow.AddSeconds(4);
        string batch = (string)(await _lab.BatchAsync(campaign, [], $$"""
            {"contacts":[{"phone_number":"{{busy}}","scheduled_for":"{{later:O}}"},{"phone_number":"{{decline}}"}]}
            """))["id"]!;
        await _lab.BecomesAsync(batch, "completed");
        Assert.Equal([decline, busy], _lab.Far.Calls.Select(call => call.User));
        var called = (await _lab.ContactsAsync(batch)).Single(one => (string?)one["phone_number"] == busy);
        Assert.True(DateTimeOffset.Parse((string)called["last_attempt_at"]!) >= later.AddMilliseconds(-1), called.ToJsonString());
    }

    /// <summary>Nobody is called for it.</summary>
    private async Task<string> HeldAsync(string contacts, string? campaign = null)
    {
        string whose = campaign ?? await _lab.CampaignAsync();
        string more = contacts.Length == 0 ? """{"contacts":null,"hold":true}""" : $$"""{"contacts":[{{contacts}}],"hold":true}""";
        return (string)(await _lab.BatchAsync(whose, [], more))["id"]!;
    }

    /// <summary>Whom the dialler would take at a moment, by the last digits of their numbers, in its order.</summary>
    private async Task<IEnumerable<string>> DueAsync(string batch, DateTimeOffset at)
    {
        var agency = new TenantId(Guid.Parse((string)Host.AccountA["id"]!));
        var row = (await new BatchTable(Database).FindAsync(agency, Guid.Parse(batch), Stop))!;
        return (await Database.Targets.ListDueAsync(row.Account, row.ListId, at, 100, Stop)).Select(one => one.IdentityKey![^3..]);
    }

    private static DateTimeOffset WholeSecond(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));
}
