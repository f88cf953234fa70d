using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Voipbin.Queueing;

/// <summary>
/// The callers in queues who are on calls of this process, and who looks for agents for them. Whose turn it is the database says, for
/// callers of another node may have waited longer.
/// </summary>
internal sealed class QueueFloor(VoipbinParts parts, CallWork work)
{
    private readonly ConcurrentDictionary<string, QueuedCaller> _callers = new(StringComparer.Ordinal);
    private readonly Dictionary<(TenantId, string), QueueDesk> _desks = [];
    private readonly SemaphoreSlim _counts = new(1);

    public QueuedCaller? Find(string id) => _callers.GetValueOrDefault(id);

    public void Wake(TenantId tenant)
    {
        lock (_desks)
            foreach (var (key, desk) in _desks)
                if (key.Item1 == tenant) desk.Wake();
    }

    /// <summary>He waits from now on.</summary>
    /// <exception cref="StoreUnavailableException">He does not wait yet.</exception>
    public async ValueTask<QueuedCaller> EnterAsync(LegFacts leg, ResourceRow queue, CancellationToken stop)
    {
        var row = await work.Queuecalls.AddAsync(queue.Tenant, new()
        {
            ["queue_id"] = queue.Id, ["reference_type"] = "call", ["reference_id"] = leg.Uuid.ToString(),
            ["status"] = Queuecalls.Initiating,
        }, stop);
        var caller = new QueuedCaller(row, queue, leg);
        _callers[caller.Id] = caller;
        try
        {
            await CountEntryAsync(caller);
            await WaitAsync(caller);
            return caller;
        }
        catch
        {
            // He is swept.
            _callers.TryRemove(caller.Id, out _);
            throw;
        }
    }

    /// <summary>The queue counts him; where that cannot be written, whoever looks for agents is to ask again.</summary>
    public async ValueTask CountEntryAsync(QueuedCaller caller)
    {
        try
        {
            await CountAsync(caller.Queue, static body => Add(body, "total_incoming_count"), caller.Id, "wait_queuecall_ids");
            caller.IsUncounted = false;
        }
        catch (StoreUnavailableException)
        {
            caller.IsUncounted = true;
        }
    }

    /// <summary>He waits, for the first time or again.</summary>
    public async ValueTask WaitAsync(QueuedCaller caller)
    {
        try
        {
            await WriteWaitingAsync(caller);
        }
        catch (StoreUnavailableException)
        {
            caller.IsUnwritten = true;
        }
        DeskOf(caller).Add(caller);
    }

    public async ValueTask WriteWaitingAsync(QueuedCaller caller) =>
        await work.Queuecalls.ChangeAsync(caller.Row.Tenant, caller.Id, static body =>
        {
            if ((string?)body["status"] is Queuecalls.Waiting or Queuecalls.Done or Queuecalls.Abandoned) return false;
            (body["status"], body["service_agent_id"]) = (Queuecalls.Waiting, VoipbinShape.Nobody);
            return true;
        }, Queuecalls.Waiting, CancellationToken.None);

    /// <summary>An agent has answered him. May be asked again where it failed.</summary>
    public async ValueTask ServeAsync(QueuedCaller caller, DateTimeOffset at)
    {
        await work.Queuecalls.ChangeAsync(caller.Row.Tenant, caller.Id, body =>
        {
            if ((string?)body["status"] is Queuecalls.Service) return false;
            (body["status"], body["tm_service"]) = (Queuecalls.Service, VoipbinTime.Text(at));
            body["duration_waiting"] = Milliseconds(at - caller.Row.CreatedAt);
            return true;
        }, "serviced", CancellationToken.None);
        if (Guid.TryParse(Store.Tables.AttemptMark.Of(caller.Leg), out var attempt))
            await parts.Store.DialAttempts.NoteAgentAsync(caller.Row.Tenant, attempt, at, CancellationToken.None);
        // Last, for it would be counted twice.
        await CountAsync(caller.Queue, body => Add(body, "total_serviced_count"), caller.Id, "service_queuecall_ids");
    }

    /// <summary>He is out of the queue.</summary>
    public async ValueTask LeaveAsync(QueuedCaller caller, DateTimeOffset at)
    {
        DeskOf(caller).Remove(caller);
        try
        {
            await Queuecalls.EndAsync(work, caller.Row, at, CancellationToken.None);
        }
        finally
        {
            // Also where the database has not taken it: who is known stands before those behind him, and nobody sweeps him.
            _callers.TryRemove(caller.Id, out _);
        }
    }

    /// <summary>There is one for each queue that was ever waited in.</summary>
    private QueueDesk DeskOf(QueuedCaller caller)
    {
        var key = (caller.Row.Tenant, caller.Queue.Id);
        lock (_desks)
        {
            if (!_desks.TryGetValue(key, out var desk)) _desks[key] = desk = new(parts, work, caller.Row.Tenant, caller.Queue.Id);
            return desk;
        }
    }

    /// <summary>Of the queue, as GET shows it; nobody is told of each.</summary>
    /// <param name="list">Where the call's id is from now on; null for nowhere.</param>
    public async ValueTask CountAsync(ResourceRow queue, Func<JsonObject, bool> count, string id, string? list)
    {
        await _counts.WaitAsync();
        try
        {
            await work.Queues.ChangeAsync(queue.Tenant, queue.Id, body =>
            {
                foreach (string name in (string[])["wait_queuecall_ids", "service_queuecall_ids"])
                {
                    JsonArray ids = [.. (body[name] as JsonArray ?? []).Select(one => (string?)one ?? "")
                        .Where(one => one != id).Select(one => (JsonNode)one)];
                    if (name == list) ids.Add((JsonNode)id);
                    body[name] = ids;
                }
                return count(body);
            }, name: null, CancellationToken.None);
        }
        finally
        {
            _counts.Release();
        }
    }

    public static bool Add(JsonObject body, string count)
    {
        body[count] = ((int?)body[count] ?? 0) + 1;
        return true;
    }

    public static int Milliseconds(TimeSpan span) => (int)Math.Clamp(span.TotalMilliseconds, 0, int.MaxValue);
}
