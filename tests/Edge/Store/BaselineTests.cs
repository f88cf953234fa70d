using System.Data.Common;
using System.Text;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Server.Modules;
using Ringwright.Server.Nodes;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Engines;
using Ringwright.Store.Migrations;
using Ringwright.Store.Sqlite;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>What a node's first start makes of an empty file is what the migrations make of it.</summary>
public sealed class BaselineTests
{
    private const string Records = "select version || ' ' || name || ' ' || sha256 || ' ' || applied_at from schema_migration union all "
        + "select area || ' ' || version || ' ' || name || ' ' || sha256 || ' ' || applied_at from schema_area order by 1";

    private static readonly StoreAreas Node = StoreAreas.Join(NodeModules.Areas);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void It_is_made_of_the_migrations()
    {
        using var folder = new TempFolder();
        using var migrated = Open(folder, "migrated");
        Migrator.Run(migrated.Engine, migrated.Connection, Migration.Embedded(), Node, _time);
        string now = $"{Baseline.HeadOf(Migration.Embedded(), Node)}\n{Dump(migrated.Connection)}";
        if (Golden.IsWriting) File.WriteAllText(Repository.PathOf("src", "Server", "Nodes", "baseline.sqlite.sql"), now);
        Assert.True(now == NodeBaseline.Read(), "src/Server/Nodes/baseline.sqlite.sql is of others; ./ringwright golden writes it.");
    }

    [Fact]
    public void A_file_that_it_made_is_as_one_that_the_migrations_made()
    {
        using var folder = new TempFolder();
        using var migrated = Open(folder, "migrated");
        using var made = Open(folder, "made");
        int applied = Migrator.Run(migrated.Engine, migrated.Connection, Migration.Embedded(), Node, _time);
        Assert.Equal(applied, Migrator.Run(made.Engine, made.Connection, Migration.Embedded(), Node, _time, NodeBaseline.Read));
        Assert.Equal(Dump(migrated.Connection), Dump(made.Connection));
        Assert.Equal(migrated.Connection.Query<string>(Records), made.Connection.Query<string>(Records));
        Assert.Empty(made.Connection.Query("pragma foreign_key_check"));
        Assert.Equal("ok", made.Connection.ExecuteScalar<string>("pragma integrity_check"));
        Assert.Equal(0, Migrator.Run(made.Engine, made.Connection, Migration.Embedded(), Node, _time, NodeBaseline.Read));
    }

    [Fact]
    public async Task It_is_asked_for_once_in_the_life_of_a_file()
    {
        using var folder = new TempFolder();
        int asked = 0;
        var options = new DatabaseOptions
        {
            DataFolder = folder.File("data"), Areas = NodeModules.Areas, Dialects = NodeModules.Faces,
            Baseline = () =>
            {
                asked++;
                return NodeBaseline.Read();
            },
        };
        for (int i = 0; i < 2; i++)
        {
            await using var database = await Database.OpenAsync(options, _time, NullLogger.Instance, TestDatabase.Stop);
            Assert.Equal(1, asked);
        }
    }

    /// <summary>One of a program with other modules, and a file in which somebody has a table of his own.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void What_it_does_not_fit_is_migrated(bool isOfOthers)
    {
        using var folder = new TempFolder();
        using var file = Open(folder, "file");
        if (!isOfOthers) file.Connection.Run("create table somebodys (a text);");
        var areas = isOfOthers ? StoreAreas.Join([]) : Node;
        Migrator.Run(file.Engine, file.Connection, Migration.Embedded(), areas, _time, NodeBaseline.Read);
        Assert.Equal(areas.All.Sum(area => area.Migrations.Count), file.Connection.ExecuteScalar<int>("select count(*) from schema_area"));
        const string Seen = "select name from sqlite_master where name in ('somebodys', 'agencies') order by 1";
        string[] there = [.. file.Connection.Query<string>(Seen)];
        Assert.Equal(isOfOthers ? [] : ["agencies", "somebodys"], there);
    }

    [Fact]
    public void What_fails_in_the_middle_has_made_nothing()
    {
        using var folder = new TempFolder();
        using var file = Open(folder, "file");
        string broken = $"{NodeBaseline.Read()}insert into nowhere values (1);\n";
        Assert.ThrowsAny<DbException>(() =>
            Migrator.Run(file.Engine, file.Connection, Migration.Embedded(), Node, _time, () => broken));
        Assert.True(file.Engine.TakesBaseline(file.Connection));
    }

    private static Opened Open(TempFolder folder, string name)
    {
        var engine = new SqliteEngine(folder.File(name), Durability.Process);
        return new(engine, engine.OpenWriter());
    }

    /// <summary>Tables, their rows, and what is on them, as SQL that makes the same; without the record of what has run.</summary>
    private static string Dump(DbConnection db)
    {
        const string Select = "select type, name, sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by rowid";
        var all = db.Query<(string Type, string Name, string Sql)>(Select).AsList();
        var text = new StringBuilder("pragma defer_foreign_keys = on;\n");
        Add("table");
        foreach (var (type, table, _) in all)
        {
            if (type is not "table" || table.StartsWith("schema_", StringComparison.Ordinal)) continue;
            string[] columns = [.. db.Query<string>("select name from pragma_table_info(@table) order by cid", new { table })];
            string values = string.Join(" || ', ' || ", columns.Select(column => $"quote(\"{column}\")"));
            foreach (string row in db.Query<string>($"select {values} from \"{table}\" order by 1"))
                text.Append($"insert into \"{table}\" ({string.Join(", ", columns.Select(c => $"\"{c}\""))}) values ({row});\n");
        }
        Add("index");
        Add("view");
        Add("trigger");
        return text.ToString();

        void Add(string type)
        {
            foreach (var (_, _, sql) in all.Where(thing => thing.Type == type)) text.Append(sql).Append(";\n");
        }
    }

    private sealed record Opened(SqliteEngine Engine, IWriteSession Session) : IDisposable
    {
        public DbConnection Connection => Session.Connection;

        public void Dispose() => Session.Dispose();
    }
}
