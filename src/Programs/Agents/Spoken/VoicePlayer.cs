using Ringwright.Calls;

namespace Ringwright.Programs.Agents.Spoken;

/// <summary>How much of a turn was heard when no more of it was.</summary>
/// <param name="Played">Of what had come of it.</param>
internal sealed record CutTurn(string Turn, TimeSpan Played, TimeSpan Received);

/// <summary>
/// What a model says, from its coming until it is heard: it comes faster than that. Knows by the sample what was heard; a pause and a cut
/// take effect with the next 20 ms. Any thread may use it; each call is short.
/// </summary>
internal sealed class VoicePlayer(int rate)
{
    /// <summary>Of sound that waits. More than that is no answer.</summary>
    private const int MostSeconds = 600;

    private readonly Lock _lock = new();
    private readonly LinkedList<(long At, short[] Samples)> _sound = new();
    private readonly List<Span> _turns = [];
    private readonly HashSet<string> _dropped = new(StringComparer.Ordinal);
    /// <summary>Samples that were heard of a turn whose next sound came too late to follow without a gap.</summary>
    private readonly Dictionary<string, long> _before = new(StringComparer.Ordinal);
    private IAudioTap? _tap;
    /// <summary>Places in all that was ever to be heard, by the sample: where the next comes, and is written from.</summary>
    private long _end, _next;
    /// <summary>What the tap was given in all; and where a place and that were the same, last.</summary>
    private long _written, _base, _writtenAtBase;
    private bool _isPaused;

    private sealed class Span(string turn)
    {
        public string Turn => turn;
        public required long Start { get; init; }
        public required long End { get; set; }
        public bool HasBegun { get; set; }
    }

    /// <summary>A turn begins to be heard.</summary>
    public required Action<string> Began { get; init; }

    /// <summary>All that has come of a turn was heard, and nothing follows yet.</summary>
    public required Action<string> Drained { get; init; }

    /// <summary>Nothing is heard, and nothing waits.</summary>
    public bool IsSilent
    {
        get
        {
            lock (_lock) return _turns.Count == 0;
        }
    }

    /// <summary>Something of this turn is heard, or waits.</summary>
    public bool Has(string turn)
    {
        lock (_lock) return _turns.Exists(span => span.Turn == turn);
    }

    public void Open(IAudioTap tap)
    {
        lock (_lock) _tap = tap;
        Feed();
    }

    /// <summary>The tap is to be used no more.</summary>
    public void Close()
    {
        lock (_lock) (_base, _writtenAtBase, _tap) = (Heard(), _written, null);
    }

    /// <returns>False when too much waits.</returns>
    public bool TryAdd(string turn, short[] samples)
    {
        lock (_lock)
        {
            if (samples.Length == 0 || _dropped.Contains(turn)) return true;
            if (_end + samples.Length - Heard() > (long)MostSeconds * rate) return false;
            if (_turns.Count == 0 || _turns[^1].Turn != turn) _turns.Add(new(turn) { Start = _end, End = _end });
            _sound.AddLast((_end, samples));
            _turns[^1].End = _end += samples.Length;
        }
        Feed();
        return true;
    }

    /// <summary>Called again and again: hands on what there is room for, and tells what was heard.</summary>
    public void Feed()
    {
        List<(Action<string> Tell, string Turn)> news = [];
        lock (_lock)
        {
            if (_tap is null) return;
            long heard = Heard();
            while (!_isPaused && _next < _end && _tap.Room > 0 && Write(_tap) > 0) { }
            foreach (var span in _turns)
            {
                if (span.HasBegun || heard <= span.Start) continue;
                span.HasBegun = true;
                news.Add((Began, span.Turn));
            }
            while (_turns is [var first, ..] && first.End <= heard)
            {
                _turns.RemoveAt(0);
                _before[first.Turn] = _before.GetValueOrDefault(first.Turn) + first.End - first.Start;
                if (!_turns.Exists(span => span.Turn == first.Turn)) news.Add((Drained, first.Turn));
            }
            while (_sound.First is { Value: var (at, samples) } && at + samples.Length <= heard) _sound.RemoveFirst();
        }
        foreach (var (tell, turn) in news) tell(turn);
    }

    /// <summary>What is heard waits, or goes on where it waited.</summary>
    public void Pause(bool isOn)
    {
        lock (_lock)
        {
            if (_isPaused == isOn) return;
            _isPaused = isOn;
            if (isOn) Rewind(Heard());
        }
        Feed();
    }

    /// <summary>Nothing more is heard of what has come so far, and of those turns nothing that still comes.</summary>
    /// <returns>Those of which something was not heard, in order.</returns>
    public IReadOnlyList<CutTurn> Cut()
    {
        lock (_lock)
        {
            long heard = Heard();
            var cut = new List<CutTurn>();
            foreach (var span in _turns.Where(span => span.End > heard))
            {
                long before = _before.GetValueOrDefault(span.Turn);
                cut.Add(new(span.Turn, Of(before + Math.Max(0, heard - span.Start)), Of(before + span.End - span.Start)));
                _dropped.Add(span.Turn);
            }
            _turns.Clear();
            _sound.Clear();
            _isPaused = false;
            _end = heard;
            Rewind(heard);
            return cut;
        }
    }

    /// <summary>Turns are another model's from now on: it may give them the names of earlier ones.</summary>
    public void Renew()
    {
        lock (_lock)
        {
            _dropped.Clear();
            _before.Clear();
        }
    }

    private TimeSpan Of(long samples) => TimeSpan.FromTicks(samples * TimeSpan.TicksPerSecond / rate);

    /// <summary>The place up to which it was heard.</summary>
    private long Heard()
    {
        if (_tap is null) return Math.Min(_base, _end);
        long taken = _written - (rate - _tap.Room);
        return Math.Min(_base + Math.Max(0, taken - _writtenAtBase), _next);
    }

    /// <summary>From this place on it is written anew, and what the tap has of it is not heard.</summary>
    private void Rewind(long place)
    {
        _tap?.Clear();
        (_base, _writtenAtBase, _next) = (place, _written, place);
    }

    private int Write(IAudioTap tap)
    {
        var node = _sound.First;
        while (node is not null && node.Value.At + node.Value.Samples.Length <= _next) node = node.Next;
        if (node is null) return 0;
        int count = tap.Write(node.Value.Samples.AsSpan((int)(_next - node.Value.At)));
        (_next, _written) = (_next + count, _written + count);
        return count;
    }
}
