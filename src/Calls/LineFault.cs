namespace Ringwright.Calls;

/// <summary>
/// What a bad line does to the packets of a leg, in both directions: loses a share of them (0 to 1),
/// and delays each by up to <paramref name="Jitter"/>.
/// </summary>
/// <param name="Seed">Fixes which.</param>
public sealed record LineFault(double Loss, TimeSpan Jitter, ulong Seed);
