namespace Ringwright.Media.Dsp.Detection;

/// <summary>One steady tone, in ticks: from <paramref name="Start"/> to before <paramref name="End"/>.</summary>
internal readonly record struct Tone(int Start, int End, double Hertz)
{
    public int Ticks => End - Start;
}

/// <summary>
/// Follows steady tones. A beep is one of 100 ms to 2 s that keeps its frequency and its level and falls silent at once; vowels glide and fade, DTMF has two
/// frequencies, music goes on.
/// </summary>
internal sealed class ToneWatch
{
    private const double LowestBeep = 400, HighestBeep = 2_000;
    /// <summary>A beep of 100 ms fills at least four ticks; low ones must be longer, for a vowel's last breath can be as pure.</summary>
    private const int ShortestBeep = 4, ShortestLowBeep = 6, LongestBeep = 100;
    private const double LowBeep = 700;
    /// <summary>Share of a tick's energy in one frequency: noise 5 dB below the tone leaves so much.</summary>
    private const double Purity = 0.75;
    /// <summary>How far a tick's frequency may lie from the tone's mean, and its level, in decibels, from the loudest tick.</summary>
    private const double HertzApart = 12;
    private const int LevelsApart = 3;
    /// <summary>Two tones 50 Hz apart seem to be one that wavers so much from tick to tick, and is gone for a tick at the null of the beat.</summary>
    private const double SteadyHertzApart = 40, SteadyPurity = 0.6;
    /// <summary>Behind a beep it is quieter by so many decibels, for so many ticks after the one in which it ends.</summary>
    private const int Fall = 8, QuietTicks = 3;

    private readonly ToneMeter _meter = new();
    private Tone _current, _over;
    private int _loudest, _loudestOver;
    private bool _isGap;

    public void Start(int sampleRate)
    {
        _meter.Configure(sampleRate);
        (_current, _over, SteadyTicks, SteadyHertz, _isGap) = (default, default, 0, 0, false);
    }

    /// <summary>Ticks for which there has been one frequency and little else, whatever its level does: also two tones close together, as ringback is.</summary>
    public int SteadyTicks { get; private set; }
    public double SteadyHertz { get; private set; }

    /// <summary>Takes one tick.</summary>
    /// <param name="level">Decibels of the tick; below <paramref name="threshold"/> nothing is looked for.</param>
    /// <returns>True when a beep is over.</returns>
    public bool Handle(ReadOnlySpan<short> samples, int tick, int level, int threshold, out Tone beep)
    {
        Follow(level >= threshold ? _meter.Measure(samples) : default, tick, level);
        beep = _over;
        if (_over.Ticks == 0 || tick == _over.End) return false;
        bool isQuiet = level <= _loudestOver - Fall;
        if (isQuiet && tick < _over.End + QuietTicks) return false;
        _over = default;
        return isQuiet;
    }

    private void Follow(Peak peak, int tick, int level)
    {
        bool isTone = peak.Share >= Purity;
        CountSteady(peak);
        if (isTone && _current.Ticks > 0 && Math.Abs(peak.Hertz - _current.Hertz) <= HertzApart && IsLevel(level))
        {
            double mean = _current.Hertz + (peak.Hertz - _current.Hertz) / (_current.Ticks + 1);
            _current = _current with { End = tick + 1, Hertz = mean };
            _loudest = Math.Max(_loudest, level);
            return;
        }
        if (IsBeep(_current)) (_over, _loudestOver) = (_current, _loudest);
        (_current, _loudest) = (isTone ? new(tick, tick + 1, peak.Hertz) : default, level);
    }

    private static bool IsBeep(Tone tone) =>
        tone.Hertz is >= LowestBeep and <= HighestBeep && tone.Ticks <= LongestBeep && tone.Ticks >= (tone.Hertz < LowBeep ? ShortestLowBeep : ShortestBeep);

    /// <summary>One tick may be missing, two in a row may not.</summary>
    private void CountSteady(Peak peak)
    {
        bool isSteady = peak.Share >= SteadyPurity && Math.Abs(peak.Hertz - SteadyHertz) <= SteadyHertzApart;
        _isGap = !isSteady && !_isGap && SteadyTicks > 0;
        if (isSteady || _isGap) SteadyTicks++;
        else (SteadyTicks, SteadyHertz) = (peak.Share >= SteadyPurity ? 1 : 0, peak.Hertz);
    }

    /// <summary>The first tick may have begun before the tone did, and be quieter.</summary>
    private bool IsLevel(int level) => level >= _loudest - LevelsApart && (_current.Ticks == 1 || level <= _loudest + LevelsApart);
}
