using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Voipbin.Queueing;

/// <summary>The agents of this API's queues, as campaigns ask for them.</summary>
internal sealed class AgentPool(VoipbinParts parts, CallWork work) : IQueueAgents
{
    /// <summary>Values of one question to the database.</summary>
    private const int AtOnce = 200;

    public async ValueTask<QueueRoom?> AskAsync(TenantId tenant, Guid queue, Guid campaign, CancellationToken stop)
    {
        if (await FindAsync(tenant, queue, stop) is not { } row) return null;
        var free = await work.Presence.FreeAsync(row, stop);
        var answered = await parts.Store.DialAttempts.ListAnsweredAsync(tenant, campaign, stop);
        int waiting = answered.Count;
        foreach (string[] some in answered.Chunk(AtOnce))
        {
            var queued = await work.Queuecalls.ListAsync(tenant, AtOnce * 10, stop, new ResourceFilter("reference_id", "in", some));
            // One for whom an agent is rung, or was.
            waiting -= queued.Where(call => (string?)call.Body["status"] is not (Queuecalls.Initiating or Queuecalls.Waiting))
                .Select(call => (string?)call.Body["reference_id"]).Distinct().Count();
        }
        return new QueueRoom(free.Count, waiting);
    }

    public async ValueTask<int> CountBusyAsync(TenantId tenant, Guid queue, CancellationToken stop) =>
        await FindAsync(tenant, queue, stop) is { } row ? (await work.Presence.BusyAsync(row, stop)).Count : 0;

    private async ValueTask<ResourceRow?> FindAsync(TenantId tenant, Guid queue, CancellationToken stop) =>
        await work.Queues.FindAsync(tenant, queue.ToString(), stop) is { } row && ResourceKind.DeletedAt(row) is null ? row : null;
}
