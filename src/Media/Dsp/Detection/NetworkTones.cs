namespace Ringwright.Media.Dsp.Detection;

/// <summary>
/// Follows what networks and faxes send in place of a voice: one frequency and little else, whatever its level does.
/// Two tones close together, as ringback is, seem to be one that wavers.
/// </summary>
internal sealed class NetworkTones
{
    /// <summary>Two tones 50 Hz apart waver so much from tick to tick, and are gone for a tick at the null of the beat.</summary>
    private const float HertzApart = 40, LeastShare = 0.6f;
    /// <summary>
    /// Dial, ringback and busy tones are made of 350 to 500 Hz (ITU-T E.180) and of nothing else;
    /// the shortest burst of ringback has 400 ms.
    /// </summary>
    private const float LowestProgress = 340, HighestProgress = 500, ProgressShare = 0.88f;
    public const int ProgressTicks = 17;
    private const int LongestBusy = 38, TicksApart = 4;
    /// <summary>ITU-T T.30, CED: 2100 Hz within 15.</summary>
    private const float FaxAnswer = 2_100, FaxApart = 30;
    private const int FaxTicks = 45;

    private float _first, _sum, _around;
    /// <summary>Two packets in a row may be lost.</summary>
    private const int LongestGap = 2;

    private int _fit, _burst, _burstEnd, _gap;

    /// <summary>Where the tone began, and for how many ticks it has lasted; 0 when there is none.</summary>
    public int Start { get; private set; }
    public int Ticks { get; private set; }
    /// <summary>Its mean frequency.</summary>
    public float Hertz => _fit == 0 ? 0 : _sum / _fit;

    /// <summary>A tone of a network's own has lasted for longer than a voice could hold it so.</summary>
    public bool IsProgress =>
        Ticks >= ProgressTicks && _around >= ProgressShare * _fit && Hertz is >= LowestProgress and <= HighestProgress;

    public bool IsFaxAnswer => Ticks >= FaxTicks && Math.Abs(Hertz - FaxAnswer) <= FaxApart;

    /// <summary>Such a tone has come twice, and rested in between for as long as it sounded: busy, not ringback.</summary>
    public bool IsBusy { get; private set; }

    public void Begin() => (Ticks, _fit, _burst, _burstEnd, _gap, IsBusy) = (0, 0, 0, 0, 0, false);

    public void Handle(Lines lines, int tick)
    {
        bool isSteady = Ticks > 0 && lines.Share >= LeastShare && Math.Abs(lines.Hertz - _first) <= HertzApart;
        _gap = isSteady ? 0 : _gap + 1;
        bool isOver = !isSteady && (Ticks == 0 || _gap > LongestGap);
        if (isOver)
        {
            EndBurst(tick - LongestGap);
            _gap = 0;
            (Start, _first, _sum, _around, _fit) = (tick, lines.Hertz, 0, 0, 0);
            Ticks = lines.Share >= LeastShare ? 1 : 0;
            isSteady = Ticks > 0;
        }
        else Ticks++;
        if (!isSteady) return;
        _fit++;
        (_sum, _around) = (_sum + lines.Hertz, _around + lines.Around);
    }

    /// <param name="end">The tick behind the tone's last.</param>
    private void EndBurst(int end)
    {
        if (!IsProgress) return;
        int ticks = end - Start, rest = Start - _burstEnd;
        IsBusy |= ticks <= LongestBusy && Math.Abs(ticks - _burst) <= TicksApart && Math.Abs(rest - ticks) <= TicksApart;
        (_burst, _burstEnd) = (ticks, end);
    }
}
