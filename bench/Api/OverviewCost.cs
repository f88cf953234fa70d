using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Soak.Faults;

namespace Ringwright.Bench.Api;

/// <summary>
/// An agency's overview of 90 days over very many calls and over a hundredth of them, beside the bare count of the calls by the database's
/// own driver, in turns, on both databases.
/// </summary>
internal static class OverviewCost
{
    private const int Rounds = 31, Days = 85, Fewer = 100, GoalMs = 100;
    private const string Account = "overview", Root = "/api/agency/v1/", Page = "dashboard/overview?period=90d&timezone=UTC";

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromMinutes(30);

    public static async Task<JsonObject> MeasureAsync(int calls, Action<string> say, CancellationToken stop)
    {
        var figures = new JsonObject { ["calls"] = calls, ["fewer_calls"] = calls / Fewer, ["goal_ms"] = GoalMs };
        say($"overview over {calls} calls: SQLite");
        figures["sqlite"] = Compare(await OnSqliteAsync(calls / Fewer, stop), await OnSqliteAsync(calls, stop));
        say($"overview over {calls} calls: PostgreSQL");
        figures["postgresql"] = Compare(await OnPostgresAsync(calls / Fewer, stop), await OnPostgresAsync(calls, stop));
        return figures;
    }

    private static JsonObject Compare((double Overview, double Count) few, (double Overview, double Count) many) => new()
    {
        ["overview_ms"] = Math.Round(many.Overview, 2), ["overview_of_fewer_ms"] = Math.Round(few.Overview, 2),
        ["ratio"] = Math.Round(many.Overview / few.Overview, 2), ["count_ms"] = Math.Round(many.Count, 2),
    };

    private static Task<(double Overview, double Count)> OnSqliteAsync(int calls, CancellationToken stop) =>
        MeasureAsync(calls, [], node => BareSqlite.Open(Path.Combine(node.DataFolder, "ringwright.db")), stop);

    private static async Task<(double Overview, double Count)> OnPostgresAsync(int calls, CancellationToken stop)
    {
        await using var server = await OwnPostgres.StartAsync();
        return await MeasureAsync(calls, ["--database", server.Url], _ => server.Connect(), stop);
    }

    /// <returns>Milliseconds, the median of each.</returns>
    private static async Task<(double Overview, double Count)> MeasureAsync(int calls, IReadOnlyList<string> flags,
        Func<NodeProcess, DbConnection> connect, CancellationToken stop)
    {
        string file = Path.Combine(Path.GetTempPath(), $"ringwright-bench-{Guid.NewGuid():N}.jsonl");
        try
        {
            string key = $"opk_{Guid.NewGuid():N}";
            await using var node = await NodeProcess.StartAsync(new() { Flags = ["--operator-key", key, .. flags] }, stop);
            using var desk = new CustomerApi(node.Operator, key);
            var made = await desk.SendAsync(HttpMethod.Post, "accounts", new() { ["name"] = Account, ["request_rate"] = 1_000 }, stop);
            await WriteAsync(file, calls, stop);
            await node.RunAsync(stop, "snapshot", "load", file);
            string token = await SignInAsync(node, made["agency_owner"]!, stop); // the account was made a moment ago
            using var api = new CustomerApi(new(node.Api, Root), token);
            await OverviewAsync(api, calls, stop);
            await using var bare = connect(node);
            await AreAddedAsync(bare, stop);
            var (overview, count) = (new List<double>(), new List<double>());
            for (int round = 0; round < Rounds; round++)
            {
                var watch = Stopwatch.StartNew();
                await OverviewAsync(api, calls, stop);
                overview.Add(watch.Elapsed.TotalMilliseconds);
                watch.Restart();
                long counted = Count(bare, $"rw_leg where tenant_id = (select id from rw_tenant where name = '{Account}')");
                count.Add(watch.Elapsed.TotalMilliseconds);
                if (counted != calls) throw new BenchFailure($"{counted} calls are there, not {calls}");
            }
            overview.Sort();
            count.Sort();
            return (overview[Rounds / 2], count[Rounds / 2]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <param name="owner">Of an account that was just made, as the operator is shown him.</param>
    public static async Task<string> SignInAsync(NodeProcess node, JsonNode owner, CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = new(node.Api, Root) };
        using var body = new StringContent(
            new JsonObject { ["email"] = (string?)owner["email"], ["password"] = (string?)owner["password"] }.ToJsonString(), null,
            "application/json");
        using var answer = await http.PostAsync("auth/login", body, stop);
        string text = await answer.Content.ReadAsStringAsync(stop);
        return answer.IsSuccessStatusCode && (string?)JsonNode.Parse(text)?["access_token"] is { } token ? token
            : throw new BenchFailure($"The owner's sign-in answered {(int)answer.StatusCode} {text}");
    }

    private static async Task OverviewAsync(CustomerApi api, int calls, CancellationToken stop)
    {
        var (status, text) = await api.TrySendAsync(HttpMethod.Get, Page, null, stop);
        if (status != 200) throw new BenchFailure($"GET {Page} answered {status} {text}");
        long seen = (long?)JsonNode.Parse(text)?["summary"]?["total_calls"] ?? -1;
        if (seen != calls) throw new BenchFailure($"the overview has {seen} calls, not {calls}");
    }

    /// <summary>Until the node has added all hours up, which it does by itself.</summary>
    private static async Task AreAddedAsync(DbConnection bare, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        while (Count(bare, "agency_hour_marks") > 0)
        {
            if (watch.Elapsed > Longest) throw new BenchFailure("the hours are not added up");
            await Task.Delay(BetweenLooks, stop);
        }
    }

    private static long Count(DbConnection connection, string from)
    {
        using var count = connection.CreateCommand();
        count.CommandText = $"select count(*) from {from}";
        return Convert.ToInt64(count.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>A snapshot of calls that are over, the newest of them two hours ago.</summary>
    private static async Task WriteAsync(string file, int calls, CancellationToken stop)
    {
        await using var into = new StreamWriter(file);
        await into.WriteLineAsync("""{"ringwright": {"snapshot": 1}}""");
        var (random, newest) = (new Random(1), DateTimeOffset.UtcNow.UtcDateTime.AddHours(-2));
        double step = Days * 86_400.0 / calls;
        for (int i = 0; i < calls; i++)
        {
            stop.ThrowIfCancellationRequested();
            var began = newest.AddSeconds(-i * step);
            string direction = random.Next(4) == 0 ? "inbound" : "outbound", cause = random.Next(3) == 0 ? "ring_timeout" : "remote_hangup";
            await into.WriteLineAsync($$"""
                {"leg": {"id": "{{random.NextInt64():x16}}{{i:x16}}", "uuid": "{{Guid.NewGuid()}}", "session_id": "{{Guid.NewGuid()}}", "tenant": "{{Account}}", "connection_id": {{random.Next(1, 20)}}, "direction": "{{direction}}", "from_party": "+1555010{{random.Next(10_000):0000}}", "to_party": "+1555020{{random.Next(10_000):0000}}", "state": "ended", "is_held": false, "started_at": "{{Text(began)}}", "ended_at": "{{Text(began.AddSeconds(30))}}", "cause": "{{cause}}", "ended_by": "remote", "labels": {}, "headers": []} }
                """.Trim());
        }
    }

    private static string Text(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
