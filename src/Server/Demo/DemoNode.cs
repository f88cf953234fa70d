using System.Net;
using System.Net.Sockets;
using Ringwright.Server.Roles;

namespace Ringwright.Server.Demo;

/// <summary>A node with the lab on free loopback ports and a temporary folder: <c>ringwright serve --lab</c> as a process of its own.</summary>
internal sealed class DemoNode : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly ChildProgram _serve;
    private readonly Queue<string> _lastLines;

    private DemoNode(ChildProgram serve, Queue<string> lastLines) => (_serve, _lastLines) = (serve, lastLines);

    public required Uri Http { get; init; }
    public required string Key { get; init; }
    public required string Sip { get; init; }
    public required string Data { get; init; }

    /// <exception cref="DemoException">The node did not become ready; the message ends with its last lines.</exception>
    public static async Task<DemoNode> StartAsync(ulong seed, CancellationToken stop)
    {
        string data = Directory.CreateTempSubdirectory("ringwright-demo-").FullName;
        int http = FreeTcpPort(), admin = FreeTcpPort(), sip = FreeUdpPort();
        string key = "KEY" + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(24));
        var lines = new Queue<string>();
        var serve = ChildProgram.Start(
            ["serve", "--lab", "--seed", $"{seed}", "--http", $"127.0.0.1:{http}", "--admin", $"127.0.0.1:{admin}", "--sip", $"127.0.0.1:{sip}", "--data", data, "--api-key", key, "--drain-seconds", "1", "--end-with-input"],
            line =>
            {
                lock (lines)
                {
                    lines.Enqueue(line);
                    if (lines.Count > 20) lines.Dequeue();
                }
            });
        var node = new DemoNode(serve, lines) { Http = new Uri($"http://127.0.0.1:{http}/"), Key = key, Sip = $"127.0.0.1:{sip}", Data = data };
        try
        {
            await node.BecomeReadyAsync(stop);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    private async Task BecomeReadyAsync(CancellationToken stop)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        var deadline = DateTimeOffset.UtcNow + StartLimit;
        while (DateTimeOffset.UtcNow < deadline && !_serve.HasExited)
        {
            try
            {
                using var response = await client.GetAsync(new Uri(Http, "readyz"), stop);
                if (response.IsSuccessStatusCode) return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested) { /* not listening yet */ }
            await Task.Delay(100, stop);
        }
        throw new DemoException("the node did not become ready; its last lines:\n" + LastLines());
    }

    public string LastLines()
    {
        lock (_lastLines) return string.Join('\n', _lastLines);
    }

    public Task Exited => _serve.Exited;

    public async ValueTask DisposeAsync()
    {
        await _serve.DisposeAsync();
        if (Directory.Exists(Data)) Directory.Delete(Data, recursive: true);
    }

    private static int FreeTcpPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static int FreeUdpPort()
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
    }
}
