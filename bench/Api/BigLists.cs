using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Bench.Machine;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Soak.Faults;

namespace Ringwright.Bench.Api;

/// <summary>
/// One page of a list with filters, over very many detail records: its time over HTTP beside that of the bare query (the page and the count
/// of all that fit) by the database's own driver, in turns, on both databases.
/// </summary>
internal static class BigLists
{
    private const int Rounds = 31, Days = 30, PageSize = 50;

    private static readonly string Page =
        $"detail_records?filter[record_type]=sip-trunking&filter[date_range]=last_7_days&filter[direction]=outbound&page[size]={PageSize}";

    public static async Task<JsonNode> MeasureAsync(int rows, Action<string> say, CancellationToken stop)
    {
        string file = Path.Combine(Path.GetTempPath(), $"ringwright-bench-{Guid.NewGuid():N}.jsonl");
        try
        {
            await WriteAsync(file, rows, stop);
            var figures = new JsonObject { ["rows"] = rows, ["goal_ratio"] = 3 };
            say($"lists over {rows} rows: SQLite");
            figures["sqlite"] = await MeasureAsync(file, [], node => BareSqlite.Open(Path.Combine(node.DataFolder, "ringwright.db")), stop);
            say($"lists over {rows} rows: PostgreSQL");
            await using var server = await OwnPostgres.StartAsync();
            figures["postgresql"] = await MeasureAsync(file, ["--database", server.Url], _ => server.Connect(), stop);
            return figures;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<JsonObject> MeasureAsync(string file, IReadOnlyList<string> flags, Func<NodeProcess, DbConnection> connect,
        CancellationToken stop)
    {
        await using var node = await NodeProcess.StartAsync(new() { Flags = flags }, stop);
        await node.RunAsync(stop, "snapshot", "load", file);
        using var api = new CustomerApi(node.Api, node.Key);
        await using var bare = connect(node);
        var now = DateTimeOffset.UtcNow;
        // last_7_days are whole days, today the last of them.
        string from = Text(now.AddDays(-6).UtcDateTime.Date), until = Text(now.AddDays(1).UtcDateTime.Date);

        var (list, query) = (new List<double>(), new List<double>());
        long found = 0;
        for (int round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            var (status, text) = await api.TrySendAsync(HttpMethod.Get, Page, null, stop);
            list.Add(watch.Elapsed.TotalMilliseconds);
            if (status != 200) throw new BenchFailure($"GET {Page} answered {status} {text}");
            found = (long)JsonNode.Parse(text)!["meta"]!["total_results"]!;
            watch.Restart();
            long counted = Bare(bare, from, until);
            query.Add(watch.Elapsed.TotalMilliseconds);
            if (counted != found) throw new BenchFailure($"the list has {found} records, the query {counted}");
        }

        list.Sort();
        query.Sort();
        var (ours, least) = (list[Rounds / 2], query[Rounds / 2]);
        return new()
        {
            ["found"] = found, ["list_ms"] = Math.Round(ours, 2),
            ["query_ms"] = Math.Round(least, 2), ["ratio"] = Math.Round(ours / least, 2)
        };
    }

    private static long Bare(DbConnection connection, string from, string until)
    {
        const string Where =
            "from rw_call_record where tenant_id = (select id from rw_tenant where name = 'default') and ended_at >= {0} "
            + "and ended_at < {1} and direction = 'outbound'";
        string where = string.Format(CultureInfo.InvariantCulture, Where, $"'{from}'", $"'{until}'");
        using var page = connection.CreateCommand();
        page.CommandText = $"select * {where} order by ended_at desc, leg_id desc limit {PageSize}";
        using (var reader = page.ExecuteReader())
        {
            object[] values = new object[reader.FieldCount];
            while (reader.Read()) reader.GetValues(values);
        }

        using var count = connection.CreateCommand();
        count.CommandText = $"select count(*) {where}";
        return Convert.ToInt64(count.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>A snapshot of the first account's calls over a month, the newest yesterday.</summary>
    private static async Task WriteAsync(string file, int rows, CancellationToken stop)
    {
        await using var into = new StreamWriter(file);
        await into.WriteLineAsync("""{"ringwright": {"snapshot": 1}}""");
        var (random, newest) = (new Random(1), DateTimeOffset.UtcNow.UtcDateTime.Date.AddSeconds(-1));
        double step = Days * 86_400.0 / rows;
        for (int i = 0; i < rows; i++)
        {
            stop.ThrowIfCancellationRequested();
            var ended = newest.AddSeconds(-i * step);
            int seconds = random.Next(0, 600);
            string direction = random.Next(4) == 0 ? "inbound" : "outbound",
                answered = seconds > 0 ? $", \"answered_at\": \"{Text(ended.AddSeconds(-seconds))}\"" : "";
            await into.WriteLineAsync($$"""
                {"call_record": {"leg_id": "{{random.NextInt64():x16}}{{i:x16}}", "tenant": "default", "session_id": "{{Guid.NewGuid()}}", "connection_id": {{random.Next(1, 20)}}, "direction": "{{direction}}", "from_party": "+1555010{{random.Next(10_000):0000}}", "to_party": "+1555020{{random.Next(10_000):0000}}", "started_at": "{{Text(ended.AddSeconds(-seconds - 5))}}"{{answered}}, "ended_at": "{{Text(ended)}}", "total_seconds": {{seconds + 5}}, "talk_seconds": {{seconds}}, "cause": "remote_hangup", "ended_by": "remote"} }
                """.Trim());
        }
    }

    private static string Text(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
