using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>
/// Calls that wait until their account, or a trunk that leads there, may have one more, those of each account in the order in which they
/// came. Each node's own; safe from any thread.
/// </summary>
public sealed class WaitingRoom
{
    /// <summary>An account of which nobody waits is not here.</summary>
    private readonly ConcurrentDictionary<TenantId, ImmutableList<HeldCall>> _accounts = new();

    /// <summary>What is refused for this may have its room when another call ends.</summary>
    public static bool IsFull(GateAnswer refused) => !refused.IsForGood && refused.Refusal.IsOfRoom();

    private int Count => _accounts.Sum(one => one.Value.Count);

    public bool HasWaiting(TenantId account) => _accounts.ContainsKey(account);

    /// <summary>Whether a call that does not wait yet has to, behind others of its account.</summary>
    /// <param name="way">As in <see cref="HeldCall"/>.</param>
    public bool HasBefore(TenantId account, TrunkId? way) => _accounts.TryGetValue(account, out var line) && !MayGo(line, null, way);

    /// <summary>Whether it is its turn to ask for room.</summary>
    public bool IsNext(TenantId account, LegId leg) => _accounts.TryGetValue(account, out var line) && MayGo(line, leg, null);

    /// <returns>False when as many of the account wait as may, or of all accounts: each has a media port that others could use.</returns>
    public bool TryEnter(TenantId account, HeldCall call) => Count < Limits.WaitingCallsOfNode && _accounts.AddOrUpdate(account,
        static (_, first) => [first],
        static (_, line, next) => line.Count < Limits.WaitingCalls ? line.Add(next) : line, call).Contains(call);

    /// <summary>The call waits for something else now, and keeps its place.</summary>
    public void Change(TenantId account, HeldCall call)
    {
        while (_accounts.TryGetValue(account, out var line))
        {
            int place = line.FindIndex(one => one.Leg == call.Leg);
            if (place < 0 || line[place] == call || _accounts.TryUpdate(account, line.SetItem(place, call), line)) return;
        }
    }

    /// <summary>Idempotent.</summary>
    public void Leave(TenantId account, LegId leg)
    {
        while (_accounts.TryGetValue(account, out var line))
        {
            var others = line.RemoveAll(one => one.Leg == leg);
            if (others.Count == line.Count) return;
            // Somebody else may have come or gone meanwhile.
            if (others.IsEmpty ? _accounts.TryRemove(new(account, line)) : _accounts.TryUpdate(account, others, line)) return;
        }
    }

    /// <summary>
    /// Whoever waits for the account is before all behind him; whoever waits for a trunk, before those who go there too, and no others.
    /// </summary>
    /// <param name="leg">One of the line; null for a call that goes by <paramref name="way"/> and would be the last.</param>
    private static bool MayGo(ImmutableList<HeldCall> line, LegId? leg, TrunkId? way)
    {
        HashSet<TrunkId?>? full = null;
        foreach (var call in line)
        {
            if (call.Leg == leg) return full?.Contains(call.Way) is not true;
            if (call.IsForTrunk) (full ??= []).Add(call.Way);
            else if (full?.Contains(call.Way) is not true) return false;
        }
        return leg is null && full?.Contains(way) is not true;
    }
}

/// <summary>A call that waits for room.</summary>
/// <param name="Way">The first trunk that leads there, <see cref="DialPlan.Way"/>.</param>
/// <param name="IsForTrunk">No trunk that leads there has room for it; else the account has none.</param>
public readonly record struct HeldCall(LegId Leg, TrunkId? Way, bool IsForTrunk);
