using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Net;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>A web server of the node whose places are few, with strangers on loopback addresses.</summary>
public sealed class ListenerBudgetTests : IAsyncDisposable
{
    private static readonly IPAddress Trusted = IPAddress.Parse("127.0.0.1");

    private readonly List<Socket> _sockets = [];
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously),
        _slow = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebListener? _listener;
    private IPEndPoint _where = new(IPAddress.Loopback, 0);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Half_requests_of_one_address_make_room_for_who_asks_behind_it()
    {
        var budget = await StartAsync(new(All: 20, Untrusted: 16, PerUntrusted: 4));
        for (int i = 0; i < 30; i++) await HalfAsync("127.0.9.1");
        // While those that made room are still being closed, no more of them are; whoever comes in that moment comes again.
        Assert.Equal("hello", await Eventually.SomeAsync(async () => await TryAskAsync("127.0.9.1"), "who asks is answered"));
        Assert.True(budget.Count <= 20);
    }

    [Fact]
    public async Task Half_requests_from_everywhere_keep_nobody_out()
    {
        var budget = await StartAsync(new(All: 20, Untrusted: 16, PerUntrusted: 4));
        for (int i = 0; i < 200; i++) await HalfAsync($"127.0.9.{1 + i % 50}");
        foreach (string honest in new[] { "127.0.8.1", "127.0.8.2", "127.0.0.1" })
            await Eventually.SomeAsync(async () => await TryAskAsync(honest), $"{honest} is answered");
        Assert.True(budget.Count <= 20);
    }

    [Fact]
    public async Task A_request_under_way_is_not_closed_for_others_that_are_silent()
    {
        await StartAsync(new(All: 6, Untrusted: 5, PerUntrusted: 5));
        var slow = AskAsync("127.0.9.1", "/slow");
        await _begun.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        for (int i = 0; i < 20; i++) await HalfAsync("127.0.9.1");
        _slow.SetResult();
        Assert.Equal("at last", await slow);
    }

    [Fact]
    public async Task Who_is_trusted_finds_a_place_when_strangers_have_all_of_theirs()
    {
        await StartAsync(new(All: 8, Untrusted: 4, PerUntrusted: 4));
        for (int i = 0; i < 4; i++) Assert.Equal("hello", await AskAsync("127.0.9.1", keep: true));
        for (int i = 0; i < 4; i++) Assert.Equal("hello", await AskAsync(Trusted.ToString(), keep: true));
    }

    [Fact]
    public async Task Places_come_back_when_connections_end()
    {
        var budget = await StartAsync(new(All: 20, Untrusted: 16, PerUntrusted: 16));
        for (int i = 0; i < 10; i++) await HalfAsync("127.0.9.1");
        await Eventually.TrueAsync(() => budget.Count == 10, "all are there");
        foreach (var socket in _sockets) socket.Dispose();
        await Eventually.TrueAsync(() => budget.Count == 0, "all are gone");
    }

    private async Task<ConnectionBudget> StartAsync(ConnectionLimits limits)
    {
        var socket = BoundSockets.Stream(_where);
        _where = BoundSockets.Local(socket);
        var budget = ListenerBudget.Create("http", limits, source => source.Equals(Trusted), NullLogger.Instance);
        _listener = await WebListener.StartAsync("--http", _where, socket, budget, NullLoggerFactory.Instance, null, app =>
        {
            app.MapGet("/", () => "hello");
            app.MapGet("/slow", async () =>
            {
                _begun.SetResult();
                await _slow.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
                return "at last";
            });
        }, Stop);
        return budget;
    }

    /// <summary>A connection that begins a request and does not end it.</summary>
    private async Task HalfAsync(string from)
    {
        var socket = await ConnectAsync(from);
        _sockets.Add(socket);
        try
        {
            await socket.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX-Half: "u8.ToArray(), Stop);
        }
        catch (SocketException)
        {
            // It was closed at once.
        }
    }

    private async Task<string> AskAsync(string from, string path = "/", bool keep = false) =>
        await TryAskAsync(from, path, keep) ?? throw new InvalidOperationException($"{from} got no answer");

    private async Task<string?> TryAskAsync(string from, string path = "/", bool keep = false)
    {
        var socket = await ConnectAsync(from);
        if (keep) _sockets.Add(socket);
        try
        {
            await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"), Stop);
            byte[] answer = new byte[4_096];
            int read = await socket.ReceiveAsync(answer, Stop);
            string text = System.Text.Encoding.ASCII.GetString(answer, 0, read);
            return text.Length == 0 ? null : text.Contains("at last", StringComparison.Ordinal) ? "at last"
                : text.Contains("hello", StringComparison.Ordinal) ? "hello" : text;
        }
        catch (SocketException)
        {
            return null;
        }
        finally
        {
            if (!keep) socket.Dispose();
        }
    }

    private async Task<Socket> ConnectAsync(string from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(_where, Stop);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets) socket.Dispose();
        if (_listener is { } listener) await listener.DisposeAsync();
    }
}
