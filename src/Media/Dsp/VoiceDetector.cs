namespace Ringwright.Media.Dsp;

/// <summary>
/// Says when the far end begins to talk and when it has paused, by the energy of each tick over a noise floor that it learns.
/// Going up needs more energy than staying up, and a few ticks in a row, so that clicks and breaths change nothing.
/// </summary>
public sealed class VoiceDetector
{
    /// <summary>Mean squares: about -43 and -49 dB below full scale.</summary>
    private const double LoudEnough = 54_000, StillThere = 13_500;
    /// <summary>9 and 5 dB over the floor.</summary>
    private const double OnsetOverFloor = 8, HoldOverFloor = 3.2;
    private const int OnsetTicks = 3;
    /// <summary>The floor follows silence quickly and noise slowly: 10 dB in about 9 s.</summary>
    private const double FloorFall = 0.2, FloorRise = 1.005;

    private double _floor = StillThere / HoldOverFloor;
    private int _loudTicks, _quietMilliseconds, _pauseMilliseconds;

    public bool IsOn => _pauseMilliseconds > 0;
    public bool IsTalking { get; private set; }

    public void Watch(int pauseMilliseconds)
    {
        bool wasOn = IsOn;
        _pauseMilliseconds = Math.Max(0, pauseMilliseconds);
        if (!wasOn || !IsOn) (IsTalking, _loudTicks, _quietMilliseconds, _floor) = (false, 0, 0, StillThere / HoldOverFloor);
    }

    /// <summary>Takes one tick. True when <see cref="IsTalking"/> changed.</summary>
    public bool Handle(ReadOnlySpan<short> samples) => Handle(Gain.Power(samples));

    /// <param name="power">Mean square of one tick.</param>
    public bool Handle(double power)
    {
        _floor = power < _floor ? _floor + (power - _floor) * FloorFall : Math.Min(_floor * FloorRise + 0.1, power);

        if (!IsTalking)
        {
            bool isLoud = power > LoudEnough && power > _floor * OnsetOverFloor;
            _loudTicks = isLoud ? _loudTicks + 1 : Math.Max(0, _loudTicks - 1);
            if (_loudTicks < OnsetTicks) return false;
            (IsTalking, _quietMilliseconds) = (true, 0);
            return true;
        }

        bool isThere = power > StillThere && power > _floor * HoldOverFloor;
        _quietMilliseconds = isThere ? 0 : _quietMilliseconds + Limits.TickMilliseconds;
        if (_quietMilliseconds < _pauseMilliseconds) return false;
        (IsTalking, _loudTicks) = (false, 0);
        return true;
    }
}
