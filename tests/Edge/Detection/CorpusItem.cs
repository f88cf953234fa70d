namespace Ringwright.Edge.Detection;

internal enum SoundKind { Person, Greeting, GreetingAndBeep, Music, Tone, Silence }

/// <summary>One answered call as the dialling side hears it: what it is, and its sound at 8 kHz.</summary>
internal sealed record CorpusItem
{
    public required ulong Seed { get; init; }
    public required bool IsHeldOut { get; init; }
    public required SoundKind Kind { get; init; }
    public required NoiseKind Noise { get; init; }
    /// <summary>Decibels between voice and noise; 0 on clean items.</summary>
    public required int SignalToNoise { get; init; }
    public required double Loss { get; init; }
    public required short[] Samples { get; init; }
    /// <summary>Where the beep ends, in seconds, when there is one.</summary>
    public double? BeepEnd { get; init; }
    public string Words { get; init; } = "";

    public bool IsClean => Noise is NoiseKind.None;
    public bool IsMachine => Kind is not (SoundKind.Person or SoundKind.Silence);
}
