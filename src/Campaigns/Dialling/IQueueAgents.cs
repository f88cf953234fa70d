using Ringwright.Core;

namespace Ringwright.Campaigns.Dialling;

/// <summary>Who could take a call of a queue at this moment.</summary>
/// <param name="Free">Agents of the queue whose status is available.</param>
/// <param name="Waiting">Answered callers of the campaign that no agent has been rung for yet.</param>
public readonly record struct QueueRoom(int Free, int Waiting);

/// <summary>The agents of queues, for campaigns that call no faster than somebody is free.</summary>
public interface IQueueAgents
{
    /// <returns>Null for a queue that is gone: nobody is called.</returns>
    ValueTask<QueueRoom?> AskAsync(TenantId tenant, Guid queue, Guid campaign, CancellationToken stop);

    /// <summary>
    /// Agents of the queue whose status is busy. Who talks and has said meanwhile that he goes is none of them: he takes no next call.
    /// </summary>
    ValueTask<int> CountBusyAsync(TenantId tenant, Guid queue, CancellationToken stop);
}
