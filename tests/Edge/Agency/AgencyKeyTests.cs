using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyKeysOnSqliteTests() : AgencyKeyTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyKeysOnPostgresTests() : AgencyKeyTests(Product.Postgres);

/// <summary>Keys of the agency's API: what they open, and when they end.</summary>
public abstract class AgencyKeyTests(Product product) : IAsyncLifetime
{
    private AgencyHost _host = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await AgencyHost.StartAsync(product);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_key_of_a_client_sees_that_client_and_ends_with_its_maker()
    {
        // Cases R11 and P03.
        string one = await _host.ClientAsync(_host.OwnerA, "Client one"), two = await _host.ClientAsync(_host.OwnerA, "Client two");
        var (maker, admin) = await _host.UserAsync(_host.OwnerA, "aA", "agency_admin");
        var made = await MakeAsync(admin, $$"""{"name":"reports","client_id":"{{one}}"}""");
        string key = (string)made["key"]!;
        Assert.Equal(("client_viewer", one, key[..12], "user " + maker), ((string?)made["role"], (string?)made["client_id"],
            (string?)made["prefix"], (string?)made["created_by"]));
        Assert.Equal([one], (await _host.DoneAsync(200, key, "GET", "/clients"))["clients"]!.AsArray().Select(row => (string)row!["id"]!));
        await _host.RefusedAsync(404, "not_found", key, "GET", "/clients/" + two);
        await _host.RefusedAsync(403, "forbidden", key, "POST", "/clients", """{"name":"x"}""");
        await _host.RefusedAsync(404, "not_found", key, "GET", "/me");
        var listed = Assert.Single((await _host.DoneAsync(200, _host.OwnerA, "GET", "/api-keys"))["api_keys"]!.AsArray())!.AsObject();
        Assert.False(listed.ContainsKey("key"));
        // What is stored opens nothing.
        string stored = (await _host.Node.Node.Database.Sql.ReadAsync(db => db.Query<string>("select hash from api_keys"), Stop)).Single();
        Assert.DoesNotContain(key, stored, StringComparison.Ordinal);
        await _host.RefusedAsync(401, "unauthenticated", "agk_" + stored, "GET", "/clients");

        await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/users/" + maker, """{"status":"disabled"}""");
        await _host.RefusedAsync(401, "unauthenticated", key, "GET", "/clients");
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/users/" + maker, """{"status":"active"}""");
        await _host.DoneAsync(200, key, "GET", "/clients");
    }

    [Fact]
    public async Task A_key_asks_for_calls_sixty_times_a_minute_and_no_more()
    {
        string key = (string)(await MakeAsync(_host.OwnerA, """{"name":"dialler","role":"agency_admin"}"""))["key"]!;
        string call = $$"""
            {"agent_mapping_id":"{{Guid.CreateVersion7()}}","from_number":"+15550100001","to_number":"+15550300001"}
            """;
        for (int n = 0; n < 60; n++) await _host.RefusedAsync(404, "not_found", key, "POST", "/calls", call);
        await _host.RefusedAsync(429, "rate_limited", key, "POST", "/calls", call);
        await _host.RefusedAsync(429, "rate_limited", key, "POST", $"/contacts/{Guid.CreateVersion7()}/callback",
            $$"""{"at":"{{DateTimeOffset.UtcNow.AddDays(1):O}}"}""");
        // All else it may go on with, and so may others.
        await _host.DoneAsync(200, key, "GET", "/calls");
        await _host.RefusedAsync(404, "not_found", _host.OwnerA, "POST", "/calls", call);
    }

    [Fact]
    public async Task A_key_is_never_more_than_its_maker_is()
    {
        var (maker, admin) = await _host.UserAsync(_host.OwnerA, "aA", "agency_admin");
        await _host.RefusedAsync(403, "forbidden", admin, "POST", "/api-keys", """{"name":"x","role":"agency_owner"}""");
        string key = (string)(await MakeAsync(admin, """{"name":"x","role":"agency_admin"}"""))["key"]!;
        await _host.DoneAsync(201, key, "POST", "/clients", """{"name":"Client"}""");
        foreach (var (method, path) in new[] { ("GET", "/api-keys"), ("POST", "/api-keys"), ("DELETE", $"/api-keys/{Guid.NewGuid()}") })
            await _host.RefusedAsync(403, "forbidden", key, method, path, method == "POST" ? """{"name":"y"}""" : null);
        await _host.RefusedAsync(403, "forbidden", key, "POST", "/users/invite", """{"email":"later@example.com","role":"agency_member"}""");
        await _host.RefusedAsync(403, "forbidden", key, "PATCH", "/users/" + maker, """{"full_name":"Taken over"}""");
        string client = await _host.ClientAsync(_host.OwnerA, "Client one");
        string below = (string)(await MakeAsync(admin, $$"""{"name":"y","role":"client_admin","client_id":"{{client}}"}"""))["key"]!;
        await _host.DoneAsync(200, below, "GET", "/clients");
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/users/" + maker, """{"role":"agency_member"}""");
        await _host.RefusedAsync(401, "unauthenticated", key, "GET", "/clients");
        // A client's administrator may what a member of the agency may not.
        await _host.RefusedAsync(401, "unauthenticated", below, "GET", "/clients");
    }

    [Fact]
    public async Task A_key_that_a_key_of_the_account_made_ends_with_that()
    {
        string account = (string)_host.AccountA["telnyx_key"]!;
        string key = (string)(await MakeAsync(account, """{"name":"x","role":"agency_owner"}"""))["key"]!;
        await _host.DoneAsync(200, key, "GET", "/clients");
        var database = _host.Node.Node.Database;
        var made = (await database.ApiKeys.FindAsync(account, Stop))!;
        await database.ApiKeys.RevokeAsync(made.Tenant, made.Id, Stop);
        await Eventually.SomeAsync(async () => await _host.AskAsync(key, "GET", "/clients") is (401, _) ? key : null, "the key has ended");
    }

    [Fact]
    public async Task A_key_ends_when_it_is_revoked_and_when_its_time_has_come()
    {
        var (_, admin) = await _host.UserAsync(_host.OwnerA, "aA", "agency_admin");
        var mine = await MakeAsync(admin, """{"name":"mine"}""");
        var theirs = await MakeAsync(_host.OwnerA, """{"name":"theirs","expires_at":"2126-01-01T00:00:00Z"}""");
        Assert.Equal(("agency_member", "2126-01-01T00:00:00.000Z"), ((string?)theirs["role"], (string?)theirs["expires_at"]));
        Assert.Equal(["mine"], await NamesAsync(admin));
        Assert.Equal(["mine", "theirs"], await NamesAsync(_host.OwnerA));
        Assert.Empty(await NamesAsync(_host.OwnerB));
        await _host.RefusedAsync(403, "forbidden", admin, "DELETE", "/api-keys/" + theirs["id"]);
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "DELETE", "/api-keys/" + theirs["id"]);
        foreach (var made in new[] { mine, theirs })
        {
            await _host.DoneAsync(200, (string)made["key"]!, "GET", "/clients");
            await _host.DoneAsync(204, _host.OwnerA, "DELETE", "/api-keys/" + made["id"]);
            await _host.RefusedAsync(401, "unauthenticated", (string)made["key"]!, "GET", "/clients");
            await _host.RefusedAsync(404, "not_found", _host.OwnerA, "DELETE", "/api-keys/" + made["id"]);
        }
        var end = DateTimeOffset.UtcNow.AddSeconds(3);
        var soon = await MakeAsync(_host.OwnerA, $$"""{"name":"soon","expires_at":"{{end:O}}"}""");
        int opens = (await _host.AskAsync((string)soon["key"]!, "GET", "/clients")).Status;
        // A busy machine may come too late for it.
        Assert.True(opens == 200 || DateTimeOffset.UtcNow >= end, $"{opens} before {end:O}");
        await Eventually.SomeAsync(async () =>
        {
            var (status, body) = await _host.AskAsync((string)soon["key"]!, "GET", "/clients");
            return status == 401 ? body : null;
        }, "its time has come");
    }

    [Fact]
    public async Task A_day_alone_is_the_last_on_which_a_key_is_good_by_the_agencys_clock()
    {
        const string key = """{"name":"x","expires_at":"2126-02-20"}""";
        Assert.Equal("2126-02-21T00:00:00.000Z", (string?)(await MakeAsync(_host.OwnerA, key))["expires_at"]);
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/agency", """{"timezone":"America/New_York"}""");
        Assert.Equal("2126-02-21T05:00:00.000Z", (string?)(await MakeAsync(_host.OwnerA, key))["expires_at"]);
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task What_is_no_key_is_refused()
    {
        foreach (var (code, body) in new[]
            {
                ("validation_error", """{"name":" "}"""),
                ("validation_error", """{"name":"x","role":"client_viewer"}"""),
                ("validation_error", """{"name":"x","expires_at":"2020-01-01T00:00:00Z"}"""),
                ("validation_error", """{"name":"x","agency_id":"00000000-0000-7000-8000-000000000000"}"""),
                ("invalid_enum", """{"name":"x","role":"admin"}"""),
            })
        {
            await _host.RefusedAsync(400, code, _host.OwnerA, "POST", "/api-keys", body);
            Assert.Empty(await NamesAsync(_host.OwnerA));
        }
    }

    [Fact]
    public async Task Members_and_clients_make_none()
    {
        string client = await _host.ClientAsync(_host.OwnerA, "Client one");
        var (_, member) = await _host.UserAsync(_host.OwnerA, "mA", "agency_member");
        var (_, admin) = await _host.UserAsync(_host.OwnerA, "ca1", "client_admin", client);
        foreach (string token in new[] { member, admin })
        {
            await _host.RefusedAsync(403, "forbidden", token, "GET", "/api-keys");
            await _host.RefusedAsync(403, "forbidden", token, "POST", "/api-keys", """{"name":"x"}""");
        }
        string foreign = await _host.ClientAsync(_host.OwnerB, "Client of B");
        await _host.RefusedAsync(404, "not_found", _host.OwnerA, "POST", "/api-keys", $$"""{"name":"x","client_id":"{{foreign}}"}""");
    }

    private Task<JsonObject> MakeAsync(string token, string body) => _host.DoneAsync(201, token, "POST", "/api-keys", body);

    private async Task<string[]> NamesAsync(string token) =>
        [.. (await _host.DoneAsync(200, token, "GET", "/api-keys"))["api_keys"]!.AsArray().Select(one => (string)one!["name"]!)];
}
