using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Ringwright.Edge.Store;

/// <summary>
/// A pooler with one connection to a server, which each client is lent until its transaction is over. It greets all of them as the server
/// has greeted it, but for the number of the process.
/// </summary>
internal sealed class LendingPooler : IDisposable
{
    private const int WantsTls = 80_877_103, WantsGss = 80_877_104, AnyProcess = 1_000_000_007;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TcpClient _far = new();
    private readonly int _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _lent = new(1);
    private byte[]? _greeting;

    public LendingPooler(int server)
    {
        _server = server;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _far.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception closed) when (closed is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        try
        {
            var stream = near.GetStream();
            byte[] startup = await ReadStartupAsync(stream);
            await _lent.WaitAsync(_stop.Token);
            _greeting ??= await GreetAsync(startup);
            _lent.Release();
            await stream.WriteAsync(_greeting, _stop.Token);
            while (await AskAsync(stream)) { /* the next transaction */ }
        }
        catch (Exception closed) when (closed is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The client has gone, or the test is over.
        }
    }

    /// <summary>One transaction.</summary>
    /// <returns>False when the client has said goodbye.</returns>
    private async Task<bool> AskAsync(NetworkStream near)
    {
        bool isLent = false;
        while (true)
        {
            var asked = new List<byte[]>();
            do
            {
                asked.Add(await ReadMessageAsync(near));
                if (asked[^1][0] == (byte)'X') return false;
            }
            // What the server answers at once: the end of a batch, or a simple query.
            while (asked[^1][0] != (byte)'S' && asked[^1][0] != (byte)'Q');

            if (!isLent) await _lent.WaitAsync(_stop.Token);
            isLent = true;
            var far = _far.GetStream();
            foreach (byte[] message in asked) await far.WriteAsync(message, _stop.Token);
            byte[] said;
            do
            {
                said = await ReadMessageAsync(far);
                await near.WriteAsync(said, _stop.Token);
            }
            while (said[0] != (byte)'Z');
            if (said[5] != (byte)'I') continue;
            _lent.Release();
            return true;
        }
    }

    private async Task<byte[]> GreetAsync(byte[] startup)
    {
        await _far.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _server), _stop.Token);
        var far = _far.GetStream();
        await far.WriteAsync(startup, _stop.Token);
        var greeting = new List<byte>();
        byte[] said;
        do
        {
            said = await ReadMessageAsync(far);
            if (said[0] == (byte)'K') BinaryPrimitives.WriteInt32BigEndian(said.AsSpan(5), AnyProcess);
            greeting.AddRange(said);
        }
        while (said[0] != (byte)'Z');
        return [.. greeting];
    }

    /// <summary>Wishes for encryption before it are declined.</summary>
    private async Task<byte[]> ReadStartupAsync(NetworkStream near)
    {
        while (true)
        {
            byte[] head = new byte[8];
            await near.ReadExactlyAsync(head, _stop.Token);
            byte[] whole = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
            head.CopyTo(whole, 0);
            await near.ReadExactlyAsync(whole.AsMemory(8), _stop.Token);
            if (BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4)) is not (WantsTls or WantsGss)) return whole;
            await near.WriteAsync("N"u8.ToArray(), _stop.Token);
        }
    }

    /// <summary>A letter, a length that counts itself, and what it says.</summary>
    private async Task<byte[]> ReadMessageAsync(NetworkStream from)
    {
        byte[] head = new byte[5];
        await from.ReadExactlyAsync(head, _stop.Token);
        byte[] whole = new byte[1 + BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1))];
        head.CopyTo(whole, 0);
        await from.ReadExactlyAsync(whole.AsMemory(5), _stop.Token);
        return whole;
    }
}
