using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Server.Modules;
using Ringwright.Store;
using Ringwright.Store.Snapshots;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

/// <summary>What a snapshot has of this API's tables, and of columns whose null is not their default.</summary>
public sealed class AgencySnapshotTests
{
    private const string Tenant = "11111111-1111-1111-1111-111111111111", Client = "22222222-2222-2222-2222-222222222222";

    private static CancellationToken Stop => TestDatabase.Stop;

    private static async Task<TestDatabase> OpenAsync(Product product)
    {
        var test = await TestDatabase.ReserveAsync(product, isMigrated: true);
        test.Areas = [AgencyArea.Area];
        await test.ReopenAsync();
        return test;
    }

    [Depth("EveryTableSnapshotTests bring a row of every table back in the gate")]
    [Theory, InlineData(Product.Sqlite, Product.Postgres), InlineData(Product.Postgres, Product.Sqlite)]
    public async Task A_campaign_that_tries_a_number_as_often_as_it_likes_still_does_after_a_restore(Product from, Product to)
    {
        await using var first = await OpenAsync(from);
        await using var second = await OpenAsync(to);
        string made = Path.Combine(first.Folder, "made.jsonl"), saved = Path.Combine(first.Folder, "saved.jsonl");
        await File.WriteAllLinesAsync(made,
        [
            """{"ringwright": {"snapshot": 1}}""",
            $$$"""{"tenant": {"id": "{{{Tenant}}}", "name": "acme"}}""",
            $$$"""{"agency_client": {"id": "{{{Client}}}", "tenant_id": "{{{Tenant}}}", "name": "Shop", "slug": "shop", "status": "active"}}""",
            Campaign("capped", ", \"daily_attempt_cap\": 2"), Campaign("free", ", \"daily_attempt_cap\": null"), Campaign("usual", ""),
        ], Stop);
        await LoadAsync(first, made);
        await first.Database.Snapshots.SaveAsync(saved, tenant: null, Kinds(first.Database), withFiles: false, overwrites: true, Stop);
        await LoadAsync(second, saved);

        const string caps = "select name || ' ' || coalesce(cast(daily_attempt_cap as text), 'none') from campaigns order by name";
        Assert.Equal(["capped 2", "free none", "usual 1"], await first.QueryAsync(caps));
        Assert.Equal(["capped 2", "free none", "usual 1"], await second.QueryAsync(caps));
    }

    public static TheoryData<Product, Product> Ways()
    {
        var rows = new TheoryData<Product, Product> { { Product.Sqlite, Product.Postgres } };
        if (!Depth.IsAll) return rows;
        rows.Add(Product.Postgres, Product.Sqlite);
        return rows;
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Numbers_that_agents_answer_are_answered_by_them_after_a_restore(Product from, Product to)
    {
        const string number = "+15550100001";
        await using var first = await TestDatabase.OpenAsync(from);
        await using var second = await TestDatabase.OpenAsync(to);
        var tenant = await first.TenantAsync();
        var line = new Connection
        {
            Id = new(77), Tenant = tenant, Kind = ConnectionKind.CallControl, Name = "Agents",
            Application = new(ApplicationKind.Script, AgencyTalks.Line),
            OutboundProfile = first.Database.Routing.Current.FindTenant(tenant)!.DefaultProfile,
        };
        var at = new DateTimeOffset(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);
        await first.Database.Connections.Records.AddAsync("77", line, at, work: null, Stop);
        await first.Database.Numbers.ImportAsync([new(new(number, tenant, line.Id), 9, at)], Stop);

        // As a node saves and loads, with the shapes of its contract.
        string file = Path.Combine(first.Folder, "saved.jsonl");
        await first.Database.Snapshots.SaveAsync(file, tenant: null, Ringwright.Telnyx.SnapshotKinds.Of(first.Database), withFiles: false,
            overwrites: true, Stop);
        await second.Database.Snapshots.LoadAsync(file, Ringwright.Telnyx.SnapshotKinds.Of(second.Database),
            Ringwright.Telnyx.SnapshotKinds.DocumentFault, replaces: false, static () => 1, Stop);
        var routing = second.Database.Routing.Current;
        Assert.Equal(line.Id, routing.FindNumber(number)!.Connection);
        var loaded = routing.FindConnection(tenant, line.Id)!;
        Assert.Equal((line.Application, line.OutboundProfile), (loaded.Application, loaded.OutboundProfile));
    }

    /// <summary>Else a backup turns null into the default.</summary>
    [Fact]
    public async Task A_column_whose_default_is_not_null_says_whether_null_travels()
    {
        await using var test = await TestDatabase.OpenAsync(configure: options => options with { Areas = NodeModules.Areas });
        foreach (var table in test.Database.Areas.Tables.Where(table => table.IsInSnapshot))
        {
            var defaulted = await test.QueryAsync(
                $"select name from pragma_table_info('{table.Name}') where \"notnull\" = 0 and dflt_value is not null");
            Assert.Equal(table.Columns.Where(column => defaulted.Contains(column.Name)).Select(column => $"{table.Name}.{column.Name}"),
                table.Columns.Where(column => column.KeepsNull).Select(column => $"{table.Name}.{column.Name}"));
        }
    }

    private static string Campaign(string name, string more) =>
        $$$"""{"agency_campaign": {"tenant_id": "{{{Tenant}}}", "client_id": "{{{Client}}}", "name": "{{{name}}}", """
        + """ "type": "sdr", "status": "active", "retry_policy": {}, "max_attempts": 3, "consent_required": "none" """ + more + "}}";

    private static Task<SnapshotSummary> LoadAsync(TestDatabase test, string file) =>
        test.Database.Snapshots.LoadAsync(file, Kinds(test.Database), static (_, _) => null, replaces: false, static () => 1, Stop);

    private static SnapshotKind[] Kinds(Database database) =>
        [new("outbound_voice_profile", database.OutboundProfiles.Rows(Shop.Profiles))];
}
