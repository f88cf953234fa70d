using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Bench.Driving;
using Ringwright.Bench.Driving.Sound;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Workloads;
using Ringwright.Testing;

namespace Ringwright.Edge.Budgets;

/// <summary>A node as it is shipped, in a process of its own, with the load driver's carrier, phones and application.</summary>
public sealed class BudgetNode : IAsyncLifetime
{
    private const string EchoNumber = "+15550199999", OwnNumber = "+15550100000";
    private const int Batches = 3;

    /// <summary>What a call has caused and nobody outside sees: its last rows.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// So long that all threads of the node sleep again: how many still happened to be awake for a request right behind another would be
    /// the machine's doing.
    /// </summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(5);

    /// <summary>Threads and readers of the pool by two cores, wherever this runs.</summary>
    private static readonly Dictionary<string, string> TwoCores = new() { ["DOTNET_PROCESSOR_COUNT"] = "2" };

    private DriverProcess? _driver;
    private NodeProcess? _node;
    private NodeSetup? _setup;
    private NodeCounts? _counts;

    /// <summary>The id of the application that dials.</summary>
    public string Application { get; private set; } = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _driver = await DriverProcess.StartAsync(Stop);
        _node = await NodeProcess.StartAsync(new() { Flags = ["--echo", EchoNumber], Environment = TwoCores }, Stop);
        _setup = new(_node);
        string[] caller = _driver.Place.Caller.Split(':'), callee = _driver.Place.Callee.Split(':');
        int port = int.Parse(callee[1], CultureInfo.InvariantCulture);
        await _setup.AddCarrierAsync(callee[0], port, AudioFormat.Of(Codec.Pcmu), isSecure: false, Stop);
        using var admin = new CustomerApi(_node.Operator, "");
        await admin.SendAsync(HttpMethod.Post, "trunks", new()
        {
            ["name"] = "caller", ["host"] = caller[0], ["port"] = int.Parse(caller[1], CultureInfo.InvariantCulture),
            ["codecs"] = new JsonArray("PCMU"),
        }, Stop);
        Application = await _setup.AddApplicationAsync(_driver.Place.Application.AbsoluteUri, Stop);
        await _setup.AddNumberAsync(OwnNumber, Application, Stop);
        _counts = new(_node);
        await _counts.LearnAsync(Stop);
    }

    /// <summary>The calls of a workload of <c>bench</c>, without a pause between answer and end.</summary>
    /// <param name="perSecond">So few that one is over before the next one begins, on a slow machine too.</param>
    public async Task CallsHoldAsync(string path, string workload, int calls, double perSecond, int warmUp)
    {
        var plan = Catalogue.All.First(w => w.Name == workload).Plan with
        {
            Node = $"127.0.0.1:{_node!.SipPort}",      // set, as the fixture was made
            Api = _node.Api,
            Key = _node.Key,
            Application = Application,
            Number = workload == "W1" ? EchoNumber : OwnNumber,
            Calls = calls,
            PerSecond = perSecond,
            HoldMilliseconds = 0,
        };
        await RunAsync(plan with { Calls = warmUp, PerSecond = 2 * perSecond });
        int connections = 0;
        await HoldsAsync(path, calls, async () =>
        {
            var report = await RunAsync(plan);
            connections = report.WebhookConnections;
            await Task.Delay(Settling, Stop);
        }, () => connections);

        async Task<CallReport> RunAsync(CallPlan plan)
        {
            var report = await _driver!.RunAsync(plan, _ => Task.CompletedTask, Stop);
            Assert.Empty(Correctness.Faults(plan, report));
            return report;
        }
    }

    /// <param name="body">Makes the body of the next request.</param>
    public async Task RequestsHoldAsync(string path, HttpMethod method, string place, Func<string?> body, int status)
    {
        const int WarmUp = 500, Requests = 200;
        await RunAsync(WarmUp, TimeSpan.Zero);
        await HoldsAsync(path, Requests, () => RunAsync(Requests, Rest));

        async Task RunAsync(int count, TimeSpan between)
        {
            for (int i = 0; i < count; i++)
            {
                await Task.Delay(between, Stop);
                var answer = await _setup!.Api.TrySendAsync(method, place, body(), Stop);
                if (answer.Status != status) Assert.Fail($"{answer.Status} {answer.Text}");
            }
        }
    }

    /// <summary>Of each measure the least of some batches counts: others at work on the machine only add.</summary>
    private async Task HoldsAsync(string path, int units, Func<Task> run, Func<int>? connections = null)
    {
        var least = new Dictionary<string, double>(StringComparer.Ordinal);
        for (int i = 0; i < Batches; i++)
        {
            var used = await _counts!.OfAsync(units, run, Stop);
            if (connections is not null) used[NodeCounts.Connections] = (double)connections() / units;
            foreach (var (measure, value) in used) least[measure] = Math.Min(value, least.GetValueOrDefault(measure, double.MaxValue));
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{path}: {string.Join(", ",
            least.Select(used => string.Create(CultureInfo.InvariantCulture, $"{used.Value:0.##} {used.Key}")))}");
        NodeBudget.Check(path, least);
    }

    public async ValueTask DisposeAsync()
    {
        _setup?.Dispose();
        if (_node is not null) await _node.DisposeAsync();
        if (_driver is not null) await _driver.DisposeAsync();
    }
}
