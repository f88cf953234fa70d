namespace Ringwright.Media.Rtp;

/// <summary>
/// RFC 4733 telephone events: exactly one digit per event, whichever of its packets are lost. An event is known by its timestamp, so
/// any of its packets may be the first that we see, and the three end packets say nothing new.
/// </summary>
internal sealed class DigitReceiver
{
    private const string Keys = "0123456789*#ABCD";
    /// <summary>An event longer than 0xFFFF units goes on under a new timestamp (RFC 4733 section 2.5.1.3).</summary>
    private const ushort LongestDuration = 0xFFFF;
    private const int StaleSeconds = 10;

    private bool _isStarted, _isEnded;
    private uint _timestamp;
    private ushort _sequence, _duration;
    private byte _event;

    /// <summary>True once per digit.</summary>
    /// <param name="isRepeat">The packet took no time: a repeated end or an old packet.</param>
    public bool Handle(in RtpPacket packet, int clockRate, out char key, out int milliseconds, out bool isRepeat)
    {
        (key, milliseconds, isRepeat) = ('\0', 0, true);
        if (packet.Payload.Length < 4) return false;
        byte code = packet.Payload[0];
        bool isEnd = (packet.Payload[1] & 0x80) != 0;
        ushort duration = (ushort)(packet.Payload[2] << 8 | packet.Payload[3]);

        bool isNewerPacket = !_isStarted || (short)(packet.Sequence - _sequence) > 0;
        bool isNew = !_isStarted || IsAnotherEvent(packet, code, isNewerPacket, clockRate);
        if (!isNew)
        {
            if (!isNewerPacket || packet.Timestamp != _timestamp) return false;
            isRepeat = _isEnded;
            (_sequence, _duration) = (packet.Sequence, Math.Max(_duration, duration));
            _isEnded |= isEnd;
            return false;
        }

        bool isContinued = _isStarted && !_isEnded && !packet.HasMarker && code == _event
            && packet.Timestamp == _timestamp + LongestDuration;
        (_isStarted, _isEnded, _timestamp, _sequence, _duration, _event) = (true, isEnd, packet.Timestamp, packet.Sequence, duration, code);
        isRepeat = false;
        if (isContinued || code >= Keys.Length) return false;
        key = Keys[code];
        milliseconds = (int)(duration * 1000L / clockRate);
        return true;
    }

    public void Reset() => _isStarted = false;

    private bool IsAnotherEvent(in RtpPacket packet, byte code, bool isNewerPacket, int clockRate)
    {
        // Older by a little is a packet that was overtaken; older by much is a sender that began to count anew.
        int later = (int)(packet.Timestamp - _timestamp);
        if (later != 0) return later > 0 || later < -StaleSeconds * clockRate;
        // A sender whose clock stands still between digits: the first packet of the next one tells.
        return isNewerPacket && (code != _event || (_isEnded && packet.HasMarker));
    }
}
