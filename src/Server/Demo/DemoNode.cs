using Ringwright.Server.Nodes;
using Ringwright.Server.Roles;

namespace Ringwright.Server.Demo;

/// <summary>
/// A node with the lab on free loopback ports and a temporary folder: <c>ringwright serve --lab</c> as a process of its own.
/// </summary>
internal sealed class DemoNode : IAsyncDisposable
{
    private const string FreePort = "127.0.0.1:0";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly ChildProgram _serve;
    private readonly Queue<string> _lastLines;

    private DemoNode(ChildProgram serve, Queue<string> lastLines) => (_serve, _lastLines) = (serve, lastLines);

    /// <summary>Where it listens, as it says itself.</summary>
    public Uri Http { get; private set; } = new("http://127.0.0.1");
    public string Sip { get; private set; } = "";
    public required string Key { get; init; }
    public required string Data { get; init; }

    /// <exception cref="DemoException">The node did not become ready; the message ends with its last lines.</exception>
    /// <param name="more">Flags beside the demo's own.</param>
    public static async Task<DemoNode> StartAsync(ulong seed, CancellationToken stop, params string[] more)
    {
        string data = Directory.CreateTempSubdirectory("ringwright-demo-").FullName;
        string key = "KEY" + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(24));
        var lines = new Queue<string>();
        var serve = ChildProgram.Start(
            ["serve", "--lab", "--seed", $"{seed}", "--http", FreePort, "--admin", FreePort, "--sip", FreePort, "--data", data, "--api-key",
                key, "--drain-seconds", "1", "--end-with-input", .. more],
            line =>
            {
                lock (lines)
                {
                    lines.Enqueue(line);
                    if (lines.Count > 20) lines.Dequeue();
                }
            });
        var node = new DemoNode(serve, lines) { Key = key, Data = data };
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
        using var client = new AdminClient(Data);
        var deadline = DateTimeOffset.UtcNow + StartLimit;
        while (DateTimeOffset.UtcNow < deadline && !_serve.HasExited)
        {
            if (await client.FindNodeAsync(stop) is { IsReady: true } status)
            {
                (Http, Sip) = (new Uri(status.Http), status.Sip);
                return;
            }
            await Task.Delay(100, stop);
        }
        throw new DemoException("the node did not become ready; its last lines:\n" + LastLines());
    }

    /// <summary>Waits until the node has said something, or no longer.</summary>
    public async Task AwaitWordsAsync(string words, TimeSpan limit, CancellationToken stop)
    {
        var deadline = DateTimeOffset.UtcNow + limit;
        while (!LastLines().Contains(words, StringComparison.Ordinal) && DateTimeOffset.UtcNow < deadline) await Task.Delay(100, stop);
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
}
