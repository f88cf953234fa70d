namespace Ringwright.Core;

/// <summary>How the voices on a leg are changed.</summary>
/// <param name="Pitch">
/// What a frequency is multiplied by, from <see cref="LeastPitch"/> to <see cref="MostPitch"/>: 2 is an octave up. Nobody speaks faster or
/// slower by it.
/// </param>
public sealed record SoundModification(double Pitch)
{
    public const double LeastPitch = 0.25, MostPitch = 4;

    /// <summary>Of what the leg's party says: as everybody hears it, and as it is recorded.</summary>
    public bool IsOfSaid { get; init; }

    /// <summary>Of what the party is given to hear, whoever says it.</summary>
    public bool IsOfHeard { get; init; }
}
