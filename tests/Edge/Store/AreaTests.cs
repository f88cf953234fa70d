using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Core;
using Ringwright.Server.Modules;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Engines;
using Ringwright.Store.Keeping;
using Ringwright.Store.Migrations;
using Ringwright.Store.Snapshots;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>
/// An area of a module: its schema by versions of its own, and all that the store does with its tables without knowing them.
/// </summary>
public abstract class AreaTests(Product product)
{
    private const string Versions = "select area || '|' || version || '|' || name || '|' || sha256 from schema_area order by area, version";
    private const string Notes = "select words || '|' || case when is_done then 'done' else 'open' end from rw_note order by words";

    private static CancellationToken Stop => TestDatabase.Stop;

    [Fact]
    public async Task It_goes_from_its_first_version_to_its_second_and_keeps_its_rows()
    {
        await using var test = await OpenAsync(NotesArea.First);
        Assert.Equal(Recorded(NotesArea.First), await test.QueryAsync(Versions));
        var acme = await FillAsync(test);
        await test.ReopenAsync();
        Assert.Equal(Recorded(NotesArea.First), await test.QueryAsync(Versions));

        test.Areas = [NotesArea.Second];
        await test.ReopenAsync();
        Assert.Equal(Recorded(NotesArea.Second), await test.QueryAsync(Versions));
        Assert.Equal(["buy milk|open", "sell it|open"], await test.QueryAsync(Notes));
        Assert.Equal("buy milk", await new NoteTable(test.Database).ListAsync(acme, Stop, "red", "blue"));
        Assert.Equal("", await new NoteTable(test.Database).ListAsync(acme, Stop));
    }

    [Fact]
    public async Task It_is_in_snapshots_and_an_older_one_loads()
    {
        await using var old = await OpenAsync(NotesArea.First);
        await using var one = await OpenAsync(NotesArea.Second);
        await using var other = await OpenAsync(NotesArea.Second, product is Product.Sqlite ? Product.Postgres : Product.Sqlite);
        await FillAsync(old);
        string file = await SaveAsync(old);
        string[] kinds = [.. (await File.ReadAllLinesAsync(file, Stop)).Select(line => line.Split('"')[1])];
        Assert.Equal((1, 2), (kinds.Count(kind => kind == "note_colour"), kinds.Count(kind => kind == "note")));
        Assert.True(Array.IndexOf(kinds, "note_colour") < Array.IndexOf(kinds, "outbound_voice_profile"),
            "what belongs before the resources stands there");
        await LoadAsync(one, file, replaces: false);
        Assert.Equal(["buy milk|open", "sell it|open"], await one.QueryAsync(Notes));

        // What it says today travels too, between two products.
        await one.Database.Sql.WriteAsync(db => db.Execute("update rw_note set is_done = true where words = 'sell it'"), Stop);
        await LoadAsync(other, await SaveAsync(one), replaces: false);
        Assert.Equal(["buy milk|open", "sell it|done"], await other.QueryAsync(Notes));
    }

    [Fact]
    public async Task Its_rows_go_with_their_account_and_no_others()
    {
        await using var test = await OpenAsync(NotesArea.Second);
        var acme = await FillAsync(test);
        string file = Path.Combine(test.Folder, "acme.jsonl");
        await test.Database.Snapshots.SaveAsync(file, acme, Kinds(test), withFiles: false, overwrites: true, Stop);
        await new NoteTable(test.Database).AddAsync(acme, "red", "written later", Stop);
        await LoadAsync(test, file, replaces: true);
        Assert.Equal(["buy milk|open", "sell it|open"], await test.QueryAsync(Notes));
        Assert.Equal("buy milk", await new NoteTable(test.Database).ListAsync(acme, Stop, "red"));
    }

    [Fact]
    public async Task What_is_old_goes_and_what_is_young_stays()
    {
        var time = new FakeTimeProvider();
        await using var test = await OpenAsync(NotesArea.Second, time);
        var acme = await FillAsync(test);
        time.Advance(NotesArea.Kept + TimeSpan.FromMinutes(1));
        await new NoteTable(test.Database).AddAsync(acme, "red", "written today", Stop);
        await new Housekeeping(test.Database, new(), test.Folder, NullLogger.Instance).RunAsync(Stop);
        Assert.Equal(["written today|open"], await test.QueryAsync(Notes));
    }

