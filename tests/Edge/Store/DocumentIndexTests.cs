using System.Diagnostics;
using Dapper;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Messaging;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>A kind of document with very many rows says which of its filters and sorts an index serves; the lists use it.</summary>
public abstract class DocumentIndexTests(Product product)
{
    private const string Index = "rw_resource_toll_free_verification_status", Field = "verificationStatus";

    /// <summary>Only closes over the parts.</summary>
    private static readonly ResourceKind Kind = TollFreeVerifications.Kind(null!);

    private static CancellationToken Stop => TestDatabase.Stop;

    [Fact]
    public async Task A_list_by_what_its_kind_declares_goes_through_the_index()
    {
        await using var test = await FilledAsync(20_000);
        var tenant = test.Database.Routing.Current.Tenants.Single().Id;
        var (declared, plain) = (Rows(test, Kind), Rows(test, Kind with { Indexed = [] }));
        ResourceQuery rejected = new() { Filters = [new(Field, "eq", ["Rejected"])] }, sorted = new() { Sort = Field };
        foreach (var query in new[] { rejected, rejected with { IsDescending = true }, sorted, sorted with { IsDescending = true } })
        {
            var (count, page, parameters) = declared.Lists(tenant, query);
            string plan = await ExplainAsync(test, page, parameters);
            Assert.True(IsServed(plan), plan);
            plan = await ExplainAsync(test, count, parameters);
            Assert.True(query.Filters.Count == 0 || IsServed(plan), plan);
            (_, page, parameters) = plain.Lists(tenant, query);
            plan = await ExplainAsync(test, page, parameters);
            Assert.False(IsServed(plan), plan);

            // The answers are the same.
            var (fast, slow) = (await declared.ListAsync(tenant, query, Stop), await plain.ListAsync(tenant, query, Stop));
            Assert.Equal(query.Filters.Count > 0 ? 200 : 20_000, fast.Total);
            Assert.Equal((slow.Total, 20), (fast.Total, fast.Rows.Count));
            Assert.Equal(slow.Rows.Select(row => row.Id), fast.Rows.Select(row => row.Id));
        }
    }

