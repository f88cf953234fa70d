using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Audit;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyWaitingOnSqliteTests() : AgencyWaitingTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyWaitingOnPostgresTests() : AgencyWaitingTests(Product.Postgres);

/// <summary>Contacts that wait with their campaign until a batch takes them, and the end of contacts and campaigns.</summary>
public abstract class AgencyWaitingTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact, Depth("the gate has a batch of five, who must not be called, and a try of its own that is never made twice")]
    public async Task A_batch_takes_those_who_wait_and_calls_them_once()
    {
        string campaign = await _lab.CampaignAsync(), other = await _lab.CampaignAsync();
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        string busy = AgencyLab.Number("busy"), decline = AgencyLab.Number("decline");
        var added = await Host.DoneAsync(201, admin, "POST", $"/campaigns/{campaign}/contacts", BodyOf(busy, decline, busy, "12"));
        Assert.Equal("""{"received":4,"accepted":2,"duplicates":1,"invalid":1}""", added["contacts"]!.ToJsonString());
        added = await Host.DoneAsync(201, Host.OwnerA, "POST", $"/campaigns/{campaign}/contacts", BodyOf(decline));
        Assert.Equal("""{"received":1,"accepted":0,"duplicates":1,"invalid":0}""", added["contacts"]!.ToJsonString());
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/campaigns/{other}/contacts", BodyOf(AgencyLab.Number("nf")));
        foreach (string token in new[] { Host.OwnerB, _lab.OtherViewer })
            await Host.DoneAsync(token == Host.OwnerB ? 404 : 403, token, "POST", $"/campaigns/{campaign}/contacts", BodyOf(busy));
        var waiting = await ContactsAsync(campaign);
        Assert.All(waiting, one => Assert.Equal(("pending", null, null), ((string?)one["status"], (string?)one["batch_id"],
            (string?)one["phase"])));
        Assert.Equal([busy, decline], waiting.Select(one => (string)one["phone_number"]!));

        // One of them is the batch's already, and waits on.
        string batch = (string)(await _lab.BatchAsync(campaign, [decline], """{"hold":true}"""))["id"]!;
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", $"/batches/{batch}/contacts", "{}");
        var taken = await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{batch}/contacts", """{"of_campaign":true}""");
        Assert.Equal((2, 1, 1, 2), ((int)taken["contacts"]!["received"]!, (int)taken["contacts"]!["accepted"]!,
            (int)taken["contacts"]!["duplicates"]!, (int)taken["batch"]!["total_contacts"]!));
        Assert.Equal((string?)waiting[0]["id"],
            (string?)Assert.Single(await _lab.ContactsAsync(batch), one => (string?)one["phone_number"] == busy)["id"]);
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/resume");
        await _lab.BecomesAsync(batch, "completed");
        var calls = await _lab.CallsAsync(Host.OwnerA, "?batch_id=" + batch);
        Assert.Equal(new[] { "busy", "declined" }, calls.Select(call => (string)call["outcome"]!).Order(StringComparer.Ordinal));
        Assert.Contains(calls, call => (string?)call["contact_id"] == (string?)waiting[0]["id"]);
        Assert.Single(await ContactsAsync(campaign), one => one["batch_id"] is null);
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", $"/batches/{batch}/contacts", """{"of_campaign":true}""");
    }

    /// <summary>In Mexico with the 1 that nobody dials any more, and without.</summary>
    [Fact]
    public async Task A_batch_takes_a_telephone_once_that_waits_by_both_of_its_numbers_or_is_there_by_the_other()
    {
        string campaign = await _lab.CampaignAsync();
        foreach (string number in new[] { "+5215512345678", "+525512345679", "+5215512345679" })
            await Host.DoneAsync(201, Host.OwnerA, "POST", $"/campaigns/{campaign}/contacts", BodyOf(number));
        string batch = (string)(await _lab.BatchAsync(campaign, ["+525512345678"], """{"hold":true}"""))["id"]!;
        var taken = await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{batch}/contacts", """{"of_campaign":true}""");
        Assert.Equal((1, 2), ((int)taken["contacts"]!["accepted"]!, (int)taken["contacts"]!["duplicates"]!));
        Assert.Equal(["+525512345678", "+525512345679"],
            (await _lab.ContactsAsync(batch)).Select(one => (string)one["phone_number"]!).Order(StringComparer.Ordinal));
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task A_contact_that_is_deleted_is_called_no_more_and_a_campaign_goes_with_those_who_wait()
    {
        string campaign = await _lab.CampaignAsync();
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/campaigns/{campaign}/contacts", BodyOf("+15550300100"));
        string waits = (string)Assert.Single(await ContactsAsync(campaign))["id"]!;
        foreach (string token in new[] { Host.OwnerB, _lab.OtherViewer })
            await Host.DoneAsync(token == Host.OwnerB ? 404 : 403, token, "DELETE", "/contacts/" + waits);
        string batch = (string)(await _lab.BatchAsync(campaign, new[] { "busy", "decline" }.Select(AgencyLab.Number),
            """{"hold":true}"""))["id"]!;
        var contacts = await _lab.ContactsAsync(batch);
        string gone = (string)contacts.Single(one => (string?)one["phone_number"] == AgencyLab.Number("busy"))["id"]!;
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", "/contacts/" + gone);
        await Host.RefusedAsync(404, "not_found", Host.OwnerA, "DELETE", "/contacts/" + gone);
        Assert.Equal(1, (int)(await _lab.GetAsync(batch))["total_contacts"]!);
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/resume");
        await _lab.BecomesAsync(batch, "completed");
        Assert.Equal("declined", (string?)Assert.Single(await _lab.CallsAsync(Host.OwnerA, "?batch_id=" + batch))["outcome"]);
        // One who has been called is forgotten, and his call stays.
        string called = (string)Assert.Single(await _lab.ContactsAsync(batch))["id"]!;
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", "/contacts/" + called);
        Assert.Single(await _lab.CallsAsync(Host.OwnerA, "?batch_id=" + batch));
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "DELETE", "/campaigns/" + campaign);

        string empty = await _lab.CampaignAsync();
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/campaigns/{empty}/contacts", BodyOf("+15550300101"));
        string agent = (string)(await Host.DoneAsync(201, Host.OwnerA, "POST", "/agents",
            $$"""{"name":"Bert","campaign_id":"{{empty}}"}"""))["id"]!;
        await Host.RefusedAsync(404, "not_found", Host.OwnerB, "DELETE", "/campaigns/" + empty);
        await Host.RefusedAsync(403, "forbidden", _lab.Viewer, "DELETE", "/campaigns/" + empty);
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", "/campaigns/" + empty);
        await Host.RefusedAsync(404, "not_found", Host.OwnerA, "GET", "/campaigns/" + empty);
        Assert.Null((await Host.DoneAsync(200, Host.OwnerA, "GET", "/agents/" + agent))["campaign_id"]);
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task A_client_that_is_deleted_is_gone_with_its_people_and_its_calls_stay()
    {
        string campaign = await _lab.CampaignAsync(), key = await _lab.KeyOfAsync(_lab.Client);
        string batch = (string)(await _lab.BatchAsync(campaign, [AgencyLab.Number("busy")]))["id"]!;
        await _lab.BecomesAsync(batch, "completed");
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/campaigns/{campaign}/contacts", BodyOf("+15550300100"));
        string agent = (string)(await Host.DoneAsync(201, Host.OwnerA, "POST", "/agents",
            $$"""{"name":"Bert","client_id":"{{_lab.Client}}","campaign_id":"{{campaign}}"}"""))["id"]!;
        var made = await Host.DoneAsync(201, Host.OwnerA, "POST", "/api-keys", $$"""{"name":"x","client_id":"{{_lab.Client}}"}""");
        string slug = (string)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/clients/" + _lab.Client))["slug"]!;
        string path = $"/clients/{_lab.Client}?confirm={slug}";
        var (_, above) = await Host.UserAsync(Host.OwnerA, "aA", "agency_admin");
        foreach (string token in new[] { above, _lab.Viewer }) await Host.RefusedAsync(403, "forbidden", token, "DELETE", path);
        await Host.RefusedAsync(404, "not_found", Host.OwnerB, "DELETE", path);
        foreach (string wrong in new[] { "", "?confirm=other" })
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "DELETE", $"/clients/{_lab.Client}{wrong}");
        string held = (string)(await _lab.BatchAsync(campaign, ["+15550300101"], """{"hold":true}"""))["id"]!;
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "DELETE", path);
        await Host.DoneAsync(200, _lab.Viewer, "GET", "/me");
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{held}/cancel");

        await Host.DoneAsync(204, Host.OwnerA, "DELETE", path);
        await Host.RefusedAsync(404, "not_found", Host.OwnerA, "DELETE", path);
        Assert.DoesNotContain((await Host.DoneAsync(200, Host.OwnerA, "GET", "/clients"))["clients"]!.AsArray(),
            one => (string?)one!["id"] == _lab.Client);
        foreach (string token in new[] { _lab.Viewer, (string)made["key"]! })
            await Host.RefusedAsync(401, "unauthenticated", token, "GET", "/calls");
        await Host.RefusedAsync(403, "forbidden", key, "GET", "/calls");
        foreach (string gone in new[] { "/campaigns/" + campaign, "/batches/" + batch })
            await Host.RefusedAsync(404, "not_found", Host.OwnerA, "GET", gone);
        var shown = await Host.DoneAsync(200, Host.OwnerA, "GET", "/agents/" + agent);
        Assert.Equal((null, null), ((string?)shown["client_id"], (string?)shown["campaign_id"]));
        var call = Assert.Single(await _lab.CallsAsync(Host.OwnerA));
        Assert.Equal((_lab.Client, "busy", null), ((string?)call["client_id"], (string?)call["outcome"], (string?)call["batch_id"]));
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/clients", $$"""{"name":"Another","slug":"{{slug}}"}""");
        // Its neighbour has lost nothing.
        await Host.DoneAsync(200, _lab.OtherViewer, "GET", "/me");
        // Who had looked for it before adds nothing to it.
        foreach (bool isThere in new[] { false, true })
            Assert.Equal((isThere, isThere, isThere), await AddAsync(isThere ? _lab.OtherClient : _lab.Client));
    }

    /// <summary>A user, a key and a campaign of a client, as behind the looks of a request.</summary>
    /// <returns>Which of them are there.</returns>
    private async Task<(bool, bool, bool)> AddAsync(string client)
    {
        var (database, stop) = (Host.Node.Node.Database, TestContext.Current.CancellationToken);
        var (agency, at) = (new TenantId(Guid.Parse((string)Host.AccountA["id"]!)), DateTimeOffset.UtcNow);
        AuditNote Note(Guid id) => new()
        {
            Tenant = agency, At = at, By = AuditActor.Owner, Change = "created", RecordType = "late", ResourceId = id.ToString(),
        };
        var (user, key, campaign) = (Guid.CreateVersion7(at), Guid.CreateVersion7(at), Guid.CreateVersion7(at));
        var users = await new UserTable(database).AddAsync(new()
        {
            Id = user, TenantId = agency, ClientId = client, Email = $"{user:N}@example.com", Role = "client_admin", CreatedAt = at,
            UpdatedAt = at,
        }, Note(user), stop);
        bool hasKey = await new AgencyKeyTable(database).AddAsync(new()
        {
            Id = key, TenantId = agency, ClientId = client, Name = "late", Prefix = "late", Role = "client_viewer", CreatedBy = "x",
            CreatedAt = at,
        }, $"{key:N}", Note(key), stop);
        var campaigns = await new AgencyCampaignTable(database).AddAsync(new()
        {
            Id = campaign, TenantId = agency, ClientId = client, Name = "late", Type = "sdr", CallingWindows = [], MaxAttempts = 3,
            ConsentRequired = AgencyCampaign.NoConsent, CreatedAt = at, UpdatedAt = at,
        }, Note(campaign), stop);
        return (users is UserChange.Done, hasKey, campaigns is CampaignChange.Done);
    }

    private async Task<List<JsonObject>> ContactsAsync(string campaign) =>
        [.. (await Host.DoneAsync(200, Host.OwnerA, "GET", $"/campaigns/{campaign}/contacts"))["contacts"]!.AsArray()
            .Select(one => one!.AsObject())];

    private static string BodyOf(params string[] numbers) => new JsonObject
    {
        ["contacts"] = new JsonArray([.. numbers.Select(number => (JsonNode)new JsonObject { ["phone_number"] = number })]),
    }.ToJsonString();
}
