using System.Diagnostics;
using System.Net.NetworkInformation;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>One run of SIPp with a scenario from <c>sipp/</c>: a SIP stack that is not ours.</summary>
internal sealed class Sipp : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();
    private readonly Process _process;
    private readonly Task<string> _output;

    /// <param name="arguments">SIPp's own transport among them: <c>-t t1</c> is one TCP connection.</param>
    private Sipp(string scenario, int port, IEnumerable<string> arguments)
    {
        Tool.Require("sipp");
        Port = port;
        var start = new ProcessStartInfo(Tool.Find("sipp")!, // required above
        [
            "-sf", Repository.PathOf("tests", "Interop", "sipp", scenario + ".xml"), "-i", "127.0.0.1", "-p", $"{Port}", "-mi", "127.0.0.1",
            "-mp", $"{FreePort.UdpRange(4)}", "-m", "1", "-nostdin", "-trace_err", "-error_file", _folder.File("errors.log"), "-trace_msg",
            "-message_file", _folder.File("messages.log"), "-timeout", "45s", "-timeout_error", .. arguments,
        ])
        { RedirectStandardOutput = true, WorkingDirectory = _folder.Path };
        _process = Process.Start(start) ?? throw new InvalidOperationException("sipp did not start");
        _output = _process.StandardOutput.ReadToEndAsync();
    }

    public int Port { get; }

    /// <summary>Calls <paramref name="number"/> at the node.</summary>
    public static Sipp Call(RunningNode node, string number, string scenario, bool isTcp = false) =>
        Call(node.SipPort, number, scenario, isTcp);

    /// <summary>Calls, or registers as, <paramref name="service"/> with more of sipp's own arguments.</summary>
    public static Sipp Run(RunningNode node, string service, string scenario, params string[] arguments) =>
        new(scenario, FreePort.Udp(), [$"127.0.0.1:{node.SipPort}", "-s", service, .. arguments]);

    /// <summary>The same by way of whatever listens on that port.</summary>
    public static Sipp Call(int port, string number, string scenario, bool isTcp = false) =>
        new(scenario, FreePort.Udp(), [$"127.0.0.1:{port}", "-s", number, .. Transport(isTcp)]);

    /// <summary>Waits for a call.</summary>
    /// <param name="arguments">More of sipp's own.</param>
    public static Sipp Listen(string scenario, params string[] arguments) => new(scenario, FreePort.Udp(), arguments);

    /// <summary>The same at a port that somebody had before; it listens.</summary>
    public static async Task<Sipp> ListenAtAsync(int port, string scenario)
    {
        var sipp = new Sipp(scenario, port, []);
        await Eventually.TrueAsync(() => IPGlobalProperties.GetIPGlobalProperties().GetActiveUdpListeners().Any(l => l.Port == port),
            "sipp listens");
        return sipp;
    }

    /// <summary>A phone on TCP is called only once it listens: nothing repeats a refused connection.</summary>
    public static async Task<Sipp> ListenByTcpAsync(string scenario)
    {
        var sipp = Listen(scenario, Transport(isTcp: true));
        await Eventually.TrueAsync(() => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(l => l.Port == sipp.Port),
            "sipp listens");
        return sipp;
    }

    private static string[] Transport(bool isTcp) => isTcp ? ["-t", "t1"] : [];

    /// <summary>Waits until it has sent a response of that status.</summary>
    public Task HasSaidAsync(int status) => Eventually.TrueAsync(
        () => _process.HasExited || Read("messages.log").Contains($"SIP/2.0 {status} ", StringComparison.Ordinal), $"sipp says {status}");

    /// <summary>Waits until the scenario is over and fails the test unless SIPp says that the call went as written.</summary>
    public async Task SucceedsAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
        Assert.True(_process.ExitCode == 0, $"sipp ended with {_process.ExitCode}\n{Read("errors.log")}\n{Read("messages.log")}");
    }

    private string Read(string name) => File.Exists(_folder.File(name)) ? File.ReadAllText(_folder.File(name)) : "";

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        _folder.Dispose();
    }
}
