using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Programs;

/// <summary>
/// Tells whoever asks inside this process what has been committed, in the order of the commits. Nobody who reads slowly holds up the one who publishes: each has
/// a bound of his own, and beyond it his feed ends.
/// </summary>
public sealed class EventFeed
{
    private readonly ConcurrentDictionary<LegId, FeedReader[]> _legs = new();
    private readonly ConcurrentDictionary<TenantId, FeedReader[]> _tenants = new();

    /// <summary>Hears of each leg before any reader does, on the thread that publishes: who subscribes then misses nothing of it.</summary>
    public Action<CallEvent.LegInitiated>? Begun { get; set; }

    /// <summary>Readers at the moment.</summary>
    public int Count => _legs.Values.Sum(readers => readers.Length) + _tenants.Values.Sum(readers => readers.Length);

    /// <summary>From now on and up to <see cref="CallEvent.LegEnded"/>, behind which it ends: what follows that is for readers of the account.</summary>
    public FeedReader Subscribe(LegId leg, int bound) => Add(_legs, leg, bound);

    /// <summary>From now on, whatever happens in the account.</summary>
    public FeedReader Subscribe(TenantId tenant, int bound) => Add(_tenants, tenant, bound);

    /// <summary>Events of one leg are published one after the other. Never blocks.</summary>
    public void Publish(CallEvent happened)
    {
        if (happened is CallEvent.LegInitiated begun) Begun?.Invoke(begun);
        if (_tenants.TryGetValue(happened.Leg.Tenant, out var ofTenant)) Post(ofTenant, happened);
        if (!_legs.TryGetValue(happened.Leg.Id, out var ofLeg)) return;
        if (happened is not CallEvent.LegEnded) Post(ofLeg, happened);
        else
            foreach (var reader in ofLeg) reader.Close(FeedEnd.Over, happened);
    }

    private static void Post(FeedReader[] readers, CallEvent happened)
    {
        foreach (var reader in readers) reader.Post(happened);
    }

    private static FeedReader Add<TKey>(ConcurrentDictionary<TKey, FeedReader[]> readers, TKey key, int bound) where TKey : notnull
    {
        var reader = new FeedReader(bound, left => Remove(readers, key, left));
        readers.AddOrUpdate(key, static (_, added) => [added], static (_, others, added) => [.. others, added], reader);
        return reader;
    }

    private static void Remove<TKey>(ConcurrentDictionary<TKey, FeedReader[]> readers, TKey key, FeedReader left) where TKey : notnull
    {
        while (readers.TryGetValue(key, out var all))
        {
            FeedReader[] others = [.. all.Where(reader => reader != left)];
            if (others.Length > 0 ? readers.TryUpdate(key, others, all) : readers.TryRemove(new(key, all))) return;
        }
    }
}
