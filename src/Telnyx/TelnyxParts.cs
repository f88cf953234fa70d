using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Campaigns.Numbering;
using Ringwright.Delivery.Streams;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Jobs;
using Ringwright.Store.Recordings;
using Ringwright.Telnyx.Account.Notifications;

namespace Ringwright.Telnyx;

/// <summary>What this dialect's handlers use beside the pipeline's services.</summary>
public sealed record TelnyxParts
{
    public required Ids Ids { get; init; }
    public required EgressClient Egress { get; init; }
    public required Database Store { get; init; }
    public required IRegistrations Registrations { get; init; }
    public required RecordingFolder Blobs { get; init; }
    /// <summary>Says which recordings can be made.</summary>
    public required IRecordingFiles Files { get; init; }
    /// <summary>Where recordings and the files of jobs are fetched.</summary>
    public required DownloadLinks Links { get; init; }
    /// <summary>Files of jobs.</summary>
    public required ResultFolder Results { get; init; }
    public required ISpeech Speech { get; init; }
    /// <summary>What programs are let in with.</summary>
    public required AccessTokens Tokens { get; init; }
    public required ISelfTest SelfTest { get; init; }
    /// <summary>What live calls hold of balances; null where no call lives.</summary>
    public IHolds? Holds { get; init; }
    /// <summary>What the world's numbers are.</summary>
    public required NumberingPlans Plans { get; init; }
    /// <summary>Whom calls that tell a code come from; null takes a number of the account that asks.</summary>
    public string? VerificationCaller { get; init; }
    /// <summary>For those who listen to an account's events.</summary>
    public required EventStream Events { get; init; }
    public required Notifier Notifications { get; init; }
    /// <summary>What the host names of the operator's trunks lead to; nothing where no node runs.</summary>
    public TrunkHosts TrunkHosts { get; init; } = new();
}
