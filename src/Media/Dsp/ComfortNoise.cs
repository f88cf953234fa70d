namespace Ringwright.Media.Dsp;

/// <summary>
/// The background that a party describes while it says nothing (RFC 3389): white noise of its level.
/// The spectrum that a packet may describe too is not followed.
/// </summary>
internal sealed class ComfortNoise
{
    /// <summary>Static payload type of RFC 3551.</summary>
    public const byte PayloadType = 13;

    /// <summary>RFC 3389 section 3: the level is 0 to 127 below the overload point, in dB.</summary>
    private const int QuietestLevel = 127;

    private uint _state = 0x2545_F491;
    private double _peak;

    /// <summary>The party is silent and has said how its background sounds.</summary>
    public bool IsOn { get; private set; }

    /// <param name="payload">Of a comfort noise packet. An empty one says nothing of a level: it is silence.</param>
    public void Begin(ReadOnlySpan<byte> payload)
    {
        IsOn = true;
        int level = payload.IsEmpty ? QuietestLevel : payload[0] & QuietestLevel;
        // Even noise has an effective value of its peak by the root of three.
        _peak = Math.Min(short.MaxValue, short.MaxValue * Math.Pow(10, -level / 20.0) * Math.Sqrt(3));
    }

    public void End() => IsOn = false;

    public void Read(Span<short> into)
    {
        for (int i = 0; i < into.Length; i++)
        {
            _state ^= _state << 13;
            _state ^= _state >> 17;
            _state ^= _state << 5;
            into[i] = (short)(_peak * ((int)_state / (double)int.MaxValue));
        }
    }
}
