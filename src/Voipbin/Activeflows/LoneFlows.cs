using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>The flows of campaigns that call nobody: one for each attempt, and with its id.</summary>
internal sealed class LoneFlows(FlowParts parts) : ILoneAttempts
{
    public bool HasRoom(TenantId tenant) => parts.Host.HasRoom(tenant);

    public async Task<LoneEnd> RunAsync(DialAttempt attempt, Application application, Action begun, CancellationToken stop)
    {
        if (!Guid.TryParseExact(application.Target, "D", out var flow)) return LoneEnd.Failed;
        var over = new TaskCompletionSource<FlowOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var order = new FlowOrder
        {
            Id = attempt.Id, Tenant = attempt.Tenant, Flow = flow, ReferenceType = FlowOrder.OfCampaign, Reference = attempt.Id,
            Attempt = attempt.Id,
        };
        var start = await parts.Host.StartAsync(order, outcome => over.TrySetResult(outcome));
        // What has run by this id is not run again.
        if (start is FlowStart.IdTaken) return LoneEnd.Lost;
        if (start is not FlowStart.Begun) return LoneEnd.Refused;
        begun();
        await using var cut = stop.UnsafeRegister(_ => parts.Host.Stop(attempt.Id), state: null);
        return await over.Task switch
        {
            FlowOutcome.Finished => LoneEnd.Done,
            // Whoever ends it has had what he wanted of it.
            FlowOutcome.Stopped => stop.IsCancellationRequested ? LoneEnd.Lost : LoneEnd.Done,
            FlowOutcome.Failed or FlowOutcome.CallOver or FlowOutcome.Lost => LoneEnd.Failed,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
