using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Resources;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public abstract class ResourceRowsTests(Product product)
{
    private static CancellationToken Stop => TestDatabase.Stop;

    [Fact]
    public async Task What_was_inserted_is_found_as_it_was()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications);
        var row = Shop.Row(tenant, 1234567890123456789, at: new(2026, 1, 6, 15, 0, 0, 123, 456, TimeSpan.Zero),
            body: new() { ["title"] = "One", ["url"] = "http://x/", ["nested"] = new JsonObject { ["deep"] = 5 } });

        Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(row, Stop));
        var found = await rows.FindAsync(tenant, "1234567890123456789", Stop);
        Assert.Equal((row.Id, tenant, 1L, row.CreatedAt, row.UpdatedAt),
            (found!.Id, found.Tenant, found.Revision, found.CreatedAt, found.UpdatedAt));
        Assert.True(JsonNode.DeepEquals(row.Body, found.Body));
    }

    [Fact]
    public async Task A_name_is_taken_once_per_tenant()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var rows = test.Database.Connections.Rows(ConnectionKind.Credential, Shop.Applications);
        Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(Shop.Row(acme, 1, new() { ["title"] = "A" }), Stop));
        Assert.Equal(WriteOutcome.Duplicate, await rows.InsertAsync(Shop.Row(acme, 2, new() { ["title"] = "A" }), Stop));
        Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(Shop.Row(other, 1, new() { ["title"] = "A" }), Stop));
        Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(Shop.Row(acme, 2, new() { ["title"] = "B" }), Stop));
        Assert.Equal(WriteOutcome.Duplicate, await rows.UpdateAsync(Shop.Row(acme, 2, new() { ["title"] = "A" }), Stop));
    }

    [Fact]
    public async Task Names_of_applications_and_of_outbound_profiles_may_stand_twice()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var applications = test.Database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications);
        foreach (long id in new[] { 1L, 2, 3 })
            Assert.Equal(WriteOutcome.Done,
                await applications.InsertAsync(Shop.Row(tenant, id, new() { ["title"] = id == 3 ? "B" : "A" }), Stop));
        Assert.Equal(WriteOutcome.Done, await applications.UpdateAsync(Shop.Row(tenant, 3, new() { ["title"] = "A" }), Stop));
        Assert.Equal(WriteOutcome.Done, await test.Database.Connections.Rows(ConnectionKind.Credential, Shop.Applications)
            .InsertAsync(Shop.Row(tenant, 4, new() { ["title"] = "A" }), Stop));
        var profiles = test.Database.OutboundProfiles.Rows(Shop.Profiles);
        foreach (long id in new[] { 1L, 2 })
            Assert.Equal(WriteOutcome.Done, await profiles.InsertAsync(Shop.Row(tenant, id, new() { ["name"] = "out" }), Stop));
    }

    [Fact]
    public async Task An_update_names_the_revision_that_it_read()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications);
        await rows.InsertAsync(Shop.Row(tenant, 1, new() { ["title"] = "A" }), Stop);
        var read = (await rows.FindAsync(tenant, "1", Stop))!;
        Assert.Equal(WriteOutcome.Done, await rows.UpdateAsync(read with { Body = new() { ["title"] = "B" } }, Stop));
        Assert.Equal(WriteOutcome.Stale, await rows.UpdateAsync(read with { Body = new() { ["title"] = "C" } }, Stop));
        Assert.Equal(WriteOutcome.Missing, await rows.UpdateAsync(read with { Id = "2" }, Stop));
        var now = (await rows.FindAsync(tenant, "1", Stop))!;
        Assert.Equal(("B", 2L), ((string)now.Body["title"]!, now.Revision));
    }

    [Theory, InlineData("abc"), InlineData(""), InlineData("-1"), InlineData(" 1"), InlineData("99999999999999999999"),
        InlineData("1' or '1'='1")]
    public async Task An_id_that_is_no_number_is_nobodys(string id)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications);
        await rows.InsertAsync(Shop.Row(tenant, 1, new() { ["title"] = "A" }), Stop);
        Assert.Null(await rows.FindAsync(tenant, id, Stop));
        Assert.Equal(WriteOutcome.Missing, await rows.DeleteAsync(tenant, id, Stop));
    }

    [Fact]
    public async Task A_tenant_meets_nothing_of_another()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var rows = test.Database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications);
        await rows.InsertAsync(Shop.Row(acme, 1, new() { ["title"] = "A" }), Stop);

        Assert.Null(await rows.FindAsync(other, "1", Stop));
        Assert.Equal(0, (await rows.ListAsync(other, new(), Stop)).Total);
        Assert.Equal(WriteOutcome.Missing, await rows.UpdateAsync(Shop.Row(other, 1, new() { ["title"] = "Z" }), Stop));
        Assert.Equal(WriteOutcome.Missing, await rows.DeleteAsync(other, "1", Stop));
        Assert.Equal("A", (string)(await rows.FindAsync(acme, "1", Stop))!.Body["title"]!);
    }

    [Fact]
    public async Task A_kind_meets_nothing_of_another_kind()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var (first, second) = (test.Database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications),
            test.Database.Connections.Rows(ConnectionKind.Document, Shop.Applications));
        await first.InsertAsync(Shop.Row(tenant, 1, new() { ["title"] = "A" }), Stop);
        Assert.Null(await second.FindAsync(tenant, "1", Stop));
        Assert.Empty((await second.ListAsync(tenant, new(), Stop)).Rows);
        Assert.Equal(WriteOutcome.Missing, await second.DeleteAsync(tenant, "1", Stop));
    }

    [Fact]
    public async Task A_profile_in_use_stays()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var profiles = test.Database.OutboundProfiles.Rows(Shop.Profiles);
        var connections = test.Database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications);
        await profiles.InsertAsync(Shop.Row(tenant, 7, new() { ["name"] = "P" }), Stop);
        await connections.InsertAsync(
            Shop.Row(tenant, 1, new() { ["title"] = "A", ["outbound"] = new JsonObject { ["profile"] = 7L } }), Stop);

        Assert.Equal(1, (int)(await profiles.FindAsync(tenant, "7", Stop))!.Body["used_by"]!);
        Assert.Equal(WriteOutcome.InUse, await profiles.DeleteAsync(tenant, "7", Stop));
        Assert.Equal(WriteOutcome.Done, await connections.DeleteAsync(tenant, "1", Stop));
        Assert.Equal(WriteOutcome.Done, await profiles.DeleteAsync(tenant, "7", Stop));
        Assert.Equal(WriteOutcome.Missing, await connections.InsertAsync(
            Shop.Row(tenant, 2, new() { ["title"] = "B", ["outbound"] = new JsonObject { ["profile"] = 7L } }), Stop));
    }

    [Fact]
    public async Task A_deleted_connection_leaves_its_numbers_without_one()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var connections = test.Database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications);
        var numbers = test.Database.Numbers.Rows(Shop.Numbers);
        await connections.InsertAsync(Shop.Row(tenant, 1, new() { ["title"] = "A" }), Stop);
        await numbers.InsertAsync(Shop.Row(tenant, 5, new() { ["number"] = "+15550001", ["connection"] = "1" }), Stop);

        var before = (await numbers.FindAsync(tenant, "5", Stop))!;
        Assert.Equal(("1", "A"), ((string)before.Body["connection"]!, (string)before.Body["application"]!));
        await connections.DeleteAsync(tenant, "1", Stop);
        var after = (await numbers.FindAsync(tenant, "5", Stop))!;
        Assert.False(after.Body.ContainsKey("connection"));
        Assert.False(after.Body.ContainsKey("application"));
        Assert.Equal(WriteOutcome.Stale, await numbers.UpdateAsync(before, Stop));
    }

    [Fact]
    public async Task A_number_has_one_owner_on_the_node()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var numbers = test.Database.Numbers.Rows(Shop.Numbers);
        Assert.Equal(WriteOutcome.Done, await numbers.InsertAsync(Shop.Row(acme, 1, new() { ["number"] = "+15550001" }), Stop));
        Assert.Equal(WriteOutcome.Duplicate, await numbers.InsertAsync(Shop.Row(other, 1, new() { ["number"] = "+15550001" }), Stop));
    }

    [Fact]
    public async Task An_import_passes_over_numbers_that_are_taken()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var numbers = Enumerable.Range(0, 50).Select(i =>
        {
            string text = $"+1555010{i % 40:D4}";
            return new Ringwright.Store.Tables.NewNumber(new(text, tenant, null), i, test.Time.GetUtcNow());
        }).ToList();
        Assert.Equal(40, await test.Database.Numbers.ImportAsync(numbers, Stop));
        Assert.Equal(0, await test.Database.Numbers.ImportAsync(numbers, Stop));
        Assert.NotNull(test.Database.Routing.Current.FindNumber("+15550100039"));
    }

    public static TheoryData<string, string, string[], string> Filters => new()
    {
        { "title", "eq", ["Beta"], "2" },
        { "title", "eq", ["beta"], "" },
        { "title", "contains", ["TA"], "2,4" },
        { "title", "contains", ["%"], "3" },
        { "title", "contains", ["_"], "" },
        { "title", "starts_with", ["be"], "2" },
        { "title", "ends_with", ["a"], "1,2,4" },
        { "title", "like", ["%ta"], "2,4" },
        { "title", "like", ["%TA"], "" },
        { "title", "like", ["_lpha"], "1" },
        { "title", "like", ["[A]lpha"], "" },
        { "title", "ilike", ["%TA"], "2,4" },
        { "title", "ilike", ["beta"], "2" },
        { "title", "in", ["Alpha", "Delta"], "1,4" },
        { "title", "ne", ["Alpha"], "2,3,4" },
        { "on", "eq", ["true"], "1,3" },
        { "on", "eq", ["false"], "2,4" },
        { "nested.rank", "eq", ["10"], "2" },
        { "nested.rank", "gt", ["9"], "2,3" },
        { "nested.rank", "lte", ["10"], "1,2" },
        { "nested.rank", "ne", ["10"], "1,3,4" },
        { "nested.flag", "eq", ["true"], "1" },
        { "tags", "eq", ["red"], "1,3" },
        { "tags", "in", ["red", "blue"], "1,3" },
        { "created_at", "gte", ["2026-01-01T00:00:02Z"], "2,3,4" },
        { "created_at", "lt", ["2026-01-01T01:00:02+01:00"], "1" },
        { "id", "eq", ["3"], "3" },
        { "nothing", "eq", ["x"], "" },
        { "title", "eq", ["' or 1=1 --"], "" },
        { "title", "eq", [], "" },
    };

    [Theory, MemberData(nameof(Filters))]
    public async Task Filters_run_in_the_database(string path, string op, string[] values, string expected)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var page = await (await FourAsync(test, tenant)).ListAsync(tenant, new() { Filters = [new(path, op, values)] }, Stop);
        Assert.Equal(expected, string.Join(',', page.Rows.Select(r => r.Id)));
        Assert.Equal(page.Rows.Count, page.Total);
    }

    [Theory]
    [InlineData("eq", "04.123Z", true), InlineData("lte", "04.123Z", true), InlineData("gte", "04.123Z", true),
        InlineData("gt", "04.123Z", false), InlineData("lt", "04.123Z", false)]
    [InlineData("eq", "04.123456Z", true), InlineData("eq", "04.123457Z", false), InlineData("lte", "04.122Z", false),
        InlineData("gt", "04.122Z", true)]
    public async Task A_time_as_replies_show_it_stands_for_all_of_its_millisecond(string op, string time, bool isFound)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.OutboundProfiles.Rows(Shop.Profiles);
        await rows.InsertAsync(Shop.Row(tenant, 1, new() { ["name"] = "a" },
            new DateTimeOffset(2026, 1, 1, 0, 0, 4, TimeSpan.Zero).AddMicroseconds(123_456)), Stop);
        Assert.Equal(isFound ? 1 : 0, (await rows.ListAsync(tenant,
            new() { Filters = [new("created_at", op, ["2026-01-01T00:00:" + time]), new("name", "eq", ["a"])] }, Stop)).Total);
    }

    [Fact]
    public async Task Filters_are_joined_by_and()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var page = await (await FourAsync(test, tenant)).ListAsync(tenant,
            new() { Filters = [new("on", "eq", ["false"]), new("title", "starts_with", ["d"])] }, Stop);
        Assert.Equal("4", Assert.Single(page.Rows).Id);
    }

    [Theory, InlineData("Alpha,Delta", "", "1,4"), InlineData("Alpha,Delta", "true", "1"), InlineData("nothing,else", "", ""),
        InlineData("", "true", "1,3")]
    public async Task One_of_several_filters_may_hold_beside_those_that_must(string titles, string on, string expected)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var page = await (await FourAsync(test, tenant)).ListAsync(tenant, new()
        {
            Filters = on.Length > 0 ? [new("on", "eq", [on])] : [],
            AnyOf = [.. titles.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(t => new ResourceFilter("title", "eq", [t]))],
        }, Stop);
        Assert.Equal(expected, string.Join(',', page.Rows.Select(r => r.Id)));
    }

    [Theory, InlineData("title", false, "1,2,4,3"), InlineData("title", true, "3,4,2,1"), InlineData("created_at", true, "4,3,2,1"),
        InlineData("nested.rank", false, "4,1,2,3"), InlineData("id", true, "4,3,2,1")]
    public async Task Order_runs_in_the_database(string sort, bool isDescending, string expected)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var page = await (await FourAsync(test, tenant)).ListAsync(tenant, new() { Sort = sort, IsDescending = isDescending }, Stop);
        Assert.Equal(expected, string.Join(',', page.Rows.Select(r => r.Id)));
    }

    [Fact]
    public async Task Pages_show_each_row_once_and_the_total_always()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = await FourAsync(test, tenant);
        var seen = new List<string>();
        for (int offset = 0; offset < 5; offset += 3)
        {
            var page = await rows.ListAsync(tenant, new() { Offset = offset, Limit = 3 }, Stop);
            Assert.Equal(4, page.Total);
            seen.AddRange(page.Rows.Select(r => r.Id));
        }
        Assert.Equal(["1", "2", "3", "4"], seen);
        Assert.Empty((await rows.ListAsync(tenant, new() { Offset = 40 }, Stop)).Rows);
    }

    [Theory, InlineData("a' or '1"), InlineData("a\"b"), InlineData("a b"), InlineData("$")]
    public async Task A_path_that_is_no_path_is_refused(string path)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = test.Database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications);
        await Assert.ThrowsAsync<ArgumentException>(async () => await rows.ListAsync(tenant, new() { Sort = path }, Stop));
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await rows.ListAsync(tenant, new() { Filters = [new(path, "eq", ["x"])] }, Stop));
    }

    [Fact]
    public async Task A_joined_column_filters_numbers()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        await FourAsync(test, tenant);
        var numbers = test.Database.Numbers.Rows(Shop.Numbers);
        await numbers.InsertAsync(Shop.Row(tenant, 11, new() { ["number"] = "+15550001", ["connection"] = "2" }), Stop);
        await numbers.InsertAsync(Shop.Row(tenant, 12, new() { ["number"] = "+15550002" }), Stop);
        Assert.Equal("11", Assert.Single(
            (await numbers.ListAsync(tenant, new() { Filters = [new("voice.application", "contains", ["bet"])] }, Stop)).Rows).Id);
        Assert.Equal("11",
            Assert.Single((await numbers.ListAsync(tenant, new() { Filters = [new("connection", "eq", ["2"])] }, Stop)).Rows).Id);
        Assert.Equal("12",
            Assert.Single((await numbers.ListAsync(tenant, new() { Filters = [new("number", "ends_with", ["0002"])] }, Stop)).Rows).Id);
    }

    private static async Task<IResourceRows> FourAsync(TestDatabase test, TenantId tenant)
    {
        var rows = test.Database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications);
        JsonObject[] bodies =
        [
            new()
            {
                ["title"] = "Alpha", ["on"] = true,
                ["nested"] = new JsonObject { ["rank"] = 9, ["flag"] = true }, ["tags"] = new JsonArray("red", "green")
            },
            new() { ["title"] = "Beta", ["on"] = false, ["nested"] = new JsonObject { ["rank"] = 10, ["flag"] = false } },
            new() { ["title"] = "Gamm%", ["on"] = true, ["nested"] = new JsonObject { ["rank"] = 11.5 }, ["tags"] = new JsonArray("red") },
            new() { ["title"] = "Delta", ["on"] = false },
        ];
        for (int i = 0; i < bodies.Length; i++)
            Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(Shop.Row(tenant, i + 1, bodies[i]), Stop));
        return rows;
    }
}

public sealed class ResourceRowsOnSqlite() : ResourceRowsTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class ResourceRowsOnPostgres() : ResourceRowsTests(Product.Postgres);
