using System.Collections.Concurrent;
using System.Net;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>
/// Which addresses have shown that what we send there arrives, and what calls of all others take: the sender of a datagram is easily
/// forged. For all shards of the node, in memory: a start has forgotten it. Safe from any thread.
/// </summary>
public sealed class WayBackBook
{
    /// <summary>Until when the proof counts.</summary>
    private readonly ConcurrentDictionary<IPAddress, Instant> _proven = new();
    private readonly ConcurrentDictionary<LegId, (string Source, string Of)[]> _legs = new();
    private readonly ConcurrentDictionary<(string Source, string Of), int> _taken = new();
    /// <summary>How many there are in <see cref="_proven"/>, which would have to stop all to count them.</summary>
    private int _addresses;
    private long _nextSweep;

    /// <summary>Calls that are counted.</summary>
    public int Count => _legs.Count;

    public bool IsProven(IPAddress address, Instant now) => _proven.TryGetValue(address.Plain(), out var until) && now < until;

    /// <summary>From there came what only somebody can say who has got what we sent there.</summary>
    public void Prove(IPAddress address, Instant now)
    {
        address = address.Plain();
        var until = now + Limits.ProofTime;
        if (_proven.TryGetValue(address, out var before) && _proven.TryUpdate(address, until, before)) return;
        if (Volatile.Read(ref _addresses) >= Limits.ProvenAddresses && !TrySweep(now)) return;
        if (_proven.TryAdd(address, until)) Interlocked.Increment(ref _addresses);
    }

    /// <summary>Counts a call of an address that has shown nothing, until it leaves.</summary>
    /// <param name="source">Whoever such calls are counted for together.</param>
    /// <param name="limits">What the call takes one of, by name, and how many of that there are.</param>
    /// <param name="percent">How much of each one source may take so; one call always.</param>
    /// <returns>It is within the source's share of all of them.</returns>
    public bool Enter(LegId leg, string source, IReadOnlyList<(string Of, int Limit)> limits, int percent)
    {
        bool isWithin = true;
        var parts = new (string, string)[limits.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = (source, limits[i].Of);
            int taken = _taken.AddOrUpdate(parts[i], 1, static (_, before) => before + 1);
            isWithin &= taken <= Math.Max(1, (long)limits[i].Limit * percent / 100);
        }
        _legs[leg] = parts;
        return isWithin;
    }

    /// <summary>Idempotent, and of no effect for a leg that is not counted.</summary>
    public void Leave(LegId leg)
    {
        if (_legs.IsEmpty || !_legs.TryRemove(leg, out var parts)) return;
        foreach (var part in parts)
        {
            int left = _taken.AddOrUpdate(part, 0, static (_, before) => before - 1);
            // Unless somebody has just counted himself again.
            if (left == 0) _taken.TryRemove(new(part, 0));
        }
    }

    /// <summary>Forgets what has run out. At most once a minute, for it looks at all of them.</summary>
    private bool TrySweep(Instant now)
    {
        long due = Volatile.Read(ref _nextSweep);
        if (now.Nanos < due || Interlocked.CompareExchange(ref _nextSweep, (now + Limits.ProofSweep).Nanos, due) != due) return false;
        foreach (var entry in _proven)
            if (entry.Value <= now && _proven.TryRemove(entry)) Interlocked.Decrement(ref _addresses);
        return Volatile.Read(ref _addresses) < Limits.ProvenAddresses;
    }
}
