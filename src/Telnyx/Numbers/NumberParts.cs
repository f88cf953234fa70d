using Ringwright.Calls;
using Ringwright.Store;

namespace Ringwright.Telnyx.Numbers;

/// <summary>What the handlers of numbers and of those that are proved use.</summary>
public sealed record NumberParts
{
    public required Database Store { get; init; }
    public required ISpeech Speech { get; init; }
    /// <summary>Whom calls that tell a code come from; null takes a number of the account that asks.</summary>
    public string? VerificationCaller { get; init; }
}
