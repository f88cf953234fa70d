using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Chakra.Clicks;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;

namespace Ringwright.Chakra.Calling;

/// <summary>
/// Whose calls are whose: one that is joined to the device of a user is his, where nobody has said otherwise. What was noted and not
/// looked at yet goes with the process; then somebody may say it.
/// </summary>
internal sealed class CallUsers(Database store, ChakraCalls calls, ILogger log)
{
    /// <summary>Noted and not looked at yet.</summary>
    internal const int Most = 10_000;

    /// <summary>So often one is looked at that cannot be kept.</summary>
    private const int Tries = 3;

    private readonly ConcurrentQueue<Joined> _joined = new();
    private int _isFull;

    internal int Waiting => _joined.Count;

    /// <summary>On the thread that commits it.</summary>
    public void On(CallEvent happened)
    {
        // Who has asked for a call that rings him first is its user from the beginning.
        if (happened is not CallEvent.LegBridged { Leg: var leg, Peer: var peer } || leg.Labels[ClickDesk.Click] is not null) return;
        if (_joined.Count < Most) _joined.Enqueue(new(leg.Tenant, leg.Uuid, Party(leg.Direction, leg.From, leg.To), peer, 0));
        else if (Interlocked.Exchange(ref _isFull, 1) == 0) log.CallUsersNotNoted(Most);
    }

    public async Task LookAsync(CancellationToken stop)
    {
        var known = new Dictionary<TenantId, IReadOnlyDictionary<string, string>>();
        // What is put back waits for the next look.
        for (int left = _joined.Count; left > 0 && _joined.TryPeek(out var one); left--)
        {
            try
            {
                if (!known.TryGetValue(one.Team, out var users))
                    known[one.Team] = users = await ChakraConfig.UsersByDeviceAsync(store, one.Team, stop);
                if (users.Count > 0) await KeepAsync(one, users, stop);
            }
            catch (Exception fault) when (fault is not StoreUnavailableException && !stop.IsCancellationRequested)
            {
                // What is wrong about one call is no reason to keep those behind it waiting.
                if (one.Tried + 1 < Tries) _joined.Enqueue(one with { Tried = one.Tried + 1 });
                else log.CallUserNotKept(fault, one.Leg);
            }
            _joined.TryDequeue(out _);      // nobody else takes any out
        }
        Volatile.Write(ref _isFull, 0);
    }

    private async ValueTask KeepAsync(Joined one, IReadOnlyDictionary<string, string> users, CancellationToken stop)
    {
        if (!users.TryGetValue(one.Party, out string? user) && (await store.Legs.FindAsync(one.Team, one.Peer, stop) is not { } peer
            || !users.TryGetValue(Party(peer.Direction, peer.From, peer.To), out user)))
            return;
        string id = one.Leg.ToString();
        if (await calls.FindAsync(one.Team, id, stop) is not { } call || call.Note?.Document["user"] is not null) return;
        var now = store.Time.GetUtcNow();
        await calls.LinkUnsaidAsync(one.Team, call, new() { ["user"] = user }, now, new()
        {
            Tenant = one.Team, At = now, By = AuditActor.Node, Change = "updated", RecordType = ChakraCalls.RecordType, ResourceId = id,
        }, stop);
    }

    /// <summary>Who is at the other end of a leg.</summary>
    private static string Party(Direction direction, string from, string to) => direction is Direction.Outbound ? to : from;

    /// <param name="Leg">What customers call it by.</param>
    /// <param name="Tried">So often it could not be kept.</param>
    private readonly record struct Joined(TenantId Team, Guid Leg, string Party, LegId Peer, int Tried);
}
