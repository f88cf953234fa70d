using System.Data.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Migrations;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public abstract class OpeningTests(Product product)
{
    [Fact]
    public async Task An_empty_folder_becomes_a_database_with_every_migration_recorded()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var applied = await test.QueryAsync("select version || '|' || name || '|' || sha256 from schema_migration order by version");
        var embedded = Migration.Embedded();
        Assert.Equal(embedded.Select(m => $"{m.Version}|{m.Name}|{m.Checksum}"), applied);
        Assert.Equal(1, embedded[0].Version);
        Assert.Equal(embedded.Select(m => m.Version).Distinct().Order(), embedded.Select(m => m.Version));
    }

    [Fact]
    public async Task Every_table_but_the_runners_own_carries_the_engines_prefix()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tables = (await test.ColumnsAsync()).Select(c => c.Split('.')[0]).Distinct();
        Assert.All(tables.Where(t => t is not ("schema_migration" or "schema_area" or "writer_mark")), t => Assert.StartsWith("rw_", t));
    }

    [Fact]
    public async Task Directives_become_column_types_and_checks()
    {
        Assert.Equal("at text not null, doc text, seq integer primary key autoincrement",
            Directives.ForSqlite("at -- @time not null, doc -- @json, seq -- @seq"));
        Assert.Equal("state text check (state in ('up', 'down')) not null,", Directives.ForSqlite("state -- @enum up|down not null,"));
        Assert.Equal("state text check (state = 'up' or state = 'down' or state = 'gone') not null,",
            Directives.ForSqlite("state -- @enum up|down|gone not null,"));
        Assert.Equal("at timestamptz not null, doc json, seq bigint generated always as identity primary key",
            Directives.ForPostgres("at -- @time not null, doc -- @json, seq -- @seq"));
        Assert.Equal("state text collate \"C\" check (state in ('up', 'down')) not null,",
            Directives.ForPostgres("state -- @enum up|down not null,"));
        Assert.Equal("state text collate \"C\" check (state in ('up', 'down', 'gone')) not null,",
            Directives.ForPostgres("state -- @enum up|down|gone not null,"));
        Assert.Equal("    text text collate \"C\" not null, -- a text\nalter table rw_a add column b text collate \"C\";",
            Directives.ForPostgres("    text text not null, -- a text\nalter table rw_a add column b text;"));
        const string Two = "a;\n-- @only sqlite\nb;\n-- @end\n-- @only postgres\nc;\n-- @end\nd;";
        Assert.Equal(("a;\nb;\nd;", "a;\nc;\nd;"), (Directives.ForSqlite(Two), Directives.ForPostgres(Two)));

        await using var test = await TestDatabase.OpenAsync(product);
        var refused = await Assert.ThrowsAnyAsync<DbException>(async () => await test.Database.Sql.WriteAsync(db =>
            Dapper.SqlMapper.Execute(db,
                "insert into rw_api_key (id, tenant_id, hash, role, label, created_at) values ('a', 'b', 'c', 'king', '', "
                    + "'2026-01-01T00:00:00.000000Z')"),
            TestDatabase.Stop));
        Assert.Contains("check", refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_second_opening_applies_nothing_and_raises_the_epoch_under_the_same_token_key()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var first = test.Database.Node;
        await test.ReopenAsync();
        Assert.Equal((1, 1u, 2u), (first.Node, first.Epoch, test.Database.Node.Epoch));
        Assert.Equal(32, first.TokenKey.Length);
        Assert.Equal(first.TokenKey.ToArray(), test.Database.Node.TokenKey.ToArray());
    }

    [Fact]
    public async Task A_migration_changed_after_it_was_applied_is_refused()
    {
        await using var test = await TestDatabase.ReserveAsync(product);
        await (await test.OpenAgainAsync([new(1, "a", "create table rw_a (x integer);"), .. Rest])).DisposeAsync();
        var refused =
            await Assert.ThrowsAsync<StoreException>(() => test.OpenAgainAsync([new(1, "a", "create table rw_a (y integer);"), .. Rest]));
        Assert.Contains("Migration 1 (a) was changed", refused.Message);
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_refused()
    {
        await using var test = await TestDatabase.ReserveAsync(product);
        await (await test.OpenAgainAsync([.. Rest, new(99, "future", "create table rw_future (x integer);")])).DisposeAsync();
        var refused = await Assert.ThrowsAsync<StoreException>(() => test.OpenAgainAsync(Rest));
        Assert.Contains($"newer Ringwright (schema version 99; this program knows {Rest[^1].Version})", refused.Message);
    }

    [Fact]
    public async Task A_migration_that_fails_half_way_leaves_nothing_and_frees_the_folder()
    {
        await using var test = await TestDatabase.ReserveAsync(product);
        await Assert.ThrowsAsync<StoreException>(() =>
            test.OpenAgainAsync([.. Rest, new(Next, "broken", "create table rw_half (x integer); create nonsense;")]));
        await using var database = await test.OpenAgainAsync([.. Rest, new(Next, "mended", "create table rw_half (x integer);")]);
        Assert.NotNull(database);
    }

    [Fact]
    public async Task Connections_of_before_send_digits_as_their_documents_say()
    {
        const string Written = """
            insert into rw_tenant (id, name, created_at) values ('11111111-1111-1111-1111-111111111111', 'before', '2026-01-06T15:00:00.000000Z');
            insert into rw_connection (tenant_id, id, kind, name, is_active, webhook_version, codecs, is_dtmf_redacted, doc, revision, created_at, updated_at) values
                ('11111111-1111-1111-1111-111111111111', 1, 'call_control', 'c1', true, '2', '[]', false, '{"dtmf_type":"Inband"}', 1, '2026-01-06T15:00:00.000000Z', '2026-01-06T15:00:00.000000Z'),
                ('11111111-1111-1111-1111-111111111111', 2, 'call_control', 'c2', true, '2', '[]', false, '{"dtmf_type":"SIP INFO"}', 1, '2026-01-06T15:00:00.000000Z', '2026-01-06T15:00:00.000000Z'),
                ('11111111-1111-1111-1111-111111111111', 3, 'call_control', 'c3', true, '2', '[]', false, '{"dtmf_type":"RFC 2833"}', 1, '2026-01-06T15:00:00.000000Z', '2026-01-06T15:00:00.000000Z'),
                ('11111111-1111-1111-1111-111111111111', 4, 'call_control', 'c4', true, '2', '[]', false, '{}', 1, '2026-01-06T15:00:00.000000Z', '2026-01-06T15:00:00.000000Z');
            """;
        await using var test = await TestDatabase.ReserveAsync(product);
        var all = Migration.Embedded()
            .SelectMany(m => m.Name == "digit-methods" ? [(Name: "written", Text: Written), (m.Name, m.Text)] : new[] { (m.Name, m.Text) });
        await using var database = await test.OpenAgainAsync([.. all.Select((m, i) => new Migration(i + 1, m.Name, m.Text))]);
        Assert.Equal([DigitMethod.Tones, DigitMethod.Info, DigitMethod.Events, DigitMethod.Events],
            database.Routing.Current.Connections.OrderBy(c => c.Id.Value).Select(c => c.Digits));
    }

    [Fact]
    public async Task Accounts_of_before_get_a_default_profile_of_their_own()
    {
        const string Written = """
            insert into rw_tenant (id, name, created_at) values ('11111111-1111-1111-1111-111111111111', 'first', '2026-01-06T15:00:00.000000Z'),
                ('22222222-2222-2222-2222-222222222222', 'second', '2026-01-06T15:00:00.000000Z'), ('33333333-3333-3333-3333-333333333333', 'named', '2026-01-05T15:00:00.000000Z');
            insert into rw_outbound_profile (tenant_id, id, name, is_enabled, destinations, doc, revision, created_at, updated_at) values
                ('33333333-3333-3333-3333-333333333333', 1500000000000000001, 'Default', true, '["DE"]', '{"name":"Default","whitelisted_destinations":["DE"]}', 1, '2026-01-06T15:00:00.000000Z', '2026-01-06T15:00:00.000000Z');
            """;
        await using var test = await TestDatabase.ReserveAsync(product);
        var all = Migration.Embedded().SelectMany(m => m.Name == "default-profiles-and-verified-numbers"
            ? [(Name: "written", Text: Written), (m.Name, m.Text)]
            : new[] { (m.Name, m.Text) });
        await using var database = await test.OpenAgainAsync([.. all.Select((m, i) => new Migration(i + 1, m.Name, m.Text))]);

        var tenants = await database.Tenants.ListAsync(TestDatabase.Stop);
        Assert.Equal(3, tenants.Select(t => t.DefaultProfile).Distinct().Count());
        foreach (var tenant in tenants)
        {
            var profile = database.Routing.Current.ProfileOf(tenant.Id, default);
            Assert.True(profile is { IsEnabled: true, Destinations: ["US", "CA"], Id: >= 1_000_000_000_000_000_000 },
                $"{tenant.Name}: {profile}");
            Assert.Equal(tenant.Name is "named" ? $"Default {profile.Id}" : "Default", profile.Name);

            // What the API shows of it is what it shows of a new account's.
            var old = (await database.OutboundProfiles.Rows(Shop.Profiles with { Dialect = "telnyx" })
                .FindAsync(tenant.Id, $"{profile.Id}", TestDatabase.Stop))!.Body;
            var made = (await database.Tenants.CreateAsync($"new beside {tenant.Name}", TenantLimits.None, null,
                TestDatabase.Stop))!.Tenant;
            var fresh = Assert.Single((await database.OutboundProfiles.Rows(Shop.Profiles with { Dialect = "telnyx" })
                .ListAsync(made.Id, new() { Limit = 10 }, TestDatabase.Stop)).Rows).Body;
            old["name"] = "Default";
            Assert.Equal(fresh.ToJsonString(), old.ToJsonString());
        }
        Assert.Equal(["DE"],
            database.Routing.Current.FindProfile(tenants.Single(t => t.Name is "named").Id, 1_500_000_000_000_000_001)!.Destinations);
    }

    [Fact]
    public async Task A_folder_in_use_is_refused_with_the_process_that_holds_it()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var refused = await Assert.ThrowsAsync<StoreException>(() => test.OpenAgainAsync());
        Assert.Equal($"The data folder {test.Folder} is in use by process {Environment.ProcessId}.", refused.Message);
    }

    [Fact]
    public async Task A_closed_folder_can_be_opened_again()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        await test.ReopenAsync();
        Assert.Equal(Environment.ProcessId, DataLock.ReadHolder(test.Folder));
    }

    [Fact]
    public async Task The_key_file_is_for_its_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are a Unix matter");
        await using var test = await TestDatabase.OpenAsync(product);
        string key = Path.Combine(test.Folder, "key");
        Assert.Equal(32, new FileInfo(key).Length);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
    }

    [Fact]
    public async Task A_lost_key_file_is_said_and_not_replaced()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        string key = Path.Combine(test.Folder, "key");
        byte[] bytes = await File.ReadAllBytesAsync(key, TestDatabase.Stop);
        await test.Database.DisposeAsync();
        File.Delete(key);
        var refused = await Assert.ThrowsAsync<StoreException>(() => test.OpenAgainAsync());
        Assert.Contains("is missing", refused.Message);
        Assert.False(File.Exists(key));

        await File.WriteAllBytesAsync(key, new byte[32], TestDatabase.Stop);
        var wrong = await Assert.ThrowsAsync<StoreException>(() => test.OpenAgainAsync());
        Assert.Contains("does not open with this data folder's key file", wrong.Message);

        await File.WriteAllBytesAsync(key, bytes, TestDatabase.Stop);
        await test.ReopenAsync();
    }

    // The real ones from number 2 on, since a database does not open without its tables.
    private static IReadOnlyList<Migration> Rest => [.. Migration.Embedded().Select((m, i) => new Migration(i + 2, m.Name, m.Text))];

    private static int Next => Rest[^1].Version + 1;
}

