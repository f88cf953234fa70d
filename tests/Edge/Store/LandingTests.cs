using System.Text.RegularExpressions;
using Dapper;
using Ringwright.Server.Modules;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Engines;
using Ringwright.Store.Migrations;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>
/// Databases as programs of before left them, by each landing that brought migrations since the history ended, with a row in each of their
/// tables: whatever this program adds, all of it reads as it was written.
/// </summary>
public abstract partial class LandingTests(Product product)
{
    private const string Id = "22222222-2222-2222-2222-222222222222", Moment = "2026-01-06T15:00:00.123456Z";

    /// <summary>
    /// In their order, each by the areas of its migrations: the newest schema of each program was that of one of them. Later ones go to the
    /// end.
    /// </summary>
    private const string Landed =
        "telnyx, core calls, routing, routing, routing, routing routing routing calls, "
        + "core routing recordings recordings calls calls, routing recordings, recordings, "
        + "core core core access routing recordings calls calls hosting contacts campaigns campaigns campaigns campaigns flows voipbin, "
        + "chakra, agency, agency, agency, stock agency agency agency, routing, texts, campaigns, agency, agency, codes, texts, "
        + "stock, telnyx, telnyx, agency, agency, agency, agency, agency, agency, agency, telnyx telnyx, carriers, agency, "
        + "agency, carriers, codes, texts, carriers, agency, agency, agency, core, campaigns, agency, agency, texts, "
        + "texts texts, agency, agency, agency, agency, agency, agency, agency, agency, agency, agency, agency, agency, agency, "
        + "agency, agency, agency, agency, carriers, texts, agency, carriers, agency agency, agency agency, agency, contacts, "
        + "agency, agency, routing, agency, stock, agency, agency, agency, stock, agency, calls, agency, contacts agency, agency, agency, "
        + "agency, agency, texts agency";

    private static readonly string[] Landings = Landed.Split(", ");

    /// <summary>Where a check says more than its words.</summary>
    private static readonly Dictionary<string, string> Special = new(StringComparer.Ordinal)
    {
        ["users.role"] = "client_admin", ["api_keys.role"] = "client_admin", ["agency_phone_numbers.phone_number"] = "+15550100008",
    };

    /// <summary>Landings, from 1 on.</summary>
    public static TheoryData<int> Points => Depth.Rows(gate: [10], deep: [1, 6, 15, 21, 27, 33, 39, 45, 51, 57, 63, 69, 74, 83]);

    [Theory, MemberData(nameof(Points))]
    public async Task What_a_program_wrote_reads_as_it_was_after_all_that_came_later(int landing)
    {
        await using var plan = await TestDatabase.ReserveAsync(Product.Sqlite);
        await using var test = await TestDatabase.ReserveAsync(product);
        using var old = new Old(plan, test, product);
        old.Migrate(Until(landing));
        old.Fill();
        old.Migrate(StoreAreas.Join(NodeModules.Areas));
        old.ReadsAsWritten();
    }

    /// <summary>A node that took each program in turn: rows are written as soon as there is a table for them.</summary>
    [Fact]
    public async Task What_programs_wrote_one_behind_the_other_reads_as_it_was()
    {
        await using var plan = await TestDatabase.ReserveAsync(Product.Sqlite);
        await using var test = await TestDatabase.ReserveAsync(product);
        using var old = new Old(plan, test, product);
        for (int landing = 1; landing <= Landings.Length; landing++)
        {
            old.Migrate(Until(landing));
            old.Fill();
        }
        old.Migrate(StoreAreas.Join(NodeModules.Areas));
        old.ReadsAsWritten();
    }

    private static StoreAreas Until(int landing)
    {
        var had = Landings.Take(landing).SelectMany(areas => areas.Split(' ')).GroupBy(area => area, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.Count(), StringComparer.Ordinal);
        return StoreAreas.Join(NodeModules.Areas).Until(area => had.GetValueOrDefault(area.Name));
    }

    /// <param name="plan">One of SQLite, migrated beside the other: it can say what its checks and references are.</param>
    private sealed class Old(TestDatabase plan, TestDatabase test, Product product) : IDisposable
    {
        private readonly IEngine _planEngine = EngineOf(plan), _engine = EngineOf(test);
        private readonly IWriteSession _plan = EngineOf(plan).OpenWriter(), _session = EngineOf(test).OpenWriter();

        /// <summary>By table: the question, and what was answered when its rows were written.</summary>
        private readonly Dictionary<string, (string Sql, List<string> Rows)> _written = new(StringComparer.Ordinal);

        public void Migrate(StoreAreas areas)
        {
            Migrator.Run(_planEngine, _plan.Connection, Migration.Embedded(), areas, TimeProvider.System);
            Migrator.Run(_engine, _session.Connection, Migration.Embedded(), areas, TimeProvider.System);
        }

