using Ringwright.Bench.Application;
using Ringwright.Bench.Baseline;
using Ringwright.Bench.Driving;
using Ringwright.Bench.Driving.Sound;
using Ringwright.Bench.Machine;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Soak.Faults;

namespace Ringwright.Bench.Workloads;

/// <summary>How often and how.</summary>
internal sealed record WorkloadOptions(int Runs)
{
    public bool IsQuick { get; init; }

    /// <summary>The call trace is off.</summary>
    public bool IsBare { get; init; }
}

/// <summary>A node of its own for one workload: idle, warm-up, the runs that count, each with its baseline beside it.</summary>
internal sealed class WorkloadRun : IAsyncDisposable
{
    private const string OwnNumber = "+15550100000", EchoNumber = "+15550199999";
    private const string CompilerThread = ".NET Tiered";
    /// <summary>More need more ports than there usually are.</summary>
    private const int ManyCalls = 800;
    private const int LeastWarmUps = 3, MostWarmUps = 6;
    private const double CompiledShare = 0.02;
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(500), IdleWindow = TimeSpan.FromSeconds(4);

    private readonly Workload _workload;
    private readonly DriverProcess _driver;
    private readonly NodeProcess _node;
    private readonly OwnPostgres? _database;
    private readonly RecordingCheck? _recordings;
    private readonly CallPlan _plan;

    private WorkloadRun(Workload workload, DriverProcess driver, NodeProcess node, OwnPostgres? database, CallPlan plan)
    {
        (_workload, _driver, _node, _database, _plan) = (workload, driver, node, database, plan);
        _recordings = workload.Recording is { } format ? new(node, format) : null;
    }

    public NodeProcess Node => _node;

    /// <param name="rtpPorts">Of the node; null for as many as the usual workloads need.</param>
    public static async Task<WorkloadRun> StartAsync(Workload workload, bool isBare, CancellationToken stop, int? rtpPorts = null)
    {
        var driver = await DriverProcess.StartAsync(stop);
        OwnPostgres? database = null;
        NodeProcess? node = null;
        try
        {
            int tlsPort = FreePorts.One();
            List<string> flags = workload.Needs is NodeNeeds.EchoLine ? ["--echo", EchoNumber] : [];
            if (workload.Needs is NodeNeeds.Conversations) flags.AddRange(ProviderStubs.FlagsFor(driver.Place.Application));
            if (isBare) flags.AddRange(["--black-box", "off"]);
            if (workload.Plan.IsTls) flags.AddRange(["--sip-tls", $"127.0.0.1:{tlsPort}"]);
            if (workload.IsOnPostgres) flags.AddRange(["--database", (database = await OwnPostgres.StartAsync()).Url]);
            var options = new NodeOptions { Flags = flags };
            node = await NodeProcess.StartAsync(rtpPorts is { } ports ? options with { RtpPorts = ports } : options, stop);
            var plan = await PrepareAsync(workload, driver.Place, node, stop);
            return new(workload, driver, node, database, plan.IsTls ? plan with { Node = $"127.0.0.1:{tlsPort}" } : plan);
        }
        catch
        {
            if (node is not null) await node.DisposeAsync();
            if (database is not null) await database.DisposeAsync();
            await driver.DisposeAsync();
            throw;
        }
    }

    private static async Task<CallPlan> PrepareAsync(Workload workload, DriverPlace place, NodeProcess node, CancellationToken stop)
    {
        using var setup = new NodeSetup(node);
        bool dials = workload.Plan.Start is not CallStart.BySip;
        string[] carrier = (dials ? place.Callee : place.Caller).Split(':'), callee = place.Callee.Split(':');
        var (callers, callees) = (AudioFormat.Of(workload.Plan.CallerCodec), AudioFormat.Of(workload.Plan.CalleeCodec));
        await setup.AddCarrierAsync(carrier[0], int.Parse(carrier[1], null), callers, workload.Plan.IsSecure, stop);
        var plan = workload.Plan with { Node = $"127.0.0.1:{node.SipPort}", Api = node.Api, Key = node.Key, Number = OwnNumber };
        switch (workload.Needs)
        {
            case NodeNeeds.EchoLine:
                return plan with { Number = EchoNumber };
            case NodeNeeds.Equipment:
                AudioFormat[] formats = plan.IsTranscoded ? [callees, callers] : [callees];
                string equipment = await setup.AddEquipmentAsync(callee[0], int.Parse(callee[1], null), formats, plan.IsSecure, stop);
                await setup.AddNumberAsync(OwnNumber, equipment, stop);
                if (workload.Recording is { } format) await setup.RecordAsync(OwnNumber, format, stop);
                return plan;
            case NodeNeeds.Documents:
                var (status, document) = CustomerApplication.Documents(place.Application);
                string documents = await setup.AddDocumentsAsync(document, status, stop);
                await setup.AddNumberAsync(OwnNumber, documents, stop);
                return plan with { Application = documents };
            default:
                string application = await setup.AddApplicationAsync(place.Application.AbsoluteUri, stop);
                await setup.AddNumberAsync(OwnNumber, application, stop);
                return plan with { Application = application };
        }
    }

