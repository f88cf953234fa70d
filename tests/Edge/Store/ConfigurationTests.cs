using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public abstract class ConfigurationTests(Product product)
{
    private static CancellationToken Stop => TestDatabase.Stop;

    private static readonly Trunk Carrier = new()
    {
        Id = new(Guid.NewGuid()),
        Name = "carrier",
        Host = "sip.example.net",
        Port = 5070,
        Sources = [IPNetwork.Parse("192.0.2.0/24")],
        AuthUser = "us",
        AuthPassword = "s3cret-words",
        ChannelLimit = 30,
        InboundChannelLimit = 20,
        CallsPerSecond = 10,
        InboundCallsPerSecond = 5,
        ProbeSeconds = 45,
        NextTrunkOn = AnswerSet.TryParse(["503", "4xx"])!,      // both are answers
        FromDomain = "us.example",
        ForwardedBy = ForwardedBy.Both,
        MayRefer = true,
        Transport = SipTransport.Tls,
        Nat = NatPolicy.Source,
        AdjustsRtp = false,
        Tls = new()
        {
            ServerName = "tls.example.net", Pins = [new('a', 64)], Authorities = "CA",
            Certificate = "CERT", CertificateKey = "t1s-key-words", IsVerified = false
        },
    };

    [Fact]
    public void What_an_older_build_has_written_allows_what_was_allowed_then()
    {
        Assert.False(JsonColumns.Read("{}", ColumnJson.Default.SipConnection)!.IsRtpFixed);
        Assert.Null(JsonColumns.Read("{}", ColumnJson.Default.SipConnection)!.MayRefer);
        Assert.False(JsonColumns.Read("{}", ColumnJson.Default.NumberVoice)!.IsRtpFixed);
    }

    [Fact]
    public async Task A_write_is_in_the_snapshot_when_it_returns()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var database = test.Database;
        var tenant = await test.TenantAsync();
        Assert.Equal("acme", database.Routing.Current.FindTenant(tenant)!.Name);

        await database.Tenants.ChangeLimitsAsync(tenant, limits => limits with { Channels = 5 }, Stop);
        Assert.Equal(5, database.Routing.Current.FindTenant(tenant)!.Limits.Channels);

        var connections = database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications);
        await connections.InsertAsync(Shop.Row(tenant, 1, new() { ["title"] = "A", ["url"] = "http://sink/" }), Stop);
        var connection = database.Routing.Current.FindConnection(tenant, new(1))!;
        Assert.Equal(("A", "http://sink/", ConnectionKind.CallControl), (connection.Name, connection.WebhookUrl, connection.Kind));
        Assert.Equal(["PCMA"], connection.Codecs);

        await database.Numbers.Rows(Shop.Numbers).InsertAsync(
            Shop.Row(tenant, 2, new() { ["number"] = "+15550001", ["connection"] = "1", ["tags"] = new JsonArray("a", "b") }), Stop);
        var number = database.Routing.Current.FindNumber("+15550001")!;
        Assert.Equal(("+15550001", tenant, new ConnectionId(1)), (number.Text, number.Tenant, number.Connection));
        Assert.Equal(["a", "b"], number.Tags);

        await database.Trunks.InsertAsync(Carrier, Stop);
        await database.Routes.InsertAsync(new() { Id = Guid.NewGuid(), Trunk = Carrier.Id, Prefix = "+1555" }, Stop);
        Assert.Equal(Carrier.Id, Assert.Single(database.Routing.Current.FindRoutes("+15550001")).Trunk);
        Assert.Equal("carrier", database.Routing.Current.FindTrunkBySource(IPAddress.Parse("192.0.2.9"))!.Name);

        await connections.DeleteAsync(tenant, "1", Stop);
        Assert.Null(database.Routing.Current.FindConnection(tenant, new(1)));
    }

    [Fact]
    public async Task Writes_that_come_together_are_all_in_the_snapshot()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications);
        await Task.WhenAll(Enumerable.Range(1, 100).Select(async i =>
        {
            await rows.InsertAsync(Shop.Row(tenant, i, new() { ["title"] = $"n{i}" }), Stop);
            Assert.NotNull(test.Database.Routing.Current.FindConnection(tenant, new(i)));
        }));
    }

    [Fact]
    public async Task The_snapshot_is_there_after_a_restart()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        await test.Database.Trunks.InsertAsync(Carrier, Stop);
        await test.ReopenAsync();
        Assert.NotNull(test.Database.Routing.Current.FindTenant(tenant));
        Assert.Equal("s3cret-words", test.Database.Routing.Current.FindTrunk(Carrier.Id)!.AuthPassword);
    }

    [Fact]
    public async Task The_echo_line_belongs_to_the_first_account_unless_an_account_has_its_number()
    {
        await using var test = await TestDatabase.OpenAsync(product, echoNumber: "+15550009");
        var routing = test.Database.Routing;
        Assert.Null(routing.Current.FindNumber("+15550009"));
        var first = await test.TenantAsync();
        ((Testing.FakeTimeProvider)test.Time).Advance(TimeSpan.FromSeconds(1));
        var second = await test.TenantAsync("second");
        var line = routing.Current.FindNumber("+15550009")!;
        Assert.Equal(first, line.Tenant);
        Assert.Equal(Application.Echo, routing.Current.FindConnection(first, line.Connection!.Value)!.Application);

        await test.Database.Numbers.Rows(Shop.Numbers).InsertAsync(Shop.Row(second, 2, new() { ["number"] = "+15550009" }), Stop);
        Assert.Equal((second, null),
            (routing.Current.FindNumber("+15550009")!.Tenant, routing.Current.FindNumber("+15550009")!.Connection));
    }

    [Fact]
    public async Task Trunks_are_created_changed_and_deleted()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var trunks = test.Database.Trunks;
        Assert.Equal(WriteOutcome.Done, await trunks.InsertAsync(Carrier, Stop));
        Assert.Equal(WriteOutcome.Duplicate, await trunks.InsertAsync(Carrier with { Id = new(Guid.NewGuid()) }, Stop));
        var stored = (await trunks.FindAsync(Carrier.Id, Stop))!.Value;
        Assert.Equal(Carrier with
        {
            Sources = stored.Sources,
            Codecs = stored.Codecs,
            NextTrunkOn = stored.NextTrunkOn,
            Tls = Carrier.Tls with { Pins = stored.Tls.Pins },
        }, stored);
        Assert.Equal(Carrier.NextTrunkOn.Texts, stored.NextTrunkOn.Texts);
        Assert.Equal(Carrier.Tls.Pins, stored.Tls.Pins);
        Assert.Equal(Carrier.Sources, stored.Sources);
        Assert.Equal(Carrier.Codecs, stored.Codecs);

        Assert.Equal(WriteOutcome.Done, await trunks.UpdateAsync(Carrier with { Name = "renamed", AuthPassword = null }, Stop));
        Assert.Null((await trunks.FindByNameAsync("renamed", Stop))!.Value.AuthPassword);
        Assert.Equal(WriteOutcome.Done,
            await trunks.UpdateAsync(Carrier with { Port = null, Transport = null, Nat = NatPolicy.Auto, Tls = TrunkTls.Default }, Stop));
        var plain = (await trunks.FindAsync(Carrier.Id, Stop))!.Value;
        Assert.Equal((null, null, NatPolicy.Auto, null), (plain.Port, plain.Transport, plain.Nat, plain.Tls.CertificateKey));
        Assert.Equal(WriteOutcome.Missing, await trunks.UpdateAsync(Carrier with { Id = new(Guid.NewGuid()), Name = "other" }, Stop));

        var route = new Route { Id = Guid.NewGuid(), Trunk = Carrier.Id, Prefix = "+49", CallerId = "+491234" };
        Assert.Equal(WriteOutcome.Done, await test.Database.Routes.InsertAsync(route, Stop));
        Assert.Equal(route, (await test.Database.Routes.FindAsync(route.Id, Stop))!.Value);
        Assert.Equal(WriteOutcome.InUse, await trunks.DeleteAsync(Carrier.Id, Stop));
        Assert.Equal(WriteOutcome.Done, await test.Database.Routes.UpdateAsync(route with { Priority = 7 }, Stop));
        Assert.Equal(7, Assert.Single(await test.Database.Routes.ListAsync(Stop)).Value.Priority);
        Assert.Equal(WriteOutcome.Missing,
            await test.Database.Routes.InsertAsync(route with { Id = Guid.NewGuid(), Trunk = new(Guid.NewGuid()) }, Stop));
        Assert.Equal(WriteOutcome.Done, await test.Database.Routes.DeleteAsync(route.Id, Stop));
        Assert.Equal(WriteOutcome.Missing, await test.Database.Routes.DeleteAsync(route.Id, Stop));
        Assert.Equal(WriteOutcome.Done, await trunks.DeleteAsync(Carrier.Id, Stop));
        Assert.Empty(await trunks.ListAsync(Stop));
    }

    [Fact]
    public async Task Secrets_are_not_in_the_database()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var made = (await test.Database.Tenants.CreateAsync("acme", TenantLimits.None, null, Stop))!;
        await test.Database.ApiKeys.CreateAsync(made.Tenant.Id, "KEY-of-acme", KeyRole.Owner, "first", Stop);
        await test.Database.OperatorKeys.AddAsync("operators-own", Stop);
        await test.Database.Trunks.InsertAsync(Carrier, Stop);
        byte[] seed = (await test.Database.SigningKeys.FindAsync(made.Tenant.Id, Stop))!.Seed.ToArray();
        string tokenKey = Convert.ToBase64String(test.Database.Node.TokenKey.Span);
        string file = await test.DumpAsync();
        foreach (string secret in new[]
        {
            "s3cret-words", "t1s-key-words", "KEY-of-acme", "operators-own", made.WebhookSecret, made.WebhookSecret[6..],
            Convert.ToBase64String(seed), tokenKey
        })
            Assert.DoesNotContain(secret, file);
    }

    [Fact]
    public async Task A_tenant_has_a_name_of_its_own_and_what_signs_its_webhooks()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var made = (await test.Database.Tenants.CreateAsync("acme", new() { Channels = 10 }, null, Stop))!;
        Assert.Null(await test.Database.Tenants.CreateAsync("acme", TenantLimits.None, null, Stop));
        Assert.Equal(made.Tenant, await test.Database.Tenants.FindByNameAsync("acme", Stop));
        Assert.Equal([made.Tenant], await test.Database.Tenants.ListAsync(Stop));

        var key = (await test.Database.SigningKeys.FindAsync(made.Tenant.Id, Stop))!;
        Assert.Equal(32, key.Seed.Length);
        Assert.Equal(made.WebhookSecret, key.WebhookSecret);
        Assert.StartsWith("whsec_", key.WebhookSecret);
        Assert.Null(await test.Database.SigningKeys.FindAsync(new(Guid.NewGuid()), Stop));
    }

    [Fact]
    public async Task The_tree_of_tenants_is_two_deep()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenants = test.Database.Tenants;
        var root = (await tenants.CreateAsync("agency", TenantLimits.None, null, Stop))!.Tenant;
        var child = (await tenants.CreateAsync("client", new() { Channels = 2, MediaBytes = 5_000_000_000 }, root.Id, Stop))!.Tenant;
        Assert.Equal(root.Id, child.Parent);
        Assert.Null(await tenants.CreateAsync("grandchild", TenantLimits.None, child.Id, Stop));
        Assert.Null(await tenants.CreateAsync("orphan", TenantLimits.None, new TenantId(Guid.NewGuid()), Stop));

        Assert.Equal([root, child], (await tenants.ListAsync(Stop)).OrderBy(t => t.Name, StringComparer.Ordinal));
        Assert.Equal(child, test.Database.Routing.Current.FindTenant(child.Id));
        string text = ApiKeyTable.NewText();
        await test.Database.ApiKeys.CreateAsync(child.Id, text, KeyRole.Reader, "", Stop);
        Assert.Equal((child.Id, root.Id),
            (await test.Database.ApiKeys.FindAsync(text, Stop)) is { } key ? (key.Tenant, key.Parent) : default);
    }

    [Fact]
    public async Task A_limit_changes_alone_and_holds_at_once()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenants = test.Database.Tenants;
        var made = (await tenants.CreateAsync("acme", new() { Channels = 10 }, null, Stop))!.Tenant;
        await tenants.ChangeLimitsAsync(made.Id, limits => limits with { DailySpendMicros = 25_000_000, RequestRate = 5 }, Stop);
        var changed = await tenants.ChangeLimitsAsync(made.Id, limits => limits with { RequestRate = null }, Stop);
        Assert.Equal(new TenantLimits { Channels = 10, DailySpendMicros = 25_000_000 }, changed!.Limits);
        Assert.Equal(changed, test.Database.Routing.Current.FindTenant(made.Id));
        Assert.Null(await tenants.ChangeLimitsAsync(new(Guid.NewGuid()), limits => limits, Stop));
    }

    [Fact]
    public async Task Api_keys_are_found_by_text_and_end_when_revoked()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var keys = test.Database.ApiKeys;
        string text = ApiKeyTable.NewText();
        Assert.Matches("^KEY[0-9A-F]{32}_[0-9A-Za-z]{22}$", text);
        Assert.NotNull(await keys.CreateAsync(acme, text, KeyRole.Owner, "first", Stop));
        Assert.Null(await keys.CreateAsync(other, text, KeyRole.Owner, "stolen", Stop));

        var found = (await keys.FindAsync(text, Stop))!;
        Assert.Equal((acme, KeyRole.Owner, "first", (DateTimeOffset?)null), (found.Tenant, found.Role, found.Label, found.RevokedAt));
        Assert.Null(await keys.FindAsync(text + "x", Stop));
        Assert.Equal(WriteOutcome.Missing, await keys.RevokeAsync(other, found.Id, Stop));
        Assert.Equal(WriteOutcome.Done, await keys.RevokeAsync(acme, found.Id, Stop));
        Assert.NotNull((await keys.FindAsync(text, Stop))!.RevokedAt);
        // Each account has come with a token that opens it, too.
        Assert.Equal(["auth token", "first"], (await keys.ListAsync(acme, Stop)).Select(key => key.Label).Order(StringComparer.Ordinal));
        Assert.Equal(["auth token"], (await keys.ListAsync(other, Stop)).Select(key => key.Label));
    }

    [Fact]
    public async Task A_tenants_key_is_no_operators_key()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        await test.Database.ApiKeys.CreateAsync(await test.TenantAsync(), "tenants", KeyRole.Owner, "", Stop);
        Assert.False(await test.Database.OperatorKeys.AnyAsync(Stop));
        await test.Database.OperatorKeys.AddAsync("operators", Stop);
        await test.Database.OperatorKeys.AddAsync("operators", Stop);
        Assert.True(await test.Database.OperatorKeys.AnyAsync(Stop));
        Assert.True(await test.Database.OperatorKeys.IsKnownAsync("operators", Stop));
        Assert.False(await test.Database.OperatorKeys.IsKnownAsync("tenants", Stop));
        Assert.Null(await test.Database.ApiKeys.FindAsync("operators", Stop));
    }
}

public sealed class ConfigurationOnSqlite() : ConfigurationTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class ConfigurationOnPostgres() : ConfigurationTests(Product.Postgres);
