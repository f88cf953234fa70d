using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Media.Rtp;

/// <summary>Our side of one RTP stream: sequence, timestamp, marker, and as many frames per packet as the peer wants, or a half.</summary>
internal sealed class RtpSender(OutgoingPackets outgoing, SrtpProtector protection)
{
    private const byte EventVolume = 10;

    /// <summary>Empty until a packet holds more than one frame.</summary>
    private byte[] _gathered = [];
    private int _gatheredBytes, _gatheredFrames, _framesPerPacket = 1;
    private uint _timestamp, _gatheredTimestamp, _eventTimestamp;
    private ushort _sequence;
    private int _clockRate;
    private byte _payloadType;
    private bool _isMarked, _isHalved;
    private PortId _port;
    // Of a stream that passes: what to add to its numbers, and the first of ours that it may use.
    private bool _isPassing;
    private int _passedStream;
    private ushort _sequenceOffset, _firstPassed;
    private uint _timestampOffset;
    /// <summary>A packet passed before its tick: whatever is sent in that tick beside it comes behind it.</summary>
    private bool _isAhead;
    /// <summary>What went out under sources that are no longer ours.</summary>
    private long _packetsBefore, _octetsBefore;

    public uint Source { get; private set; }
    public long Packets { get; private set; }
    public long Octets { get; private set; }
    /// <summary>Of the present source, as its reports count (RFC 3550 section 6.4.1).</summary>
    public long SourcePackets => Packets - _packetsBefore;
    public long SourceOctets => Octets - _octetsBefore;
    public uint Timestamp => _timestamp;
    private uint TickUnits => (uint)(_clockRate * Limits.TickMilliseconds / 1000);

    public void Start(PortId port, Rng random)
    {
        _port = port;
        Source = (uint)random.Next();
        // The lower half only: a receiver that misses the first packets before a wrap would misjudge
        // the roll-over counter (RFC 3711 section 3.3.1).
        (_sequence, _timestamp) = ((ushort)(random.Next() & 0x7FFF), (uint)random.Next());
        (Packets, Octets, _gatheredFrames, _gatheredBytes, _isPassing, _isAhead) = (0, 0, 0, 0, false, false);
        (_packetsBefore, _octetsBefore) = (0, 0);
    }

    /// <summary>
    /// The stream goes on under another SSRC, none that it had before, and counts in the lower half again; <see cref="Configure"/> follows.
    /// </summary>
    public void ChangeSource()
    {
        Source++;
        _sequence &= 0x7FFF;
        (_packetsBefore, _octetsBefore) = (Packets, Octets);
    }

    /// <summary>A new or changed plan: the stream goes on under its old source, marked.</summary>
    /// <param name="isHalved">Each packet holds half a frame; both leave in one tick.</param>
    public void Configure(byte payloadType, int clockRate, int framesPerPacket, bool isHalved)
    {
        (_payloadType, _clockRate, _isMarked) = (payloadType, clockRate, true);
        (_framesPerPacket, _isHalved) = (framesPerPacket, isHalved);
        if (framesPerPacket > 1 && _gathered.Length == 0) _gathered = new byte[Limits.PayloadBytes];
        (_gatheredFrames, _gatheredBytes, _isPassing) = (0, 0, false);
    }

    /// <summary>Sends one tick of audio, or keeps it until the packet is full.</summary>
    public void SendFrame(MediaAddress to, ReadOnlySpan<byte> frame)
    {
        CatchUp();
        _isPassing = false;
        if (_isHalved)
        {
            SendAudio(to, _timestamp, frame[..(frame.Length / 2)]);
            SendAudio(to, _timestamp + TickUnits / 2, frame[(frame.Length / 2)..]);
        }
        else if (_framesPerPacket == 1)
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
        CatchUp();
        (_gatheredFrames, _gatheredBytes, _isMarked, _isPassing) = (0, 0, true, false);
        _timestamp += TickUnits;
    }

