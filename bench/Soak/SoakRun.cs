using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Bench.Machine;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Soak.Calls;
using Ringwright.Bench.Soak.Faults;
using Ringwright.Bench.Soak.Judging;
using Ringwright.Bench.Soak.Reports;

namespace Ringwright.Bench.Soak;

/// <summary>One soak: a node with its lab, a customer, faults, and the question what is left when all have gone home.</summary>
internal sealed class SoakRun : IAsyncDisposable
{
    private const int OwnNumbers = 10, Phones = 3;
    private const int PhoneLuck = -1, TrafficLuck = -2, IncomingLuck = -3, FaultLuck = -4;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2), LabLook = TimeSpan.FromSeconds(5), Settling = TimeSpan.FromSeconds(6);
    /// <summary>Scripts wait for some things; then the longest SIP transaction, 64 times T1, and the webhooks' last attempts.</summary>
    private static readonly TimeSpan ScriptPatience = TimeSpan.FromSeconds(70), QuietPatience = TimeSpan.FromSeconds(75);

    private readonly SoakOptions _options;
    private readonly Action<string> _say;
    private readonly NodeProcess _node;
    private readonly OwnPostgres? _database;
    private readonly RecordingsDisk? _disk;
    private readonly CallBook _book = new();
    private readonly FaultLog _faults = new();
    private readonly WebhookSink _sink, _failover;
    private readonly SoakApi _api;
    private readonly LabWatch _lab;
    private readonly Sampler _sampler;
    private readonly List<Sample> _samples = [];
    private readonly ScriptLog _scripts = new();
    private readonly TaskSet _running = new();
    private Account _account = new("", []);
    private int _calls, _incoming;

    private SoakRun(SoakOptions options, NodeProcess node, OwnPostgres? database, RecordingsDisk? disk, Action<string> say)
    {
        (_options, _node, _database, _disk, _say) = (options, node, database, disk, say);
        (_sink, _failover) = (new(FreePorts.One(), _book), new(FreePorts.One(), _book));
        _api = new(new CustomerApi(node.Api, node.Key), _faults);
        _lab = new(node.DataFolder, _faults);
        _sampler = new(node);
    }

    /// <param name="say">Hears how it goes, a line each.</param>
    public static async Task<SoakReport> RunAsync(SoakOptions options, Action<string> say, CancellationToken stop)
    {
        // A collector that has much room works rarely, and what nobody holds any more looks like a leak meanwhile.
        var often = new Dictionary<string, string> { ["DOTNET_GCgen0size"] = "0x1000000" };
        await using var database = options.Database == OwnPostgres.Word ? await OwnPostgres.StartAsync() : null;
        string? url = database?.Url ?? options.Database;
        var node = await NodeProcess.StartAsync(new()
        {
            RtpPorts = 1_000, Environment = often, Flags = ["--lab", "--check-replies", .. url is null ? (string[])[] : ["--database", url]]
        }, stop);
        RecordingsDisk? disk = null;
        try
        {
            disk = await RecordingsDisk.TryMountAsync(node.DataFolder);
            if (disk is null) say("no disk stands still in this run: that needs root, loop devices and mkfs.ext4");
            await using var run = new SoakRun(options, node, database, disk, say);
            return await run.RunAsync(stop);
        }
        finally
        {
            if (disk is not null) await disk.DisposeAsync();
            await node.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        _lab.Dispose();
        await _sink.DisposeAsync();
        await _failover.DisposeAsync();
    }

    private async Task<SoakReport> RunAsync(CancellationToken stop)
    {
        await SetUpAsync(stop);
        var baseline = await _sampler.TakeAsync(0, stop);
        if (_options.HasWarmUp)
        {
            _say($"warm-up of {_options.WarmUp.TotalSeconds:F0} s, without faults");
            await TrafficAsync(_options.WarmUp, 0, stop);
            baseline = await QuietAsync(before: null, stop);
            _say(Describe("quiet", baseline));
        }
        _say($"{_options.Length.TotalMinutes:0.##} minutes of calls with faults, seed {_options.Seed}");
        var trouble = new Troublemaker(_node, _sink, _lab, _faults, _database, _disk, Seeds.Luck(_options.Seed, FaultLuck), _say);
        await Task.WhenAll(TrafficAsync(_options.Length, 1, stop), trouble.RunAsync(_options.Length, stop));
        _say($"{_calls} calls were begun; now nobody calls any more");
        var end = await QuietAsync(baseline, stop);
        _say(Describe("quiet", end));

        var leaks = LeakJudge.Judge(baseline, _samples, end).ToList();
        leaks.AddRange(await Remains.FindAsync(_node, _api, _account, _book.Events, stop));
        return new()
        {
            Options = _options,
            Baseline = baseline,
            End = end,
            Samples = _samples,
            Leaks = leaks,
            Problems = [.. Problems(), .. trouble.Problems],
            Faults = [.. _faults.Notes],
            Scripts = _scripts.Rows,
            Legs = _book.Count,
            Webhooks = _book.Events,
            Repeated = _book.Repeated,
            Statuses = _api.Statuses,
            Heard = new(_lab.Calls, _lab.Received, _lab.Lost, _lab.Skipped),
        };
    }

    /// <summary>What went wrong, a line each; a sound node gives none.</summary>
    private IEnumerable<string> Problems()
    {
        foreach (var call in _book.All.Where(c => c.Hangups != 1))
            yield return $"the call of {call.StartedAt:HH:mm:ss} ({(call.Script.Length > 0 ? call.Script : "another's leg")}) had "
                + $"{call.Hangups} call.hangup: {call.Id}";
        foreach (string failure in _api.Failures) yield return $"request: {failure}";
        foreach (string lost in _lab.Problems) yield return $"audio: {lost}";
        if (_book.Unsigned > 0) yield return $"{_book.Unsigned} webhooks without a signature";
        foreach (string crash in _scripts.Crashes) yield return $"script: {crash}";
    }

    private async Task SetUpAsync(CancellationToken stop)
    {
        await _sink.StartAsync(stop);
        await _failover.StartAsync(stop);
        using var setup = new NodeSetup(_node);
        string application = await setup.AddApplicationAsync(_sink.Hooks.ToString(), stop);
        await setup.Api.SendAsync(HttpMethod.Patch, $"call_control_applications/{application}", new()
        {
            ["application_name"] = "soak",
            ["webhook_event_url"] = _sink.Hooks.ToString(),
            ["webhook_event_failover_url"] = _failover.Hooks.ToString(),
        }, stop);
        string[] numbers = [.. Enumerable.Range(0, OwnNumbers).Select(i => $"+1555010000{i}")];
        foreach (string number in numbers)
            await setup.Api.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(number)}",
                new() { ["connection_id"] = application }, stop);
        // Some of the people are reached by connections instead of datagrams.
        await _node.RunAsync(stop, "route", "add", "+15550001", "lab-tcp");
        await _node.RunAsync(stop, "route", "add", "+15550002", "lab-tls");
        for (int i = 0; i < Phones; i++)
            await setup.Api.SendAsync(HttpMethod.Post, "credential_connections",
                new() { ["connection_name"] = $"phone {i}", ["user_name"] = $"soakphone{i}", ["password"] = $"a long password {i}" }, stop);
        _account = new(application, numbers);
        _book.OnIncoming = (call, _) =>
        {
            var luck = Seeds.Luck(_options.Seed, Interlocked.Increment(ref _incoming), IncomingLuck);
            Play("incoming", luck, stop, stage => IncomingScripts.PlayAsync(stage, call));
        };
    }

    /// <summary>Calls at the rate that was asked for, at random moments.</summary>
    private async Task TrafficAsync(TimeSpan length, int phase, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var looking = Task.WhenAll([LookAsync(over.Token), .. Enumerable.Range(0, Phones).Select(i => PhoneAsync(i, phase, over.Token))]);
        var luck = Seeds.Luck(_options.Seed, phase, TrafficLuck);
        long began = Environment.TickCount64;
        double due = 0;
        while (true)
        {
            due += -Math.Log(1 - luck.NextDouble()) / _options.CallsPerSecond;
            if (due > length.TotalSeconds) break;
            double wait = due - (Environment.TickCount64 - began) / 1e3;
            if (wait > 0) await Task.Delay(TimeSpan.FromSeconds(wait), stop);
            Begin(Seeds.Luck(_options.Seed, phase, _calls++), stop);
        }
        await over.CancelAsync();
        await looking;
    }

    private void Begin(Random luck, CancellationToken stop)
    {
        // One call in eight comes in.
        if (luck.Next(8) == 0) _running.Add(_lab.DialAsync(IncomingScripts.Caller(luck), _account.Number(luck.Next(OwnNumbers)), stop));
        else if (Scripts.Draw(luck) is var script) Play(script.Name, luck, stop, script.Play);
    }

    private void Play(string name, Random luck, CancellationToken stop, Func<Stage, Task> play) =>
        _running.Add(_scripts.RunAsync(name, () => play(new(_api, _book, _sink, _account, luck, name, stop)), stop));

    private async Task LookAsync(CancellationToken over)
    {
        long nextLab = 0;
        while (!over.IsCancellationRequested)
        {
            try
            {
                _samples.Add(await _sampler.TakeAsync(_calls, over));
                if (Environment.TickCount64 >= nextLab)
                {
                    nextLab = Environment.TickCount64 + (long)LabLook.TotalMilliseconds;
                    await _lab.LookAsync(over);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(Look, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A phone that comes and goes, and leaves at the end.</summary>
    private async Task PhoneAsync(int index, int phase, CancellationToken over)
    {
        var luck = Seeds.Luck(_options.Seed, phase, index, PhoneLuck);
        using var phone = new SoakPhone(new(IPAddress.Loopback, _node.SipPort), $"soakphone{index}", $"a long password {index}");
        while (!over.IsCancellationRequested)
        {
            _scripts.Note("phone registers", await phone.RegisterAsync(300, CancellationToken.None) is 200 ? "" : "refused or unanswered");
            await Task.Delay(TimeSpan.FromSeconds(luck.Next(3, 15)), over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (luck.Next(3) == 0) await phone.RegisterAsync(0, CancellationToken.None);
        }
        await phone.RegisterAsync(0, CancellationToken.None);
    }

    /// <summary>Lets the scripts end, hangs up what is left, and waits until the node is as empty as it will get.</summary>
    /// <param name="before">Null before the first call.</param>
    private async Task<Sample> QuietAsync(Sample? before, CancellationToken stop)
    {
        await _running.EmptyAsync(ScriptPatience);
        foreach (var call in _book.All.Where(c => c.Hangups == 0)) await _api.ActAsync(call, "hangup", null, stop);
        long end = Environment.TickCount64 + (long)QuietPatience.TotalMilliseconds;
        Sample sample;
        do
        {
            await Task.Delay(Look, stop);
            await _lab.LookAsync(stop);
            sample = await _sampler.TakeAsync(_calls, stop);
        }
        while ((_book.Live > 0 || LeakJudge.Gauges(sample).Any() || before is not null && LeakJudge.Handles(before, sample).Any())
            && Environment.TickCount64 < end);
        // Connections and threads that rest go a little later.
        await Task.Delay(Settling, stop);
        return await _sampler.TakeAsync(_calls, stop);
    }

    private static string Describe(string when, Sample sample) => $"{when}: {string.Join("; ", sample.Processes.Select(p =>
    {
        string heap = p.Value.HeapMb is { } mb ? $" (heap {mb:F0})" : "";
        return $"{p.Key} {p.Value.ResidentMb:F0} MB{heap}, {p.Value.Threads} threads, {p.Value.Files} files";
    }))}";
}
