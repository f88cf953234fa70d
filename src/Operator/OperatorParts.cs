using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Campaigns.Carriers;
using Ringwright.Core;
using Ringwright.Delivery.Streams;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>What the operator's handlers use beside the pipeline's services.</summary>
public sealed record OperatorParts
{
    public required Database Store { get; init; }
    /// <summary>Nobody reaches these operations over TCP without the operator key.</summary>
    public required bool AsksForKey { get; init; }
    public OperatorAccountParts Accounts { get; init; } = new();
    public required OperatorCallParts Calls { get; init; }
    public required OperatorTrunkParts Trunks { get; init; }
    /// <summary>The node's: two that count in the same millisecond would make one id twice.</summary>
    public required Snowflakes Snowflakes { get; init; }
    public required SnapshotParts Snapshots { get; init; }
    public OperatorDocumentParts Documents { get; init; } = new();
    /// <summary>What the operator decides on; null where no node runs.</summary>
    public IReadOnlyList<LifeCycle>? Cycles { get; init; }
    public required ILogger Logger { get; init; }
}

/// <summary>Of accounts, their keys, money and events.</summary>
public sealed record OperatorAccountParts
{
    /// <summary>Called when keys have ended, so that they stop on this node at once.</summary>
    public Action KeysChanged { get; init; } = static () => { };
    /// <summary>What a new account is given beside its keys, by name: shown this once.</summary>
    public Func<Tenant, CancellationToken, ValueTask<JsonObject>> Credentials { get; init; } = static (_, _) => new(new JsonObject());
    /// <summary>Makes somebody who looks after all agencies; null where the address is somebody's.</summary>
    public Func<string, CancellationToken, ValueTask<JsonObject?>> Administrator { get; init; } = static (_, _) => new((JsonObject?)null);
    /// <summary>Asks the providers and carriers that agencies have; none where no node runs.</summary>
    public Func<CancellationToken, ValueTask<IReadOnlyList<JsonObject>>> Providers { get; init; } = static _ => new([]);
    /// <summary>What live calls hold of balances; null where no call lives.</summary>
    public IHolds? Holds { get; init; }
    /// <summary>For those who follow an account's events.</summary>
    public EventStream? Events { get; init; }
}

/// <summary>Of calls and the ways that they take.</summary>
public sealed record OperatorCallParts
{
    public required ICallControl Control { get; init; }
    public required IRouteExplainer Explainer { get; init; }
    public required CallTraces Traces { get; init; }
    /// <summary>False where no node runs.</summary>
    public bool AreLive { get; init; } = true;
    /// <summary>Whether a call waits for room on this node.</summary>
    public Func<TenantId, LegId, bool> IsWaiting { get; init; } = static (_, _) => false;
    public OperatorRefusedParts Refused { get; init; } = new();
    /// <summary>The call as each API of calls shows it to its account; null where none is served.</summary>
    public Func<LegRow, CancellationToken, ValueTask<IReadOnlyList<CallFace>>>? Show { get; init; }
    /// <summary>What is carried elsewhere while calls run; null where no call lives.</summary>
    public ICarriedAudio? Audio { get; init; }
    public OperatorLabParts Lab { get; init; } = new();
}

/// <summary>Of what was refused since the node started; null where no signalling runs.</summary>
public sealed record OperatorRefusedParts
{
    /// <summary>Those that came in.</summary>
    public IRefusedCalls? Calls { get; init; }
    /// <summary>Those that an API or a program asked for.</summary>
    public IRefusedDials? Dials { get; init; }
    public IRefusedRegistrations? Registrations { get; init; }
}

/// <summary>Of people and of a time that are the node's own.</summary>
public sealed record OperatorLabParts
{
    /// <summary>The calls of the lab's people, by their door; gives null, as it is itself, where no lab runs.</summary>
    public Func<CancellationToken, ValueTask<JsonArray?>>? Calls { get; init; }
    /// <summary>Makes a page on which a browser calls that number, for so long; null where there is no lab to call by.</summary>
    public Func<string, TimeSpan, TryLink?>? CreateTryLink { get; init; }
    /// <summary>Null on a node that goes by the wall clock.</summary>
    public INodeClock? Clock { get; init; }
}

/// <summary>Of trunks, and of what texts go by.</summary>
public sealed record OperatorTrunkParts
{
    public required ITrunkRegistrations Registrations { get; init; }
    /// <summary>How their addresses stand; null where no signalling runs.</summary>
    public ITrunkTargets? Targets { get; init; }
    public required TrunkHosts Hosts { get; init; }
    public required ITrunkHostCheck HostCheck { get; init; }
    /// <summary>Asks each place that a trunk's calls would try; null where no signalling runs.</summary>
    public Func<Trunk, CancellationToken, ValueTask<IReadOnlyList<TrunkTest>>>? Test { get; init; }
    /// <summary>How the bind with a carrier of texts stands, by the carrier's id; null where no node runs.</summary>
    public Func<Guid, TextBindStatus?>? TextBinds { get; init; }
}

/// <summary>Of documents that the node serves for accounts.</summary>
public sealed record OperatorDocumentParts
{
    /// <summary>Where calls fetch them from.</summary>
    public PublicLinks Links { get; init; } = PublicLinks.Relative;
    /// <summary>Why a text is no document; null when it is one.</summary>
    public Func<string, string?> FaultOf { get; init; } = static _ => null;
}
