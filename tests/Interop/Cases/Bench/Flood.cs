using System.Net;
using System.Net.Sockets;

namespace Ringwright.Interop.Cases;

/// <summary>
/// Strangers who open connections and do not go on: half requests of HTTP, half messages of SIP, handshakes of TLS that stop.
/// What the node closes is opened again, until so many were opened in all; then what is left is held.
/// </summary>
internal sealed class Flood(IReadOnlyList<IPAddress> from, IPEndPoint http, IPEndPoint sip, IPEndPoint tls) : IDisposable
{
    private static readonly byte[] HalfRequest = "GET /v2/calls HTTP/1.1\r\nHost: node\r\nX-Half: "u8.ToArray();
    private static readonly byte[] HalfMessage = "OPTIONS sip:node SIP/2.0\r\nVia: SIP/2.0/TCP "u8.ToArray();
    private static readonly byte[] KeepAlive = "\r\n\r\n"u8.ToArray();
    /// <summary>A record of TLS that promises 512 bytes of a ClientHello.</summary>
    private static readonly byte[] HalfHello = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC];
    private const int Batch = 50;

    private readonly Lock _gate = new();
    private readonly List<Socket> _open = [];
    private bool _isOver;

    /// <summary>Connections that were opened, or that the node did not even take.</summary>
    public int Opened { get; private set; }

    /// <param name="most">Held at the same time.</param>
    public async Task RunAsync(int total, int most, CancellationToken stop)
    {
        while (Opened < total && !_isOver)
        {
            lock (_gate)
            {
                for (int i = 0; i < Batch && _open.Count < most && Opened < total && !_isOver; i++) Open(Opened++);
                Drop();
            }
            await Task.Delay(20, stop);
        }
    }

    private void Open(int number)
    {
        var (where, bytes) = (number % 5) switch
        {
            0 or 1 or 2 => (http, HalfRequest),
            3 => (sip, number % 2 == 0 ? HalfMessage : KeepAlive),
            _ => (tls, HalfHello),
        };
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = true };
        try
        {
            socket.Bind(new IPEndPoint(from[number % from.Count], 0));
            socket.Connect(where);
            socket.Send(bytes);
            socket.Blocking = false;
            _open.Add(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
        }
    }

    /// <summary>Lets go what the node has closed.</summary>
    private void Drop() => _open.RemoveAll(socket =>
    {
        bool isClosed;
        try
        {
            Span<byte> answer = stackalloc byte[256];
            isClosed = socket.Receive(answer) == 0;
        }
        catch (SocketException nothing)
        {
            isClosed = nothing.SocketErrorCode is not SocketError.WouldBlock;
        }
        if (isClosed) socket.Dispose();
        return isClosed;
    });

    /// <summary>Until the node has closed all.</summary>
    public bool IsAllClosed
    {
        get
        {
            lock (_gate)
            {
                Drop();
                return _open.Count == 0;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            foreach (var socket in _open) socket.Dispose();
            _open.Clear();
        }
    }
}
