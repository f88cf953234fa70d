using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Media.Rtp;

/// <summary>Our side of one RTP stream: sequence, timestamp, marker, and as many frames per packet as the peer wants.</summary>
internal sealed class RtpSender(OutgoingPackets outgoing)
{
    private const byte EventVolume = 10;

    private readonly byte[] _gathered = new byte[Limits.FramesPerPacket * Limits.FrameBytes];
    private int _gatheredBytes, _gatheredFrames, _framesPerPacket = 1;
    private uint _timestamp, _gatheredTimestamp, _eventTimestamp;
    private ushort _sequence;
    private int _clockRate;
    private byte _payloadType;
    private bool _isMarked;
    private PortId _port;

    public uint Source { get; private set; }
    public long Packets { get; private set; }
    public long Octets { get; private set; }
    public uint Timestamp => _timestamp;
    private uint TickUnits => (uint)(_clockRate * Limits.TickMilliseconds / 1000);

    public void Start(PortId port, Rng random)
    {
        _port = port;
        Source = (uint)random.Next();
        (_sequence, _timestamp) = ((ushort)random.Next(), (uint)random.Next());
        (Packets, Octets, _gatheredFrames, _gatheredBytes) = (0, 0, 0, 0);
    }

    /// <summary>A new or changed plan: the stream goes on under its old source, marked.</summary>
    public void Configure(byte payloadType, int clockRate, int packetMilliseconds)
    {
        (_payloadType, _clockRate, _isMarked) = (payloadType, clockRate, true);
        _framesPerPacket = Math.Clamp(packetMilliseconds / Limits.TickMilliseconds, 1, Limits.FramesPerPacket);
        (_gatheredFrames, _gatheredBytes) = (0, 0);
    }

    /// <summary>Sends one tick of audio, or keeps it until the packet is full.</summary>
    public void SendFrame(MediaAddress to, ReadOnlySpan<byte> frame)
    {
        if (_framesPerPacket == 1)
        {
            SendAudio(to, _timestamp, frame);
        }
        else
        {
            if (_gatheredFrames == 0) _gatheredTimestamp = _timestamp;
            frame.CopyTo(_gathered.AsSpan(_gatheredBytes));
            _gatheredBytes += frame.Length;
            if (++_gatheredFrames == _framesPerPacket) Flush(to);
        }
        _timestamp += TickUnits;
    }

    /// <summary>A tick in which nothing is sent; the next packet is marked.</summary>
    public void SkipFrame()
    {
        (_gatheredFrames, _gatheredBytes, _isMarked) = (0, 0, true);
        _timestamp += TickUnits;
    }

    /// <summary>One RFC 4733 packet in place of this tick's audio. All packets of an event carry the timestamp of its start.</summary>
    public void SendEvent(MediaAddress to, byte payloadType, byte code, bool isFirst, bool isEnd, int heldTicks)
    {
        if (isFirst)
        {
            Flush(to);
            _eventTimestamp = _timestamp;
        }
        uint duration = Math.Min(0xFFFF, (uint)heldTicks * TickUnits);
        var packet = outgoing.Reserve(RtpPacket.HeaderBytes + 4);
        RtpPacket.WriteHeader(packet, isFirst, payloadType, _sequence++, _eventTimestamp, Source);
        (packet[12], packet[13]) = (code, (byte)((isEnd ? 0x80 : 0) | EventVolume));
        (packet[14], packet[15]) = ((byte)(duration >> 8), (byte)duration);
        Commit(to, 4);
        _timestamp += TickUnits;
        _isMarked = true;
    }

    private void Flush(MediaAddress to)
    {
        if (_gatheredFrames > 0) SendAudio(to, _gatheredTimestamp, _gathered.AsSpan(0, _gatheredBytes));
        (_gatheredFrames, _gatheredBytes) = (0, 0);
    }

    private void SendAudio(MediaAddress to, uint timestamp, ReadOnlySpan<byte> payload)
    {
        var packet = outgoing.Reserve(RtpPacket.HeaderBytes + payload.Length);
        RtpPacket.WriteHeader(packet, _isMarked, _payloadType, _sequence++, timestamp, Source);
        payload.CopyTo(packet[RtpPacket.HeaderBytes..]);
        Commit(to, payload.Length);
        _isMarked = false;
    }

    private void Commit(MediaAddress to, int payloadBytes)
    {
        outgoing.Commit(_port, false, to, RtpPacket.HeaderBytes + payloadBytes);
        Packets++;
        Octets += payloadBytes;
    }
}
