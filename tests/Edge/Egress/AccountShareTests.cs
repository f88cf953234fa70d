using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Testing;

namespace Ringwright.Edge.Egress;

/// <summary>No account takes the way out from the others, whatever its servers do.</summary>
public sealed class AccountShareTests
{
    private const int Connections = 64, Most = Connections / 8;
    private static readonly TargetPolicy Laptop = new() { IsLoopbackAllowed = true };
    private static readonly TenantId One = new(Guid.NewGuid()), Other = new(Guid.NewGuid());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Task<EgressResult> AskAsync(EgressClient client, string url, TenantId? account, double seconds = 20,
        TargetUse use = TargetUse.Document, CancellationToken? stop = null) =>
        client.SendAsync(new() { Url = url, Use = use, Timeout = TimeSpan.FromSeconds(seconds), Account = account }, stop ?? Stop).AsTask();

    [Fact]
    [Failure("documents-bad")]
    public async Task A_thousand_requests_that_hang_hinder_nobody_else_even_at_the_same_host()
    {
        using var server = new Servers(path => path == "/hangs");
        using var client = new EgressClient(Laptop, TimeProvider.System, Connections);
        var hanging = Enumerable.Range(0, 1_000).Select(n => AskAsync(client, server.UrlOf(n % 3, "hangs"), One, seconds: 120)).ToList();
        await Eventually.TrueAsync(() => server.Open == Most, () => $"{server.Open} are open");
        for (int i = 0; i < 50; i++)
        {
            Assert.True((await AskAsync(client, server.UrlOf(i % 3, "answers"), Other)).IsSuccess);
            Assert.True((await AskAsync(client, server.UrlOf(i % 3, "answers"), One, use: TargetUse.Media)).IsSuccess);
        }
        Assert.DoesNotContain(hanging, task => task.IsCompleted);
        // Who has waited for the others all the time is told so.
        var waited = await AskAsync(client, server.UrlOf(0, "answers"), One, seconds: 0.5);
        Assert.Equal((EgressFailure.TimedOut, $"{Most} other requests of the account are under way, and none has ended within 0.5 s."),
            (waited.Failure, waited.Detail));
        server.Dispose();
        foreach (var task in hanging) Assert.False((await task).IsSuccess);
    }

    [Fact]
    public async Task Accounts_below_one_are_no_way_to_more()
    {
        var below = Enumerable.Range(0, 10).Select(_ => new TenantId(Guid.NewGuid())).ToList();
        using var server = new Servers(path => path == "/hangs");
        using var client = new EgressClient(Laptop, TimeProvider.System, Connections, account => below.Contains(account) ? One : null);
        var hanging = below.SelectMany(account => Enumerable.Range(0, Most)
            .Select(n => AskAsync(client, server.UrlOf(n % 3, "hangs"), account, seconds: 120))).ToList();
        await Eventually.TrueAsync(() => server.Open == 4 * Most, () => $"{server.Open} are open");
        Assert.True((await AskAsync(client, server.UrlOf(0, "answers"), Other, seconds: 5)).IsSuccess);
        Assert.True((await AskAsync(client, server.UrlOf(0, "answers"), One, seconds: 5)).IsSuccess);
        Assert.Equal(EgressFailure.TimedOut, (await AskAsync(client, server.UrlOf(0, "answers"), below[9], seconds: 0.5)).Failure);
        server.Dispose();
        foreach (var task in hanging) Assert.False((await task).IsSuccess);
    }

    [Fact, Depth("the gate counts those that hang, and those that nobody waits for")]
    public async Task Connections_at_rest_at_many_hosts_are_counted_too()
    {
        using var server = new Servers(_ => false);
        using var client = new EgressClient(Laptop, TimeProvider.System, Connections);
        var asked = Enumerable.Range(0, 40).Select(n => AskAsync(client, server.UrlOf(n, "answers"), One, seconds: 60)).ToList();
        await Eventually.TrueAsync(() => asked.Count(task => task.IsCompleted) >= 2 * Most, "some are answered");
        // They rest for four seconds; the others wait for them.
        await Eventually.TrueAsync(() => server.Open == 2 * Most, () => $"{server.Open} are open");
        Assert.Equal(2 * Most, asked.Count(task => task.IsCompleted));
        Assert.True((await AskAsync(client, server.UrlOf(200, "answers"), Other, seconds: 2)).IsSuccess);
        foreach (var task in asked) Assert.True((await task).IsSuccess);
    }

    [Fact]
    public async Task Connections_that_nobody_waits_for_any_more_are_counted_too()
    {
        using var client = new EgressClient(Laptop, TimeProvider.System, Connections);
        // A full backlog: what is asked for there is never connected.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Any, 0));
        full.Listen(0);
        int port = ((IPEndPoint)full.LocalEndPoint!).Port;      // bound above
        using var server = new Servers(_ => false);
        for (int i = 0; i < 20; i++)
        {
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            soon.CancelAfter(50);
            await Task.WhenAll(Enumerable.Range(0, 10).Select(async n =>
            {
                try
                {
                    await AskAsync(client, $"http://127.0.0.{10 + n}:{port}/", One, stop: soon.Token);
                }
                catch (OperationCanceledException)
                {
                    // It was given up.
                }
            }));
        }
        Assert.True((await AskAsync(client, server.UrlOf(0, "answers"), Other, seconds: 2)).IsSuccess);
    }

    /// <summary>Any number of hosts on loopback, by sockets.</summary>
    private sealed class Servers : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Any, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly Func<string, bool> _hangs;
        private int _open;

        public Servers(Func<string, bool> hangs)
        {
            _hangs = hangs;
            _listener.Start(512);
            _ = AcceptAsync();
        }

        public int Open => Volatile.Read(ref _open);

        public string UrlOf(int host, string path) =>
            $"http://127.0.{1 + host / 200}.{1 + host % 200}:{((IPEndPoint)_listener.LocalEndpoint).Port}/{path}";

        private async Task AcceptAsync()
        {
            try
            {
                while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // The test is over.
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            using var _ = client;
            Interlocked.Increment(ref _open);
            try
            {
                var buffer = new byte[4_096];
                while (await client.GetStream().ReadAsync(buffer, _stop.Token) is var length and > 0)
                {
                    if (_hangs(Encoding.ASCII.GetString(buffer, 0, length).Split(' ')[1])) await Task.Delay(Timeout.Infinite, _stop.Token);
                    await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"u8.ToArray(), _stop.Token);
                }
            }
            catch (Exception over) when (over is OperationCanceledException or IOException)
            {
                // The node or the test is done with it.
            }
            finally
            {
                Interlocked.Decrement(ref _open);
            }
        }

        public void Dispose()
        {
            _stop.Cancel();
            _listener.Dispose();
        }
    }
}
