using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary><c>ringwright serve --lab</c> as a process of its own, on free loopback ports and a temporary folder.</summary>
public class RunningNode : IAsyncLifetime
{
    private const int NumberCount = 500;

    private readonly TempFolder _data = new();
    private readonly ConcurrentQueue<string> _output = new();
    private readonly string[] _flags;
    private Process? _serve;
    private int _numbersTaken;

    public RunningNode() : this("--api-rate", "100000") { }

    /// <param name="flags">More of <c>serve</c>'s flags.</param>
    internal RunningNode(params string[] flags) => _flags = flags;

    /// <summary>A program and its arguments that stand before the node's own line: what limits it.</summary>
    internal string[] Before { get; init; } = [];

    /// <summary>Where SIP and audio are, when that is not loopback; the node has no lab then.</summary>
    internal System.Net.IPAddress? Host { get; init; }

    /// <summary>It lives by a clock of its own, and so no phone of a test can talk with it.</summary>
    internal bool HasVirtualClock { get; init; }

    public Uri Api { get; private set; } = new("http://127.0.0.1");
    public Uri Admin { get; private set; } = new("http://127.0.0.1");
    public int SipPort { get; private set; }
    public int SipTlsPort { get; private set; }
    /// <summary>What trusts the node's and the lab's certificates.</summary>
    public string AuthorityPath => Path.Combine(_data.Path, "ca", "ca.pem");
    /// <summary>For localhost, with its key.</summary>
    public X509Certificate2 LabCertificate =>
        X509Certificate2.CreateFromPemFile(Path.Combine(_data.Path, "ca", "lab.pem"), Path.Combine(_data.Path, "ca", "lab.key"));
    /// <summary>The number that the node answers itself.</summary>
    public const string EchoNumber = "+4930000000";
    public string Key { get; } = "KEY" + Guid.NewGuid().ToString("N");

    /// <summary>One of the imported numbers, handed out once, so that tests beside each other never share one.</summary>
    public string NextNumber() => NumberOf(Interlocked.Increment(ref _numbersTaken) - 1);

    private static string NumberOf(int index) =>
        index < NumberCount ? $"+1555020{index:D4}" : throw new InvalidOperationException("import more numbers");

    public async ValueTask InitializeAsync()
    {
        await LaunchAsync();
        await ImportNumbersAsync();
        if (Host is null && !HasVirtualClock) await WarmUpAsync();
    }

    /// <summary>
    /// The first call of a process waits for the compiler, on a busy machine for so long that the request is
    /// repeated, which SIPp's scenarios take amiss.
    /// </summary>
    private async Task WarmUpAsync()
    {
        // On a machine whose disk is busy it is refused, as it should be, when the database has not answered
        // for two seconds: then it is made again.
        await Eventually.SomeAsync(async () =>
        {
            await using var phone = new Phone(this, 400);
            phone.Call(EchoNumber);
            for (int looks = 0; looks < 500 && !phone.IsUp; looks++) await Task.Delay(10, TestContext.Current.CancellationToken);
            if (!phone.IsUp) return null;
            phone.Hangup();
            return phone;
        }, "the first call is answered");
    }

    /// <summary>What the node has written.</summary>
    internal IEnumerable<string> Lines => _output;

    /// <summary>What the node and its media process have open: sockets and files.</summary>
    internal int Descriptors => Open(_serve!.Id) + Open(MediaProcess);        // launched before any test

    internal bool HasExited => _serve!.HasExited;     // launched before any test

