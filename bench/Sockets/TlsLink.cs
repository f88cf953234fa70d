using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Ringwright.Bench.Sockets;

/// <summary>
/// One TLS connection to the node for the messages of many calls (RFC 3261 section 18.3: each says how long it is). A thread of its own
/// reads; a datagram on loopback wakes the poller, so that messages are taken on the driver's one thread like those of a socket.
/// </summary>
internal sealed class TlsLink : IPacketTaker, IDisposable
{
    private const int BufferBytes = 1 << 16;
    private const uint Loopback = 0x7F000001;

    private readonly TcpClient _client = new();
    private readonly SslStream _stream;
    private readonly IPacketTaker _taker;
    private readonly UdpPort _bell = UdpPort.Open(new(Loopback, 0)), _ringer = UdpPort.Open(new(Loopback, 0));
    private readonly ConcurrentQueue<(byte[] Message, long Arrived)> _messages = new();

    /// <exception cref="BenchFailure">Nobody is there, or no TLS.</exception>
    public TlsLink(Place node, IPacketTaker taker, Poller poller)
    {
        (Node, _taker) = (node, taker);
        try
        {
            _client.Connect(IPEndPoint.Parse(node.ToString()));
            _client.NoDelay = true;
            // It signs its certificate itself: whom we talk to is not what is measured.
            _stream = new(_client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
            _stream.AuthenticateAsClient("localhost");
        }
        catch (Exception e) when (e is SocketException or IOException or System.Security.Authentication.AuthenticationException)
        {
            throw new BenchFailure($"no TLS to {node}: {e.Message}");
        }
        Local = Place.Of((IPEndPoint)_client.Client.LocalEndPoint!);        // it is connected
        poller.Add(_bell, this);
        new Thread(Read) { IsBackground = true, Name = "tls reader" }.Start();
    }

    public Place Node { get; }
    public Place Local { get; }

    public void Send(ReadOnlySpan<byte> message) => _stream.Write(message);

    /// <summary>The bell has rung.</summary>
    public void Take(ReadOnlySpan<byte> packet, Place from, long arrived)
    {
        while (_messages.TryDequeue(out var next)) _taker.Take(next.Message, Node, next.Arrived);
    }

    /// <summary>The length of the message that a stream begins with; 0 while it is not whole.</summary>
    public static int LengthOf(ReadOnlySpan<byte> stream)
    {
        int end = stream.IndexOf("\r\n\r\n"u8);
        if (end < 0) return 0;
        int at = stream[..end].IndexOf("\r\nContent-Length:"u8);
        if (at < 0) at = stream[..end].IndexOf("\r\nl:"u8);
        int body = 0;
        if (at >= 0)
        {
            var value = stream[at..end];
            Utf8Parser.TryParse(value[(value.IndexOf((byte)':') + 1)..].TrimStart((byte)' '), out body, out _);
        }
        int length = end + 4 + body;
        return length <= stream.Length ? length : 0;
    }

    private void Read()
    {
        byte[] buffer = new byte[BufferBytes];
        int filled = 0;
        try
        {
            while (_stream.Read(buffer, filled, buffer.Length - filled) is > 0 and var count)
            {
                filled += count;
                int taken = 0;
                for (int length; (length = LengthOf(buffer.AsSpan(taken, filled - taken))) > 0; taken += length)
                    _messages.Enqueue((buffer.AsSpan(taken, length).ToArray(), Poller.Now));
                buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
                filled -= taken;
                if (taken > 0) _ringer.Send([1], _bell.Local);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The node has ended, or the driver has: calls that wait for an answer say so.
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _client.Dispose();
        _bell.Dispose();
        _ringer.Dispose();
    }
}
