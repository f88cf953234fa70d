using System.Net;
using System.Net.Sockets;
using Ringwright.Switch;

namespace Ringwright.Net;

/// <summary>One UDP socket and the thread that reads it. What comes in goes to one handler, datagram by datagram, with its source.</summary>
internal sealed class UdpTransport : IDisposable
{
    /// <summary>Bursts of retransmissions must fit while a shard is busy: 4 MiB hold some 4,000 messages.</summary>
    private const int SocketBufferBytes = 4 << 20;

    private readonly Socket _socket;
    private readonly Thread _reader;
    private readonly Action<byte[], IPEndPoint> _handle;
    private volatile bool _isClosed;

    /// <exception cref="SocketException">The address is taken or not ours.</exception>
    public UdpTransport(IPEndPoint listen, Action<byte[], IPEndPoint> handle)
    {
        _handle = handle;
        _socket = new Socket(listen.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.ReceiveBufferSize = SocketBufferBytes;
            _socket.SendBufferSize = SocketBufferBytes;
            _socket.Bind(listen);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
        Local = (IPEndPoint)_socket.LocalEndPoint!;        // bound above
        _reader = new Thread(Read) { IsBackground = true, Name = $"sip-udp-{Local.Port}" };
    }

    public IPEndPoint Local { get; }

    public void Start() => _reader.Start();

    /// <summary>Safe from any thread. False when the datagram did not leave.</summary>
    public bool TrySend(ReadOnlySpan<byte> bytes, IPEndPoint to)
    {
        if (_isClosed) return false;
        try
        {
            _socket.SendTo(bytes, SocketFlags.None, to);
            Metrics.DatagramsSent.Add(1);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Metrics.SendFailures.Add(1);
            return false;
        }
    }

    public void Dispose()
    {
        _isClosed = true;
        _socket.Dispose();
        if (_reader.IsAlive) _reader.Join(TimeSpan.FromSeconds(2));
    }

    private void Read()
    {
        byte[] buffer = new byte[Limits.DatagramBytes];
        var source = new SocketAddress(Local.AddressFamily);
        var template = new IPEndPoint(IPAddress.Any, 0);
        if (Local.AddressFamily is AddressFamily.InterNetworkV6) template = new(IPAddress.IPv6Any, 0);
        while (!_isClosed)
        {
            int length;
            try
            {
                length = _socket.ReceiveFrom(buffer, SocketFlags.None, source);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (_isClosed) return;
                continue;       // an ICMP error of an earlier datagram: says nothing about the socket
            }
            Metrics.DatagramsReceived.Add(1);
            if (length == 0) continue;
            _handle(buffer.AsSpan(0, length).ToArray(), (IPEndPoint)template.Create(source));
        }
    }
}
