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
    public const double GoalRatio = 1.5;

    private const string Names = "phone,name,town";

    public static async Task<JsonObject> MeasureAsync(int rows, Action<string> say, CancellationToken stop)
    {
        string file = Path.Combine(Path.GetTempPath(), $"ringwright-bench-{Guid.NewGuid():N}.csv"), lone = file + ".lone";
        try
        {
            await WriteAsync(file, rows, stop);
            await File.WriteAllLinesAsync(lone, [Names, "+12130000000,Nobody,Nowhere"], stop);
            string key = $"opk_{Guid.NewGuid():N}";
            await using var node = await NodeProcess.StartAsync(new() { Flags = ["--operator-key", key] }, stop);
            using var api = new CustomerApi(node.Operator, key);
            string account = (string)(await api.SendAsync(HttpMethod.Get, "accounts", null, stop))[0]!["id"]!; // the first one is made
            var campaign = await api.SendAsync(HttpMethod.Post, $"accounts/{account}/campaigns", new()
            {
                ["name"] = "import", ["from"] = new JsonArray("+15550100000"), ["message"] = "Hello {name}.",
            }, stop);
            say($"import of {rows} contacts: bare");
            double bare = BareInsert.Measure(Path.Combine(node.DataFolder, "ringwright.db"), file, ["rw_target"], rows,
                connection => Insert(connection, file));
            // The command's own start, which a short list is mostly made of.
            var watch = Stopwatch.StartNew();
            await node.RunAsync(stop, "campaign", "import", (string)campaign["id"]!, lone);
            double start = watch.Elapsed.TotalSeconds;
            long before = node.Tree.ResidentBytes() / 1_048_576;
            say($"import of {rows} contacts: campaign import");
            watch.Restart();
            string said = await node.RunAsync(stop, "campaign", "import", (string)campaign["id"]!, file); // it has one
            double ours = watch.Elapsed.TotalSeconds;
            if (!said.Contains($"{rows} of {rows} rows", StringComparison.Ordinal)) throw new BenchFailure($"campaign import said {said}");
            watch.Restart();
            await node.RunAsync(stop, "campaign", "import", (string)campaign["id"]!, file);
            return new()
            {
                ["rows"] = rows, ["bare_seconds"] = Math.Round(bare, 2), ["import_seconds"] = Math.Round(ours, 2),
                ["start_seconds"] = Math.Round(start, 2), ["ratio"] = Math.Round(ours / bare, 2),
                ["ratio_without_start"] = Math.Round((ours - start) / bare, 2), ["goal_ratio"] = GoalRatio,
                ["again_seconds"] = Math.Round(watch.Elapsed.TotalSeconds, 2),
                ["resident_mb_before"] = before, ["resident_mb"] = node.Tree.ResidentBytes() / 1_048_576,
            };
        }
        finally
        {
            File.Delete(file);
            File.Delete(lone);
        }
    }

    private static async Task WriteAsync(string file, int rows, CancellationToken stop)
    {
        await using var into = new StreamWriter(file);
        await into.WriteLineAsync(Names);
        for (int i = 0; i < rows; i++)
        {
            stop.ThrowIfCancellationRequested();
            await into.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"+1212{i:0000000},Person {i},Town {i % 1000}"));
        }
    }

    /// <returns>How many rows.</returns>
    private static int Insert(SqliteConnection connection, string file)
    {
        using var insert = connection.CreateCommand();
        insert.CommandText = "insert into rw_target (id, tenant_id, list_id, name, data, timezone, identity_key, destinations, state, "
            + "due_at, created_at, updated_at) values (@id, 't', 'l', @name, @data, null, @number, @destinations, 'idle', @at, @at, @at)";
        var (id, name, data) = (insert.Parameter("@id"), insert.Parameter("@name"), insert.Parameter("@data"));
        var (number, destinations) = (insert.Parameter("@number"), insert.Parameter("@destinations"));
        insert.Parameter("@at").Value = "2026-01-06T15:00:00.000000Z";
        insert.Prepare();
        return BareInsert.OfNumbers(connection, file, (cells, transaction) =>
        {
            insert.Transaction = transaction;
            (id.Value, name.Value, data.Value) = (Guid.CreateVersion7().ToString(), cells[1], $"{{\"town\":\"{cells[2]}\"}}");
            (number.Value, destinations.Value) = (cells[0], $"[\"{cells[0]}\",null,null,null,null]");
            insert.ExecuteNonQuery();
        });
    }
}
