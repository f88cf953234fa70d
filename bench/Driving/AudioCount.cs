namespace Ringwright.Bench.Driving;

/// <summary>What a receiver hears of one stream: packets, loss by sequence number (RFC 3550 appendix A.3), loss end to end by frame number, gaps, jitter.</summary>
internal sealed class AudioCount
{
    private const double NanosPerUnit = 125_000;        // an RTP clock of 8,000 Hz

    private ushort _first, _last;
    private long _cycles, _lastArrival;
    private uint _lastTimestamp;
    private uint? _firstNumber, _lastNumber;
    private long _numbered;

    public long Packets { get; private set; }
    public long Loud { get; private set; }

    /// <summary>The longest time without a packet, in nanoseconds.</summary>
    public long LongestGap { get; private set; }

    /// <summary>Interarrival jitter of RFC 3550 section 6.4.1 in nanoseconds, as it stands now.</summary>
    public double Jitter { get; private set; }

    /// <summary>By sequence number; what came twice makes it less.</summary>
    public long Lost => Packets == 0 ? 0 : _cycles + _last - _first + 1 - Packets;

    /// <summary>Frames of the other end that are missing between the first and the last that came through.</summary>
    public long LostOnTheWay => _firstNumber is { } first && _lastNumber is { } last ? last - first + 1 - _numbered : 0;

    public void Add(ushort sequence, uint timestamp, long arrived, bool isLoud, uint? number)
    {
        if (Packets == 0) _first = sequence;
        else
        {
            short step = (short)(sequence - _last);
            if (step > 0 && sequence < _last) _cycles += 65_536;
            long gap = arrived - _lastArrival;
            LongestGap = Math.Max(LongestGap, gap);
            double deviation = Math.Abs(gap - (int)(timestamp - _lastTimestamp) * NanosPerUnit);
            // A jump of the clock by more than a second is a new stream, not jitter.
            if (deviation < 1e9) Jitter += (deviation - Jitter) / 16;
            if (step < 0) sequence = _last;
        }
        _last = sequence;
        (_lastArrival, _lastTimestamp) = (arrived, timestamp);
        Packets++;
        if (isLoud) Loud++;
        if (number is not { } n) return;
        _firstNumber ??= n;
        if (_lastNumber is null || n > _lastNumber) _lastNumber = n;
        _numbered++;
    }
}
