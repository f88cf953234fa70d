using System.Collections.Concurrent;
using System.Diagnostics;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary><c>ringwright serve --lab</c> as a process of its own, on free loopback ports and a temporary folder.</summary>
public sealed class RunningNode : IAsyncLifetime
{
    private readonly TempFolder _data = new();
    private readonly ConcurrentQueue<string> _output = new();
    private Process? _serve;

    public Uri Api { get; private set; } = new("http://127.0.0.1");
    public Uri Admin { get; private set; } = new("http://127.0.0.1");
    public int SipPort { get; private set; }
    public string Key { get; } = "KEY" + Guid.NewGuid().ToString("N");

    public async ValueTask InitializeAsync()
    {
        int http = FreePort.Tcp(), admin = FreePort.Tcp();
        SipPort = FreePort.Udp();
        (Api, Admin) = (new($"http://127.0.0.1:{http}/v2/"), new($"http://127.0.0.1:{admin}/"));
        string program = Repository.PathOf("artifacts", "bin", "Server", "release", "ringwright.dll");
        var start = new ProcessStartInfo("dotnet",
            [program, "serve", "--lab", "--seed", "1", "--http", $"127.0.0.1:{http}", "--admin", $"127.0.0.1:{admin}", "--sip", $"127.0.0.1:{SipPort}", "--data", _data.Path, "--api-key", Key, "--drain-seconds", "0"])
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
        await Eventually.SomeAsync(async () =>
        {
            Assert.False(_serve.HasExited, "the node ended at once:\n" + string.Join('\n', _output));
            try
            {
                using var answer = await client.GetAsync(ready, TestContext.Current.CancellationToken);
                return answer.IsSuccessStatusCode ? "ready" : null;
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }, "the node is ready", TimeSpan.FromSeconds(90));
    }

    public async ValueTask DisposeAsync()
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
        _data.Dispose();
    }
}
