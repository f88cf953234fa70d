using System.Buffers.Binary;

namespace Ringwright.Server.Rehearsal;

/// <summary>
/// What a party hears, in stretches of sound with silence between them: when each began, how long it was and how loud.
/// </summary>
internal sealed class HeardSound
{
    /// <summary>Of one frame: less is silence.</summary>
    private const double LeastDecibels = -50;
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

    /// <summary>Between words there is less.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(600);

    private readonly Lock _lock = new();
    private DateTimeOffset? _began, _last;
    private double _energy;
    private int _samples;

    /// <summary>Called behind each stretch, with when it began, its length, and its level in decibels below full scale.</summary>
    public required Action<DateTimeOffset, TimeSpan, double> Heard { get; init; }

    /// <summary>When there was sound last.</summary>
    public DateTimeOffset? LastSound
    {
        get { lock (_lock) return _last; }
    }

    /// <summary>When the stretch began that is not over; null in silence.</summary>
    public DateTimeOffset? Began
    {
        get { lock (_lock) return _began; }
    }

    /// <summary>Nothing has been heard for a moment.</summary>
    public bool IsQuiet(DateTimeOffset now)
    {
        lock (_lock) return _last is not { } last || now - last > Gap;
    }

    /// <param name="samples">Of 20 ms, each with its high byte first.</param>
    public void Take(ReadOnlySpan<byte> samples, DateTimeOffset at)
    {
        double energy = 0;
        int count = samples.Length / 2;
        for (int i = 0; i < count; i++)
        {
            double sample = BinaryPrimitives.ReadInt16BigEndian(samples[(2 * i)..]) / 32768.0;
            energy += sample * sample;
        }
        bool isSound = count > 0 && Decibels(energy / count) > LeastDecibels;
        lock (_lock)
        {
            if (isSound)
            {
                _began ??= at;
                _last = at;
                (_energy, _samples) = (_energy + energy, _samples + count);
            }
            if (_began is not null && at - _last > Gap) Tell();
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void End()
    {
        lock (_lock)
            if (_began is not null) Tell();
    }

    private void Tell()
    {
        // both are set with the first sound
        Heard(_began!.Value, _last!.Value - _began.Value + Frame, Decibels(_energy / _samples));
        (_began, _energy, _samples) = (null, 0, 0);
    }

    private static double Decibels(double power) => 10 * Math.Log10(Math.Max(power, 1e-10));
}