public sealed class OpeningOnSqlite() : OpeningTests(Product.Sqlite)
{
    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("ringwright.db"), new string('x', 8192), TestDatabase.Stop);
        var refused = await Assert.ThrowsAsync<StoreException>(() =>
            Database.OpenAsync(new() { DataFolder = folder.Path }, TimeProvider.System, NullLogger.Instance, TestDatabase.Stop));
        Assert.Contains("cannot be opened", refused.Message);
    }

    /// <summary>As a machine leaves it that loses its power at the first start.</summary>
    [Fact]
    public async Task An_empty_key_file_is_replaced_beside_a_new_database_alone()
    {
        using var folder = new TempFolder();
        string key = folder.File("key");
        await File.WriteAllBytesAsync(key, [], TestDatabase.Stop);
        await using (await OpenAsync()) { }
        Assert.Equal((32L, false), (new FileInfo(key).Length, File.Exists(key + ".part")));
        await File.WriteAllBytesAsync(key, [], TestDatabase.Stop);
        Assert.Contains("is damaged: 0 bytes", (await Assert.ThrowsAsync<StoreException>(OpenAsync)).Message);

        Task<Database> OpenAsync() =>
            Database.OpenAsync(new() { DataFolder = folder.Path }, TimeProvider.System, NullLogger.Instance, TestDatabase.Stop);
    }

    [Theory, InlineData("mysql://somewhere"), InlineData("sqlite:"), InlineData("")]
    public async Task An_unknown_database_is_refused(string connection)
    {
        using var folder = new TempFolder();
        var refused = await Assert.ThrowsAsync<StoreException>(() =>
            Database.OpenAsync(new() { DataFolder = folder.Path, Connection = connection }, TimeProvider.System,
                NullLogger.Instance, TestDatabase.Stop));
        Assert.Contains("is neither of the form sqlite:PATH nor postgres://", refused.Message);
    }
}

[Depth("the gate opens on SQLite in all ways, and on PostgreSQL first, again, and where a migration fails half way")]
public sealed class OpeningOnPostgres() : OpeningTests(Product.Postgres);

/// <summary>What of them the gate has on PostgreSQL: all migrations, its types, and what it undoes.</summary>
public sealed class OpeningOnPostgresInBrief
{
    private readonly OpeningOnPostgres _all = new();

    [Fact]
    public Task An_empty_database_has_every_migration_recorded() =>
        _all.An_empty_folder_becomes_a_database_with_every_migration_recorded();

    [Fact]
    public Task Directives_become_types_and_checks() => _all.Directives_become_column_types_and_checks();

    [Fact]
    public Task A_second_opening_raises_the_epoch() =>
        _all.A_second_opening_applies_nothing_and_raises_the_epoch_under_the_same_token_key();

    [Fact]
    public Task A_migration_that_fails_half_way_leaves_nothing() =>
        _all.A_migration_that_fails_half_way_leaves_nothing_and_frees_the_folder();
}
