namespace Ringwright.Media.Dsp.Detection;

internal enum BeepShape { Steady, Pair, Struck, Sweep }

/// <summary>One beep, in ticks: from <paramref name="Start"/> to before <paramref name="End"/>.</summary>
/// <param name="Hertz">Its strongest frequency; the lower one of a pair; where a sweep begins.</param>
/// <param name="Other">The higher one of a pair; where a sweep ends; else 0.</param>
internal readonly record struct Beep(BeepShape Shape, int Start, int End, double Hertz, double Other)
{
    public int Ticks => End - Start;
}

/// <summary>
/// Finds beeps: at each end of a tonal stretch behind which it is silent, what came before is walked back to see whether a machine made it
/// (<see cref="BeepShapes"/>). So nothing is decided while it sounds, and what a packet that was lost tore is one piece again.
/// </summary>
internal sealed class BeepWatch
{
    /// <summary>A sound ends where it falls by so much from one tick to the next.</summary>
    private const float Fall = 8;

    private readonly ToneHistory _history = new();
    private int _end = -1;

    public void Start(int tick)
    {
        _history.Start(tick);
        _end = -1;
    }

    /// <summary>Takes one tick.</summary>
    /// <param name="level">Decibels of mean amplitude.</param>
    /// <returns>True when a beep is over.</returns>
    public bool Handle(Lines lines, float level, int tick, out Beep beep)
    {
        beep = default;
        _history.Add(tick, new(lines, level));
        if (tick == _history.First) return false;
        var before = _history[tick - 1];
        if (before.IsTonal && (!_history[tick].IsTonal || level <= before.Level - Fall)) _end = tick;
        if (_end < 0 || tick < _end + BeepShapes.QuietTicks) return false;
        int end = _end;
        _end = -1;
        return BeepShapes.TryFind(_history, end, out beep);
    }
}