    /// <summary>All of a workload.</summary>
    /// <param name="progress">Gets a word about each step.</param>
    public static async Task<WorkloadFigures> MeasureAsync(Workload workload, WorkloadOptions options, Action<string> progress,
        CancellationToken stop)
    {
        if (options.IsQuick) workload = workload.Quick();
        await using var run = await StartAsync(workload, options.IsBare, stop,
            workload.Plan.Calls > ManyCalls ? 2 * workload.Plan.Calls + ManyCalls : null);
        double empty = Megabytes(run._node.Tree);
        var rounds = workload.WarmUpCalls > 0 ? await run.WarmUpAsync(progress, stop) : [];
        double? idle = options.IsQuick ? null : await run.IdleAsync(stop);
        double warm = Megabytes(run._node.Tree);
        var runs = new List<RunFigures>();
        for (int i = 0; i < options.Runs; i++)
        {
            progress($"run {i + 1} of {options.Runs}");
            runs.Add(await run.RunAsync(run._plan, isWithBaseline: true, _ => Task.CompletedTask, stop));
        }
        return new(workload, runs)
        {
            IdleCpuMsPerSecond = idle, EmptyResidentMb = empty, WarmResidentMb = warm,
            ColdCpuMs = rounds.Count > 0 ? rounds[0] : null, WarmCpuMs = rounds.Count > 1 ? rounds[1] : null,
        };
    }

    /// <summary>
    /// Until the runtime has compiled what these calls need: that is done once in a node's life and no part of a call's cost.
    /// </summary>
    /// <returns>CPU-milliseconds per unit, of each round.</returns>
    public async Task<IReadOnlyList<double>> WarmUpAsync(Action<string> progress, CancellationToken stop)
    {
        var rounds = new List<double>();
        for (int round = 1; round <= MostWarmUps; round++)
        {
            progress($"warm-up {round}");
            var (before, compiledBefore) = (_node.Tree.ReadCpu(), _node.Tree.ThreadNanos(CompilerThread));
            var (_, report) = await CallAsync(_workload.WarmUpPlan, stop);
            double used = _node.Tree.ReadCpu().MillisecondsSince(before),
                compiled = (_node.Tree.ThreadNanos(CompilerThread) - compiledBefore) / 1e6;
            rounds.Add(used / Math.Max(_workload.UnitsIn(report), double.Epsilon));
            if (round >= LeastWarmUps && compiled < CompiledShare * used) break;
        }
        return rounds;
    }

    /// <summary>Milliseconds a second without calls, of a node that has had some.</summary>
    private async Task<double> IdleAsync(CancellationToken stop)
    {
        await Task.Delay(3 * Settling, stop);
        var before = _node.Tree.ReadCpu();
        await Task.Delay(IdleWindow, stop);
        return _node.Tree.ReadCpu().MillisecondsSince(before) / IdleWindow.TotalSeconds;
    }

