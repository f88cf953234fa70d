using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public abstract class AuditTableTests(Product product)
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestDatabase.Stop;

    private static AuditNote Note(TenantId tenant, string change, JsonObject? before = null) => new()
    {
        Tenant = tenant, At = At, By = AuditActor.Owner, KeyId = "key-1", Change = change, RecordType = "group",
        ResourceId = "1", Before = before,
    };

    private static async Task<IReadOnlyList<AuditEvent>> EventsAsync(TestDatabase test, TenantId tenant) =>
        (await test.Database.Audit.ListAsync(tenant, null, null, isFalling: false, 0, 100, Stop)).Events;

    [Fact]
    public async Task Each_write_of_a_document_tells_what_changed()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Documents.Rows(new DocumentKind("group") { Unique = ["name"], Secrets = ["token"] });
        var row = Shop.Row(tenant, 1, new() { ["name"] = "A", ["size"] = 5, ["token"] = "secret-one" });
        await rows.InsertAsync(row, Note(tenant, "created"), Stop);
        var changed = row with { Body = new() { ["name"] = "A", ["size"] = new JsonArray(6), ["token"] = "secret-two" } };
        await rows.UpdateAsync(changed, Note(tenant, "updated", row.Body), Stop);
        await rows.DeleteAsync(tenant, "1", Note(tenant, "deleted", changed.Body), Stop);

        var events = await EventsAsync(test, tenant);
        Assert.Equal(["created", "updated", "deleted"], events.Select(e => e.Change));
        Assert.Equal((At, AuditActor.Owner, "key-1", "group", "1"),
            (events[0].At, events[0].By, events[0].KeyId, events[0].RecordType, events[0].ResourceId));
        Assert.Equal(
            """[{"field":"name","from":null,"to":"A"},{"field":"size","from":null,"to":5},{"field":"token","from":null,"to":"***"}]""",
            events[0].Changes.ToJsonString());
        Assert.Equal("""[{"field":"size","from":5,"to":[6]},{"field":"token","from":"***","to":"***"}]""",
            events[1].Changes.ToJsonString());
        Assert.Equal(
            """[{"field":"name","from":"A","to":null},{"field":"size","from":[6],"to":null},{"field":"token","from":"***","to":null}]""",
            events[2].Changes.ToJsonString());
        Assert.DoesNotContain("secret-", await test.DumpAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_typed_row_tells_its_changes_without_its_secret()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Connections.Rows(ConnectionKind.Credential, Shop.Applications with { Secret = "password" });
        await rows.InsertAsync(Shop.Row(tenant, 1, new() { ["title"] = "A", ["password"] = "hunter22" }), Note(tenant, "created"), Stop);
        Assert.Equal("""[{"field":"title","from":null,"to":"A"},{"field":"password","from":null,"to":"***"}]""",
            Assert.Single(await EventsAsync(test, tenant)).Changes.ToJsonString());
    }

    [Fact]
    public async Task What_is_not_written_is_not_told()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Documents.Rows(new DocumentKind("group") { Unique = ["name"] });
        await rows.InsertAsync(Shop.Row(tenant, 1, new() { ["name"] = "A" }), Stop);
        Assert.Equal(WriteOutcome.Duplicate,
            await rows.InsertAsync(Shop.Row(tenant, 2, new() { ["name"] = "A" }), Note(tenant, "created"), Stop));
        Assert.Equal(WriteOutcome.Stale,
            await rows.UpdateAsync(Shop.Row(tenant, 1, new() { ["name"] = "B" }) with { Revision = 9 }, Note(tenant, "updated"), Stop));
        Assert.Equal(WriteOutcome.Missing, await rows.DeleteAsync(tenant, "3", Note(tenant, "deleted"), Stop));
        Assert.Empty(await EventsAsync(test, tenant));
    }

    [Fact]
    public async Task A_huge_value_is_named_by_its_length()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        JsonObject body = new()
        {
            ["fits"] = new string('x', AuditChanges.LongestValue - 2), ["exceeds"] = new string('x', AuditChanges.LongestValue - 1)
        };
        await test.Database.Audit.AppendAsync(Note(tenant, "created") with { After = body }, Stop);
        var changes = Assert.Single(await EventsAsync(test, tenant)).Changes;
        Assert.Equal(AuditChanges.LongestValue - 2, ((string)changes[0]!["to"]!).Length);
        Assert.Equal("(10001 characters)", (string)changes[1]!["to"]!);
    }

    [Fact]
    public async Task The_trail_is_read_by_time_and_only_by_its_tenant()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        for (int i = 0; i < 5; i++) await test.Database.Audit.AppendAsync(Note(acme, $"change {i}") with { At = At.AddSeconds(i) }, Stop);
        await test.Database.Audit.AppendAsync(Note(other, "theirs"), Stop);

        var falling = await test.Database.Audit.ListAsync(acme, At.AddSeconds(1), At.AddSeconds(4), isFalling: true,
            offset: 1, limit: 5, Stop);
        Assert.Equal((3L, "change 2,change 1"), (falling.Total, string.Join(',', falling.Events.Select(e => e.Change))));
        Assert.Equal("theirs", Assert.Single(await EventsAsync(test, other)).Change);
    }
}

public sealed class AuditTableOnSqlite() : AuditTableTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AuditTableOnPostgres() : AuditTableTests(Product.Postgres);