    [Fact]
    public async Task A_database_with_an_area_that_the_program_does_not_know_is_refused_untouched()
    {
        await using var test = await OpenAsync(NotesArea.Second);
        await test.Database.DisposeAsync();
        var other = new StoreArea("other") { Migrations = [new(1, "other", "create table rw_other (x integer);")] };
        test.Areas = [other];
        var refused = await Assert.ThrowsAsync<StoreException>(() => test.OpenAgainAsync());
        Assert.Contains("has the area 'notes', which this program does not know", refused.Message, StringComparison.Ordinal);
        test.Areas = [];
        await Assert.ThrowsAsync<StoreException>(() => test.OpenAgainAsync());
        test.Areas = [NotesArea.Second];
        await test.ReopenAsync();
        Assert.Equal(Recorded(NotesArea.Second), await test.QueryAsync(Versions));
        Assert.DoesNotContain("rw_other.x", await test.ColumnsAsync());
    }

    [Fact]
    public async Task A_newer_version_of_an_area_is_refused_and_so_is_a_changed_one()
    {
        await using var test = await OpenAsync(NotesArea.Second);
        await test.Database.DisposeAsync();
        test.Areas = [NotesArea.First];
        var refused = await Assert.ThrowsAsync<StoreException>(() => test.OpenAgainAsync());
        Assert.Contains("newer Ringwright (version 2 of area 'notes'; this program knows 1)", refused.Message, StringComparison.Ordinal);
        test.Areas = [With(new(2, "done", "alter table rw_note add column is_finished boolean;"))];
        refused = await Assert.ThrowsAsync<StoreException>(() => test.OpenAgainAsync());
        Assert.Contains("Migration 2 (done) of area 'notes' was changed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_from_before_areas_refuses_a_database_that_has_them()
    {
        await using var test = await OpenAsync(NotesArea.Second);
        await test.Database.DisposeAsync();
        using var session = Session(test, node: 1);
        var refused = Assert.Throws<StoreException>(() =>
            Migrator.RunHistory(Engine(test, 1), session.Connection, [.. Migration.Embedded().Where(m => m.Version <= 41)], test.Time));
        Assert.Contains("newer Ringwright (schema version 42; this program knows 41)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_that_fails_half_way_leaves_the_version_before_it()
    {
        await using var test = await OpenAsync(NotesArea.First);
        await FillAsync(test);
        await test.Database.DisposeAsync();
        test.Areas = [With(new(2, "done", $"{NotesArea.Second.Migrations[1].Text} create nonsense;"))];
        await Assert.ThrowsAsync<StoreException>(() => test.OpenAgainAsync());
        test.Areas = [NotesArea.First];
        await test.ReopenAsync();
        Assert.Equal(Recorded(NotesArea.First), await test.QueryAsync(Versions));
        Assert.DoesNotContain("rw_note.is_done", await test.ColumnsAsync());
    }

    [Fact]
    public async Task Processes_that_open_it_at_once_migrate_it_once()
    {
        // It takes its time: whoever looks before the lock is his finds it undone, and does it again.
        const string Much = """
            insert into rw_note_colour (id, name, created_at)
            with recursive s (n) as (select 1 union all select n + 1 from s where n < 100000)
            select 'c' || n, 'c' || n, cast('2026-01-06T15:00:00.000000Z' as -- @time) from s;
            """;
        var slow = With(new(2, "done", $"{NotesArea.Second.Migrations[1].Text} {Much}"));
        await using var test = await TestDatabase.OpenAsync(product);
        await test.Database.DisposeAsync();
        var areas = StoreAreas.Join([slow]);
        using var both = new Barrier(2);
        int[] applied = await Task.WhenAll(Enumerable.Range(1, 2).Select(node => Task.Run(() =>
        {
            using var session = Session(test, node);
            both.SignalAndWait(Stop);
            return Migrator.Run(Engine(test, node), session.Connection, Migration.Embedded(), areas, TimeProvider.System);
        }, Stop)));
        Assert.Equal(2, applied.Sum());
        test.Areas = [slow];
        await test.ReopenAsync();
        Assert.Equal(Recorded(slow), await test.QueryAsync(Versions));
    }

    /// <summary>Rows of before are there, and tables and columns are those of a new database.</summary>
    [Theory, InlineData(20), InlineData(30), InlineData(40)]
    public async Task A_database_of_an_older_schema_becomes_what_a_new_one_is(int version)
    {
        const string Written = """
            insert into rw_tenant (id, name, created_at) values ('11111111-1111-1111-1111-111111111111', 'before', '2026-01-06T15:00:00.000000Z');
            insert into rw_resource (tenant_id, kind, id, doc, revision, created_at, updated_at) values
                ('11111111-1111-1111-1111-111111111111', 'thing', 'a', '{"name":"A"}', 3, '2026-01-06T15:00:00.000000Z', '2026-01-06T15:00:00.000000Z');
            """;
        await using var test = await TestDatabase.ReserveAsync(product);
        using (var session = Session(test, node: 1))
        {
            Migrator.RunHistory(Engine(test, 1), session.Connection, [.. Migration.Embedded().Where(m => m.Version <= version)], test.Time);
            session.Connection.Execute(Written);
        }
        test.Areas = [NotesArea.Second];
        await test.ReopenAsync();
        Assert.Equal(Recorded(NotesArea.Second), await test.QueryAsync(Versions));
        var thing = await test.Database.Documents.Rows(new("thing"))
            .FindAsync(test.Database.Routing.Current.Tenants.Single().Id, "a", Stop);
        Assert.Equal(("""{"name":"A"}""", 3L), (thing!.Body.ToJsonString(), thing.Revision));
        await using var fresh = await OpenAsync(NotesArea.Second);
        Assert.Equal(await fresh.ColumnsAsync(), await test.ColumnsAsync());
    }

    /// <summary>Tables refer only to those above them, and to those of areas that theirs builds on.</summary>
    [Fact]
    public async Task What_areas_build_on_is_what_their_tables_refer_to()
    {
        await using var test = await OpenAsync(NotesArea.Second);
        var areas = test.Database.Areas;
        var owners = areas.All.SelectMany(area => area.Tables.Select(table => (table.Name, area))).ToDictionary(t => t.Name, t => t.area);
        string[] order = [.. areas.Tables.Select(table => table.Name)];
        string references = product is Product.Sqlite
            ? "select t.name || ' ' || f.\"table\" from sqlite_master t, pragma_foreign_key_list(t.name) f where t.type = 'table'"
            : "select conrelid::regclass || ' ' || confrelid::regclass from pg_constraint where contype = 'f'";
        var pairs = (await test.QueryAsync(references)).Select(pair => pair.Split(' ')).Where(pair => pair[0] != pair[1]).ToList();
        Assert.Contains(pairs, pair => pair is ["rw_note", "rw_note_colour"]);
        foreach (string[] pair in pairs)
        {
            var (from, to) = (owners[pair[0]], owners[pair[1]]);
            Assert.True(Array.IndexOf(order, pair[0]) > Array.IndexOf(order, pair[1]), $"{pair[0]} refers to {pair[1]}, which is below it");
            Assert.True(from == to || to.Name == StoreAreas.Core || from.BuildsOn.Contains(to.Name),
                $"{from.Name} does not say that it builds on {to.Name}");
        }
    }

    protected static StoreArea With(Migration second) => NotesArea.Second with { Migrations = [NotesArea.Second.Migrations[0], second] };

    protected static IReadOnlyList<string> Recorded(params IEnumerable<StoreArea> areas) =>
        [.. StoreAreas.Join(areas).All.OrderBy(a => a.Name, StringComparer.Ordinal)
            .SelectMany(a => a.Migrations.Select(m => $"{a.Name}|{m.Version}|{m.Name}|{m.Checksum}"))];

    private protected Task<TestDatabase> OpenAsync(StoreArea area) => OpenAsync(area, product);

    /// <returns>The first account, with one note; a second one has another.</returns>
    private protected static async Task<TenantId> FillAsync(TestDatabase test)
    {
        var (acme, other) = (await test.TenantAsync(), await test.TenantAsync("other"));
        var notes = new NoteTable(test.Database);
        await notes.AddColourAsync("red", Stop);
        await notes.AddAsync(acme, "red", "buy milk", Stop);
        await notes.AddAsync(other, "red", "sell it", Stop);
        await test.Database.OutboundProfiles.Rows(Shop.Profiles).InsertAsync(Shop.Row(acme, 1, new() { ["name"] = "mine" }), null, Stop);
        return acme;
    }

    private static async Task<TestDatabase> OpenAsync(StoreArea area, Product product, TimeProvider? time = null)
    {
        var test = await TestDatabase.ReserveAsync(product, time, isMigrated: true);
        test.Areas = [area];
        await test.ReopenAsync();
        return test;
    }

    private Task<TestDatabase> OpenAsync(StoreArea area, TimeProvider time) => OpenAsync(area, product, time);

    private static IEngine Engine(TestDatabase test, int node) =>
        Database.EngineOf(new() { DataFolder = test.Folder, Connection = test.Connection, Node = node });

    private static IWriteSession Session(TestDatabase test, int node) => Engine(test, node).OpenWriter();

    private static SnapshotKind[] Kinds(TestDatabase test) =>
        [new("outbound_voice_profile", test.Database.OutboundProfiles.Rows(Shop.Profiles))];

    private static async Task<string> SaveAsync(TestDatabase test)
    {
        string file = Path.Combine(test.Folder, "all.jsonl");
        await test.Database.Snapshots.SaveAsync(file, null, Kinds(test), withFiles: false, overwrites: true, Stop);
        return file;
    }

    private static Task LoadAsync(TestDatabase test, string file, bool replaces) =>
        test.Database.Snapshots.LoadAsync(file, Kinds(test), (_, _) => null, replaces, () => 1, Stop);
}

public sealed class AreasOnSqlite() : AreaTests(Product.Sqlite)
{
    /// <summary>What it leaves is what the files hold at that moment, pages of the open transaction among them.</summary>
    [Fact]
    public async Task A_process_that_is_killed_in_the_middle_of_a_migration_leaves_the_version_before_it()
    {
        const string Much = "insert into rw_note select tenant_id, id || '-' || n, colour_id, words, created_at, is_done from rw_note, "
            + "(with recursive s (n) as (select 1 union all select n + 1 from s where n < 20000) select n from s);";
        await using var test = await OpenAsync(NotesArea.First);
        await FillAsync(test);
        await test.Database.DisposeAsync();
        using var copy = new TempFolder();
        var engine = Database.EngineOf(new() { DataFolder = test.Folder, Connection = test.Connection });
        using (var writer = engine.OpenWriter())
        {
            writer.Connection.Run("pragma cache_size = 10;");
            writer.Connection.Run(engine.BeginMigration);
            writer.Connection.Run(engine.Expand(NotesArea.Second.Migrations[1].Text));
            writer.Connection.Run(Much);
            foreach (string file in new[] { "key", "ringwright.db", "ringwright.db-wal" })
                File.Copy(Path.Combine(test.Folder, file), copy.File(file));
            writer.Connection.Run("rollback;");
        }
        Assert.True(new FileInfo(copy.File("ringwright.db-wal")).Length > 1_000_000, "the open transaction is in the log");

        var options = new DatabaseOptions { DataFolder = copy.Path, Areas = [NotesArea.First] };
        await using (var before = await Database.OpenAsync(options, TimeProvider.System, NullLogger.Instance, TestDatabase.Stop))
            Assert.Equal(2, await before.Sql.ReadAsync(db => db.ExecuteScalar<long>("select count(*) from rw_note"), TestDatabase.Stop));
        await using var after = await Database.OpenAsync(options with { Areas = [NotesArea.Second] }, TimeProvider.System,
            NullLogger.Instance, TestDatabase.Stop);
        Assert.Equal(2, await after.Sql.ReadAsync(db => db.ExecuteScalar<long>("select count(*) from rw_note where is_done = false"),
            TestDatabase.Stop));
    }

    [Fact]
    public void What_cannot_be_joined_is_said()
    {
        var notes = NotesArea.Second;
        Refused("The area 'notes' of the database builds on 'crm', which is not there.", notes with { BuildsOn = ["crm"] });
        Refused("Areas of the database build on each other: a on b on c on a.", new("a") { BuildsOn = ["b"] },
            new("b") { BuildsOn = ["c"] }, new("c") { BuildsOn = ["a"] });
        Refused("Two areas of the database are called 'notes'.", notes, notes with { Tables = [] });
        Refused("Two areas of the database are called 'money'.", notes with { Name = "money" });
        Refused("The table rw_note_colour is in two areas of the database.", notes, notes with { Name = "more" });
        Refused("'No Tes' is no name of an area", notes with { Name = "No Tes" });
        Refused("The migrations of area 'notes' are not numbered from 1 without a gap: there is no 1.",
            notes with { Migrations = [notes.Migrations[1]] });
        Refused("does not say one thing of rw_note in snapshots", new StoreArea("n") { Tables = [new("rw_note")] });
        Refused("does not say one thing of rw_note in snapshots",
            new StoreArea("n") { Tables = [new("rw_note") { IsResource = true, LeftOut = "twice" }] });
        Refused("'rw_note; drop' of area 'n' is no name of a table",
            new StoreArea("n") { Tables = [new("rw_note; drop") { LeftOut = "it is none" }] });
    }

    [Fact]
    public void An_area_comes_behind_those_that_it_builds_on_and_else_where_it_stands()
    {
        var joined = StoreAreas.Join([new("b") { BuildsOn = ["a"] }, new("c"), new("a") { BuildsOn = ["calls"] }]);
        Assert.Equal([.. StoreAreas.Own.Select(a => a.Name), "a", "b", "c"], joined.All.Select(a => a.Name));
        Assert.Equal(StoreAreas.Own, StoreAreas.Join([]).All);
    }

    [Fact]
    public async Task What_cannot_be_joined_makes_no_folder()
    {
        using var folder = new TempFolder();
        string data = folder.File("data");
        await Assert.ThrowsAsync<StoreException>(() =>
            Database.OpenAsync(new() { DataFolder = data, Areas = [new("notes") { BuildsOn = ["crm"] }] },
                TimeProvider.System, NullLogger.Instance, TestDatabase.Stop));
        Assert.False(Directory.Exists(data));
    }

    /// <summary>Whatever comes after it belongs to an area.</summary>
    [Fact]
    public void The_history_has_ended_and_is_as_it_was()
    {
        string[] history = [.. Migration.Embedded().Select(m => $"{m.Version:0000}-{m.Name} {m.Checksum}")];
        Assert.Equal(42, Migration.Embedded()[^1].Version);
        if (Golden.IsWriting) Golden.Matches("store/history.txt", string.Join('\n', history) + "\n");
        string[] frozen = Golden.Read("store/history.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(frozen.Length >= 36, $"{frozen.Length} files");
        Assert.Empty(frozen.Except(history));
    }

    /// <summary>A database that has applied one refuses a program in which it reads otherwise: what comes later is one more.</summary>
    [Fact]
    public void What_areas_have_released_is_as_it_was()
    {
        string[] now = [.. StoreAreas.Join(NodeModules.Areas).All
            .SelectMany(area => area.Migrations.Select(m => $"{area.Name} {m.Version:0000}-{m.Name} {m.Checksum}"))
            .Order(StringComparer.Ordinal)];
        if (Golden.IsWriting) Golden.Matches("store/areas.txt", string.Join('\n', now) + "\n");
        string[] frozen = Golden.Read("store/areas.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(frozen.Length >= 100, $"{frozen.Length} files");
        Assert.Empty(frozen.Except(now));
    }

    private static void Refused(string message, params StoreArea[] areas) =>
        Assert.Contains(message, Assert.Throws<StoreException>(() => StoreAreas.Join(areas)).Message, StringComparison.Ordinal);
}

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AreasOnPostgres() : AreaTests(Product.Postgres)
{
    [Fact]
    public async Task A_process_that_is_killed_in_the_middle_of_a_migration_leaves_the_version_before_it()
    {
        await using var test = await OpenAsync(NotesArea.First);
        await FillAsync(test);
        await test.Database.DisposeAsync();
        test.Areas = [With(new(2, "done", $"{NotesArea.Second.Migrations[1].Text} select pg_terminate_backend(pg_backend_pid());"))];
        var refused = await Assert.ThrowsAsync<StoreException>(() => test.OpenAgainAsync());
        Assert.Contains("cannot be opened", refused.Message, StringComparison.Ordinal);
        test.Areas = [NotesArea.First];
        await test.ReopenAsync();
        Assert.DoesNotContain("rw_note.is_done", await test.ColumnsAsync());
        test.Areas = [NotesArea.Second];
        await test.ReopenAsync();
        Assert.Equal(Recorded(NotesArea.Second),
            await test.QueryAsync("select area || '|' || version || '|' || name || '|' || sha256 from schema_area order by area, version"));
        Assert.Equal(["false", "false"], await test.QueryAsync("select cast(is_done as text) from rw_note"));
    }
}
