using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Ringwright.Testing;

/// <summary>
/// A way to a server on which connections may fall silent without being closed, as behind a router that has forgotten them.
/// </summary>
public sealed class StallingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private int _generation;
    private volatile bool _isWithheld, _isStalled;

    public StallingProxy(IPEndPoint server)
    {
        _server = server;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>What is open stays open and carries nothing any more; what is opened from now on does.</summary>
    public void Stall() => Interlocked.Increment(ref _generation);

    /// <summary>Whatever is open or is opened from now on carries nothing, and nothing of it is read any more.</summary>
    public void StallForGood() => _isStalled = true;

    /// <summary>
    /// What is asked reaches the server and no answer comes back, until every connection is reset: what was committed meanwhile
    /// nobody was told of.
    /// </summary>
    public async Task LoseAnswersAsync(TimeSpan after)
    {
        _isWithheld = true;
        await Task.Delay(after, _stop.Token);
        foreach (var near in _open.Keys)
        {
            near.LingerState = new(true, 0);
            near.Close();
        }
        _isWithheld = false;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception closed) when (closed is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        using var far = new TcpClient();
        using (near)
        {
            await far.ConnectAsync(_server, _stop.Token);
            int generation = Volatile.Read(ref _generation);
            _open[near] = true;
            await Task.WhenAny(CopyAsync(near, far, generation), CopyAsync(far, near, generation, isAnswer: true));
            _open.TryRemove(near, out _);
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, int generation, bool isAnswer = false)
    {
        byte[] buffer = new byte[65_536];
        while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var read)
        {
            if (_isStalled || generation != Volatile.Read(ref _generation)) await Task.Delay(Timeout.Infinite, _stop.Token);
            if (isAnswer && _isWithheld) continue;
            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
