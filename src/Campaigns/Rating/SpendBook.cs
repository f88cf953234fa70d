using System.Runtime.InteropServices;
using Ringwright.Core;

namespace Ringwright.Campaigns.Rating;

/// <summary>Whose spending a call counts towards: an outbound profile's, or a whole tenant's.</summary>
/// <param name="Profile">Null for the tenant as a whole.</param>
/// <param name="LimitMicros">What it may spend a day; null counts and never refuses.</param>
internal readonly record struct Spender(TenantId Tenant, long? Profile, long? LimitMicros);

/// <summary>
/// What profiles and tenants have spent today (UTC), in memory: a start of the node begins at nothing. A live call counts with its least price until
/// it ends, then with its real one.
/// </summary>
internal sealed class SpendBook(TimeProvider clock)
{
    private static readonly TimeSpan ShortestDay = TimeSpan.FromHours(12);

    private readonly Lock _gate = new();
    private readonly Dictionary<LegId, Held> _held = [];
    private readonly Dictionary<(TenantId, long?), long> _spent = [];
    private DateOnly _day = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
    /// <summary>How much of the day had passed, and when that was by the time that passes.</summary>
    private (TimeSpan Passed, long At) _begun = (clock.GetUtcNow().TimeOfDay, clock.GetTimestamp());

    internal bool IsEmpty
    {
        get { lock (_gate) return _held.Count == 0; }
    }

    /// <summary>Holds the call's least price, unless <paramref name="isCounted"/> is false.</summary>
    /// <returns>The first spender under whose limit it does not fit any more; nothing is held then. Null when it fits.</returns>
    public Spender? Hold(LegId leg, IReadOnlyList<Spender> spenders, Rate rate, bool isCounted)
    {
        long least = rate.PriceOf(1);
        lock (_gate)
        {
            Turn();
            if (_held.ContainsKey(leg)) return null;
            foreach (var spender in spenders)
                if (_spent.GetValueOrDefault((spender.Tenant, spender.Profile)) + least > spender.LimitMicros) return spender;
            if (!isCounted) return null;
            _held.Add(leg, new(spenders, rate, least, AnsweredAt: null));
            Spend(spenders, least);
            return null;
        }
    }

    public void Answered(LegId leg)
    {
        lock (_gate)
        {
            if (_held.TryGetValue(leg, out var held)) _held[leg] = held with { AnsweredAt = clock.GetTimestamp() };
        }
    }

    /// <summary>The call is over, or was not made after all: its real price takes the place of what was held.</summary>
    public void Settle(LegId leg)
    {
        lock (_gate)
        {
            if (!_held.Remove(leg, out var held)) return;
            Turn();
            long seconds = held.AnsweredAt is { } at ? (long)Math.Ceiling(clock.GetElapsedTime(at).TotalSeconds) : 0;
            // A call that was held yesterday counts today, when it ends, with all that it cost.
            Spend(held.Spenders, held.Rate.PriceOf(seconds) - held.Micros);
        }
    }

    /// <summary>
    /// At midnight all begin anew, with what live calls hold. A clock that is set gives nobody the day's money twice, and keeps it from nobody for longer than
    /// it must: one that is set back goes on with the day, and a day that a step has made very short goes on into the next.
    /// </summary>
    private void Turn()
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (today == _day) return;
        bool isSetBack = today < _day;
        _day = today;
        if (isSetBack || _begun.Passed + clock.GetElapsedTime(_begun.At) < ShortestDay) return;
        _begun = (TimeSpan.Zero, clock.GetTimestamp());
        _spent.Clear();
        foreach (var held in _held.Values) Spend(held.Spenders, held.Micros);
    }

    private void Spend(IReadOnlyList<Spender> spenders, long micros)
    {
        foreach (var spender in spenders)
            CollectionsMarshal.GetValueRefOrAddDefault(_spent, (spender.Tenant, spender.Profile), out _) += micros;
    }

    private sealed record Held(IReadOnlyList<Spender> Spenders, Rate Rate, long Micros, long? AnsweredAt);
}
