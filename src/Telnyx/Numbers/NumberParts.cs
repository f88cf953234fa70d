using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Telnyx.Account.Notifications;

namespace Ringwright.Telnyx.Numbers;

/// <summary>What the handlers of numbers and of those that are proved use.</summary>
public sealed record NumberParts
{
    public required Database Store { get; init; }
    public required ISpeech Speech { get; init; }
    /// <summary>What the world's numbers are.</summary>
    public required NumberingPlans Plans { get; init; }
    /// <summary>Whom calls that tell a code come from; null takes a number of the account that asks.</summary>
    public string? VerificationCaller { get; init; }
    /// <summary>Whom accounts want to be told; null tells nobody beside those who listen.</summary>
    public Notifier? Notifications { get; init; }
    public required DownloadLinks Links { get; init; }
}
