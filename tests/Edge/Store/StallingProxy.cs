using System.Net;
using System.Net.Sockets;

namespace Ringwright.Edge.Store;

/// <summary>
/// A way to a server on which connections may fall silent without being closed, as behind a router that has forgotten them.
/// </summary>
internal sealed class StallingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly CancellationTokenSource _stop = new();
    private int _generation;

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
            await Task.WhenAny(CopyAsync(near, far, generation), CopyAsync(far, near, generation));
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, int generation)
    {
        byte[] buffer = new byte[65_536];
        while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var read)
        {
            if (generation != Volatile.Read(ref _generation)) await Task.Delay(Timeout.Infinite, _stop.Token);
            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
