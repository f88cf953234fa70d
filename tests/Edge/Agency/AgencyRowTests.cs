using Dapper;
using Ringwright.Agency.Tables;
using Ringwright.Edge.Store;

namespace Ringwright.Edge.Agency;

/// <summary>Row security on PostgreSQL (section 2.5 of the agency's specification): whom it binds, and whom not.</summary>
public sealed class AgencyRowTests
{
    /// <summary>One row of each kind of rule: the agency's own, the client's own, one that names its client, one by its campaign.</summary>
    private const string Rows = """
        select 'agencies ' || id from agencies union all select 'clients ' || id from clients
        union all select 'campaigns ' || id from campaigns union all select 'campaign_contacts ' || id from campaign_contacts
        union all select 'rate_plans ' || id from rate_plans order by 1
        """;

    [Fact]
    public async Task Who_reads_under_the_role_sees_the_rows_of_the_agency_that_is_named_and_none_without()
    {
        await using var test = await OpenAsync();
        string acme = await AddAsync(test, "acme"), other = await AddAsync(test, "other");
        Assert.Empty(await SeenAsync(test, "ringwright_tenant", null, null));
        Assert.Empty(await SeenAsync(test, "ringwright_tenant", "", ""));
        Assert.Equal(Sorted(acme, "1", "2"), await SeenAsync(test, "ringwright_tenant", acme, null));
        Assert.Equal(Sorted(other, "1", "2"), await SeenAsync(test, "ringwright_tenant", other, ""));
        // A client's users have its rows, and what they are told of their agency.
        Assert.Equal(Sorted(acme, "2").Where(row => row != $"rate_plans {acme}-plan"),
            await SeenAsync(test, "ringwright_tenant", acme, $"{acme}-2"));
        // The client of another one is nobody's here.
        Assert.Equal([$"agencies {acme}"], await SeenAsync(test, "ringwright_tenant", acme, $"{other}-1"));
    }

    [Fact]
    public async Task Views_of_what_is_bound_show_the_rows_of_the_agency_that_is_named_where_the_server_can_bind_a_view()
    {
        await using var test = await OpenAsync();
        string acme = await AddAsync(test, "acme"), other = await AddAsync(test, "other");
        foreach (string agency in (string[])[acme, other])
        {
            await test.Database.Sql.WriteAsync(db => db.Execute("""
                insert into agency_voices (tenant_id, id, name, is_public, synced_at) values (@agency, 'v-1', 'Mark', true, now())
                """, new { agency }), TestDatabase.Stop);
            await test.Database.Sql.WriteAsync(db => db.Execute("""
                insert into calls (id, tenant_id, client_id, direction, tags, created_at, updated_at)
                select id || '-call', tenant_id, id, cast('outbound' as call_direction), cast('["vip"]' as json), now(), now()
                from clients where tenant_id = @agency
                """, new { agency }), TestDatabase.Stop);
        }
        string isNew = Assert.Single(await test.QueryAsync(
            "select cast(current_setting('server_version_num')::integer >= 150000 as varchar)"));
        Assert.Equal([isNew], await test.QueryAsync("""
            select cast(bool_and(has_table_privilege('ringwright_tenant', name, 'select')) as varchar)
            from unnest(array['ultravox_voices', 'call_tags', 'v_call_batch_summary', 'v_campaign_progress']) as name
            """));
        // What is made of tables that are not bound is nobody's but the owner's.
        Assert.Equal(["false"], await test.QueryAsync("""
            select cast(bool_or(has_any_column_privilege('ringwright_tenant', name, 'select')) as varchar)
            from unnest(array['audit_log', 'outbound_webhooks', 'v_queue_health', 'dnc_entries', 'consent_records', 'dial_attempts'])
                as name
            """));
        if (isNew is not "true") return;
        const string views = """
            select 'voice ' || agency_id from ultravox_voices union all select 'tag ' || call_id || ' ' || tag from call_tags
            union all select 'progress ' || campaign_id || ' ' || contacts from v_campaign_progress
            union all select 'batch ' || id from v_call_batch_summary
            """;
        Assert.Empty(await SeenAsync(test, "ringwright_tenant", null, null, views));
        Assert.Equal(
            [
                $"progress {acme}-1 1", $"progress {acme}-2 1", $"tag {acme}-1-call vip", $"tag {acme}-2-call vip", $"voice {acme}",
            ], await SeenAsync(test, "ringwright_tenant", acme, null, views));
        Assert.Equal([$"progress {other}-2 1", $"tag {other}-2-call vip"],
            await SeenAsync(test, "ringwright_tenant", other, $"{other}-2", views));
    }

