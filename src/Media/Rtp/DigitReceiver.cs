namespace Ringwright.Media.Rtp;

/// <summary>What a packet of an event says.</summary>
/// <param name="Key">The digit that it begins, else zero.</param>
/// <param name="Milliseconds">How long that had been down by then.</param>
/// <param name="IsRepeat">The packet took no time: a repeated end or an old packet.</param>
/// <param name="Timestamp">Where its event begins, whatever its own says.</param>
/// <param name="Duration">Since then.</param>
internal readonly record struct DigitNews(char Key, int Milliseconds, bool IsRepeat, uint Timestamp, ushort Duration);

/// <summary>
/// RFC 4733 telephone events: exactly one digit per key, whichever of its packets are lost, and whatever its timestamps do. Any of its
/// packets may be the first that we see, and the three end packets say nothing new.
/// </summary>
internal sealed class DigitReceiver
{
    private const string Keys = "0123456789*#ABCD";
    /// <summary>An event longer than 0xFFFF units goes on under a new timestamp (RFC 4733 section 2.5.1.3).</summary>
    private const ushort LongestDuration = 0xFFFF;
    /// <summary>From one packet of a key to the next one at most, with some that are lost or are audio between them.</summary>
    private const int Near = 3;
    /// <summary>The longest time from packet to packet (RFC 4733 section 2.5.1.2 recommends 50 ms).</summary>
    private const int StepMilliseconds = 50;

    private bool _isStarted, _isEnded;
    /// <summary>Its sender marks more packets of the key than the first: a marker begins nothing there.</summary>
    private bool _isMarkedThroughout;
    /// <summary>Of the last packet, and of the first one of its key.</summary>
    private uint _timestamp, _start;
    /// <summary>What the segments before this one lasted, where they were shorter than they may be.</summary>
    private uint _before;
    private long _sequence;
    private ushort _duration;
    private byte _event;

    /// <param name="sequence">Of the packet, without wraps.</param>
    /// <returns>The key is not zero once per digit.</returns>
    public DigitNews Handle(in RtpPacket packet, long sequence, int clockRate)
    {
        if (packet.Payload.Length < 4) return new('\0', 0, IsRepeat: true, packet.Timestamp, 0);
        byte code = packet.Payload[0];
        bool isEnd = (packet.Payload[1] & 0x80) != 0;
        ushort duration = (ushort)(packet.Payload[2] << 8 | packet.Payload[3]);

        if (_isStarted && sequence <= _sequence) return News('\0', 0, isRepeat: true, duration);
        if (!_isStarted || !GoesOn(packet, code, isEnd, duration, sequence - _sequence, clockRate))
        {
            (_isStarted, _isEnded, _timestamp, _start, _before) = (true, isEnd, packet.Timestamp, packet.Timestamp, 0);
            (_sequence, _duration, _event, _isMarkedThroughout) = (sequence, duration, code, packet.HasMarker && isEnd);
            return News(code < Keys.Length ? Keys[code] : '\0', (int)(duration * 1000L / clockRate), isRepeat: false, duration);
        }
        int later = (int)(packet.Timestamp - _timestamp);
        if (!_isEnded && later == LongestDuration) (_start, _before) = (packet.Timestamp, 0);
        else if (!_isEnded && duration < _duration && later > 0) _before += (uint)later;
        bool isRepeat = _isEnded;
        _isMarkedThroughout = packet.HasMarker;
        (_timestamp, _sequence, _duration, _isEnded) = (packet.Timestamp, sequence, duration, _isEnded || isEnd);
        return News('\0', 0, isRepeat, duration);
    }

    /// <summary>No end of the last key came, and that moment is not before its beginning.</summary>
    public bool IsDown(uint timestamp) => _isStarted && !_isEnded && (int)(timestamp - _start) >= 0;

    /// <summary>The source counts its packets anew: the next one comes behind the last.</summary>
    public void Resume(long sequence) => _sequence = sequence - 1;

    public void Reset() => _isStarted = false;

    private DigitNews News(char key, int milliseconds, bool isRepeat, ushort duration) =>
        new(key, milliseconds, isRepeat, _start, (ushort)Math.Min(LongestDuration, _before + duration));

    /// <summary>The packet is of the key that we know.</summary>
    /// <param name="ahead">So many packets behind the last one of that key.</param>
    private bool GoesOn(in RtpPacket packet, byte code, bool isEnd, ushort duration, long ahead, int clockRate)
    {
        if (code != _event) return false;
        int later = (int)(packet.Timestamp - _timestamp);
        bool isNear = ahead <= Near, isLonger = duration >= _duration, begins = packet.HasMarker && !_isMarkedThroughout;
        // A sender whose clock stands still between keys: its next one begins with a marker, or anew.
        if (later == 0) return begins ? !_isEnded && isLonger : !_isEnded || isEnd || isLonger;
        // A marker on a packet of a key that goes on: as much longer as it is later, or a segment that has one.
        if (begins) return !_isEnded && (later == LongestDuration || isNear && later > 0 && later == duration - _duration);
        int step = StepMilliseconds * clockRate / 1000;
        // Ends that are said again are said under moving timestamps by some; what begins later than the key was long is another.
        if (_isEnded) return isEnd && isNear && isLonger && Math.Abs((long)later) <= Math.Max(_duration, step);
        // Timestamps that move with each packet, as those of audio do.
        if (isNear && isLonger) return true;
        // The next segment: where the last one ended, but for packets that are lost.
        return later == LongestDuration || isNear && later >= _duration && later <= _duration + (ahead - 1) * step;
    }
}
