using Ringwright.Calls;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Places other calls, each with a flow of its own. Nobody waits for them; those that are chained end with this run.</summary>
internal sealed class CallAction : IFlowAction
{
    private static readonly TimeSpan Ring = TimeSpan.FromSeconds(60), Talk = TimeSpan.FromHours(1);

    public string Type => "call";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.Address("source"), FlowOption.Addresses("destinations").Required, FlowOption.Id("flow_id"),
        new("actions", OptionKind.Actions), FlowOption.Flag("chained"), FlowOption.Flag("early_execution"),
        FlowOption.OneOf("anonymous", "yes", "no", "auto"),
    ];

    public bool EndsOnFailure => false;

    public string? FaultOf(FlowOptions options) => options.Id("flow_id") is null && options.List("actions") is null
        ? "call needs flow_id or actions" : null;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        // A flow that calls by itself, and so on, is a chain that somebody else pays for.
        if (run.Order.Generation + 1 >= FlowLimits.Chain)
            return new FlowStep.Failed($"there are {FlowLimits.Chain} calls before it, each placed by the one before");
        var (to, fault) = await FlowAddresses.ReadAsync(run, options.Objects("destinations"));
        if (fault is not null) return new FlowStep.Failed(fault);
        var leg = run.Call?.Leg;
        if ((FlowAddresses.Party(options.Object("source")) ?? leg?.From) is not { } from)
            return new FlowStep.Failed("source must be a number or a SIP address where there is no call");
        var flow = options.Id("flow_id");
        if (flow is { } known && await run.Parts.Records.FindFlowAsync(run.Tenant, known, run.Interrupted) is null)
            return new FlowStep.Failed("the account has no such flow");
        var script = flow is null ? new FlowScript(null, FlowAction.ReadAll(options.List("actions")!), null) : null;  // or it has a fault
        foreach (string party in to)
            if (await PlaceAsync(run, options, party, from, flow, script) is { } refused) await run.WarnAsync($"call: {refused}");
        if (run.Call is { } call && run.Chained.Count > 0)
        {
            var shown = new LegCommand.SetLabels { Labels = Labels.Of((CallLabels.Chained, string.Join(' ', run.Chained))) };
            if (await call.TrySendAsync(shown) is { } full) await run.WarnAsync($"call: who ends with this call is not shown: {full}");
        }
        return FlowStep.Next;
    }

    private static async ValueTask<string?> PlaceAsync(FlowRunner run, FlowOptions options, string to, string from, Guid? flow,
        FlowScript? script)
    {
        if (run.Parts.Calls is not { } calls) return "no calls can be placed";
        var leg = run.Call?.Leg;
        bool isChained = options.Flag("chained");
        var placed = run.Parts.Placed.Add(new PlacedCall(flow, script, run.Order.Generation + 1, options.Flag("early_execution"),
            isChained ? run.Over.Token : CancellationToken.None));
        var dialled = await calls.DialAsync(new()
        {
            Tenant = run.Tenant, Connection = leg?.Connection ?? default, To = to, From = from, BroughtCaller = leg?.BroughtCaller,
            CallerName = VoipbinAddress.CallerNameOf(options.Object("source")),
            IsPrivate = options.Text("anonymous") is "yes", RingTimeout = Ring, TimeLimit = Talk,
            Application = new(ApplicationKind.Flow, placed.Target),
            Labels = Labels.Of((CallLabels.Master, isChained ? leg?.Uuid.ToString() : null)),
        }, CancellationToken.None);
        if (dialled is { Ack.IsAccepted: true, Leg: { } made })
        {
            if (isChained) run.Chained.Add(made.Uuid);
            return null;
        }
        run.Parts.Placed.Remove(placed);
        return $"{to} was refused: {dialled.Detail ?? dialled.Rule ?? dialled.Ack.Refusal.ToString()}";
    }
}
