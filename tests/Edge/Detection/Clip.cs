namespace Ringwright.Edge.Detection;

/// <summary>What a clip is of. From <see cref="Steady"/> on it is a greeting and a beep.</summary>
internal enum ClipKind { Person, Greeting, Ringback, Fax, Music, Steady, Low, Pair, Chime, Sweep, Row, Wave, Recorded }

/// <summary>One answered call that other programs have made, as the dialling side hears it.</summary>
internal sealed record Clip
{
    public required ulong Seed { get; init; }
    public required bool IsHeldOut { get; init; }
    public required ClipKind Kind { get; init; }
    /// <summary>A codec between the far end and this one: a name of SoX's, or empty.</summary>
    public required string Codec { get; init; }
    /// <summary>
    /// How loud the voice's louder half is, in decibels of a sine that fills the scale. A beep is up to 6 dB louder or quieter.
    /// </summary>
    public required int Level { get; init; }
    /// <summary>The part of the packets that is lost, in bursts.</summary>
    public required double Loss { get; init; }
    /// <summary>Decibels between the voice and the line's noise; 0 where there is none.</summary>
    public required int SignalToNoise { get; init; }
    /// <summary>8 kHz.</summary>
    public required short[] Samples { get; init; }
    /// <summary>Where the beep begins and ends, in seconds; 0 where there is none.</summary>
    public double BeepStart { get; init; }
    public double BeepEnd { get; init; }
    public string Words { get; init; } = "";

    public bool HasBeep => Kind >= ClipKind.Steady;

    /// <summary>
    /// A line as most are: no codec that models voices, nothing lost, not whispered and not cut at full scale;
    /// and a beep that is no instrument or buzzer.
    /// </summary>
    public bool IsUsual => Codec is "" or "al" or "vox" && Loss == 0 && SignalToNoise is 0 or >= 25 && Level is >= -30 and <= -12
        && Kind is not (ClipKind.Wave or ClipKind.Recorded);
}
