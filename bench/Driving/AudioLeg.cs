using System.Buffers.Binary;
using Ringwright.Bench.Sockets;

namespace Ringwright.Bench.Driving;

/// <summary>
/// One end's audio: sends G.711 (PCMU) each 20 ms and counts what it hears. The first four bytes of each frame carry the frame's number,
/// the next four when it was sent, six bits a byte, in values that every mu-law codec gives back unchanged: so a receiver behind a bridge
/// counts what the bridge lost, and how long it took.
/// </summary>
internal sealed class AudioLeg : IPacketTaker, IDisposable
{
    private const int HeaderBytes = 12, FrameBytes = 160, LoudSamples = 80;
    private const long FrameNanos = 20_000_000;
    /// <summary>Of the time of sending, which has 24 bits of them: almost three minutes.</summary>
    private const long UnitNanos = 10_000;
    private const uint UnitMask = 0xFF_FFFF;
    private const byte NumberMark = 0x80, NumberBits = 0x3F, PayloadType = 0;

    private readonly UdpPort _rtp, _rtcp;
    private readonly byte[] _packet = new byte[HeaderBytes + FrameBytes];
    private long _nextAt;
    private ushort _sequence;
    private uint _number, _timestamp;

    public AudioLeg(UdpPort rtp, UdpPort rtcp, Poller poller)
    {
        (_rtp, _rtcp) = (rtp, rtcp);
        poller.Add(rtp, this);
        poller.Add(rtcp, Reports);
        _packet[0] = 0x80;
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(8), (uint)rtp.Local.Port * 2654435761);
        // 440 Hz at a third of full scale, near enough: what matters is that it is no silence.
        for (int i = 0; i < FrameBytes; i++)
            _packet[HeaderBytes + i] = MuLaw.Encode((short)(10_000 * Math.Sin(2 * Math.PI * 450 * i / 8_000)));
    }

    public Place Local => _rtp.Local;
    public Place Remote { get; set; }
    public bool IsSending { get; private set; }
    public TrafficCount Traffic { get; private set; } = new();
    public AudioCount Heard { get; private set; } = new();

    /// <summary>RTCP is taken and not read: a phone has the port open.</summary>
    public PacketCounter Reports { get; } = new();

    public void Reset()
    {
        IsSending = false;
        Traffic = new();
        Heard = new();
        _number = 0;
    }

    /// <param name="now">The first packet goes at once.</param>
    public void Begin(long now)
    {
        IsSending = true;
        _nextAt = now;
    }

    public void End() => IsSending = false;

    /// <summary>Sends what is due.</summary>
    public void Turn(long now)
    {
        while (IsSending && _nextAt <= now)
        {
            _packet[1] = PayloadType;
            BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), _sequence++);
            BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(4), _timestamp);
            _timestamp += FrameBytes;
            WriteNumber(0, _number++);
            WriteNumber(4, (uint)(Poller.Now / UnitNanos) & UnitMask);
            _nextAt += FrameNanos;
            if (_rtp.Send(_packet, Remote)) Traffic.Out(_packet.Length);
        }
    }

    public void Take(ReadOnlySpan<byte> packet, Place from, long arrived)
    {
        Traffic.In(packet.Length);
        if (packet.Length <= HeaderBytes || (packet[1] & 0x7F) != PayloadType) return;
        var payload = packet[HeaderBytes..];
        uint? number = NumberOf(payload);
        Heard.Add(BinaryPrimitives.ReadUInt32BigEndian(packet[8..]), BinaryPrimitives.ReadUInt16BigEndian(packet[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(packet[4..]), arrived, IsLoud(payload), number);
        if (number is not null && payload.Length >= 8 && NumberOf(payload[4..]) is { } sentAt)
            Heard.AddTransit(((uint)(arrived / UnitNanos) - sentAt & UnitMask) * UnitNanos / 1e6);
    }

    private void WriteNumber(int at, uint number)
    {
        for (int i = 0; i < 4; i++) _packet[HeaderBytes + at + i] = (byte)(NumberMark | number >> 6 * (3 - i) & NumberBits);
    }

    /// <summary>Half of the samples are no silence.</summary>
    private static bool IsLoud(ReadOnlySpan<byte> payload)
    {
        int loud = 0;
        // Mu-law counts down from 0xFF and 0x7F: below 0x68 in the lower bits is above an amplitude of 200.
        foreach (byte sample in payload)
            if ((sample & 0x7F) < 0x68) loud++;
        return loud >= LoudSamples;
    }

    private static uint? NumberOf(ReadOnlySpan<byte> payload)
    {
        uint number = 0;
        for (int i = 0; i < 4; i++)
        {
            if ((payload[i] & ~NumberBits) != NumberMark) return null;
            number = number << 6 | (uint)(payload[i] & NumberBits);
        }
        return number;
    }

    public void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }
}

/// <summary>Counts packets and forgets them.</summary>
internal sealed class PacketCounter : IPacketTaker
{
    public long Count { get; private set; }

    public void Take(ReadOnlySpan<byte> packet, Place from, long arrived) => Count++;
}