    [Fact]
    public async Task Nobody_else_is_bound()
    {
        await using var test = await OpenAsync();
        await AddAsync(test, "acme");
        await AddAsync(test, "other");
        // Roles are the server's, which other tests share.
        string reports = $"reports_{Guid.NewGuid():N}", owner = $"owner_{Guid.NewGuid():N}";
        await test.Database.Sql.WriteAsync(db => db.Execute($"create role {reports}"), TestDatabase.Stop);
        await test.Database.Sql.WriteAsync(db => db.Execute($"create role {owner}"), TestDatabase.Stop);
        foreach (string table in (string[])["agencies", "clients", "campaigns", "campaign_contacts", "rate_plans"])
        {
            await test.Database.Sql.WriteAsync(db => db.Execute($"alter table {table} owner to {owner}"), TestDatabase.Stop);
            await test.Database.Sql.WriteAsync(db => db.Execute($"grant select on {table} to {reports}"), TestDatabase.Stop);
        }
        Assert.Equal(16, (await SeenAsync(test, reports, null, null)).Count);
        Assert.Equal(16, (await SeenAsync(test, owner, null, null)).Count);
    }

    [Fact]
    public async Task Each_table_of_the_agency_is_bound_and_what_holds_secrets_is_not_for_reading()
    {
        await using var test = await OpenAsync();
        var bound = await test.QueryAsync("""
            select c.relname::varchar from pg_class c join pg_policy p on p.polrelid = c.oid
            where c.relrowsecurity and not c.relforcerowsecurity and not p.polpermissive
                and p.polroles = array[(select oid from pg_roles where rolname = 'ringwright_tenant')]
            """);
        var tables = AgencyArea.Area.Tables.Where(table => table.TenantColumn is not null).Select(table => table.Name);
        Assert.Empty(tables.Except(bound));
        Assert.Equal(["false"], await test.QueryAsync("""
            select cast(bool_or(has_any_column_privilege('ringwright_tenant', name, 'insert, update')
                or has_table_privilege('ringwright_tenant', name, 'delete, truncate')) as varchar)
            from unnest(array['agencies', 'clients', 'users', 'calls', 'api_keys']) as name
            """));
        Assert.Equal(["false"], await test.QueryAsync("""
            select cast(bool_or(has_any_column_privilege('ringwright_tenant', name, 'select')) as varchar)
            from unnest(array['api_keys', 'user_sessions', 'idempotency_keys', 'agency_integrations', 'webhook_queue', 'webhook_logs',
                'platform_administrators']) as name
            """));
        Assert.Equal(["false"], await test.QueryAsync("""
            select cast(bool_or(has_column_privilege('ringwright_tenant', 'users', name, 'select')) as varchar)
            from unnest(array['password_hash', 'totp', 'totp_pending', 'session_epoch']) as name
            """));
    }

