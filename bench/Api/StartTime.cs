using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Bench.Nodes;

namespace Ringwright.Bench.Api;

/// <summary>From the start of the process until it takes calls, on a data folder that it had before.</summary>
internal static class StartTime
{
    private const int Starts = 7;

    public static async Task<JsonNode> MeasureAsync(Action<string> say, CancellationToken stop)
    {
        say("start-up");
        await using var node = await NodeProcess.StartAsync(new(), stop);
        var times = new List<double>();
        for (int i = 0; i < Starts; i++)
        {
            await node.EndAsync(stop);
            var watch = Stopwatch.StartNew();
            await node.LaunchAsync(stop);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        return new JsonObject
        {
            ["median"] = Math.Round(times[Starts / 2]), ["least"] = Math.Round(times[0]), ["most"] = Math.Round(times[^1]), ["goal"] = 1_000
        };
    }
}
