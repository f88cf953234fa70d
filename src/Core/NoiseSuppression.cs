namespace Ringwright.Core;

/// <summary>Noise behind voices is made quieter.</summary>
/// <param name="IsOfSaid">Behind what the leg's party says.</param>
/// <param name="IsOfHeard">Behind what others say to the party.</param>
public sealed record NoiseSuppression(bool IsOfSaid, bool IsOfHeard);
