namespace Ringwright.Media.Dsp.Detection;

/// <summary>One tick as the beep watch sees it: its lines, and its level in decibels of mean amplitude.</summary>
internal readonly record struct ToneTick(Lines Lines, float Level)
{
    /// <summary>Most of it lies in one place or two.</summary>
    public bool IsTonal => Lines.Share >= 0.65f || Lines.Pair >= 0.75f || Lines.Around >= 0.8f;
}

/// <summary>The last ticks: more than the longest beep has.</summary>
internal sealed class ToneHistory
{
    private const int Kept = 192;

    private readonly ToneTick[] _ticks = new ToneTick[Kept];

    /// <summary>The oldest that is kept.</summary>
    public int First { get; private set; }

    public ref readonly ToneTick this[int tick] => ref _ticks[tick % Kept];

    public void Start(int tick) => First = tick;

    public void Add(int tick, ToneTick heard)
    {
        _ticks[tick % Kept] = heard;
        First = Math.Max(First, tick - Kept + 1);
    }

    /// <summary>The lowest level of the few ticks before one; silence where there are none.</summary>
    public float Before(int tick)
    {
        float least = First >= tick ? 0 : float.MaxValue;
        for (int at = Math.Max(First, tick - 3); at < tick; at++) least = Math.Min(least, this[at].Level);
        return least;
    }

    /// <summary>The highest level of so many ticks from one on, all of them heard.</summary>
    public float Behind(int tick, int count)
    {
        float most = 0;
        for (int at = tick; at < tick + count; at++) most = Math.Max(most, this[at].Level);
        return most;
    }
}