        /// <summary>A row for each table that has none; what refers to another comes behind it.</summary>
        public void Fill()
        {
            var references = Plan("""
                select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like 'schema_%' order by rowid
                """).Where(table => !_written.ContainsKey(table)).ToDictionary(table => table, ReferencesOf, StringComparer.Ordinal);
            List<string> left = [.. references.Keys];
            while (left.Count > 0)
            {
                string next = left.First(table => !references[table].Values.Any(to => to.Table != table && left.Contains(to.Table)));
                left.Remove(next);
                // Some come with rows.
                if (Ask($"select 'x' from {next}").Count == 0) _session.Connection.Run(RowOf(next, references[next]));
            }
            foreach (string table in references.Keys)
            {
                var said = ColumnsOf(table).Select(column => $"""coalesce(cast("{column.Name}" as text), '-')""");
                string sql = $"select {string.Join(" || '|' || ", said)} from {table} order by 1";
                _written.Add(table, (sql, Ask(sql)));
            }
        }

        public void ReadsAsWritten()
        {
            Assert.True(_written.Count >= 50, $"{_written.Count} tables");
            Assert.Empty(_written.Where(table => table.Value.Rows.Count == 0).Select(table => table.Key));
            Assert.Equal(_written.SelectMany(table => table.Value.Rows.Select(row => $"{table.Key}: {row}")),
                _written.SelectMany(table => Ask(table.Value.Sql).Select(row => $"{table.Key}: {row}")));
        }

        public void Dispose()
        {
            _session.Dispose();
            _plan.Dispose();
        }

        private string RowOf(string table, Dictionary<string, (string Table, string Column)> references)
        {
            string made = Plan($"select sql from sqlite_master where type = 'table' and name = '{table}'")[0];
            var words = Choice().Matches(made).ToDictionary(one => one.Groups["column"].Value, one => one.Groups["word"].Value);
            string counted = Counted().Match(made).Groups["column"].Value;
            var columns = ColumnsOf(table).Where(column => column.Name != counted).ToList();
            string names = string.Join(", ", columns.Select(column => $"\"{column.Name}\""));
            string values = string.Join(", ", columns.Select(column => ValueOf(table, column.Name, column.Type, references, words)));
            return $"insert into {table} ({names}) values ({values})";
        }

        /// <summary>In quotes, which each database reads as the column's type has it.</summary>
        private string ValueOf(string table, string column, string type, Dictionary<string, (string Table, string Column)> references,
            Dictionary<string, string> words)
        {
            if (Special.TryGetValue($"{table}.{column}", out string? special)) return $"'{special}'";
            if (references.TryGetValue(column, out var to))
            {
                return to.Table != table && Ask($"""select cast("{to.Column}" as text) from {to.Table} order by 1""") is [var there, ..]
                    ? $"'{there}'" : "null";
            }
            if (words.TryGetValue(column, out string? word)) return $"'{word}'";
            return type switch
            {
                "integer" or "bigint" => "'7'",
                "boolean" => "true",
                "timestamp with time zone" => $"'{Moment}'",
                "json" => "'{}'",
                _ => column == "at" || column.EndsWith("_at", StringComparison.Ordinal) ? $"'{Moment}'"
                    : column is "id" or "uuid" || column.EndsWith("_id", StringComparison.Ordinal) ? $"'{Id}'" : "'{}'",
            };
        }

        private List<(string Name, string Type)> ColumnsOf(string table) => [.. _session.Connection.Query<(string, string)>(
            product is Product.Sqlite ? $"select name, lower(type) from pragma_table_info('{table}')" : $"""
                select cast(column_name as text), cast(data_type as text) from information_schema.columns
                where table_schema = 'public' and table_name = '{table}' order by ordinal_position
                """)];

        private Dictionary<string, (string Table, string Column)> ReferencesOf(string table) =>
            _plan.Connection.Query<(string From, string Table, string Column)>(
                $"""select "from", "table", coalesce("to", 'id') from pragma_foreign_key_list('{table}') order by id, seq""")
                .DistinctBy(one => one.From).ToDictionary(one => one.From, one => (one.Table, one.Column), StringComparer.Ordinal);

        private List<string> Plan(string sql) => [.. _plan.Connection.Query<string>(sql)];

        private List<string> Ask(string sql) => [.. _session.Connection.Query<string>(sql)];

        private static IEngine EngineOf(TestDatabase one) =>
            Database.EngineOf(new() { DataFolder = one.Folder, Connection = one.Connection });
    }

    /// <summary>A column that takes some words only, and the first of them.</summary>
    [GeneratedRegex(@"\b(?<column>[a-z_]+) text[^,]*? check \(\k<column> (in \(|= )'(?<word>[A-Za-z_0-9]+)'", RegexOptions.None,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Choice();

    /// <summary>A column that the database counts.</summary>
    [GeneratedRegex("(?<column>[a-z_]+) integer primary key autoincrement", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Counted();
}

public sealed class LandingsOnSqlite() : LandingTests(Product.Sqlite);

[Depth("the gate opens the databases of before on SQLite")]
public sealed class LandingsOnPostgres() : LandingTests(Product.Postgres);
