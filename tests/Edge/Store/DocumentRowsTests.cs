using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public abstract class DocumentRowsTests(Product product)
{
    private static readonly DocumentKind Group = new("group") { Unique = ["name", "settings.address"] };
    private static readonly DocumentKind Vault = new("vault") { Secrets = ["token", "pair"] };

    private static CancellationToken Stop => TestDatabase.Stop;

    private static ResourceRow Row(TenantId tenant, string id, JsonObject body) => Shop.Row(tenant, 1, body) with { Id = id };

    [Fact]
    public async Task What_was_inserted_is_found_as_it_was_under_any_id()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Documents.Rows(Group);
        var row = Row(tenant, "any id: 'ü' \"",
            new() { ["name"] = "One", ["nested"] = new JsonObject { ["deep"] = new JsonArray(1, "two", null) } });

        Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(row, Stop));
        var found = (await rows.FindAsync(tenant, row.Id, Stop))!;
        Assert.Equal((row.Id, tenant, 1L, row.CreatedAt, row.UpdatedAt, (DateTimeOffset?)null),
            (found.Id, found.Tenant, found.Revision, found.CreatedAt, found.UpdatedAt, found.DeletedAt));
        Assert.True(JsonNode.DeepEquals(row.Body, found.Body));
        Assert.Equal(WriteOutcome.Duplicate, await rows.InsertAsync(row, Stop));
    }

    [Fact]
    public async Task One_text_of_a_document_is_found_without_the_rest()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (tenant, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var body = new JsonObject { ["metadata"] = new JsonObject { ["off"] = "true" }, ["name"] = "One" };
        Assert.Equal(WriteOutcome.Done, await test.Database.Documents.Rows(Group).InsertAsync(Row(tenant, "1", body), Stop));
        Assert.Equal("true", await FindAsync(tenant, "1", "metadata", "off"));
        Assert.Null(await FindAsync(tenant, "1", "metadata", "on"));
        Assert.Null(await FindAsync(tenant, "2", "metadata", "off"));
        Assert.Null(await FindAsync(other, "1", "metadata", "off"));

        async Task<string?> FindAsync(TenantId whose, string id, params string[] path) =>
            await test.Database.Documents.FindTextAsync(Group.Name, whose, id, path, Stop);
    }

    [Fact]
    public async Task Tenants_and_kinds_meet_nothing_of_one_another()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var (groups, vaults) = (test.Database.Documents.Rows(Group), test.Database.Documents.Rows(Vault));
        await groups.InsertAsync(Row(acme, "a", new() { ["name"] = "A" }), Stop);

        foreach (var (rows, tenant) in new[] { (groups, other), (vaults, acme) })
        {
            Assert.Null(await rows.FindAsync(tenant, "a", Stop));
            Assert.Equal(0, (await rows.ListAsync(tenant, new(), Stop)).Total);
            Assert.Equal(WriteOutcome.Missing, await rows.UpdateAsync(Row(tenant, "a", new() { ["name"] = "Z" }), Stop));
            Assert.Equal(WriteOutcome.Missing, await rows.DeleteAsync(tenant, "a", Stop));
            Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(Row(tenant, "a", new() { ["name"] = "A" }), Stop));
        }
        Assert.Equal("A", (string)(await groups.FindAsync(acme, "a", Stop))!.Body["name"]!);
    }

    [Fact]
    public async Task A_unique_value_is_taken_until_its_resource_changes_or_goes()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Documents.Rows(Group);
        JsonObject Body(string name, string? address) => new() { ["name"] = name, ["settings"] = new JsonObject { ["address"] = address } };
        Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(Row(tenant, "1", Body("A", "here")), Stop));
        Assert.Equal(WriteOutcome.Duplicate, await rows.InsertAsync(Row(tenant, "2", Body("A", null)), Stop));
        Assert.Equal(WriteOutcome.Duplicate, await rows.InsertAsync(Row(tenant, "2", Body("B", "here")), Stop));
        Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(Row(tenant, "2", Body("B", null)), Stop));
        Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(Row(tenant, "3", Body("C", null)), Stop));
        Assert.Equal(WriteOutcome.Duplicate, await rows.UpdateAsync(Row(tenant, "2", Body("A", null)), Stop));

        Assert.Equal(WriteOutcome.Done, await rows.UpdateAsync(Row(tenant, "1", Body("D", "there")), Stop));
        Assert.Equal(WriteOutcome.Done, await rows.UpdateAsync(Row(tenant, "2", Body("A", "here")), Stop));
        Assert.Equal(WriteOutcome.Done, await rows.DeleteAsync(tenant, "2", Stop));
        Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(Row(tenant, "4", Body("A", "here")), Stop));
    }

    [Fact]
    public async Task A_long_unique_value_is_unique_too()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Documents.Rows(Group);
        string name = string.Concat(Enumerable.Range(0, 2_000).Select(i => (char)('a' + i * i % 26)));
        Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(Row(tenant, "1", new() { ["name"] = name }), Stop));
        Assert.Equal(WriteOutcome.Duplicate, await rows.InsertAsync(Row(tenant, "2", new() { ["name"] = name }), Stop));
        Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(Row(tenant, "2", new() { ["name"] = name + "x" }), Stop));
    }

    [Fact]
    public async Task What_is_deleted_softly_keeps_its_row_and_is_found_by_nobody()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Documents.Rows(Group);
        await rows.InsertAsync(Row(tenant, "1", new() { ["name"] = "A" }), Stop);
        var read = (await rows.FindAsync(tenant, "1", Stop))!;
        Assert.Equal(WriteOutcome.Done, await rows.UpdateAsync(read with { DeletedAt = read.CreatedAt }, Stop));

        Assert.Null(await rows.FindAsync(tenant, "1", Stop));
        Assert.Equal(0, (await rows.ListAsync(tenant, new(), Stop)).Total);
        Assert.Equal(WriteOutcome.Missing, await rows.UpdateAsync(read with { Revision = 2 }, Stop));
        Assert.Equal(WriteOutcome.Missing, await rows.DeleteAsync(tenant, "1", Stop));
        Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(Row(tenant, "2", new() { ["name"] = "A" }), Stop));
        Assert.Equal(["1", "2"], await test.QueryAsync("select id from rw_resource order by id"));
    }

    [Fact]
    public async Task Changes_at_the_same_time_lose_nothing()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Documents.Rows(Group);
        await rows.InsertAsync(Row(tenant, "1", new() { ["name"] = "A" }), Stop);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            while (true)
            {
                var row = (await rows.FindAsync(tenant, "1", Stop))!;
                row.Body[$"field{i}"] = i;
                if (await rows.UpdateAsync(row, Stop) is WriteOutcome.Done) return;
            }
        }, Stop)));
        var now = (await rows.FindAsync(tenant, "1", Stop))!;
        Assert.Equal(41L, now.Revision);
        for (int i = 0; i < 40; i++) Assert.Equal(i, (int)now.Body[$"field{i}"]!);
    }

    [Fact]
    public async Task Secrets_are_found_again_and_lie_sealed()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Documents.Rows(Vault);
        JsonObject body =
            new() { ["name"] = "A", ["token"] = "very-secret-token", ["pair"] = new JsonObject { ["password"] = "other-secret" } };
        await rows.InsertAsync(Row(tenant, "1", body), Stop);
        await rows.InsertAsync(Row(tenant, "2", new() { ["name"] = "B" }), Stop);

        Assert.True(JsonNode.DeepEquals(body, (await rows.FindAsync(tenant, "1", Stop))!.Body));
        Assert.True(JsonNode.DeepEquals(body,
            (await rows.ListAsync(tenant, new() { Filters = [new("name", "eq", ["A"])] }, Stop)).Rows[0].Body));
        Assert.Empty((await rows.ListAsync(tenant, new() { Filters = [new("token", "eq", ["very-secret-token"])] }, Stop)).Rows);
        var read = (await rows.FindAsync(tenant, "1", Stop))!;
        read.Body["token"] = "changed-secret";
        Assert.Equal(WriteOutcome.Done, await rows.UpdateAsync(read, Stop));
        Assert.Equal("changed-secret", (string)(await rows.FindAsync(tenant, "1", Stop))!.Body["token"]!);

        string everything = await test.DumpAsync();
        foreach (string secret in (string[])["very-secret-token", "other-secret", "changed-secret"])
            Assert.DoesNotContain(secret, everything, StringComparison.Ordinal);
    }

    [Theory, InlineData("contains", "\u00c9L"), InlineData("starts_with", "\u00e9la"), InlineData("ends_with", "\u00d6st")]
    public async Task A_filter_disregards_case_in_all_languages(string @operator, string value)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Documents.Rows(Group);
        await rows.InsertAsync(Shop.Row(tenant, 1, new() { ["name"] = "\u00c9LAN \u00d6ST" }), Stop);
        await rows.InsertAsync(Shop.Row(tenant, 2, new() { ["name"] = "Elan Ost" }), Stop);
        var page = await rows.ListAsync(tenant, new() { Filters = [new("name", @operator, [value])] }, Stop);
        Assert.Equal("1", Assert.Single(page.Rows).Id);
    }

    [Theory]
    [InlineData("name", "contains", "ET", "2"), InlineData("nested.rank", "gte", "9", "1,2"), InlineData("tags", "eq", "red", "1"),
        InlineData("parts", "eq", "+1", "1"), InlineData("parts", "eq", "code", ""), InlineData("parts", "in", "plain", "1"),
        InlineData("created_at", "gte", "2026-01-01T00:00:02Z", "2,3")]
    [InlineData("created_at", "lt", "2026-01-01T01:00:02+01:00", "1"), InlineData("created_at", "gt", "nonsense", ""),
        InlineData("id", "in", "3", "3")]
    public async Task Filters_run_in_the_database(string path, string @operator, string value, string expected)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Documents.Rows(Group);
        JsonObject[] bodies =
        [
            new()
            {
                ["name"] = "Alpha", ["nested"] = new JsonObject { ["rank"] = 9 },
                ["tags"] = new JsonArray("red", "green"), ["parts"] = new JsonArray(new JsonObject { ["code"] = "+1" }, "plain")
            },
            new() { ["name"] = "Beta", ["nested"] = new JsonObject { ["rank"] = 10.5 } },
            new() { ["name"] = "Gamma" },
        ];
        for (int i = 0; i < bodies.Length; i++) await rows.InsertAsync(Shop.Row(tenant, i + 1, bodies[i]), Stop);
        var page = await rows.ListAsync(tenant, new() { Filters = [new(path, @operator, [value])] }, Stop);
        Assert.Equal(expected, string.Join(',', page.Rows.Select(r => r.Id)));
        Assert.Equal(page.Rows.Count, page.Total);
        var falling = await rows.ListAsync(tenant, new() { IsDescending = true }, Stop);
        Assert.Equal("3,2,1", string.Join(',', falling.Rows.Select(r => r.Id)));
    }
}

public sealed class DocumentRowsOnSqlite() : DocumentRowsTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class DocumentRowsOnPostgres() : DocumentRowsTests(Product.Postgres);
