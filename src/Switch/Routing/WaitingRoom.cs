using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>
/// Calls that wait until their account, or a trunk that leads there, may have one more, those of each account in the order in which they
/// came, and so those of all accounts that wait for the same trunk. Each node's own; safe from any thread.
/// </summary>
public sealed class WaitingRoom
{
    /// <summary>An account of which nobody waits is not here.</summary>
    private readonly ConcurrentDictionary<TenantId, ImmutableList<HeldCall>> _accounts = new();

    /// <summary>Who is first at each trunk. Found anew when somebody has come or gone, for everybody asks and few come.</summary>
    private Heads _heads = new(-1, new());
    private long _arrivals, _changes;

    /// <summary>What is refused for this may have its room when another call ends.</summary>
    public static bool IsFull(GateAnswer refused) => !refused.IsForGood && refused.Refusal.IsOfRoom();

    /// <summary>Of all accounts together.</summary>
    public int Count => _accounts.Sum(one => one.Value.Count);

    public bool HasWaiting(TenantId account) => _accounts.ContainsKey(account);

    public bool Has(TenantId account, LegId leg) =>
        _accounts.TryGetValue(account, out var line) && line.Exists(call => call.Leg == leg);

    /// <summary>Whether a call that does not wait yet has to, behind others of its account, or who go by its trunk.</summary>
    /// <param name="way">As in <see cref="HeldCall"/>.</param>
    /// <param name="by">The trunk that has room for it; null takes <paramref name="way"/>.</param>
    public bool HasBefore(TenantId account, TrunkId? way, TrunkId? by = null) =>
        !MayGo(account, _accounts.TryGetValue(account, out var line) ? line : [], null, way, by);

    /// <summary>Whether it is its turn to ask for room.</summary>
    /// <param name="by">The trunk that has room for it; null takes its first.</param>
    public bool IsNext(TenantId account, LegId leg, TrunkId? by = null) =>
        _accounts.TryGetValue(account, out var line) && MayGo(account, line, leg, null, by);

    /// <summary>Whether it would be its turn if no other account waited for its trunk.</summary>
    public bool IsNextOfAccount(TenantId account, LegId leg) => IsNext(account, leg, default(TrunkId));

    /// <returns>False when as many of the account wait as may, or of all accounts: each has a media port that others could use.</returns>
    public bool TryEnter(TenantId account, HeldCall call)
    {
        if (Count >= Limits.WaitingCallsOfNode) return false;
        long arrival = Interlocked.Increment(ref _arrivals);
        // Where others were before at its trunk, that is what it waits for.
        bool isForTrunk = call.IsForTrunk || IsBehindOthers(account, call.Way, arrival);
        call = call with { Arrival = arrival, IsForTrunk = isForTrunk };
        bool isIn = _accounts.AddOrUpdate(account, static (_, first) => [first],
            static (_, line, next) => line.Count < Limits.WaitingCalls ? line.Add(next) : line, call).Contains(call);
        Interlocked.Increment(ref _changes);
        return isIn;
    }

    /// <summary>The call waits for something else now, and keeps its place.</summary>
    public void Change(TenantId account, HeldCall call)
    {
        while (_accounts.TryGetValue(account, out var line))
        {
            int place = line.FindIndex(one => one.Leg == call.Leg);
            if (place < 0) return;
            call = call with { Arrival = line[place].Arrival };
            if (line[place] == call) return;
            if (!_accounts.TryUpdate(account, line.SetItem(place, call), line)) continue;
            Interlocked.Increment(ref _changes);
            return;
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
            if (!(others.IsEmpty ? _accounts.TryRemove(new(account, line)) : _accounts.TryUpdate(account, others, line))) continue;
            Interlocked.Increment(ref _changes);
            return;
        }
    }

    /// <summary>
    /// Whoever waits for the account is before all behind him; whoever waits for a trunk, before those who go there too, and no others.
    /// </summary>
    /// <param name="leg">One of the line; null for a call that goes by <paramref name="way"/> and would be the last.</param>
    /// <param name="by">Of other accounts those are before it who wait for this one.</param>
    private bool MayGo(TenantId account, ImmutableList<HeldCall> line, LegId? leg, TrunkId? way, TrunkId? by)
    {
        HashSet<TrunkId?>? full = null;
        foreach (var call in line)
        {
            if (call.Leg == leg) return full?.Contains(call.Way) is not true && !IsBehindOthers(account, by ?? call.Way, call.Arrival);
            if (call.IsForTrunk || IsBehindOthers(account, call.Way, call.Arrival)) (full ??= []).Add(call.Way);
            else if (full?.Contains(call.Way) is not true) return false;
        }
        return leg is null && full?.Contains(way) is not true && !IsBehindOthers(account, by ?? way, long.MaxValue);
    }

    /// <summary>Whether a call of another account has waited for the trunk for longer.</summary>
    private bool IsBehindOthers(TenantId account, TrunkId? way, long arrival) => way is { } trunk
        && HeadsNow().TryGetValue(trunk, out var head) && head.Account != account && head.Arrival < arrival;

    private Dictionary<TrunkId, Head> HeadsNow()
    {
        long changes = Interlocked.Read(ref _changes);
        var known = Volatile.Read(ref _heads);
        if (known.Changes == changes) return known.Of;
        var found = new Dictionary<TrunkId, Head>();
        foreach (var (account, line) in _accounts)
        {
            HashSet<TrunkId?> full = [];
            foreach (var call in line)
            {
                // Whoever waits for his account keeps nobody of another one from a trunk, nor do those behind him.
                if (call.IsForTrunk) full.Add(call.Way);
                else if (!full.Contains(call.Way)) break;
                if (call.Way is { } way && (!found.TryGetValue(way, out var head) || call.Arrival < head.Arrival))
                    found[way] = new(account, call.Arrival);
            }
        }
        Volatile.Write(ref _heads, new(changes, found));
        return found;
    }

    /// <param name="Changes">How many there had been; one that was found of fewer is found again.</param>
    private sealed record Heads(long Changes, Dictionary<TrunkId, Head> Of);

    private readonly record struct Head(TenantId Account, long Arrival);
}

/// <summary>A call that waits for room.</summary>
/// <param name="Way">The first trunk that leads there, <see cref="DialPlan.Way"/>.</param>
/// <param name="IsForTrunk">No trunk that leads there has room for it; else the account has none.</param>
public readonly record struct HeldCall(LegId Leg, TrunkId? Way, bool IsForTrunk)
{
    /// <summary>Its number among all that have waited, which the room gives it.</summary>
    public long Arrival { get; init; }
}