    /// <summary>One run that counts.</summary>
    /// <param name="at">Hears of each moment before anything is measured then.</param>
    public async Task<RunFigures> RunAsync(CallPlan plan, bool isWithBaseline, Func<DriverMoment, Task> at, CancellationToken stop)
    {
        CpuReading? began = null, full = null, emptying = null, done = null;
        long fullAt = 0, emptyingAt = 0, compiled = _node.Tree.ThreadNanos(CompilerThread);
        double? resident = null;
        MetricReading? ticksBefore = null, ticksAfter = null, turnsBefore = null, turnsAfter = null;
        if (_recordings is not null) await _recordings.BeginAsync(stop);
        var databaseBefore = _database?.Tree.ReadCpu();
        var report = await _driver.RunAsync(plan, async moment =>
        {
            await at(moment);
            switch (moment)
            {
                case DriverMoment.Began:
                    if (plan.Turns > 0) turnsBefore = await _node.MetricsAsync(stop);
                    // Where the first has gone before the last has come, the whole run is what there is.
                    if (_workload.WatchesTicks) ticksBefore = await _node.MetricsAsync(stop);
                    began = _node.Tree.ReadCpu();
                    break;
                case DriverMoment.Full:
                    if (_workload.WatchesTicks) ticksBefore = await _node.MetricsAsync(stop);
                    (full, fullAt) = (_node.Tree.ReadCpu(), Sockets.Poller.Now);
                    break;
                case DriverMoment.Emptying:
                    (emptying, emptyingAt) = (_node.Tree.ReadCpu(), Sockets.Poller.Now);
                    resident = Megabytes(_node.Tree);
                    if (_workload.WatchesTicks) ticksAfter = await _node.MetricsAsync(stop);
                    break;
                case DriverMoment.Done:
                    // What the calls have caused and nobody outside sees: the last rows of the ledger, closed ports, files.
                    await Task.Delay(Settling, stop);
                    if (_recordings is not null) await _recordings.WaitAsync(stop);
                    done = _node.Tree.ReadCpu();
                    if (_workload.WatchesTicks) ticksAfter ??= await _node.MetricsAsync(stop);
                    if (plan.Turns > 0) turnsAfter = await _node.MetricsAsync(stop);
                    break;
            }
        }, stop);
        if (began is null || done is null) throw new BenchFailure("the load driver did not say when it began and ended");
        if (_node.HasEnded) throw new BenchFailure($"the node ended during {_workload.Name}:\n{string.Join('\n', _node.Output)}");

        double units = Math.Max(_workload.UnitsIn(report), double.Epsilon);
        double cpu = done.MillisecondsSince(began);
        double? database = databaseBefore is null ? null : _database!.Tree.ReadCpu().MillisecondsSince(databaseBefore) / units;
        compiled = _node.Tree.ThreadNanos(CompilerThread) - compiled;
        var turns = turnsBefore is not null && turnsAfter is not null ? TurnFigures.Between(turnsBefore, turnsAfter) : null;
        double baseline = isWithBaseline ? await BaselineRun.MeasureAsync(_driver, plan, report, stop) : 0;
        return new()
        {
            CpuMs = cpu / units,
            MediaCpuMs = (cpu - done.MillisecondsSince(began, _node.Tree.Root)) / units,
            CompilerCpuMs = compiled / 1e6 / units,
            DatabaseCpuMs = database,
            BaselineCpuMs = baseline / units,
            SteadyCpuMs = _workload.IsPerSecond && full is not null
                && emptying is not null ? emptying.MillisecondsSince(full) / ((emptyingAt - fullAt) / 1e9 * plan.Calls) : null,
            TickLateMs = ticksBefore is not null && ticksAfter is not null ? Lateness.P99Between(ticksBefore, ticksAfter) : null,
            Turns = turns,
            ResidentMb = _workload.IsPerSecond ? resident : null,
            Report = report,
            Faults =
            [
                .. Correctness.Faults(plan, report), .. TurnFigures.Faults(plan, turns),
                .. _recordings is null ? [] : await _recordings.FaultsAsync(plan, stop),
            ],
        };
    }

    /// <summary>The workload's calls on this node, changed.</summary>
    public CallPlan PlanOf(Func<CallPlan, CallPlan> change) => change(_plan);

    /// <summary>The workload's calls, changed, and nothing measured.</summary>
    public async Task<(CallPlan Plan, CallReport Report)> CallAsync(Func<CallPlan, CallPlan> change, CancellationToken stop)
    {
        var plan = change(_plan);
        return (plan, await _driver.RunAsync(plan, _ => Task.CompletedTask, stop));
    }

    private static double Megabytes(ProcessTree tree) => tree.ResidentBytes() / 1048576.0;

    public async ValueTask DisposeAsync()
    {
        _recordings?.Dispose();
        await _node.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        await _driver.DisposeAsync();
    }
}