    [Theory]
    [InlineData("eq", "Verified", "1"), InlineData("in", "Verified,true", "1,3"), InlineData("eq", "2.5", "4"),
        InlineData("ne", "Verified", "2,3,4"), InlineData("contains", "erif", "1"), InlineData("starts_with", "t", "3")]
    public async Task Whatever_the_field_holds_is_found_as_in_other_fields(string @operator, string values, string expected)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var rows = Rows(test, Kind);
        System.Text.Json.Nodes.JsonNode?[] fields = ["Verified", null, true, 2.5];
        foreach (var (i, field) in fields.Index()) await rows.InsertAsync(Shop.Row(tenant, i + 1, new() { [Field] = field }), null, Stop);
        var query = new ResourceQuery { Filters = [new(Field, @operator, values.Split(','))] };
        Assert.Equal(expected, string.Join(',', (await rows.ListAsync(tenant, query, Stop)).Rows.Select(r => r.Id)));
        Assert.Equal(expected,
            string.Join(',', (await Rows(test, Kind with { Indexed = [] }).ListAsync(tenant, query, Stop)).Rows.Select(r => r.Id)));
        Assert.Equal("2", (await rows.ListAsync(tenant, new() { Sort = Field }, Stop)).Rows[0].Id);
    }

    [Theory]
    [InlineData("ai_assistant_version", "assistant_id", "rw_resource_ai_assistant_version_assistant")]
    [InlineData("ai_message", "conversation_id", "rw_resource_ai_message_conversation")]
    [InlineData("ai_conversation_insight", "conversation_id", "rw_resource_ai_conversation_insight_conversation")]
    [InlineData("ai_scheduled_event", "assistant_id", "rw_resource_ai_scheduled_event_assistant")]
    public async Task What_is_below_another_is_listed_and_goes_through_the_index(string kind, string field, string index)
    {
        await using var test = await TestDatabase.OpenAsync(product, configure: options => options with { Areas = [TelnyxArea.Area] });
        var tenant = await test.TenantAsync();
        var documents = test.Database.Sql.Engine.Documents;
        await FillAsync(test, tenant, kind, $$"""'{"{{field}}":"' || (i % 200) || '"}'""", 2_000);

        var rows = (TypedRows<ResourceRow>)test.Database.Documents.Rows(new DocumentKind(kind) { Indexed = [field] });
        var (_, page, parameters) = rows.Lists(tenant, new() { Filters = [new(field, "eq", ["7"])] });
        Assert.Contains(index, await ExplainAsync(test, page, parameters), StringComparison.Ordinal);

        var below = new ChildRows(kind, field, "7") { IsIndexed = true };
        var which = new DynamicParameters();
        which.Add("tenant", tenant);
        which.Add("parent", below.Parent);
        string plan = await ExplainAsync(test, $"delete from rw_resource where {DocumentTable.Those(documents, below)}", which);
        Assert.Contains(index, plan, StringComparison.Ordinal);
        await test.Database.Sql.WriteAsync(db =>
        {
            DocumentTable.DeleteBelow(db, documents, tenant, below);
            return 0;
        }, Stop);
        Assert.Equal(1_990, (await rows.ListAsync(tenant, new() { Limit = 1 }, Stop)).Total);
    }

    /// <summary>Says how long lists take, for the page of decisions; nothing is asserted.</summary>
    [Fact(Explicit = true)]
    public async Task How_long_lists_of_100_000_take()
    {
        await using var test = await FilledAsync(100_000);
        var tenant = test.Database.Routing.Current.Tenants.Single().Id;
        var query = new ResourceQuery { Filters = [new(Field, "eq", ["Rejected"])] };
        double all = await TimeAsync(Rows(test, Kind), new()), with = await TimeAsync(Rows(test, Kind), query);
        double without = await TimeAsync(Rows(test, Kind with { Indexed = [] }), query);
        TestContext.Current.SendDiagnosticMessage(
            $"{product}: unfiltered {all:F2} ms, filtered with the index {with:F2} ms ({with / all:F2}), without {without:F2} ms "
            + $"({without / all:F2})");
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{product}: unfiltered {all:F2} ms, with the index {with:F2} ms ({with / all:F2}), without {without:F2} ms "
            + $"({without / all:F2})");

        async Task<double> TimeAsync(IResourceRows rows, ResourceQuery asked)
        {
            var times = new List<double>();
            for (int i = 0; i < 15; i++)
            {
                long begun = Stopwatch.GetTimestamp();
                await rows.ListAsync(tenant, asked, Stop);
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
            return times.Order().ElementAt(times.Count / 2);
        }
    }

    private static TypedRows<ResourceRow> Rows(TestDatabase test, ResourceKind kind) =>
        (TypedRows<ResourceRow>)test.Database.Documents.Rows(kind);

    /// <summary>One in a hundred is rejected.</summary>
    private async Task<TestDatabase> FilledAsync(int count)
    {
        var test = await TestDatabase.OpenAsync(product, configure: options => options with { Areas = [TelnyxArea.Area] });
        var tenant = await test.TenantAsync();
        string status = "case when i % 100 = 0 then 'Rejected' else 'Verified' end";
        await FillAsync(test, tenant, Kind.RecordType,
            $$"""'{"{{Field}}":"' || {{status}} || '","businessName":"business ' || i || '"}'""", count);
        return test;
    }

    private async Task FillAsync(TestDatabase test, TenantId tenant, string kind, string doc, int count)
    {
        if (product is Product.Postgres) doc = $"cast({doc} as json)";
        string moment = test.Database.Sql.Engine.Documents.Moment("@at");
        await test.Database.Sql.WriteAsync(db => db.Execute($"""
            insert into rw_resource (tenant_id, kind, id, doc, revision, created_at, updated_at)
            with recursive n (i) as (select 1 union all select i + 1 from n where i < @count)
            select @tenant, '{kind}', 'request ' || (1000000 + i), {doc}, 1, {moment}, {moment} from n
            """, new { tenant, count, at = "2026-01-06T15:00:00.000000Z" }), Stop, isLong: true);
        await test.Database.Sql.WriteAsync(db => db.Execute("analyze rw_resource"), Stop, isLong: true);
    }

    /// <summary>The index finds the rows, or has them in order: all rows of the kind are not read and sorted.</summary>
    private bool IsServed(string plan) => plan.Contains(Index, StringComparison.Ordinal)
        && (product is Product.Sqlite
            ? plan.Contains("<expr>", StringComparison.Ordinal) || !plan.Contains("TEMP B-TREE", StringComparison.Ordinal)
            : !plan.Contains("Sort", StringComparison.Ordinal));

    private ValueTask<string> ExplainAsync(TestDatabase test, string statement, DynamicParameters parameters) =>
        test.Database.Sql.ReadAsync(db =>
        {
            using var reader = db.ExecuteReader((product is Product.Sqlite ? "explain query plan " : "explain ") + statement, parameters);
            var plan = new List<string>();
            while (reader.Read()) plan.Add(reader.GetString(reader.FieldCount - 1));
            return string.Join('\n', plan);
        }, Stop);
}

public sealed class DocumentIndexOnSqlite() : DocumentIndexTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class DocumentIndexOnPostgres() : DocumentIndexTests(Product.Postgres);
