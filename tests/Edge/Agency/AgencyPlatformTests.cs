using System.Text.Json.Nodes;
using Ringwright.Agency;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyPlatformOnSqliteTests() : AgencyPlatformTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyPlatformOnPostgresTests() : AgencyPlatformTests(Product.Postgres);

/// <summary>Administrators of the platform: what they see of none, and what they do within an agency.</summary>
public abstract class AgencyPlatformTests(Product product) : IAsyncLifetime
{
    private AgencyHost _host = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string AgencyA => (string)_host.AccountA["id"]!;

    public async ValueTask InitializeAsync() => _host = await AgencyHost.StartAsync(product);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task An_administrator_acts_within_an_agency_by_saying_why_which_the_agency_reads()
    {
        // Case R08.
        string token = await _host.AdministratorAsync();
        Assert.Equal(403, (await _host.ActAsync(token, null, null, "GET", "/calls")).Status);
        Assert.Equal(400, (await _host.ActAsync(token, AgencyA, null, "GET", "/calls")).Status);
        Assert.Equal(400, (await _host.ActAsync(token, AgencyA, "  ", "GET", "/calls")).Status);
        foreach (string nobody in new[] { Guid.NewGuid().ToString(), "nobody" })
            Assert.Equal(404, (await _host.ActAsync(token, nobody, "a complaint", "GET", "/calls")).Status);
        Assert.Empty(await ActedAsync());
        var (status, calls) = await _host.ActAsync(token, AgencyA, "a complaint", "GET", "/calls");
        Assert.True(status == 200, calls);
        var acted = Assert.Single(await ActedAsync());
        Assert.Equal(("operator", "agency", AgencyA), ((string?)acted["actor_kind"], (string?)acted["resource"],
            (string?)acted["resource_id"]));
        Assert.Equal(["ListCalls", "a complaint"], acted["changes"]!.AsArray().Select(one => (string)one!["to"]!));

        var (made, text) = await _host.ActAsync(token, AgencyA, "asked by telephone", "POST", "/clients", """{"name":"Client one"}""");
        Assert.True(made == 201, text);
        Assert.Equal("Client one", (string?)(await _host.DoneAsync(200, _host.OwnerA, "GET", "/clients"))["clients"]![0]!["name"]);
        Assert.Empty((await _host.DoneAsync(200, _host.OwnerB, "GET", "/clients"))["clients"]!.AsArray());
        Assert.Equal(2, (await ActedAsync()).Count);
        // Not within an agency either: credentials and what costs it its numbers.
        Assert.Equal(403, (await _host.ActAsync(token, AgencyA, "a complaint", "PUT", "/integrations/ultravox",
            """{"webhook_signing_secrets":["s"]}""")).Status);
        Assert.Equal(2, (await ActedAsync()).Count);
        // A key of it is none of the platform.
        Assert.Equal(400, (await _host.ActAsync(token, AgencyA, "a complaint", "POST", "/api-keys",
            """{"name":"x","role":"admin"}""")).Status);
        // The headers make nobody an administrator.
        var (plain, own) = await _host.ActAsync(_host.OwnerB, AgencyA, "a complaint", "GET", "/agency");
        Assert.Equal((200, (string?)_host.AccountB["id"]), (plain, (string?)JsonNode.Parse(own)!["id"]));
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task An_agency_is_made_with_a_slug_of_its_own_and_an_owner_who_signs_in()
    {
        // Case E07.
        string token = await _host.AdministratorAsync();
        foreach (string slug in new[] { "Acme", "acme_1", "" })
            await _host.RefusedAsync(400, "validation_error", token, "POST", "/agencies", $$"""{"name":"Acme","slug":"{{slug}}"}""");
        var made = await _host.DoneAsync(201, token, "POST", "/agencies", """{"name":"Acme","slug":"acme-1"}""");
        Assert.Equal(("acme-1", "active", 0), ((string?)made["slug"], (string?)made["status"], (int)made["clients"]!));
        await _host.RefusedAsync(409, "already_exists", token, "POST", "/agencies", """{"name":"Acme two","slug":"acme-1"}""");
        await _host.RefusedAsync(409, "already_exists", token, "POST", "/agencies", """{"name":"Acme","slug":"acme-2"}""");
        string owner = await _host.SignInAsync((string)made["owner"]!["email"]!, (string)made["owner"]!["password"]!);
        Assert.Equal(("acme-1", (string?)made["id"]), ((string?)(await _host.DoneAsync(200, owner, "GET", "/agency"))["slug"],
            (string?)(await _host.DoneAsync(200, owner, "GET", "/me"))["user"]!["agency_id"]));
        var listed = (await _host.DoneAsync(200, token, "GET", "/agencies"))["agencies"]!.AsArray();
        Assert.Contains(AgencyA, listed.Select(one => (string?)one!["id"]));
        Assert.Contains((string?)made["id"], listed.Select(one => (string?)one!["id"]));
        Assert.All(listed, one => Assert.False(one!.AsObject().ContainsKey("owner")));
        await _host.RefusedAsync(403, "forbidden", _host.OwnerA, "GET", "/agencies");
        await _host.RefusedAsync(403, "forbidden", _host.OwnerA, "POST", "/agencies", """{"name":"Mine"}""");
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task A_worker_has_one_look_when_it_is_named_and_nobody_else_may_have_it_look()
    {
        // Of a call of a provider that nobody has told the node of yet.
        string token = await _host.AdministratorAsync();
        string address = (string)(await _host.DoneAsync(200, _host.OwnerA, "GET", "/integrations"))["webhook_url"]!;
        Assert.Equal(204, await _host.HookAsync(address,
            """{"event":"call.started","call":{"callId":"c1","created":"2026-02-01T10:00:00Z"}}"""));
        foreach (string worker in new[]
            { "batches", "webhooks", "talks", "transcripts", "analyses", "history", "silent_calls", "retention", "charges", "numbers" })
            Assert.Equal(worker, (string?)(await _host.DoneAsync(200, token, "POST", $"/admin/workers/{worker}/tick"))["worker"]);
        Assert.Single((await _host.DoneAsync(200, _host.OwnerA, "GET", "/calls"))["calls"]!.AsArray());
        await _host.RefusedAsync(404, "not_found", token, "POST", "/admin/workers/other/tick");
        await _host.RefusedAsync(403, "forbidden", _host.OwnerA, "POST", "/admin/workers/batches/tick");
        await _host.RefusedAsync(401, "unauthenticated", null, "POST", "/admin/workers/batches/tick");
    }

    [Fact, Depth("AgencyTests in the gate have codes that are good once, and passwords that end tokens at once")]
    public async Task The_operator_makes_administrators_whose_tokens_end_with_their_password()
    {
        var desk = new OperatorClient(_host.Node);
        var made = await desk.DataAsync("POST", "/administrators", """{"email":"Anna@example.com"}""");
        Assert.Equal("anna@example.com", (string?)made["email"]);
        string password = (string)made["password"]!, token = await _host.SignInAsync("anna@example.com", password);
        Assert.Null(await PlatformAdministrator.MakeAsync(_host.Node.Node.Database, "anna@example.com", Stop));
        Assert.Null(await PlatformAdministrator.MakeAsync(_host.Node.Node.Database,
            (string)_host.AccountA["agency_owner"]!["email"]!, Stop));
        var me = await _host.DoneAsync(200, token, "GET", "/me");
        Assert.Equal(("admin", null), ((string?)me["user"]!["role"], me["user"]!["agency_id"]));
        Assert.Contains("platform.manage", me["permissions"]!.AsArray().Select(one => (string)one!));
        await _host.RefusedAsync(401, "unauthenticated", null, "POST", "/auth/login",
            """{"email":"anna@example.com","password":"another one"}""");
        await _host.RefusedAsync(400, "validation_error", token, "POST", "/me/password",
            """{"current_password":"another one","new_password":"another password"}""");
        await _host.DoneAsync(204, token, "POST", "/me/password",
            $$"""{"current_password":"{{password}}","new_password":"another password"}""");
        await _host.RefusedAsync(401, "unauthenticated", token, "GET", "/me");
        string again = await _host.SignInAsync("anna@example.com", "another password");
        await _host.DoneAsync(204, again, "POST", "/auth/logout");
        await _host.RefusedAsync(401, "unauthenticated", again, "GET", "/me");
    }

    private async Task<List<JsonNode>> ActedAsync() =>
    [
        .. (await _host.DoneAsync(200, _host.OwnerA, "GET", "/audit"))["entries"]!.AsArray()
            .Where(one => (string?)one!["action"] == "acted").Select(one => one!),
    ];
}
