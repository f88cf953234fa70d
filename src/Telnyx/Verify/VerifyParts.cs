using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Egress;
using Ringwright.Store;

namespace Ringwright.Telnyx.Verify;

/// <summary>What the handlers of codes, their profiles and templates use.</summary>
public sealed record VerifyParts
{
    public required Database Store { get; init; }
    public required EgressClient Egress { get; init; }
    public required ISpeech Speech { get; init; }
    /// <summary>What the world's numbers are.</summary>
    public required NumberingPlans Plans { get; init; }
    /// <summary>Says whether a number may be written to; null where nothing dials.</summary>
    public IDialGate? Gate { get; init; }
    /// <summary>What live calls hold of balances; null where no call lives.</summary>
    public IHolds? Holds { get; init; }
    /// <summary>Whom calls that tell a code come from; null takes a number of the account that asks.</summary>
    public string? Caller { get; init; }
    /// <summary>Numbers that calls which only ring come from; null where the operator has none.</summary>
    public NumberRange? FlashCallers { get; init; }
}
