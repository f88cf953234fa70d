namespace Ringwright.Media.Dsp;

/// <summary>
/// Fills in for lost packets: repeats the last pitch period while fading to silence within 60 ms, and blends into what comes after.
/// The idea of G.711 appendix I, without its algorithmic delay.
/// </summary>
internal sealed class Concealer
{
    private const int HistoryMilliseconds = 40, FadeMilliseconds = 60, MatchMilliseconds = 10, BlendMilliseconds = 4;
    private const double ShortestPeriodMilliseconds = 2.5, LongestPeriodMilliseconds = 15;

    private readonly short[] _history = new short[HistoryMilliseconds * 16];
    private readonly short[] _blend = new short[BlendMilliseconds * 16];
    private int _rate = 8000, _period, _elapsed;

    /// <summary>Frames that were made up.</summary>
    public long Frames { get; private set; }
    public bool IsConcealing => _elapsed > 0;

    private Span<short> History => _history.AsSpan(0, HistoryMilliseconds * _rate / 1000);

    public void Start(int sampleRate)
    {
        (_rate, _elapsed) = (sampleRate, 0);
        Array.Clear(_history);
    }

    /// <summary>Takes what was really heard; softens its beginning after a concealment.</summary>
    public void Heard(Span<short> samples)
    {
        if (_elapsed > 0)
        {
            var made = _blend.AsSpan(0, Math.Min(samples.Length, BlendMilliseconds * _rate / 1000));
            Make(made);
            for (int i = 0; i < made.Length; i++)
                samples[i] = (short)((samples[i] * (i + 1) + made[i] * (made.Length - i)) / (made.Length + 1));
            _elapsed = 0;
        }
        Remember(samples);
    }

    public void Conceal(Span<short> into)
    {
        if (_elapsed == 0) _period = FindPeriod();
        Make(into);
        Frames++;
    }

    public void Reset()
    {
        Start(8000);
        Frames = 0;
    }

    /// <summary>The history stays as it was before the loss: its end is the period that is repeated.</summary>
    private void Make(Span<short> into)
    {
        var last = History[^_period..];
        int fade = FadeMilliseconds * _rate / 1000;
        for (int i = 0; i < into.Length; i++, _elapsed++)
        {
            into[i] = _elapsed >= fade ? (short)0 : (short)(last[_elapsed % _period] * (fade - _elapsed) / fade);
        }
    }

    private void Remember(ReadOnlySpan<short> samples)
    {
        var history = History;
        if (samples.Length >= history.Length)
        {
            samples[^history.Length..].CopyTo(history);
            return;
        }
        history[samples.Length..].CopyTo(history);
        samples.CopyTo(history[^samples.Length..]);
    }

    /// <summary>The lag at which the last 10 ms look most like what came before.</summary>
    private int FindPeriod()
    {
        var history = History;
        int match = MatchMilliseconds * _rate / 1000;
        int shortest = (int)(ShortestPeriodMilliseconds * _rate / 1000), longest = (int)(LongestPeriodMilliseconds * _rate / 1000);
        var recent = history[^match..];
        (double best, int period) = (double.MinValue, longest);
        for (int lag = shortest; lag <= longest; lag++)
        {
            var earlier = history.Slice(history.Length - match - lag, match);
            long product = 0, energy = 1;
            for (int i = 0; i < match; i++)
            {
                product += recent[i] * earlier[i];
                energy += earlier[i] * earlier[i];
            }
            double likeness = product / Math.Sqrt(energy);
            if (likeness > best) (best, period) = (likeness, lag);
        }
        return period;
    }
}