    [Fact]
    public async Task Who_may_not_make_the_role_is_told_so_and_nothing_is_half_done()
    {
        await using var test = await OpenAsync();
        string user = $"user_{Guid.NewGuid():N}";
        await test.Database.Sql.WriteAsync(db => db.Execute($"create role {user}"), TestDatabase.Stop);
        // The tables are another's, so that the first thing that it may not do is to bind them.
        var said = await test.Database.Sql.WriteAsync(db =>
        {
            db.Execute($"set local role {user}");
            bool isDone = db.ExecuteScalar<bool>("select agency_bind_rows()");
            db.Execute("reset role");
            return isDone;
        }, TestDatabase.Stop);
        Assert.False(said);
        Assert.True(await test.Database.Sql.WriteAsync(db => db.ExecuteScalar<bool>("select agency_bind_rows()"), TestDatabase.Stop));
        string acme = await AddAsync(test, "acme");
        Assert.Equal(Sorted(acme, "1", "2"), await SeenAsync(test, "ringwright_tenant", acme, null));
    }

    private static IEnumerable<string> Sorted(string agency, params string[] clients) =>
        ((string[])["clients", "campaigns", "campaign_contacts"])
            .SelectMany(table => clients.Select(client => $"{table} {agency}-{client}"))
            .Append($"agencies {agency}").Append($"rate_plans {agency}-plan").Order(StringComparer.Ordinal);

    private static async Task<TestDatabase> OpenAsync()
    {
        var test = await TestDatabase.ReserveAsync(Product.Postgres, isMigrated: true);
        test.Areas = [AgencyArea.Area];
        await test.ReopenAsync();
        return test;
    }

    /// <summary>An agency with two clients, each with a campaign that calls one number.</summary>
    private static async Task<string> AddAsync(TestDatabase test, string name)
    {
        string agency = (await test.TenantAsync(name)).ToString();
        foreach (string insert in (string[])
        [
            """
            insert into agencies (id, tenant_id, name, slug, settings, timezone, created_at, updated_at)
            values (@agency, @agency, 'An agency', @agency, '{}', 'UTC', now(), now())
            """,
            """
            insert into clients (id, tenant_id, name, slug, status, created_at, updated_at)
            select @agency || '-' || client, @agency, client, client, 'active', now(), now() from unnest(array['1', '2']) as client
            """,
            """
            insert into campaigns (id, tenant_id, client_id, name, type, status, retry_policy, max_attempts, consent_required, created_at,
                updated_at)
            select id, tenant_id, id, 'Sale', cast('sdr' as campaign_type), 'draft', cast('{}' as json), 3, 'none', now(), now()
            from clients where tenant_id = @agency
            """,
            """
            insert into campaign_contacts (id, tenant_id, campaign_id, phone_number, custom_data, status, max_attempts, created_at,
                updated_at)
            select id, tenant_id, id, '+12125550100', cast('{}' as json), cast('pending' as contact_status), 3, now(), now()
            from campaigns where tenant_id = @agency
            """,
            """
            insert into rate_plans (id, tenant_id, name, currency, minute_micros, number_micros, initial_seconds, step_seconds,
                included_minutes, created_at, updated_at)
            values (@agency || '-plan', @agency, 'Plan', 'USD', 0, 0, 60, 60, 0, now(), now())
            """,
        ])
            await test.Database.Sql.WriteAsync(db => db.Execute(insert, new { agency }), TestDatabase.Stop);
        return agency;
    }

    /// <summary>In a transaction of its own, as whoever has this role.</summary>
    private static async Task<IReadOnlyList<string>> SeenAsync(TestDatabase test, string role, string? agency, string? client,
        string seen = Rows) =>
        await test.Database.Sql.ReadAsync<IReadOnlyList<string>>(db =>
        {
            db.Execute("begin read only");
            try
            {
                db.Execute($"set local role {role}");
                if (agency is not null) db.Execute("select set_config('ringwright.tenant', @agency, true)", new { agency });
                if (client is not null) db.Execute("select set_config('ringwright.client', @client, true)", new { client });
                List<string> rows = [.. db.Query<string>(seen)];
                rows.Sort(StringComparer.Ordinal);
                return rows;
            }
            finally
            {
                db.Execute("rollback work");
            }
        }, TestDatabase.Stop);
}
