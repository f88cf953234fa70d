using System.Globalization;
using Ringwright.Calls;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>What a run knows of itself, its call and its campaign as it begins.</summary>
internal static class FlowFacts
{
    public static async ValueTask FillAsync(FlowRunner run)
    {
        var (order, variables) = (run.Order, run.Variables);
        foreach (var (name, value) in order.Variables) await KeepAsync(run, name, value);
        foreach (var (name, value) in order.Own) variables.Set(name, value);
        variables.Set("activeflow.id", order.Id.ToString());
        variables.Set("activeflow.flow_id", IdText(order.Flow ?? order.Script?.Id));
        variables.Set("activeflow.reference_type", order.ReferenceType);
        variables.Set("activeflow.reference_id", IdText(order.Reference));
        variables.Set("activeflow.reference_activeflow_id", IdText(order.Parent));
        variables.Set("activeflow.complete_count", order.Completed.ToString(CultureInfo.InvariantCulture));
        if (run.Call is { Leg: var leg }) FillOf(leg, variables);
        if (order.Attempt is not { } attempt) return;
        var about = await run.Parts.Records.ReadAttemptAsync(run.Tenant, attempt, run.Interrupted);
        foreach (var (name, value) in about.Own) variables.Set(name, value);
        foreach (var (name, value) in about.OfTarget) await KeepAsync(run, name, value);
    }

    private static void FillOf(LegFacts leg, FlowVariables variables)
    {
        variables.Set("call.id", leg.Uuid.ToString());
        variables.Set("call.direction", leg.Direction is Direction.Inbound ? "incoming" : "outgoing");
        variables.Set("call.master_call_id", leg.Labels[CallLabels.Master] ?? VoipbinShape.Nobody);
        FillParty("call.source", leg.From, leg.CallerName ?? "", variables);
        FillParty("call.destination", leg.To, "", variables);
    }

    private static void FillParty(string prefix, string party, string name, FlowVariables variables)
    {
        bool isNumber = party.StartsWith('+');
        variables.Set(prefix + ".type", isNumber ? "tel" : "sip");
        variables.Set(prefix + ".target", isNumber ? party : party[(party.StartsWith("sip:", StringComparison.Ordinal) ? 4 : 0)..]);
        variables.Set(prefix + ".target_name", name);
        variables.Set(prefix + ".name", "");
        variables.Set(prefix + ".detail", "");
    }

    private static async ValueTask KeepAsync(FlowRunner run, string name, string value)
    {
        if (run.Variables.TrySet(name, value) is { } fault) await run.WarnAsync($"the variable '{name}' is not kept: it {fault}");
    }

    private static string IdText(Guid? id) => (id ?? Guid.Empty).ToString();
}
