using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Bench.Machine;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Soak.Faults;

namespace Ringwright.Bench.Api;

/// <summary>
/// The change of one number among very many of one connection, beside the change of a resource that no call is routed by:
/// both are one request, one row, one commit and one note in the trail, in turns, on both databases.
/// </summary>
internal static class OneOfMany
{
    private const int WarmUp = 50, Rounds = 51;
    private const long FirstId = 1_500_000_000_000_000_000;

    public static async Task<JsonNode> MeasureAsync(int numbers, Action<string> say, CancellationToken stop)
    {
        string file = Path.Combine(Path.GetTempPath(), $"ringwright-bench-{Guid.NewGuid():N}.jsonl");
        try
        {
            await WriteAsync(file, numbers, stop);
            var figures = new JsonObject { ["numbers"] = numbers };
            say($"one of {numbers} numbers: SQLite");
            figures["sqlite"] = await MeasureAsync(file, numbers, [], stop);
            say($"one of {numbers} numbers: PostgreSQL");
            await using var server = await OwnPostgres.StartAsync();
            figures["postgresql"] = await MeasureAsync(file, numbers, ["--database", server.Url], stop);
            return figures;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<JsonObject> MeasureAsync(string file, int numbers, IReadOnlyList<string> flags, CancellationToken stop)
    {
        await using var node = await NodeProcess.StartAsync(new() { Flags = flags }, stop);
        await node.RunAsync(stop, "snapshot", "load", file);
        using var api = new CustomerApi(node.Api, node.Key);
        var group = await api.SendAsync(HttpMethod.Post, "billing_groups", new() { ["name"] = "bench" }, stop);
        var (number, plain) = (new List<double>(), new List<double>());
        var (numberCpu, plainCpu) = (new List<double>(), new List<double>());
        for (int round = -WarmUp; round < Rounds; round++)
        {
            string id = (FirstId + 1 + (round + WarmUp) * 97L % numbers).ToString(CultureInfo.InvariantCulture);
            var (ms, cpu) = await PatchAsync($"phone_numbers/{id}", new() { ["tags"] = new JsonArray($"t{round}") });
            var (leastMs, leastCpu) = await PatchAsync($"billing_groups/{group["id"]}", new() { ["name"] = $"bench {round}" });
            if (round < 0) continue;
            number.Add(ms);
            numberCpu.Add(cpu);
            plain.Add(leastMs);
            plainCpu.Add(leastCpu);
        }
        return new()
        {
            ["number_ms"] = Median(number), ["plain_ms"] = Median(plain), ["ratio"] = Math.Round(Median(number) / Median(plain), 2),
            ["slowest_number_ms"] = number[^1], ["number_cpu_ms"] = Median(numberCpu), ["plain_cpu_ms"] = Median(plainCpu),
        };

        async Task<(double Milliseconds, double Cpu)> PatchAsync(string path, JsonObject change)
        {
            long before = CpuClock.NanosOf(node.Tree.Root) ?? 0;
            var watch = Stopwatch.StartNew();
            await api.SendAsync(HttpMethod.Patch, path, change, stop);
            return (watch.Elapsed.TotalMilliseconds, ((CpuClock.NanosOf(node.Tree.Root) ?? 0) - before) / 1e6);
        }
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return Math.Round(values[values.Count / 2], 2);
    }

    private static async Task WriteAsync(string file, int numbers, CancellationToken stop)
    {
        await using var into = new StreamWriter(file);
        await into.WriteLineAsync("""{"ringwright": {"snapshot": 1}}""");
        await into.WriteLineAsync(
            $$$"""{"call_control_application": {"tenant": "default", "id": "{{{FirstId}}}", "body": {"application_name": "bench", "webhook_event_url": "https://example.com/hooks"} } }""");
        for (int i = 1; i <= numbers; i++)
        {
            stop.ThrowIfCancellationRequested();
            await into.WriteLineAsync(
                $$$"""{"phone_number": {"tenant": "default", "id": "{{{FirstId + i}}}", "body": {"phone_number": "+1555{{{i:0000000}}}", "connection_id": "{{{FirstId}}}", "status": "active"} } }""");
        }
    }
}