    /// <summary>
    /// Sends a packet of another stream on in our own numbers. Gaps, order and markers stay as they were, so that the far end sees what was
    /// lost; when the stream begins, or goes on after something of our own, its numbers are laid behind ours.
    /// </summary>
    public void Pass(MediaAddress to, byte payloadType, in LinkedPacket packet, ReadOnlySpan<byte> payload)
    {
        if (!_isPassing || packet.Stream != _passedStream) Align(to, packet);
        ushort sequence = (ushort)(packet.Sequence + _sequenceOffset);
        uint timestamp = packet.Timestamp + _timestampOffset;
        if ((short)(sequence - _firstPassed) < 0) return;       // overtaken by what we sent ourselves
        var into = Reserve(payload.Length);
        RtpPacket.WriteHeader(into, packet.HasMarker || _isMarked, payloadType, sequence, timestamp, Source);
        payload.CopyTo(into[RtpPacket.HeaderBytes..]);
        Commit(to, into, payload.Length);
        _isMarked = false;
        if ((short)(sequence - _sequence) >= 0) _sequence = (ushort)(sequence + 1);
        if ((int)(timestamp - _timestamp) > 0) _timestamp = timestamp;
    }

    /// <summary>
    /// The same between two ticks, for a stream that passes already: the next tick is its packet's.
    /// False for any other, which waits for it.
    /// </summary>
    public bool TryPassEarly(MediaAddress to, byte payloadType, in LinkedPacket packet, ReadOnlySpan<byte> payload)
    {
        if (!_isPassing || packet.Stream != _passedStream) return false;
        Pass(to, payloadType, packet, payload);
        return _isAhead = true;
    }

    /// <summary>A number of the passing stream that is not sent: those behind it move up.</summary>
    public void Omit(in LinkedPacket packet)
    {
        if (_isPassing && packet.Stream == _passedStream && (short)(packet.Sequence + _sequenceOffset - _sequence) >= 0) _sequenceOffset--;
    }

    /// <summary>A tick in which the passing stream speaks for us.</summary>
    public void Advance() => (_isAhead, _timestamp) = (false, _timestamp + TickUnits);

    private void CatchUp()
    {
        if (_isAhead) Advance();
    }

    private void Align(MediaAddress to, in LinkedPacket packet)
    {
        Flush(to);
        (_isPassing, _passedStream, _firstPassed) = (true, packet.Stream, _sequence);
        (_sequenceOffset, _timestampOffset) = ((ushort)(_sequence - packet.Sequence), _timestamp - packet.Timestamp);
    }

    /// <summary>One RFC 4733 packet in place of this tick's audio. All packets of an event carry the timestamp of its start.</summary>
    /// <param name="eventClock">By which its duration counts. Timestamps count by the audio's clock, whose stream it is in.</param>
    public void SendEvent(MediaAddress to, byte payloadType, int eventClock, byte code, bool isFirst, bool isEnd, int heldTicks)
    {
        CatchUp();
        if (isFirst)
        {
            Flush(to);
            _isPassing = false;
            _eventTimestamp = _timestamp;
        }
        uint duration = Math.Min(0xFFFF, (uint)(heldTicks * (eventClock * Limits.TickMilliseconds / 1000)));
        var packet = Reserve(4);
        RtpPacket.WriteHeader(packet, isFirst, payloadType, _sequence++, _eventTimestamp, Source);
        (packet[12], packet[13]) = (code, (byte)((isEnd ? 0x80 : 0) | EventVolume));
        (packet[14], packet[15]) = ((byte)(duration >> 8), (byte)duration);
        Commit(to, packet, 4);
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
        var packet = Reserve(payload.Length);
        RtpPacket.WriteHeader(packet, _isMarked, _payloadType, _sequence++, timestamp, Source);
        payload.CopyTo(packet[RtpPacket.HeaderBytes..]);
        Commit(to, packet, payload.Length);
        _isMarked = false;
    }

    private Span<byte> Reserve(int payloadBytes) => outgoing.Reserve(RtpPacket.HeaderBytes + payloadBytes + SrtpCipher.MostBytes);

    private void Commit(MediaAddress to, Span<byte> packet, int payloadBytes)
    {
        int length = protection.Protect(packet, RtpPacket.HeaderBytes + payloadBytes);
        if (length == 0) return;
        outgoing.Commit(_port, false, to, length);
        Packets++;
        Octets += payloadBytes;
    }
}