    /// <summary>A soft limit, as the kernel tells it.</summary>
    internal static string FileLimitOf(int process) => File.ReadLines($"/proc/{process}/limits")
        .First(l => l.StartsWith("Max open files", StringComparison.Ordinal))["Max open files".Length..]
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];

    internal int NodeProcess => _serve!.Id;       // launched before any test

    private static int Open(int process) => Directory.GetFiles($"/proc/{process}/fd").Length;

    /// <summary>The node's media process, as its file names it; 0 when there is none.</summary>
    internal int MediaProcess => File.Exists(_data.File("media.pid"))
        && int.TryParse(File.ReadAllText(_data.File("media.pid")).Split(' ')[0], out int process) ? process : 0;

    /// <summary>May new calls come?</summary>
    internal async Task<bool> IsReadyAsync()
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(Api, "/readyz"), TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>A value of <c>/metrics</c>.</summary>
    internal async Task<double> MetricAsync(string name)
    {
        using var client = new HttpClient();
        string text = await client.GetStringAsync(new Uri(Admin, "metrics"), TestContext.Current.CancellationToken);
        string line = text.Split('\n').FirstOrDefault(l => l.StartsWith(name + " ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"there is no {name}");
        return double.Parse(line[(name.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Kills the process as a power cut would, and starts another on what it left, in the same places.</summary>
    internal async Task CrashAsync()
    {
        await KillAsync();
        await LaunchAsync();
    }

    internal async Task KillAsync()
    {
        _serve!.Kill();     // launched before any test
        await _serve.WaitForExitAsync(TestContext.Current.CancellationToken);
        _serve.Dispose();
        _serve = null;
    }

    internal Task StartAgainAsync() => LaunchAsync();

    /// <summary>Of the folder that outlives the process.</summary>
    internal string PathOf(params string[] parts) => Path.Combine([_data.Path, .. parts]);

    /// <summary>What the node and its lab have said, newest last.</summary>
    internal string Output => string.Join('\n', _output.TakeLast(60));

    private async Task LaunchAsync()
    {
        if (SipPort == 0)
        {
            (Api, Admin) = (new($"http://127.0.0.1:{FreePort.Tcp()}/v2/"), new($"http://127.0.0.1:{FreePort.Tcp()}/"));
            (SipPort, SipTlsPort) = (FreePort.Udp(), FreePort.Tcp());
            FreePort.Keep(Api.Port, Admin.Port, SipPort, SipTlsPort);
        }
        int http = Api.Port, admin = Admin.Port;
        string[] place = Host is { } host ? ["--sip", $"{host}:{SipPort}", "--rtp", $"{host}:16384-17383"]
            : HasVirtualClock ? ["--lab", "--seed", "1", "--sip", $"127.0.0.1:{SipPort}", "--clock", "virtual"]
            : ["--lab", "--seed", "1", "--sip", $"127.0.0.1:{SipPort}", "--sip-tls", $"127.0.0.1:{SipTlsPort}"];
        string[] line =
            [.. Before, "dotnet", Repository.Program, "serve", "--check-replies", "--http", $"127.0.0.1:{http}",
                "--admin", $"127.0.0.1:{admin}",
                "--data", _data.Path, "--api-key", Key, "--drain-seconds", "0", "--echo", EchoNumber, .. place, .. _flags];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _serve = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        _serve.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _serve.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _serve.BeginOutputReadLine();
        _serve.BeginErrorReadLine();

        using var client = new HttpClient();
        var ready = new Uri($"http://127.0.0.1:{http}/readyz");
        string said = "nothing";
        await Eventually.SomeAsync(async () =>
        {
            // The first line stands in lists of what failed: its last words say why.
            if (_serve.HasExited)
            {
                await _serve.WaitForExitAsync();        // until all that it said is here
                Assert.Fail($"the node ended at once: {_output.LastOrDefault(line => line.Length > 0)}\n{string.Join('\n', _output)}");
            }
            try
            {
                using var answer = await client.GetAsync(ready, TestContext.Current.CancellationToken);
                if (answer.IsSuccessStatusCode) return "ready";
                said = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            }
            catch (HttpRequestException refused)
            {
                said = refused.Message;
            }
            return null;
        }, () => $"the node is ready; it says {said}\n{Output}", TimeSpan.FromSeconds(90));
    }

    private Task ImportNumbersAsync() => ImportNumbersAsync(Enumerable.Range(0, NumberCount).Select(NumberOf));

    /// <param name="tenant">The account that gets them; the first one when null.</param>
    internal async Task ImportNumbersAsync(IEnumerable<string> numbers, string? tenant = null)
    {
        var rows = numbers.Select(number => (JsonNode)new JsonObject { ["phone_number"] = number });
        await Operator.SendAsync(HttpMethod.Post, $"accounts/{await Operator.FindAccountAsync(tenant)}/numbers/actions/import",
            new() { ["numbers"] = new JsonArray([.. rows]) });
    }

    /// <summary>Another account without limits, as the operator is shown it.</summary>
    internal async Task<JsonNode> NewTenantAsync(string name, string? parent = null)
    {
        var body = new JsonObject
        {
            ["name"] = name, ["channels"] = null, ["request_rate"] = null, ["daily_spend_micros"] = null, ["media_bytes"] = null,
            ["live_audio"] = null,
        };
        if (parent is not null) body["parent_id"] = await Operator.FindAccountAsync(parent);
        return await Operator.SendAsync(HttpMethod.Post, "accounts", body);
    }

    /// <summary>For what a test only needs to be so: a command is the start of a program.</summary>
    internal OperatorSocket Operator => new(PathOf("admin.sock"));

    /// <summary>Runs another command of the program on this node's folder.</summary>
    /// <returns>What it printed.</returns>
    internal async Task<string> RunAsync(params string[] arguments)
    {
        var (exit, output, errors) = await TryRunAsync(arguments);
        Assert.True(exit == 0, $"{string.Join(' ', arguments)}: {errors}");
        return output;
    }

    /// <summary>The same, however it ends.</summary>
    internal async Task<(int Exit, string Output, string Errors)> TryRunAsync(params string[] arguments)
    {
        using var command = Process.Start(new ProcessStartInfo("dotnet", [Repository.Program, .. arguments, "--data", _data.Path])
        {
            RedirectStandardOutput = true, RedirectStandardError = true
        })
            ?? throw new InvalidOperationException("dotnet did not start");
        var (output, errors) = (command.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            command.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await command.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (command.ExitCode, await output, await errors);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        FreePort.LetGo(Api.Port, Admin.Port, SipPort, SipTlsPort);
        _data.Dispose();
    }

    /// <summary>As the system stops a service.</summary>
    internal async Task StopAsync()
    {
        if (_serve is { HasExited: false })
        {
            using var terminate = Process.Start("kill", ["-TERM", $"{_serve.Id}"]);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            try
            {
                await _serve.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _serve.Kill();
            }
        }
        _serve?.Dispose();
        _serve = null;
    }
}
