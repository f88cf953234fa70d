using System.Collections.Concurrent;
using System.Diagnostics;
using Ringwright.Bench.Machine;

namespace Ringwright.Bench.Nodes;

/// <summary>How a node is started.</summary>
internal sealed record NodeOptions
{
    /// <summary>More of <c>serve</c>'s flags.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>Variables for the process, for profilers.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>RTP ports, two per call and more for those that rest.</summary>
    public int RtpPorts { get; init; } = 2_000;
}

/// <summary><c>ringwright serve</c> as a process of its own: the real program, free loopback ports, a temporary data folder.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private const int KeptLines = 200, MostTries = 3;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60), StopLimit = TimeSpan.FromSeconds(40);

    private readonly NodeOptions _options;
    private readonly string _data = Path.Combine(Path.GetTempPath(), $"ringwright-bench-{Guid.NewGuid():N}");
    private readonly ConcurrentQueue<string> _output = new();
    private readonly HttpClient _http = new();
    private readonly int _httpPort = FreePorts.One(), _adminPort = FreePorts.One(), _rtpPort;
    private Process? _process;

    private NodeProcess(NodeOptions options)
    {
        _options = options;
        _rtpPort = FreePorts.Range(options.RtpPorts);
    }

    /// <summary>The program that is measured: the release build beside this one, unless another is named.</summary>
    public static string ProgramPath { get; set; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Server", "release", "ringwright.dll"));

    public int SipPort { get; } = FreePorts.One();
    public Uri Api => new($"http://127.0.0.1:{_httpPort}/v2/");
    public Uri Operator => new($"http://127.0.0.1:{_adminPort}/operator/v1/");
    public string Key { get; } = $"KEY{Guid.NewGuid():N}";
    public string DataFolder => _data;

    /// <summary>The signalling process and what it started, the media process for one.</summary>
    public ProcessTree Tree { get; private set; } = new(0);

    /// <summary>The last lines that it wrote.</summary>
    public IReadOnlyCollection<string> Output => _output;

    public bool HasEnded => _process?.HasExited ?? true;

    /// <exception cref="BenchFailure">It does not become ready.</exception>
    public static async Task<NodeProcess> StartAsync(NodeOptions options, CancellationToken stop)
    {
        for (int tries = 1; ; tries++)
        {
            var node = new NodeProcess(options);
            try
            {
                await node.LaunchAsync(stop);
                return node;
            }
            catch (BenchFailure taken) when (tries < MostTries && taken.Message.Contains("--rtp", StringComparison.Ordinal))
            {
                // Somebody has taken one of so many ports since they were found free: others are looked for.
                await node.DisposeAsync();
            }
            catch
            {
                await node.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Starts it again on the data and the ports that it had; it must have ended.</summary>
    /// <exception cref="BenchFailure">It does not become ready.</exception>
    public async Task LaunchAsync(CancellationToken stop)
    {
        if (!File.Exists(ProgramPath)) throw new BenchFailure($"{ProgramPath} is not there: build the program first");
        var start = new ProcessStartInfo("dotnet",
        [
            ProgramPath, "serve", "--end-with-input", "--http", $"127.0.0.1:{_httpPort}", "--admin", $"127.0.0.1:{_adminPort}", "--sip",
            $"127.0.0.1:{SipPort}", "--rtp", $"127.0.0.1:{_rtpPort}-{_rtpPort + _options.RtpPorts - 1}", "--data", _data, "--api-key", Key,
            "--api-rate", "1000000", "--drain-seconds", "0", "--log-level", "warning",
            .. _options.Flags,
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _options.Environment) start.Environment[name] = value;
        _process?.Dispose();
        _process = Process.Start(start) ?? throw new BenchFailure("dotnet did not start");
        Tree = new(_process.Id);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        var limit = Stopwatch.StartNew();
        while (!await IsReadyAsync(stop))
        {
            if (_process.HasExited) throw new BenchFailure($"the node ended at once:\n{string.Join('\n', _output)}");
            if (limit.Elapsed > StartLimit)
                throw new BenchFailure($"the node is not ready after {StartLimit.TotalSeconds:F0} s:\n{string.Join('\n', _output)}");
            await Task.Delay(50, stop);
        }
    }

    /// <summary>Asks it to stop, and waits. Its data stays.</summary>
    public async Task EndAsync(CancellationToken stop)
    {
        _process!.StandardInput.Close();       // started before
        await _process.WaitForExitAsync(stop);
    }

    /// <summary>As a power cut would: no recovery BYE of any kind. The children of the process are left to themselves.</summary>
    public async Task KillAsync(CancellationToken stop)
    {
        _process!.Kill();       // started before
        await _process.WaitForExitAsync(stop);
    }

    /// <summary>What <c>/metrics</c> says.</summary>
    public async Task<MetricReading> MetricsAsync(CancellationToken stop) =>
        MetricReading.Parse(await _http.GetStringAsync(new Uri($"http://127.0.0.1:{_adminPort}/metrics"), stop));

    /// <summary>Runs a command of the program on the node's data folder.</summary>
    /// <returns>What it wrote.</returns>
    /// <exception cref="BenchFailure">It fails.</exception>
    public async Task<string> RunAsync(CancellationToken stop, params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [ProgramPath, .. command, "--data", _data])
        {
            RedirectStandardOutput = true, RedirectStandardError = true
        }) ?? throw new BenchFailure("dotnet did not start");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(stop), process.StandardError.ReadToEndAsync(stop));
        await process.WaitForExitAsync(stop);
        if (process.ExitCode != 0) throw new BenchFailure($"ringwright {string.Join(' ', command)}: {await errors}{await output}");
        return await output;
    }

    private async Task<bool> IsReadyAsync(CancellationToken stop)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{_httpPort}/readyz"), stop);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        _output.Enqueue(line);
        while (_output.Count > KeptLines) _output.TryDequeue(out _);
    }

    /// <summary>Asks it to stop and removes its data. Ends it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_process is { } process)
        {
            if (!process.HasExited)
            {
                process.StandardInput.Close();
                using var limit = new CancellationTokenSource(StopLimit);
                try
                {
                    await process.WaitForExitAsync(limit.Token);
                }
                catch (OperationCanceledException)
                {
                    process.Kill(entireProcessTree: true);
                }
            }
            process.Dispose();
        }
        if (Directory.Exists(_data)) Directory.Delete(_data, recursive: true);
    }
}
