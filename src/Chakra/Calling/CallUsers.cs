using System.Collections.Concurrent;
using System.Text.Json.Nodes;
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
internal sealed class CallUsers(Database store, ChakraCalls calls)
{
    private readonly ConcurrentQueue<Joined> _joined = new();

    /// <summary>On the thread that commits it.</summary>
    public void On(CallEvent happened)
    {
        // Who has asked for a call that rings him first is its user from the beginning.
        if (happened is CallEvent.LegBridged { Leg: var leg, Peer: var peer } && leg.Labels[ClickDesk.Click] is null)
            _joined.Enqueue(new(leg.Tenant, leg.Uuid, Party(leg.Direction, leg.From, leg.To), peer));
    }

    public async Task LookAsync(CancellationToken stop)
    {
        var known = new Dictionary<TenantId, IReadOnlyDictionary<string, string>>();
        while (_joined.TryPeek(out var one))
        {
            if (!known.TryGetValue(one.Team, out var users))
                known[one.Team] = users = await ChakraConfig.UsersByDeviceAsync(store, one.Team, stop);
            if (users.Count > 0) await KeepAsync(one, users, stop);
            _joined.TryDequeue(out _);      // nobody else takes any out
        }
    }

    private async ValueTask KeepAsync(Joined one, IReadOnlyDictionary<string, string> users, CancellationToken stop)
    {
        if (!users.TryGetValue(one.Party, out string? user) && (await store.Legs.FindAsync(one.Team, one.Peer, stop) is not { } peer
            || !users.TryGetValue(Party(peer.Direction, peer.From, peer.To), out user)))
            return;
        string id = one.Leg.ToString();
        if (await calls.FindAsync(one.Team, id, stop) is not { } call || call.Note?.Document["user"] is not null) return;
        var now = store.Time.GetUtcNow();
        await calls.LinkAsync(one.Team, call, new() { ["user"] = user }, now, new()
        {
            Tenant = one.Team, At = now, By = AuditActor.Node, Change = "updated", RecordType = ChakraCalls.RecordType, ResourceId = id,
        }, stop);
    }

    /// <summary>Who is at the other end of a leg.</summary>
    private static string Party(Direction direction, string from, string to) => direction is Direction.Outbound ? to : from;

    /// <param name="Leg">What customers call it by.</param>
    private readonly record struct Joined(TenantId Team, Guid Leg, string Party, LegId Peer);
}
