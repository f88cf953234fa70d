using Ringwright.Calls;
using Ringwright.Store.Tables;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>Commands a call by a flow, and hangs up behind its last action.</summary>
/// <param name="flow">Of the leg's own account; null for the actions of <paramref name="placed"/>.</param>
/// <param name="placed">Of a call that a flow has placed.</param>
internal sealed class FlowProgram(FlowParts parts, Guid? flow, PlacedCall? placed = null) : ICallProgram
{
    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        var leg = call.Leg;
        // A campaign's call has one run, known by the attempt's id before there is a call; any other has the call's.
        Guid? attempt = Guid.TryParse(AttemptMark.Of(leg), out var marked) ? marked : null;
        var runner = new FlowRunner(parts, new()
        {
            Id = attempt ?? leg.Uuid, Tenant = leg.Tenant, Flow = flow, Script = placed?.Script, Attempt = attempt,
            ReferenceType = FlowOrder.OfCall, Reference = leg.Uuid, Generation = placed?.Generation ?? 0,
            IsEarly = placed?.IsEarly ?? false, Variables = parts.Given.Of(leg.Labels),
        }, call);
        if (placed is null)
        {
            try
            {
                await runner.RunAsync();
            }
            finally
            {
                // Those of a group have them together.
                if (leg.Labels[CallLabels.Group] is null) parts.Given.Forget(leg.Labels[CallLabels.Variables]);
            }
            return null;
        }
        // Without a timer, so nothing of it must be disposed.
        var chain = placed.Chain.UnsafeRegister(
            static run => ((FlowRunner)run!).Interrupt(new FlowStep.Hangup(HangupReasons.Normal)), runner);
        try
        {
            await runner.RunAsync();
        }
        finally
        {
            chain.Unregister();
            parts.Placed.Remove(placed);
        }
        return null;
    }
}
