using System.Text.Json.Nodes;
using Ringwright.Bench.Driving;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Workloads;

namespace Ringwright.Bench.Campaigns;

/// <summary>
/// What a call of a campaign costs, beside the same call dialled through the API (W5), on one node in one sitting; and whether the books
/// are right. Whoever is called hangs up after a second, in which the campaign says a word and the API's application nothing.
/// </summary>
internal static class CallCost
{
    private const string Caller = "+15550100000";
    private const int WarmUpCalls = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<JsonObject> MeasureAsync(int calls, int perSecond, Action<string> say, CancellationToken stop)
    {
        var dialled = Catalogue.Choose("W5").First(workload => workload.Name == "W5");
        await using var run = await WorkloadRun.StartAsync(dialled, isBare: false, stop);
        await run.WarmUpAsync(say, stop);
        say($"{calls} calls by the API, {perSecond} a second");
        var single = await RightAsync(run, plan => plan with { Calls = calls, PerSecond = perSecond }, _ => Task.CompletedTask, stop);

        say($"{WarmUpCalls} calls of a campaign, which do not count");
        await CampaignAsync(run, WarmUpCalls, perSecond, stop);
        double before = Megabytes(run.Node);
        say($"{calls} calls of a campaign, {perSecond} a second");
        var (campaign, books) = await CampaignAsync(run, calls, perSecond, stop);
        return new()
        {
            ["calls"] = calls, ["per_second"] = perSecond, ["api_cpu_ms"] = Math.Round(single.CpuMs, 2),
            ["campaign_cpu_ms"] = Math.Round(campaign.CpuMs, 2), ["ratio"] = Math.Round(campaign.CpuMs / single.CpuMs, 2),
            ["resident_mb_before"] = Math.Round(before), ["resident_mb_after"] = Math.Round(Megabytes(run.Node)), ["books"] = books,
        };
    }

    private static async Task<(RunFigures Figures, JsonNode Books)> CampaignAsync(WorkloadRun run, int calls, int perSecond,
        CancellationToken stop)
    {
        using var api = new CustomerApi(run.Node.Operator, "", SocketHttp.Handler(Path.Combine(run.Node.DataFolder, "admin.sock")));
        string account = (string)(await api.SendAsync(HttpMethod.Get, "accounts", null, stop))[0]!["id"]!; // the first one is made
        var made = await api.SendAsync(HttpMethod.Post, $"accounts/{account}/campaigns", new()
        {
            ["name"] = $"campaign of {calls}", ["from"] = new JsonArray(Caller), ["message"] = "Hello.", ["calls_per_second"] = perSecond,
        }, stop);
        string id = (string)made["id"]!, path = $"accounts/{account}/campaigns/{id}"; // it has one
        string file = Path.Combine(run.Node.DataFolder, $"{id}.csv");
        await File.WriteAllLinesAsync(file, ["phone", .. Enumerable.Range(0, calls).Select(NumberPlan.Of)], stop);
        await run.Node.RunAsync(stop, "campaign", "import", id, file);
        var figures = await RightAsync(run, plan => plan with
        {
            Calls = calls,
            PerSecond = perSecond,
            Start = CallStart.ByCampaign,
            Webhooks = [],
        }, async moment =>
        {
            if (moment is DriverMoment.Began) await api.SendAsync(HttpMethod.Post, $"{path}/actions/start", new(), stop);
        }, stop);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        JsonNode now;
        do
        {
            await Task.Delay(200, patience.Token);
            now = await api.SendAsync(HttpMethod.Get, path, null, patience.Token);
        }
        while ((string?)now["state"] != "stop");
        var attempts = now["attempts"]!.AsArray(); // the contract has it
        if (attempts.Count != 1 || (int)attempts[0]!["attempts"]! != calls || (string?)attempts[0]!["result"] != "success"
            || (int)now["targets"]!["done"]! != calls || (string?)now["stop_reason"] != "exhausted")
            throw new BenchFailure($"the campaign's books are wrong: {now.ToJsonString()}");
        return (figures, attempts.DeepClone());
    }

    /// <exception cref="BenchFailure">A call did not work: then the figure is none.</exception>
    private static async Task<RunFigures> RightAsync(WorkloadRun run, Func<CallPlan, CallPlan> change, Func<DriverMoment, Task> at,
        CancellationToken stop)
    {
        var figures = await run.RunAsync(run.PlanOf(change), isWithBaseline: false, at, stop);
        return figures.Faults.Count == 0 ? figures : throw new BenchFailure(string.Join("; ", figures.Faults));
    }

    private static double Megabytes(NodeProcess node) => node.Tree.ResidentBytes() / 1048576.0;
}
