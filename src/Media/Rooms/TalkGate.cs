using Ringwright.Media.Dsp;

namespace Ringwright.Media.Rooms;

/// <summary>
/// Whether a member of a room is mixed in: from the first tick that is louder than the noise of a quiet line until it has been quieter for
/// a while. And whether its party talks, which takes a little more, so that a cough is no word.
/// </summary>
internal sealed class TalkGate
{
    /// <summary>Mean square: -55 dB below full scale.</summary>
    private const double Floor = 3_395;
    /// <summary>No tick whose peak is below is louder than the floor.</summary>
    private const int QuietPeak = 58;
    private const int HangoverTicks = 20;

    private readonly VoiceDetector _voice = new();
    private int _quietTicks;

    /// <summary>To be mixed in.</summary>
    public bool IsOpen { get; private set; }

    public bool IsTalking => _voice.IsTalking;

    /// <summary>Takes one tick; an empty one is silence. True when <see cref="IsTalking"/> changed.</summary>
    public bool Handle(ReadOnlySpan<short> samples)
    {
        double power = Mixing.Peak(samples) <= QuietPeak ? 0 : Gain.Power(samples);
        _quietTicks = power > Floor ? 0 : _quietTicks + 1;
        IsOpen = power > Floor || IsOpen && _quietTicks < HangoverTicks;
        if (!_voice.IsOn) _voice.Watch(HangoverTicks * Limits.TickMilliseconds);
        return _voice.Handle(power);
    }

    /// <summary>Nobody is to hear it. True when that ended a talk.</summary>
    public bool Close()
    {
        bool wasTalking = _voice.IsTalking;
        _voice.Watch(0);
        IsOpen = false;
        return wasTalking;
    }
}
