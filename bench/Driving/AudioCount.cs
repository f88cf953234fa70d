namespace Ringwright.Bench.Driving;

/// <summary>
/// What a receiver hears: packets, loss by sequence number (RFC 3550 appendix A.3), loss end to end by frame number, gaps, jitter.
/// A phone has one call after the other, and each is a stream of its own with numbers of its own: loss is counted within each and added.
/// </summary>
/// <param name="clockRate">Of the RTP timestamps, in hertz.</param>
internal sealed class AudioCount(int clockRate = 8_000)
{
    private readonly Dictionary<uint, Stream> _streams = [];
    private readonly List<double> _transitMs = [];
    private Stream? _latest;
    private uint _source;

    /// <summary>From the other end's mouth to this ear, frame by frame, where frames came through that said when they were sent.</summary>
    public IReadOnlyList<double> TransitMs => _transitMs;

    public long Packets { get; private set; }
    public long Loud { get; private set; }

    /// <summary>The longest time without a packet of a stream, in nanoseconds.</summary>
    public long LongestGap { get; private set; }

    /// <summary>Interarrival jitter of RFC 3550 section 6.4.1 in nanoseconds, of the latest stream, as it stands now.</summary>
    public double Jitter => _latest?.Jitter ?? 0;

    /// <summary>By sequence number; what came twice makes it less.</summary>
    public long Lost => _streams.Values.Sum(stream => stream.Lost);

    /// <summary>Frames of the other end that are missing between the first and the last that came through.</summary>
    public long LostOnTheWay => _streams.Values.Sum(stream => stream.LostOnTheWay);

    /// <param name="source">The stream's SSRC.</param>
    public void Add(uint source, ushort sequence, uint timestamp, long arrived, bool isLoud, uint? number)
    {
        if (_latest is null || source != _source)
        {
            if (!_streams.TryGetValue(source, out _latest)) _streams.Add(source, _latest = new(1e9 / clockRate));
            _source = source;
        }
        LongestGap = Math.Max(LongestGap, _latest.Add(sequence, timestamp, arrived, number));
        Packets++;
        if (isLoud) Loud++;
    }

    public void AddTransit(double milliseconds) => _transitMs.Add(milliseconds);

    private sealed class Stream(double nanosPerUnit)
    {
        private ushort _first, _last;
        private long _packets, _cycles, _lastArrival, _numbered;
        private uint _lastTimestamp;
        private uint? _firstNumber, _lastNumber;

        public double Jitter { get; private set; }
        public long Lost => _cycles + _last - _first + 1 - _packets;
        public long LostOnTheWay => _firstNumber is { } first && _lastNumber is { } last ? last - first + 1 - _numbered : 0;

        /// <returns>Nanoseconds since the packet before.</returns>
        public long Add(ushort sequence, uint timestamp, long arrived, uint? number)
        {
            long gap = 0;
            if (_packets++ == 0) _first = sequence;
            else
            {
                short step = (short)(sequence - _last);
                if (step > 0 && sequence < _last) _cycles += 65_536;
                gap = arrived - _lastArrival;
                double deviation = Math.Abs(gap - (int)(timestamp - _lastTimestamp) * nanosPerUnit);
                // A jump of the clock by more than a second is no jitter.
                if (deviation < 1e9) Jitter += (deviation - Jitter) / 16;
                if (step < 0) sequence = _last;
            }
            _last = sequence;
            (_lastArrival, _lastTimestamp) = (arrived, timestamp);
            if (number is not { } n) return gap;
            _firstNumber ??= n;
            if (_lastNumber is null || n > _lastNumber) _lastNumber = n;
            _numbered++;
            return gap;
        }
    }
}
