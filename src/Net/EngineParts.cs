using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Net.Dns;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using Ringwright.Switch.Trunks;

namespace Ringwright.Net;

/// <summary>What the effects of all shards run against.</summary>
internal sealed record EngineParts
{
    public required ILedger Ledger { get; init; }
    public required IDialGate Gate { get; init; }
    public required GateWait GateWait { get; init; }
    public required IPrompts Prompts { get; init; }
    public required IMediaPlane Media { get; init; }
    public required TargetPolicy Targets { get; init; }
    public required SipTransports Transports { get; init; }
    public required SipNetworks Networks { get; init; }
    public required Resolver Resolver { get; init; }
    public required TrunkWatch Trunks { get; init; }
    /// <summary>How the trunks stand.</summary>
    public required TrunkBoard Health { get; init; }
    public required RefusedRegisters Refused { get; init; }
    public required RefusedCallBook RefusedCalls { get; init; }
    public required RefusedRequests RefusedRequests { get; init; }
    public required ILogger Logger { get; init; }
    public required TimeProvider Clock { get; init; }
    public required PhoneTexts Texts { get; init; }
    public CallTraceRecorder? CallTraces { get; init; }
    public IRegistrationStore? Registrations { get; init; }
    /// <summary>Those of other nodes; there are none when null.</summary>
    public IDialMemory? Dials { get; init; }
    /// <summary>Without it there are no other nodes.</summary>
    public ICallForwarder? Forwarder { get; init; }
    /// <summary>Those of other nodes; there are none when null.</summary>
    public ISharedNames? Names { get; init; }
    /// <summary>Without it nothing that is recorded is kept.</summary>
    public IRecordings? Recordings { get; init; }
    /// <summary>Without it commands that order live audio are refused.</summary>
    public ILiveAudio? LiveAudio { get; init; }
    /// <summary>Whether the process stood still a moment ago.</summary>
    public Func<bool> IsAfterStall { get; init; } = static () => false;
    public required SipDomains Hosts { get; init; }

    public void NoteInitiated(LegFacts leg)
    {
        Metrics.LegsActive.Add(1);
        Metrics.LegsStarted.Add(1, new KeyValuePair<string, object?>("direction", leg.Direction.ToString()));
        Logger.LegInitiated(leg.Uuid, leg.Direction, E164.Mask(leg.From), E164.Mask(leg.To));
    }
}
