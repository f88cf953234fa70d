using System.Runtime.InteropServices;
using Ringwright.Core;

namespace Ringwright.Campaigns.Rating;

/// <summary>
/// What each outbound profile has spent today (UTC), in memory: a start of the node begins at nothing. A live call counts with its least price until
/// it ends, then with its real one.
/// </summary>
internal sealed class SpendBook(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LegId, Held> _held = [];
    private readonly Dictionary<(TenantId, long), long> _spent = [];
    private DateOnly _day = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    internal bool IsEmpty
    {
        get { lock (_gate) return _held.Count == 0; }
    }

    /// <summary>False when the call's least price does not fit under the limit any more. Otherwise it is held, unless <paramref name="isCounted"/> is false.</summary>
    public bool TryHold(LegId leg, (TenantId, long) profile, Rate rate, long limitMicros, bool isCounted)
    {
        long least = rate.PriceOf(1);
        lock (_gate)
        {
            Turn();
            if (_held.ContainsKey(leg)) return true;
            if (_spent.GetValueOrDefault(profile) + least > limitMicros) return false;
            if (!isCounted) return true;
            _held.Add(leg, new(profile, rate, least, AnsweredAt: null));
            CollectionsMarshal.GetValueRefOrAddDefault(_spent, profile, out _) += least;
            return true;
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
            ref long spent = ref CollectionsMarshal.GetValueRefOrAddDefault(_spent, held.Profile, out _);
            spent += held.Rate.PriceOf(seconds) - held.Micros;
        }
    }

    /// <summary>At midnight all begin anew, with what live calls hold. A clock that is set back over midnight gives nobody the day's money twice.</summary>
    private void Turn()
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (today == _day || today == _day.AddDays(-1)) return;
        _day = today;
        _spent.Clear();
        foreach (var held in _held.Values) CollectionsMarshal.GetValueRefOrAddDefault(_spent, held.Profile, out _) += held.Micros;
    }

    private sealed record Held((TenantId, long) Profile, Rate Rate, long Micros, long? AnsweredAt);
}
