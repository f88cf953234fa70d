using System.Collections.Frozen;

namespace Ringwright.Calls;

/// <summary>What a trunk said of a caller beside who he is. Nobody else's word becomes one of these.</summary>
public sealed record BroughtIdentity
{
    public CallerAttestation? Attestation { get; init; }
    /// <summary>Values of Identity headers (RFC 8224) as they came: nobody here has verified them.</summary>
    public IReadOnlyList<string> Passports { get; init; } = [];
}

/// <summary>How much a carrier knows of the right of a caller to his number (STIR/SHAKEN, ATIS-1000074).</summary>
/// <param name="Level">What the caller's own carrier vouches for; null when that is not said.</param>
/// <param name="Verification">What became of its signature at the carrier that brought the call; null when that is not said.</param>
public sealed record CallerAttestation(AttestationLevel? Level, CallerVerification? Verification)
{
    /// <summary>
    /// Headers by which carriers say it, or where a call came from. Whoever is no trunk neither sets them nor shows them to anybody.
    /// </summary>
    public static FrozenSet<string> Headers { get; } = FrozenSet.ToFrozenSet(
        [.. LevelHeaders, .. VerificationHeaders, "P-Origination-ID", "X-Origination-ID"], StringComparer.OrdinalIgnoreCase);

    /// <summary>With A, B or C.</summary>
    public static IReadOnlyList<string> LevelHeaders => ["P-Attestation-Indicator", "X-Attestation-Indicator", "X-Attestation"];

    /// <summary>With what the verstat parameter says elsewhere.</summary>
    public static IReadOnlyList<string> VerificationHeaders => ["X-Verstat", "P-Verstat", "X-Twilio-VerStat"];

    /// <summary>In words.</summary>
    public override string ToString() => (Verification switch
    {
        CallerVerification.Passed => "the trunk says: caller verified",
        CallerVerification.Failed => "the trunk says: verification of the caller failed",
        CallerVerification.NotDone => "the trunk says: caller not verified",
        _ => "the trunk says: caller attested",
    }) + (Level is { } level ? $", level {level}" : "");
}

/// <summary>A knows customer and number, B the customer, C only where the call came in.</summary>
public enum AttestationLevel { A, B, C }

/// <summary>As a verstat parameter says (3GPP TS 24.229).</summary>
public enum CallerVerification
{
    /// <summary>TN-Validation-Passed.</summary>
    Passed,
    /// <summary>TN-Validation-Failed.</summary>
    Failed,
    /// <summary>No-TN-Validation.</summary>
    NotDone,
}
