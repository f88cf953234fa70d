using System.Text.Json.Nodes;
using Ringwright.Bench.Driving;
using Ringwright.Bench.Machine;
using Ringwright.Bench.Workloads;

namespace Ringwright.Bench.Held;

/// <summary>The node while so many calls were up and did nothing.</summary>
/// <param name="Bytes">Private memory of all its processes.</param>
/// <param name="MediaBytes">Of that in the processes beside the first one.</param>
/// <param name="SipBytes">Of all messages of all these calls, both ways.</param>
internal sealed record HeldReading(int Calls, long Bytes, long MediaBytes, long SipBytes);

/// <summary>
/// The memory of a call that is up and does nothing: an application has answered it, nothing plays, nobody talks. It is the difference of
/// two heights on one node, so that what the node has anyway is in neither. Beside it stand the bytes of such a call's SIP messages in the
/// same run: so much has passed of which a node must know what it meant.
/// </summary>
internal static class HeldCost
{
    private const int PerSecond = 100, MorePorts = 1_000, SlackMilliseconds = 5_000;
    private const double Megabyte = 1_048_576;

    /// <summary>All are up, and nothing more comes of their beginning.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <exception cref="BenchFailure">A call did not work: then the figure is none.</exception>
    public static async Task<JsonObject> MeasureAsync(int few, int many, bool isQuick, Action<string> say, CancellationToken stop)
    {
        await using var run = await WorkloadRun.StartAsync(Catalogue.Held, isBare: false, stop, 2 * many + MorePorts);
        if (!isQuick) await run.WarmUpAsync(say, stop);
        say($"{few} calls are held");
        var first = await HoldAsync(run, few, stop);
        say($"{many} calls are held");
        return Figures(first, await HoldAsync(run, many, stop));
    }

    internal static JsonObject Figures(HeldReading few, HeldReading many)
    {
        double calls = many.Calls - few.Calls, each = (many.Bytes - few.Bytes) / calls, said = many.SipBytes / (double)many.Calls;
        return new()
        {
            ["few"] = few.Calls, ["many"] = many.Calls,
            ["private_mb_few"] = Math.Round(few.Bytes / Megabyte, 1), ["private_mb_many"] = Math.Round(many.Bytes / Megabyte, 1),
            ["bytes_per_call"] = Math.Round(each), ["media_bytes_per_call"] = Math.Round((many.MediaBytes - few.MediaBytes) / calls),
            ["sip_bytes_per_call"] = Math.Round(said), ["ratio"] = Math.Round(each / said, 2),
        };
    }

    private static async Task<HeldReading> HoldAsync(WorkloadRun run, int calls, CancellationToken stop)
    {
        var tree = run.Node.Tree;
        long? bytes = null, ofRoot = null;
        int hold = 1_000 * calls / PerSecond + (int)Rest.TotalMilliseconds + SlackMilliseconds;
        var plan = run.PlanOf(usual => usual with { Calls = calls, PerSecond = PerSecond, HoldMilliseconds = hold });
        var figures = await run.RunAsync(plan, isWithBaseline: false, async moment =>
        {
            if (moment is not DriverMoment.Full) return;
            await Task.Delay(Rest, stop);
            (bytes, ofRoot) = (tree.PrivateBytes(), ProcessTree.PrivateBytes(tree.Root));
        }, stop);
        if (figures.Faults.Count > 0) throw new BenchFailure(string.Join("; ", figures.Faults));
        if (bytes is not { } all || ofRoot is not { } root) throw new BenchFailure($"the {calls} calls were never up together");
        var sip = figures.Report.Signalling;
        return new(calls, all, all - root, sip.InBytes + sip.OutBytes);
    }
}
