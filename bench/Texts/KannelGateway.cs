using System.Diagnostics;
using Ringwright.Bench.Machine;

namespace Ringwright.Bench.Texts;

/// <summary>Debian's Kannel with one carrier: what keeps texts, and what takes them by HTTP, as two processes.</summary>
internal sealed class KannelGateway : IAsyncDisposable
{
    private const string Bearer = "/usr/sbin/bearerbox", Box = "/usr/sbin/smsbox";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ringwright-bench-{Guid.NewGuid():N}");
    private readonly List<Process> _processes = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });
    private readonly int _door = FreePorts.One();

    private KannelGateway() { }

    public IReadOnlyList<ProcessTree> Trees => [.. _processes.Select(process => new ProcessTree(process.Id))];

    /// <exception cref="BenchFailure">It is not installed, or does not start.</exception>
    public static async Task<KannelGateway> StartAsync(int centre, int window, CancellationToken stop)
    {
        if (!File.Exists(Bearer) || !File.Exists(Box)) throw new BenchFailure("Kannel is not installed: apt-get install kannel");
        var gateway = new KannelGateway();
        try
        {
            await gateway.LaunchAsync(centre, window, stop);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has it send a text.</summary>
    public async Task SendAsync(string from, string to, string text, CancellationToken stop)
    {
        string query = $"username=app&password=of-app&from={Uri.EscapeDataString(from)}&to={Uri.EscapeDataString(to)}"
            + $"&text={Uri.EscapeDataString(text)}";
        using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{_door}/cgi-bin/sendsms?{query}"), stop);
        if (!answer.IsSuccessStatusCode)
            throw new BenchFailure($"Kannel answered {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(stop)}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        _http.Dispose();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private async Task LaunchAsync(int centre, int window, CancellationToken stop)
    {
        int core = FreePorts.One(), inner = FreePorts.One();
        Directory.CreateDirectory(_folder);
        string file = Path.Combine(_folder, "kannel.conf");
        await File.WriteAllTextAsync(file, $"""
            group = core
            admin-port = {core}
            admin-interface = 127.0.0.1
            admin-password = of-admin
            smsbox-port = {inner}
            smsbox-interface = 127.0.0.1
            box-allow-ip = 127.0.0.1
            dlr-storage = internal
            store-type = file
            store-location = {Path.Combine(_folder, "kept")}

            group = smsc
            smsc = smpp
            smsc-id = bench
            host = 127.0.0.1
            port = {centre}
            smsc-username = acme
            smsc-password = secret
            system-type = bench
            transceiver-mode = true
            max-pending-submits = {window}
            source-addr-ton = 1
            source-addr-npi = 1
            dest-addr-ton = 1
            dest-addr-npi = 1
            reconnect-delay = 1

            group = smsbox
            bearerbox-host = 127.0.0.1
            sendsms-port = {_door}
            sendsms-interface = 127.0.0.1

            group = sendsms-user
            username = app
            password = of-app

            group = sms-service
            keyword = default
            catch-all = true
            max-messages = 0
            text = "none"

            """, stop);
        Start(Bearer, file);
        await UntilAsync("its carrier is there",
            async () => (await _http.GetStringAsync(new Uri($"http://127.0.0.1:{core}/status.txt?password=of-admin"), stop))
                .Contains("(online", StringComparison.Ordinal), stop);
        Start(Box, file);
        await UntilAsync("its door is open", async () =>
        {
            using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{_door}/"), stop);
            return true;
        }, stop);
    }

    private void Start(string program, string file)
    {
        var process = Process.Start(new ProcessStartInfo(program, [file])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder,
        }) ?? throw new BenchFailure($"{program} did not start");
        // What it says is of no use here, and may not fill the pipe.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private static async Task UntilAsync(string what, Func<Task<bool>> probe, CancellationToken stop)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Patience;)
        {
            try
            {
                if (await probe()) return;
            }
            catch (HttpRequestException)
            {
                // It has only begun.
            }
            await Task.Delay(100, stop);
        }
        throw new BenchFailure($"Kannel does not start: in vain until {what}");
    }
}
