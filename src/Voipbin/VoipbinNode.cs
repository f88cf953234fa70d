using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Voipbin.Activeflows;
using Ringwright.Voipbin.Calling;
using Ringwright.Voipbin.Queueing;

namespace Ringwright.Voipbin;

/// <summary>What the dialer's API has on one node beside its handlers: calls that it watches, and flows that run.</summary>
public sealed class VoipbinNode : IAsyncDisposable
{
    private readonly FlowParts _flows;
    private readonly FlowRecords _records;
    private readonly Contract _contract;

    /// <param name="given">Without the flows and the work that are made here.</param>
    public VoipbinNode(Contract contract, VoipbinParts given)
    {
        _contract = contract;
        var shape = contract.Schemas.Find("Activeflow") ?? throw new InvalidOperationException("The contract has no schema Activeflow.");
        _records = new(given.Store, new(given), shape);
        _flows = new()
        {
            Records = _records, Egress = given.Egress, Targets = given.Egress.Policy, Time = given.Store.Time, Log = given.Log,
            HasMail = given.HasMail, Above = account => given.Store.Routing.Current.FindTenant(account)?.Parent,
        };
        Parts = given with { Flows = _flows };
        Work = Parts.Work = _flows.Work = new(Parts, contract) { Programs = _flows.CreateProgram };
        _flows.Resolve = ResolveAsync;
        LoneAttempts = new LoneFlows(_flows);
        TargetAddresses = new NamedTargets(ResolveAsync);
    }

    public VoipbinParts Parts { get; }
    public CallWork Work { get; }
    /// <summary>For campaigns of the type flow.</summary>
    public ILoneAttempts LoneAttempts { get; }
    /// <summary>For campaigns whose lists name extensions and agents.</summary>
    public ITargetAddresses TargetAddresses { get; }

    /// <param name="assistants">Null where no language model thinks.</param>
    public void Use(IFlowAssistants? assistants) => _flows.Assistants = assistants;

    /// <param name="files">What says which recordings can be made.</param>
    public void Use(IRecordingFiles files) => _flows.MissingFor = files.Missing;

    /// <param name="waitOf">Says how long a text to a number waits for its way out of the node; null where none leads there.</param>
    public void Use(Func<string, TimeSpan?> waitOf) => _flows.WaitOf = waitOf;

    /// <summary>From now on flows place calls and send texts.</summary>
    public void Begin(ICallControl calls, Action campaignsChanged, Action agentsFreed, IDialGate? gate, IHolds? holds)
    {
        (_flows.Calls, _flows.Gate, _flows.Holds) = (calls, gate, holds);
        (Parts.CampaignsChanged, Parts.AgentsFreed) = (campaignsChanged, agentsFreed);
    }

    /// <summary>Called before a call can come, and before anything is told.</summary>
    public async ValueTask ReadAsync(CancellationToken stop)
    {
        await Work.ReadAsync(stop);
        if (await _records.EndLeftAsync(stop) is > 0 and var left) _flows.Log.FlowsLeft(left);
        VoipbinDialect.TellCampaigns(Parts.Store, _contract, Parts.Notation);
    }

    private async ValueTask<IReadOnlyList<string>?> ResolveAsync(TenantId tenant, JsonObject address, CancellationToken stop)
    {
        IEnumerable<JsonObject> behind = [address];
        if ((string?)address["type"] is "agent")
        {
            if (await Parts.Store.Documents.Rows(Agents.Stored).FindAsync(tenant, (string?)address["target"] ?? "", stop) is not { } agent
                    || ResourceKind.DeletedAt(agent) is not null)
                return null;
            behind = (agent.Body["addresses"] as JsonArray ?? []).OfType<JsonObject>();
        }
        return [.. behind.Select(one => AgentAddress.Dial(one, tenant, Parts.Store.Routing.Current, Parts.SipHome)).OfType<string>()];
    }

    public ValueTask DisposeAsync() => _flows.Host.DisposeAsync();
}
