using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Ringwright.Bench.Api;
using Ringwright.Bench.Nodes;

namespace Ringwright.Bench.Campaigns;

/// <summary>
/// A file of very many contacts by <c>campaign import</c>, beside the least that it could take: the numbers read out of the file, and the
/// same rows inserted into the same tables by the database's own driver. Both on SQLite, with as many commits.
/// </summary>
internal static class ImportCost
{
    private const int RowsOfCommit = 500;
    public const double GoalRatio = 1.5;

    public static async Task<JsonObject> MeasureAsync(int rows, Action<string> say, CancellationToken stop)
    {
        string file = Path.Combine(Path.GetTempPath(), $"ringwright-bench-{Guid.NewGuid():N}.csv");
        try
        {
            await WriteAsync(file, rows, stop);
            string key = $"opk_{Guid.NewGuid():N}";
            await using var node = await NodeProcess.StartAsync(new() { Flags = ["--operator-key", key] }, stop);
            using var api = new CustomerApi(node.Operator, key);
            string account = (string)(await api.SendAsync(HttpMethod.Get, "accounts", null, stop))[0]!["id"]!; // the first one is made
            var campaign = await api.SendAsync(HttpMethod.Post, $"accounts/{account}/campaigns", new()
            {
                ["name"] = "import", ["from"] = new JsonArray("+15550100000"), ["message"] = "Hello {name}.",
            }, stop);
            say($"import of {rows} contacts: bare");
            double bare = Bare(Path.Combine(node.DataFolder, "ringwright.db"), file, rows);
            say($"import of {rows} contacts: campaign import");
            var watch = Stopwatch.StartNew();
            string said = await node.RunAsync(stop, "campaign", "import", (string)campaign["id"]!, file); // it has one
            double ours = watch.Elapsed.TotalSeconds;
            if (!said.Contains($"{rows} of {rows} rows", StringComparison.Ordinal)) throw new BenchFailure($"campaign import said {said}");
            watch.Restart();
            await node.RunAsync(stop, "campaign", "import", (string)campaign["id"]!, file);
            return new()
            {
                ["rows"] = rows, ["bare_seconds"] = Math.Round(bare, 2), ["import_seconds"] = Math.Round(ours, 2),
                ["ratio"] = Math.Round(ours / bare, 2), ["goal_ratio"] = GoalRatio,
                ["again_seconds"] = Math.Round(watch.Elapsed.TotalSeconds, 2),
                ["resident_mb"] = node.Tree.ResidentBytes() / 1_048_576,
            };
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task WriteAsync(string file, int rows, CancellationToken stop)
    {
        await using var into = new StreamWriter(file);
        await into.WriteLineAsync("phone,name,town");
        for (int i = 0; i < rows; i++)
        {
            stop.ThrowIfCancellationRequested();
            await into.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"+1212{i:0000000},Person {i},Town {i % 1000}"));
        }
    }

    /// <returns>Seconds.</returns>
    private static double Bare(string from, string file, int rows)
    {
        string path = file + ".db";
        try
        {
            using var connection = new SqliteConnection($"Data Source={path}");
            List<string> schema;
            using (var node = BareSqlite.Open(from)) schema = SchemaOf(node);
            connection.Open();
            Run(connection, "pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = off;");
            foreach (string statement in schema) Run(connection, statement);
            var watch = Stopwatch.StartNew();
            int written = Insert(connection, file);
            double seconds = watch.Elapsed.TotalSeconds;
            return written == rows ? seconds : throw new BenchFailure($"{written} rows were inserted, not {rows}");
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            foreach (string one in (string[])[path, path + "-wal", path + "-shm"]) File.Delete(one);
        }
    }

    private static List<string> SchemaOf(DbConnection node)
    {
        using var ask = node.CreateCommand();
        ask.CommandText = "select sql from sqlite_master where tbl_name = 'rw_target' and sql is not null order by type desc";
        using var reader = ask.ExecuteReader();
        var statements = new List<string>();
        while (reader.Read()) statements.Add(reader.GetString(0));
        return statements;
    }

    private static int Insert(SqliteConnection connection, string file)
    {
        using var insert = connection.CreateCommand();
        insert.CommandText = "insert into rw_target (id, tenant_id, list_id, name, data, timezone, identity_key, destinations, state, "
            + "due_at, created_at, updated_at) values (@id, 't', 'l', @name, @data, null, @number, @destinations, 'idle', @at, @at, @at)";
        var (id, name, data, number, destinations) = (Add("@id"), Add("@name"), Add("@data"), Add("@number"), Add("@destinations"));
        Add("@at").Value = "2026-01-06T15:00:00.000000Z";
        insert.Prepare();
        int written = 0;
        var transaction = connection.BeginTransaction();
        foreach (string line in File.ReadLines(file).Skip(1))
        {
            string[] cells = line.Split(',');
            bool isNumber = cells[0].Length is >= 4 and <= 16 && cells[0][0] == '+'
                && !cells[0].AsSpan(1).ContainsAnyExceptInRange('0', '9');
            if (!isNumber) continue;
            insert.Transaction = transaction;
            (id.Value, name.Value, data.Value) = (Guid.CreateVersion7().ToString(), cells[1], $"{{\"town\":\"{cells[2]}\"}}");
            (number.Value, destinations.Value) = (cells[0], $"[\"{cells[0]}\",null,null,null,null]");
            written += insert.ExecuteNonQuery();
            if (written % RowsOfCommit != 0) continue;
            transaction.Commit();
            transaction.Dispose();
            transaction = connection.BeginTransaction();
        }
        transaction.Commit();
        transaction.Dispose();
        return written;

        SqliteParameter Add(string called) => insert.Parameters.Add(new SqliteParameter { ParameterName = called });
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
