using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Campaigns.Texts;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Telnyx.Messaging;

/// <summary>What the handlers of texts, their profiles and toll-free verifications use.</summary>
public sealed record MessagingParts
{
    public required Database Store { get; init; }
    public required EgressClient Egress { get; init; }
    /// <summary>What the world's numbers are.</summary>
    public required NumberingPlans Plans { get; init; }
    /// <summary>Says whether a number may be written to; null where nothing dials.</summary>
    public IDialGate? Gate { get; init; }
    /// <summary>At which hours messages may arrive; null where nobody keeps any.</summary>
    public TextHours? Hours { get; init; }
    /// <summary>What waits to leave the node; null where nothing leaves it.</summary>
    public ITextQueue? Queue { get; init; }
    /// <summary>What live calls hold of balances; null where no call lives.</summary>
    public IHolds? Holds { get; init; }
    /// <summary>To files that go with messages.</summary>
    public required DownloadLinks Links { get; init; }

    /// <summary>So long a text waits for its way out of the node; null where it stays here, or no way leads to the number.</summary>
    public TimeSpan? WaitOf(RoutingSnapshot routing, string to) =>
        routing.FindOwnNumber(to) is { IsPortedOut: false } ? null : Queue?.WaitOf(to);
}
