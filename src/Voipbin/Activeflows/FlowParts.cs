using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>What flows work with.</summary>
internal sealed record FlowParts
{
    public required IFlowRecords Records { get; init; }
    public required IEgress Egress { get; init; }
    /// <summary>Where audio may be sent.</summary>
    public required TargetPolicy Targets { get; init; }
    /// <summary>What flows wait by.</summary>
    public required TimeProvider Time { get; init; }
    public required ILogger Log { get; init; }
    /// <summary>Null until the node serves: then no call is placed.</summary>
    public ICallControl? Calls { get; set; }
    /// <summary>Asked before somebody is written to; null where nothing dials.</summary>
    public IDialGate? Gate { get; set; }
    /// <summary>What live calls hold of balances; null where no call lives.</summary>
    public IHolds? Holds { get; set; }
    /// <summary>So long a text to a number waits for its way out of the node; null where none leads there.</summary>
    public Func<string, TimeSpan?> WaitOf { get; set; } = static _ => null;
    /// <summary>The accounts' assistants; null where no language model thinks.</summary>
    public IFlowAssistants? Assistants { get; set; }
    /// <summary>The account above one; null for one that has none.</summary>
    public Func<TenantId, TenantId?> Above { get; init; } = static _ => null;
    /// <summary>Mail can go out.</summary>
    public bool HasMail { get; init; }
    /// <summary>Why recordings in that format cannot be made here, as a sentence; null when they can.</summary>
    public Func<RecordFormat, string?> MissingFor { get; set; } = static _ => null;
    /// <summary>Queues and their agents; null until there are any.</summary>
    public CallWork? Work { get; set; }
    /// <summary>Asked for addresses that are neither numbers nor SIP URIs; null when there is nobody behind one.</summary>
    public Func<TenantId, JsonObject, CancellationToken, ValueTask<IReadOnlyList<string>?>> Resolve { get; set; } =
        static (_, _, _) => new((IReadOnlyList<string>?)null);

    public PlacedCalls Placed { get; } = new();
    public GivenVariables Given { get; } = new();
    public MailBudget Mails => field ??= new(Time, Above);
    public FlowHost Host => field ??= new(this);

    /// <summary>A new program for a call of this application; null when it is none of flows.</summary>
    public ICallProgram? CreateProgram(Application application) =>
        application.Kind is not ApplicationKind.Flow ? null
        : Guid.TryParseExact(application.Target, "D", out var flow) ? new FlowProgram(this, flow)
        : Placed.CreateProgram(this, application.Target);
}
