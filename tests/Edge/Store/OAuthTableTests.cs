using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.OAuth;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public abstract class OAuthTableTests(Product product) : IAsyncLifetime
{
    private static readonly ResourceView<OAuthClientFacts> View =
        new() { Read = row => new([.. row.Body["allowed_scopes"]!.AsArray().Select(s => (string)s!)]), Secret = "client_secret" };

    private readonly FakeTimeProvider _time = new();
    private TestDatabase _test = null!;         // set before each test
    private TenantId _tenant, _other;

    private OAuthTokenTable Tokens => _test.Database.OAuthTokens;
    private OAuthGrantTable Grants => _test.Database.OAuthGrants;
    private OAuthClientTable Clients => _test.Database.OAuthClients;
    private static CancellationToken Stop => TestDatabase.Stop;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.OpenAsync(product, _time);
        _tenant = await _test.TenantAsync();
        _other = await _test.TenantAsync("other");
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    private async Task<Guid> ClientAsync(TenantId? tenant, string secret = "the secret of the program")
    {
        var id = Guid.NewGuid();
        var body = new JsonObject { ["name"] = "Diary", ["allowed_scopes"] = new JsonArray("read", "write") };
        if (tenant is { } owner)
        {
            body["client_secret"] = secret;
            var row = new ResourceRow
            {
                Id = id.ToString(), Tenant = owner, Body = body, CreatedAt = _time.GetUtcNow(), UpdatedAt = _time.GetUtcNow()
            };
            Assert.Equal(WriteOutcome.Done, await Clients.Rows(View).InsertAsync(row, Stop));
        }
        else
        {
            Assert.True(await Clients.RegisterAsync(new()
            {
                Id = id, Scopes = ["read", "write"], Secret = secret, Body = body, CreatedAt = _time.GetUtcNow()
            }, _time.GetUtcNow().AddDays(-1), 3, Stop));
        }
        return id;
    }

    private async Task<OAuthGrant> ApproveAsync(TenantId tenant, Guid client, string code, Guid? consent = null, params string[] scopes)
    {
        OAuthGrant? written = null;
        var approval = new OAuthApproval
        {
            Consent = consent ?? Guid.NewGuid(), ConsentExpiresAt = _time.GetUtcNow().AddMinutes(10), Tenant = tenant, Client = client,
            Scopes = scopes.Length == 0 ? ["read"] : scopes,
            RedirectUri = "https://program.example/", Code = code, CodeExpiresAt = _time.GetUtcNow().AddSeconds(60),
        };
        Assert.Equal(WriteOutcome.Done, await Grants.ApproveAsync(approval, grant =>
        {
            written = grant;
            return new()
            {
                Tenant = tenant, At = _time.GetUtcNow(), By = Ringwright.Store.Audit.AuditActor.Owner, Change = "approved",
                RecordType = "oauth_grant", ResourceId = grant.Id.ToString()
            };
        }, Stop));
        return written!;
    }

    private OAuthFamily Family(TenantId tenant, Guid client, Guid? grant = null) => new()
    {
        Id = Guid.NewGuid(), Tenant = tenant, Client = client, Grant = grant, Scopes = ["read"], CreatedAt = _time.GetUtcNow(),
        ExpiresAt = _time.GetUtcNow().AddHours(1),
    };

    [Fact]
    public async Task A_program_is_found_by_whoever_knows_its_id_with_its_secret()
    {
        var own = await ClientAsync(_tenant);
        var free = await ClientAsync(null, "another secret");
        Assert.Equal((_tenant, "the secret of the program"),
            ((await Clients.FindAsync(own, Stop))!.Tenant, (await Clients.FindAsync(own, Stop))!.Secret));
        Assert.Equal((null, "another secret"),
            ((await Clients.FindAsync(free, Stop))!.Tenant, (await Clients.FindAsync(free, Stop))!.Secret));
        Assert.Null(await Clients.FindAsync(Guid.NewGuid(), Stop));
        Assert.Null(await Clients.Rows(View).FindAsync(_other, own.ToString(), Stop));
        Assert.Equal(WriteOutcome.Missing, await Clients.Rows(View).DeleteAsync(_other, own.ToString(), Stop));
    }

    [Fact]
    public async Task Those_that_registered_themselves_and_were_never_allowed_anything_are_forgotten()
    {
        var used = await ClientAsync(null);
        var idle = await ClientAsync(null);
        await ApproveAsync(_tenant, used, "code");
        _time.Advance(TimeSpan.FromDays(2));
        for (int i = 0; i < 3; i++) await ClientAsync(null);
        Assert.NotNull(await Clients.FindAsync(used, Stop));
        Assert.Null(await Clients.FindAsync(idle, Stop));
        Assert.False(await Clients.RegisterAsync(new() { Id = Guid.NewGuid(), Scopes = [], Body = [], CreatedAt = _time.GetUtcNow() },
            _time.GetUtcNow().AddDays(-1), 3, Stop));
    }

    [Fact]
    public async Task A_code_gives_one_family_and_ends_it_when_it_comes_again()
    {
        var client = await ClientAsync(_tenant);
        var grant = await ApproveAsync(_other, client, "the code");
        var code = (await Tokens.FindCodeAsync("the code", Stop))!;
        Assert.Equal((_other, client, grant.Id), (code.Tenant, code.Client, code.Grant));

        var family = Family(_other, client, grant.Id);
        Assert.Equal(OAuthExchange.Done, await Tokens.RedeemAsync("the code", family, "first", Stop));
        var found = (await Tokens.FindAsync(family.Id, Stop))!;
        Assert.Equal((_other, client, grant.Id), (found.Tenant, found.Client, found.Grant));
        Assert.Equal(["read", "write"], found.ClientScopes);

        Assert.Equal(OAuthExchange.Repeated, await Tokens.RedeemAsync("the code", Family(_other, client, grant.Id), "x", Stop));
        Assert.Null(await Tokens.FindAsync(family.Id, Stop));
        Assert.Equal(OAuthExchange.Unknown, await Tokens.RotateAsync("first", "second", Stop));
        var trail = await _test.Database.Audit.ListAsync(_other, null, null, true, 0, 10, Stop);
        Assert.Equal(["tokens_ended", "approved"], trail.Events.Select(e => e.Change));
    }

    [Fact]
    public async Task Of_those_that_bring_a_code_at_once_one_gets_tokens_and_then_nobody_has_any()
    {
        var client = await ClientAsync(_tenant);
        var grant = await ApproveAsync(_tenant, client, "the code");
        OAuthFamily[] families = [.. Enumerable.Range(0, 8).Select(_ => Family(_tenant, client, grant.Id))];
        var outcomes = await Task.WhenAll(families.Select(f => Tokens.RedeemAsync("the code", f, null, Stop).AsTask()));
        Assert.Single(outcomes, o => o is OAuthExchange.Done);
        foreach (var family in families) Assert.Null(await Tokens.FindAsync(family.Id, Stop));
    }

    [Fact]
    public async Task A_refresh_token_is_spent_once()
    {
        var client = await ClientAsync(_tenant);
        var grant = await ApproveAsync(_tenant, client, "the code");
        var family = Family(_tenant, client, grant.Id);
        await Tokens.RedeemAsync("the code", family, "first", Stop);
        Assert.Equal(OAuthExchange.Done, await Tokens.RotateAsync("first", "second", Stop));
        Assert.True((await Tokens.FindByRefreshAsync("first", Stop)).IsUsed);
        Assert.False((await Tokens.FindByRefreshAsync("second", Stop)).IsUsed);
        Assert.Equal(OAuthExchange.Repeated, await Tokens.RotateAsync("first", "third", Stop));
        Assert.Null((await Tokens.FindByRefreshAsync("second", Stop)).Family);
    }

    [Fact]
    public async Task What_is_over_is_gone_with_the_next_token()
    {
        var client = await ClientAsync(_tenant);
        var grant = await ApproveAsync(_tenant, client, "the code");
        var family = Family(_tenant, client, grant.Id);
        await Tokens.RedeemAsync("the code", family, "first", Stop);
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Null(await Tokens.FindAsync(family.Id, Stop));
        Assert.Equal(OAuthExchange.Unknown, await Tokens.RotateAsync("first", "second", Stop));
        await Tokens.OpenAsync(Family(_tenant, client), Stop);
        Assert.Equal(["0", "0", "1"], await _test.QueryAsync(
            "select cast(count(*) as text) from rw_oauth_code union all select cast(count(*) as text) from rw_oauth_refresh union all "
            + "select cast(count(*) as text) from rw_oauth_family"));
    }

    [Fact]
    public async Task One_grant_stands_for_an_account_and_a_program_and_each_question_is_answered_once()
    {
        var client = await ClientAsync(_tenant);
        var consent = Guid.NewGuid();
        var first = await ApproveAsync(_tenant, client, "a", consent, "read");
        var second = await ApproveAsync(_tenant, client, "b", null, "write");
        Assert.Equal(first.Id, second.Id);
        Assert.Equal(["read", "write"], (await Grants.FindAsync(_tenant, first.Id, Stop))!.Scopes);
        Assert.Equal(WriteOutcome.Duplicate, await Grants.DenyAsync(_tenant, consent, _time.GetUtcNow().AddMinutes(10), Stop));
        Assert.Null(await Grants.FindAsync(_other, first.Id, Stop));
        Assert.Equal((1, 1L),
            ((await Grants.ListAsync(_tenant, 0, 10, Stop)).Grants.Count, (await Grants.ListAsync(_tenant, 0, 10, Stop)).Total));
        Assert.Empty((await Grants.ListAsync(_other, 0, 10, Stop)).Grants);
    }

    [Fact]
    public async Task A_grant_that_is_taken_back_takes_what_came_from_it()
    {
        var client = await ClientAsync(_tenant);
        var (mine, theirs) = (await ApproveAsync(_tenant, client, "a"), await ApproveAsync(_other, client, "b"));
        var (own, foreign) = (Family(_tenant, client, mine.Id), Family(_other, client, theirs.Id));
        await Tokens.RedeemAsync("a", own, "ra", Stop);
        await Tokens.RedeemAsync("b", foreign, "rb", Stop);
        static Ringwright.Store.Audit.AuditNote NoteOf(OAuthGrant grant) =>
            new()
            {
                Tenant = grant.Tenant, At = grant.CreatedAt, By = Ringwright.Store.Audit.AuditActor.Owner,
                Change = "deleted", RecordType = "oauth_grant", ResourceId = grant.Id.ToString()
            };

        Assert.Null(await Grants.DeleteAsync(_other, mine.Id, NoteOf, Stop));
        Assert.NotNull(await Tokens.FindAsync(own.Id, Stop));
        await Grants.TouchAsync(_tenant, mine.Id, Stop);
        Assert.Equal(_time.GetUtcNow(), (await Grants.DeleteAsync(_tenant, mine.Id, NoteOf, Stop))!.LastUsedAt);
        Assert.Null(await Tokens.FindAsync(own.Id, Stop));
        Assert.NotNull(await Tokens.FindAsync(foreign.Id, Stop));

        Assert.Equal(WriteOutcome.Done, await Clients.Rows(View).DeleteAsync(_tenant, client.ToString(), Stop));
        Assert.Null(await Tokens.FindAsync(foreign.Id, Stop));
        Assert.Null(await Grants.FindAsync(_other, theirs.Id, Stop));
    }

    [Fact]
    public async Task No_secret_code_or_token_stands_in_the_database()
    {
        var client = await ClientAsync(_tenant, "secret-of-the-program-0123");
        var grant = await ApproveAsync(_tenant, client, "code-0123456789");
        await Tokens.RedeemAsync("code-0123456789", Family(_tenant, client, grant.Id), "refresh-0123456789", Stop);
        await Tokens.RotateAsync("refresh-0123456789", "refresh-abcdefghij", Stop);
        string all = await _test.DumpAsync();
        foreach (string text in new[] { "secret-of-the-program", "code-0123456789", "refresh-0123456789", "refresh-abcdefghij" })
            Assert.DoesNotContain(text, all);
    }

    [Fact]
    public async Task Keys_are_numbered_and_the_first_to_write_one_wins()
    {
        var keys = _test.Database.OAuthKeys;
        await keys.AddAsync(new(1, new byte[] { 1, 2, 3 }, _time.GetUtcNow()), Stop);
        await keys.AddAsync(new(1, new byte[] { 9 }, _time.GetUtcNow()), Stop);
        await keys.AddAsync(new(2, new byte[] { 4 }, _time.GetUtcNow()), Stop);
        Assert.Equal([(1, 3), (2, 1)], (await keys.ListAsync(Stop)).Select(k => (k.Number, k.Secret.Length)));
        await keys.RemoveBeforeAsync(2, Stop);
        Assert.Equal([2], (await keys.ListAsync(Stop)).Select(k => k.Number));
    }
}

public sealed class OAuthTableOnSqlite() : OAuthTableTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class OAuthTableOnPostgres() : OAuthTableTests(Product.Postgres);
