using System.Net;
using System.Net.Sockets;
using Ringwright.Core;
using Ringwright.Media.Rtp;

namespace Ringwright.Edge.MediaHost;

/// <summary>A far end on a plain socket, independent of the host under test: keeps every packet and can speak.</summary>
internal sealed class RawPhone : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly List<byte[]> _heard = [];
    private readonly Thread _thread;
    private ushort _sequence = 1;
    private uint _timestamp;

    public RawPhone()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _thread = new(Listen) { IsBackground = true };
        _thread.Start();
    }

    public IPEndPoint Address => (IPEndPoint)_socket.LocalEndPoint!;   // Bound in the constructor.
    public uint Source { get; init; } = 0xABCD;

    /// <summary>RTP as heard so far, in order of arrival; RTCP on the same port is left out.</summary>
    public byte[][] Heard
    {
        get
        {
            lock (_heard) return [.. _heard];
        }
    }

    public StreamPlan Plan(string codec = "PCMU") => new()
    {
        Codec = Ringwright.Media.Codecs.Find(codec) is { } found ? new(found.Name, found.PayloadType, found.ClockRate, found.SampleRate)
            : throw new ArgumentException(codec),
        TelephoneEventType = 101,
        Remote = Address,
        IsRtcpMux = true,
    };

    public void Say(IPEndPoint to, ReadOnlySpan<byte> payload, byte payloadType = 0, bool marker = false, uint? timestamp = null)
    {
        var packet = new byte[RtpPacket.HeaderBytes + payload.Length];
        RtpPacket.WriteHeader(packet, marker, payloadType, _sequence++, timestamp ?? (_timestamp += 160), Source);
        payload.CopyTo(packet.AsSpan(RtpPacket.HeaderBytes));
        _socket.SendTo(packet, to);
    }

    public byte[][] WaitFor(int packets)
    {
        lock (_heard)
        {
            while (_heard.Count < packets) Assert.True(Monitor.Wait(_heard, Patience), $"heard {_heard.Count} packets of {packets}");
            return [.. _heard];
        }
    }

    /// <summary>For one more than there are: the host's ticks are a clock.</summary>
    public void WaitForNext() => WaitFor(Heard.Length + 1);

    public void Dispose()
    {
        _socket.Dispose();
        _thread.Join();
    }

    private void Listen()
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                int length = _socket.Receive(buffer);
                if (RtpPacket.IsControl(buffer.AsSpan(0, length))) continue;
                lock (_heard)
                {
                    _heard.Add(buffer[..length]);
                    Monitor.PulseAll(_heard);
                }
            }
        }
        catch (SocketException)
        {
            // Disposed: the test is over.
        }
        catch (ObjectDisposedException)
        {
            // The same, a moment earlier.
        }
    }
}
