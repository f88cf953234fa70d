using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>A real Kamailio between the node and a phone, with the configuration from <c>kamailio/</c>.</summary>
internal sealed class Kamailio : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private Kamailio(int nodePort, int phonePort)
    {
        Tool.Require("kamailio");
        (NodeSide, PhoneSide) = (FreePort.Udp(), FreePort.Udp());
        string text = File.ReadAllText(Repository.PathOf("tests", "Interop", "kamailio", "record-route-twice.cfg"))
            .Replace("NODE_SIDE", $"{NodeSide}", StringComparison.Ordinal).Replace("PHONE_SIDE", $"{PhoneSide}", StringComparison.Ordinal)
            .Replace("127.0.0.1:NODE", $"127.0.0.1:{nodePort}", StringComparison.Ordinal)
            .Replace("127.0.0.1:PHONE", $"127.0.0.1:{phonePort}", StringComparison.Ordinal);
        File.WriteAllText(_folder.File("kamailio.cfg"), text);
        var start = new ProcessStartInfo(Tool.Find("kamailio")!, // required above
            ["-f", _folder.File("kamailio.cfg"), "-DD", "-E", "-m", "32", "-M", "4", "-Y", _folder.Path, "-w", _folder.Path])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("kamailio did not start");
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Where the node sends to.</summary>
    public int NodeSide { get; }

    /// <summary>Where a phone sends to.</summary>
    public int PhoneSide { get; }

    /// <param name="phonePort">Where calls of the node go.</param>
    public static async Task<Kamailio> StartAsync(RunningNode node, int phonePort)
    {
        var proxy = new Kamailio(node.SipPort, phonePort);
        await proxy.ReadyAsync();
        return proxy;
    }

    private async Task ReadyAsync()
    {
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)client.Client.LocalEndPoint!).Port;
        string options = $"""
            OPTIONS sip:127.0.0.1:{PhoneSide} SIP/2.0
            Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKready;rport
            Max-Forwards: 70
            From: <sip:test@127.0.0.1>;tag=ready
            To: <sip:127.0.0.1>
            Call-ID: ready@127.0.0.1
            CSeq: 1 OPTIONS
            Content-Length: 0


            """.ReplaceLineEndings("\r\n");
        var answer = client.ReceiveAsync(TestContext.Current.CancellationToken).AsTask();
        await Eventually.SomeAsync(async () =>
        {
            Assert.False(_process.HasExited, $"kamailio ended at once:\n{Said}");
            await client.SendAsync(Encoding.ASCII.GetBytes(options), new IPEndPoint(IPAddress.Loopback, PhoneSide),
                TestContext.Current.CancellationToken);
            return answer.IsCompletedSuccessfully ? "ready" : null;
        }, "kamailio is ready");
    }

    private string Said
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    private void Note(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var terminate = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        _process.Dispose();
        _folder.Dispose();
    }
}
