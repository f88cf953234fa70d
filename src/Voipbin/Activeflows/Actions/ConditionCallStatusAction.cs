using Ringwright.Calls;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Goes on with the next action where the call is in that state, else elsewhere.</summary>
internal sealed class ConditionCallStatusAction : IFlowAction
{
    public string Type => "condition_call_status";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.OneOf("status", "dialing", "ringing", "progressing", "terminating", "canceling", "hangup").Required,
        FlowOption.Id("false_target_id"),
    ];

    public bool EndsOnFailure => true;

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        var leg = run.Call!.Leg;
        string status = leg.AnsweredAt is not null ? "progressing" : leg.Direction is Direction.Inbound ? "ringing" : "dialing";
        return new(status == options.Text("status") ? FlowStep.Next : new FlowStep.Jump(options.Id("false_target_id") ?? Guid.Empty));
    }
}
