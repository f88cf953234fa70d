using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.NetworkInformation;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// linphonec, another softphone that is not ours: registers, answers by itself, says one tone all the time and obeys commands.
/// </summary>
internal sealed class Linphone : IAsyncDisposable
{
    /// <summary>Without it one that nobody ends would run for ever: it does not end with its input.</summary>
    private const int LiveSeconds = 120;
    private const int RtpPorts = 8;

    private readonly TempFolder _folder = new();
    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process;

    private Linphone(RunningNode node, string user, string password, int hertz)
    {
        Tool.Require("linphonec", "stdbuf", "timeout");
        if (!NetworkInterface.GetAllNetworkInterfaces().Any(i => i.GetIPProperties().GatewayAddresses.Count > 0))
            Assert.Skip("linphonec registers nowhere on a machine without a default route");
        Directory.CreateDirectory(_folder.File(".local/share/linphone"));       // without it, it does not start, and does not say so
        File.WriteAllBytes(_folder.File("tone.wav"), Baresip.Tone(hertz));
        int rtp = FreePort.UdpRange(RtpPorts);
        string domain = $"127.0.0.1:{node.SipPort}";
        File.WriteAllText(_folder.File("rc"), $"""
            [sip]
            sip_port={FreePort.Udp()}
            sip_tcp_port=0
            sip_tls_port=0
            use_ipv6=0
            default_proxy=0
            [rtp]
            audio_rtp_port={rtp}-{rtp + RtpPorts}
            [video]
            enabled=0
            [proxy_0]
            reg_proxy=<sip:{domain};transport=udp>
            reg_identity=<sip:{user}@{domain}>
            reg_expires=120
            reg_sendregister=1
            publish=0
            [auth_info_0]
            username={user}
            passwd={password}

            """);
        var start = new ProcessStartInfo(Tool.Find("timeout")!,        // required above, all three
        [
            "-k", "1", $"{LiveSeconds}", Tool.Find("stdbuf")!, "-oL", Tool.Find("linphonec")!, "-a", "-c", _folder.File("rc"),
            "-d", "6", "-l", _folder.File("log")
        ])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = _folder.Path,
            Environment = { ["HOME"] = _folder.Path, ["TERM"] = "dumb" },
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("linphonec did not start");
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Registered, and speaking.</summary>
    /// <param name="hertz">What it says.</param>
    public static async Task<Linphone> StartAsync(RunningNode node, string user, string password, int hertz)
    {
        var linphone = new Linphone(node, user, password, hertz);
        try
        {
            await Eventually.SomeAsync(async () =>
            {
                await linphone.TypeAsync("status register");
                return linphone.Has("registered, identity") ? linphone : null;
            }, "linphonec is registered");
            await linphone.TypeAsync("soundcard use files");
            await linphone.TypeAsync($"play {linphone._folder.File("tone.wav")}");
            return linphone;
        }
        catch
        {
            TestContext.Current.TestOutputHelper?.WriteLine(linphone.Log);
            await linphone.DisposeAsync();
            throw;
        }
    }

    /// <summary>One command, as a person types it.</summary>
    public async Task TypeAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Until it has written such a line.</summary>
    public async Task SaysAsync(string text)
    {
        try
        {
            await Eventually.TrueAsync(() => _process.HasExited || Has(text), $"linphonec says '{text}'");
        }
        finally
        {
            Assert.True(Has(text), $"linphonec does not say '{text}'; its output was\n{string.Join('\n', _output)}\n{Log}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var terminate = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await terminate.WaitForExitAsync();
        }
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    /// <summary>The end of what it has to say of itself.</summary>
    private string Log => File.Exists(_folder.File("log")) ? string.Join('\n', File.ReadLines(_folder.File("log")).TakeLast(200)) : "";

    private bool Has(string text) => _output.Any(line => line.Contains(text, StringComparison.Ordinal));
}
