using Dapper;
using Ringwright.Agency;
using Ringwright.Agency.Tables;
using Ringwright.Edge.Store;

namespace Ringwright.Edge.Agency;

/// <summary>Section A of the agency's cases: fourteen enumerations, on both databases, exactly those of the customers' documents.</summary>
public sealed class AgencyEnumTests
{
    /// <summary>As the page that the API is made after has them: name, values in their order, and a column of each.</summary>
    private static readonly (string Name, string Values, string Column)[] Documented =
    [
        ("user_role", "agency_owner agency_admin agency_member client_admin client_viewer admin", "users.role"),
        ("call_direction", "inbound outbound", "agent_mappings.default_direction"),
        ("phone_number_status", "pending active inactive released", "agency_phone_numbers.status"),
        ("batch_status", "pending scheduled processing paused completed failed", "call_batches.status"),
        ("batch_mode", "immediate scheduled", "call_batches.mode"),
        ("call_source", "webhook historical_sync", "calls.source"),
        ("transcript_status", "pending fetching completed failed", "calls.transcript_status"),
        ("analysis_status", "pending processing completed failed", "calls.analysis_status"),
        ("enrichment_type", "transcript analysis", "enrichment_queue.type"),
        ("processing_status", "pending processing completed failed", "enrichment_queue.status"),
        ("sync_job_status", "pending in_progress completed failed cancelled", "historical_sync_jobs.status"),
        ("campaign_type", "sdr cs", "campaigns.type"),
        ("contact_status", "pending scheduled calling completed failed", "campaign_contacts.status"),
        ("contact_outcome", "no_answer answered voicemail busy declined callback_scheduled", "campaign_contacts.outcome"),
    ];

    private static async Task<TestDatabase> OpenAsync(Product product)
    {
        var test = await TestDatabase.ReserveAsync(product, isMigrated: true);
        test.Areas = [AgencyArea.Area];
        await test.ReopenAsync();
        return test;
    }

    [Fact]
    public void The_program_has_the_documented_values_in_their_order() => Assert.Equal(
        Documented.Select(one => $"{one.Name}: {one.Values}").Order(),
        AgencyEnums.All.Select(one => $"{one.Key}: {string.Join(' ', one.Value)}").Order());

    [Fact]
    public async Task PostgreSQL_has_these_types_and_no_other()
    {
        // Case E01.
        await using var test = await OpenAsync(Product.Postgres);
        var types = await test.QueryAsync("""
            select t.typname || ': ' || string_agg(e.enumlabel, ' ' order by e.enumsortorder) from pg_type t
            join pg_enum e on e.enumtypid = t.oid group by t.typname order by t.typname collate "C"
            """);
        Assert.Equal(Documented.Select(one => $"{one.Name}: {one.Values}").Order(StringComparer.Ordinal), types);
        foreach (var (name, _, column) in Documented)
        {
            string[] place = column.Split('.');
            Assert.Equal([name], await test.QueryAsync($"""
                select udt_name from information_schema.columns where table_name = '{place[0]}' and column_name = '{place[1]}'
                """));
        }
    }

    [Fact]
    public async Task SQLite_checks_these_values_and_takes_no_other()
    {
        // Case E02.
        await using var test = await OpenAsync(Product.Sqlite);
        foreach (var (_, values, column) in Documented)
        {
            string[] place = column.Split('.');
            string made = Assert.Single(await test.QueryAsync(
                $"select sql from sqlite_master where type = 'table' and name = '{place[0]}'"));
            string[] each = [.. values.Split(' ').Select(value => $"'{value}'")];
            string check = each.Length > 2 ? string.Join(" or ", each.Select(value => $"{place[1]} = {value}"))
                : $"{place[1]} in ({string.Join(", ", each)})";
            Assert.Contains($"{place[1]} text check ({check})", made, StringComparison.Ordinal);
        }
        await RejectsAsync(test, """
            insert into users (id, email, role, status, created_at, updated_at) values ('1', 'a', 'owner', 'active', '', '')
            """);
        await RejectsAsync(test, """
            insert into calls (id, tenant_id, direction, source, created_at, updated_at) values ('1', '', 'inbound', 'api', '', '')
            """);
        await RejectsAsync(test, """
            insert into campaign_contacts (id, tenant_id, campaign_id, phone_number, custom_data, status, max_attempts, created_at,
                updated_at)
            values ('1', '', '', '', '{}', 'queued', 1, '', '')
            """);
        await RejectsAsync(test, """
            insert into call_batches (id, tenant_id, client_id, campaign_id, agent_mapping_id, from_number, mode, status, calls_per_minute,
                max_concurrent, total_contacts, list_id, created_at, updated_at)
            values ('1', '', '', '', '', '', 'immediate', 'cancelled', 1, 1, 0, '', '', '')
            """);
    }

    private static async Task RejectsAsync(TestDatabase test, string insert)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(
            () => test.Database.Sql.WriteAsync(db => db.Execute(insert), TestDatabase.Stop).AsTask());
        Assert.Contains("CHECK constraint failed", refused.ToString(), StringComparison.Ordinal);
    }
}

/// <summary>What the page of the API says of it is counted here.</summary>
public sealed class AgencyPageTests
{
    [Fact]
    public void Each_operation_is_on_the_page_as_it_is()
    {
        var contract = AgencyContract.Read();
        string page = File.ReadAllText(Ringwright.Testing.Repository.PathOf("docs", "reference", "agency.md"));
        var table = AgencyBindings.ReadOnly(contract);
        var there = contract.Operations.Where(operation => table[operation].IsReal).ToList();
        Assert.Contains($"{there.Count} of its {contract.Operations.Count} operations are in", page, StringComparison.Ordinal);
        Assert.All(there, operation => Assert.Contains($"\n- `{operation.Method} {operation.Path}`\n", page, StringComparison.Ordinal));
        foreach (var operation in contract.Operations.Except(there))
        {
            Assert.NotEqual("Not built yet.", ((Ringwright.Http.Binding.Absent)table[operation]).Reason);
            Assert.Contains($"`{operation.Method} {operation.Path}`",
                page[page.IndexOf("## Operations that answer 501", StringComparison.Ordinal)..], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_table_of_permissions_has_a_class_for_each_part() => Assert.All(Permissions.All, permission => Assert.All(
        AgencyEnums.All["user_role"], role => Assert.Contains(Permissions.ClassOf(permission, role),
            new[] { "yes", "no", "own", "self", "some", "acting" })));
}
