using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Voipbin.Queueing;

/// <summary>
/// Looks for agents for the callers of one queue who are on calls of this process, as long as one waits: when somebody becomes free here,
/// and every second, for another node says nothing of it. Any agent of the queue may be the one.
/// </summary>
internal sealed class QueueDesk(VoipbinParts parts, CallWork work, TenantId tenant, string queue)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1), Next = TimeSpan.FromMilliseconds(100);
    /// <summary>Callers of nodes that have died may stand before the first who is alive.</summary>
    private const int Heads = 50;

    private readonly Lock _lock = new();
    private readonly List<QueuedCaller> _waiting = [];
    private TaskCompletionSource _wake = Bell();
    private bool _isRunning;

    public void Add(QueuedCaller caller)
    {
        lock (_lock)
        {
            _waiting.Add(caller);
            if (!_isRunning) _ = Task.Run(RunAsync);
            _isRunning = true;
        }
        Wake();
    }

    public void Remove(QueuedCaller caller)
    {
        lock (_lock) _waiting.Remove(caller);
        Wake();
    }

    public void Wake() => Volatile.Read(ref _wake).TrySetResult();

    private async Task RunAsync()
    {
        while (true)
        {
            var wake = Volatile.Read(ref _wake);
            if (wake.Task.IsCompleted) Volatile.Write(ref _wake, wake = Bell());
            lock (_lock)
            {
                // Whoever comes later begins it again.
                if (_waiting.Count == 0)
                {
                    _isRunning = false;
                    return;
                }
            }
            bool isMatched = false;
            try
            {
                isMatched = await MatchAsync();
            }
            catch (Exception failed) when (failed is not OutOfMemoryException)
            {
                // The database may be away; they wait on.
                parts.Log.NobodyMatched(failed, queue);
            }
            if (isMatched) await Task.Delay(Next, work.Time);
            else
            {
                try
                {
                    await wake.Task.WaitAsync(Look, work.Time);
                }
                catch (TimeoutException)
                {
                    // As usual.
                }
            }
        }
    }

    /// <summary>Whoever has waited longest gets an agent, if he is one of this process and somebody is free.</summary>
    private async ValueTask<bool> MatchAsync()
    {
        foreach (var caller in Waiting()) await SettleAsync(caller);
        if (await work.Queues.FindAsync(tenant, queue, CancellationToken.None) is not { } row || ResourceKind.DeletedAt(row) is not null)
        {
            foreach (var left in Waiting()) left.Tell(new QueuedNews.QueueGone());
            return false;
        }
        var heads = await work.Queuecalls.ListAsync(tenant, Heads, CancellationToken.None,
            new ResourceFilter("status", "eq", [Queuecalls.Waiting]), new ResourceFilter("queue_id", "eq", [queue]));
        var first = heads.FirstOrDefault(head => (string?)head.Body[LiveRows.Owner] is { } owner
            && (owner == parts.Owner ? work.Floor.Find(head.Id) is not null : parts.IsAlive(owner)));
        if (first is null || Waiting().FirstOrDefault(caller => caller.Id == first.Id) is not { } turn) return false;
        var now = work.Time.GetUtcNow();
        var free = (await work.Presence.FreeAsync(row, CancellationToken.None))
            .Where(agent => !turn.Tried.TryGetValue(agent.Id, out var until) || until <= now).ToArray();
        Random.Shared.Shuffle(free);
        foreach (var agent in free)
        {
            try
            {
                if (!await work.Presence.TakeAsync(tenant, agent.Id, turn.Id, CancellationToken.None)) continue;
                if (!await ConnectAsync(turn, agent))
                    await work.Presence.ReleaseAsync(tenant, agent.Id, turn.Id, CancellationToken.None);
                return true;
            }
            catch
            {
                // Nobody knows what was written: else the agent would be rung for nobody, and the caller would wait for him.
                turn.ToFree.Enqueue(agent.Id);
                turn.IsUnwritten = true;
                throw;
            }
        }
        return false;
    }

    /// <summary>What could not be written when the database was away.</summary>
    private async ValueTask SettleAsync(QueuedCaller caller)
    {
        if (caller.IsUncounted) await work.Floor.CountEntryAsync(caller);
        if (caller.IsUnwritten) await work.Floor.WriteWaitingAsync(caller);
        caller.IsUnwritten = false;
        while (caller.ToFree.TryPeek(out string? agent))
        {
            await work.Presence.ReleaseAsync(tenant, agent, caller.Id, CancellationToken.None);
            caller.ToFree.TryDequeue(out _);
        }
    }

    /// <summary>False when he waits no more.</summary>
    private async ValueTask<bool> ConnectAsync(QueuedCaller caller, ResourceRow agent)
    {
        bool isHis = await work.Queuecalls.ChangeAsync(tenant, caller.Id, body =>
        {
            if ((string?)body["status"] is not Queuecalls.Waiting) return false;
            (body["status"], body["service_agent_id"]) = (Queuecalls.Connecting, agent.Id);
            return true;
        }, Queuecalls.Connecting, CancellationToken.None) is (_, true);
        if (!isHis) return false;
        lock (_lock) _waiting.Remove(caller);
        return caller.Tell(new QueuedNews.Matched(agent));
    }

    private QueuedCaller[] Waiting()
    {
        lock (_lock) return [.. _waiting];
    }

    private static TaskCompletionSource Bell() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
