using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Agency.Batches;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Agency.Calling;

/// <summary>
/// What becomes of the calls and batches of an agency, or of a client, as server-sent events (WHATWG HTML section 9.2), from all nodes of
/// the database. A listener is told how things stand when it can be told: nothing is queued for one that reads slowly, and one that does
/// not read at all is left.
/// </summary>
/// <param name="patience">How long a listener may take for one event; null for what is usual.</param>
internal sealed class CallStream(AgencyParts parts, AgencyCalls calls, AgencyBatches batches, TimeSpan? patience = null)
{
    public const string ContentType = "text/event-stream";

    /// <summary>Listeners of one agency, with its clients', and of the node.</summary>
    public const int MostOfAgency = 20, MostOfNode = 200;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1), Pulse = TimeSpan.FromSeconds(15),
        UsualPatience = TimeSpan.FromSeconds(10);

    /// <summary>What has ended is written down a moment later than it has.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<TenantId, int> _listeners = new();
    private readonly TimeSpan _patience = patience ?? UsualPatience;
    private int _all;

    private TimeProvider Time => parts.Store.Time;

    public ValueTask<Reply> Open(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        if (!TryEnter(scope.Agency))
            return new(op.Fail(Fault.TooManyRequests, $"At most {MostOfAgency} listeners may follow an agency at the same time."));
        // Clients that are made meanwhile are seen.
        IReadOnlyList<TenantId> Accounts() => AgencyCalls.AccountsOf(op.Routing, scope, null);
        return new(op.Stream(ContentType, (into, gone) => WriteAsync(scope, Accounts, op.IsWelcome, into, gone))
            .With("Cache-Control", "no-store"));
    }

    /// <summary>Takes a place, which <see cref="WriteAsync"/> gives back.</summary>
    public bool TryEnter(TenantId agency)
    {
        bool isRoom = Interlocked.Increment(ref _all) <= MostOfNode;
        if (_listeners.AddOrUpdate(agency, 1, static (_, count) => count + 1) <= MostOfAgency && isRoom) return true;
        Leave(agency);
        return false;
    }

    /// <summary>Goes on until the listener goes or may not listen any more, or the node stops; never throws for any of them.</summary>
    /// <param name="accounts">Whose calls are told, at this moment.</param>
    /// <param name="mayGoOn">Asked before anything is said.</param>
    public async Task WriteAsync(AgencyScope scope, Func<IReadOnlyList<TenantId>> accounts,
        Func<CancellationToken, ValueTask<bool>> mayGoOn, Stream into, CancellationToken gone)
    {
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(gone, parts.Closing);
            await FollowAsync(scope, accounts, mayGoOn, into, end.Token);
        }
        catch (Exception left) when (left is OperationCanceledException or IOException or StoreUnavailableException)
        {
            // Who lost us comes back, and asks for what has happened meanwhile.
        }
        finally
        {
            Leave(scope.Agency);
        }
    }

    private async Task FollowAsync(AgencyScope scope, Func<IReadOnlyList<TenantId>> accounts,
        Func<CancellationToken, ValueTask<bool>> mayGoOn, Stream into, CancellationToken gone)
    {
        var (up, open) = (await CallsAsync(accounts(), gone), await BatchesAsync(scope, gone));
        var told = (await AlertsAsync(scope, gone)).Select(alert => alert.Id).ToHashSet();
        await SayAsync(into, "event: listening\ndata: {}\n\n", gone);
        long saidAt = Time.GetTimestamp();
        while (true)
        {
            await Task.Delay(BetweenLooks, Time, gone);
            if (!await mayGoOn(gone)) return;
            var (nowUp, nowOpen) = (await CallsAsync(accounts(), gone), await BatchesAsync(scope, gone));
            var events = new List<(string Name, JsonNode Data)>();
            // One that is not found any more has ended so long ago that nobody looks for it there.
            var moved = nowUp.Values.Where(call => up.GetValueOrDefault(call.Uuid)?.State != call.State)
                .Concat(up.Values.Where(call => call.IsUp && !nowUp.ContainsKey(call.Uuid)))
                .Select(call => (call.TenantId, call.Uuid)).ToList();
            events.AddRange((await calls.ReadAsync(scope.Agency, moved, gone)).Select(call => ("call.updated", (JsonNode)call.Write())));
            var changed = new List<BatchRow>(nowOpen.Values.Where(batch => !open.TryGetValue(batch.Id, out var was)
                || (was.Status, was.FailureCode) != (batch.Status, batch.FailureCode)));
            foreach (var id in open.Keys.Except(nowOpen.Keys))
                if (await parts.Batches.FindAsync(scope.Agency, id, gone) is { } over && over.Status != open[id].Status) changed.Add(over);
            if (changed.Count > 0)
                events.AddRange((await batches.ShowAsync(scope.Agency, changed, gone)).Select(batch => ("batch.updated", batch)));
            events.AddRange((await AlertsAsync(scope, gone)).Where(alert => told.Add(alert.Id))
                .Select(alert => ("queue.alert", (JsonNode)Alerts.Show(alert))));
            foreach (var (name, data) in events) await SayAsync(into, $"event: {name}\ndata: {data.ToJsonString()}\n\n", gone);
            if (events.Count > 0) saidAt = Time.GetTimestamp();
            else if (Time.GetElapsedTime(saidAt) >= Pulse)
            {
                await SayAsync(into, ":\n\n", gone);
                saidAt = Time.GetTimestamp();
            }
            (up, open) = (nowUp, nowOpen);
        }
    }

    /// <summary>By their ids.</summary>
    private async ValueTask<Dictionary<string, MovingCall>> CallsAsync(IReadOnlyList<TenantId> accounts, CancellationToken stop) =>
        (await parts.Moving.ListAsync(accounts, Time.GetUtcNow() - Overlap, stop)).DistinctBy(call => call.Uuid)
            .ToDictionary(call => call.Uuid);

    private async ValueTask<Dictionary<Guid, BatchRow>> BatchesAsync(AgencyScope scope, CancellationToken stop) =>
        (await parts.Batches.ListOpenAsync(scope.Agency, stop)).Where(batch => scope.Sees(batch.ClientId)).ToDictionary(batch => batch.Id);

    /// <summary>What somebody is to look at, of the last moments: for those who may see them.</summary>
    private async ValueTask<IReadOnlyList<AlertRow>> AlertsAsync(AgencyScope scope, CancellationToken stop) =>
        !Permissions.May(scope.Role, "queues.read") ? []
            : await parts.Alerts.ListSinceAsync(scope.Agency, Time.GetUtcNow() - Overlap, stop);

    /// <exception cref="OperationCanceledException">Also when the listener takes too long.</exception>
    private async Task SayAsync(Stream into, string text, CancellationToken gone)
    {
        using var slow = CancellationTokenSource.CreateLinkedTokenSource(gone);
        slow.CancelAfter(_patience);
        await into.WriteAsync(Encoding.UTF8.GetBytes(text), slow.Token);
        await into.FlushAsync(slow.Token);
    }

    private void Leave(TenantId agency)
    {
        Interlocked.Decrement(ref _all);
        if (_listeners.AddOrUpdate(agency, 0, static (_, count) => count - 1) == 0) _listeners.TryRemove(new(agency, 0));
    }
}
