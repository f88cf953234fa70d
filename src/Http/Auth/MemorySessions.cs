using Ringwright.Core;

namespace Ringwright.Http;

/// <summary>Sessions in the memory of one process: they end with it. An account has so many at most, and its oldest makes room.</summary>
public sealed class MemorySessions(TimeProvider time) : ISessionStore
{
    private readonly Lock _turn = new();
    private readonly Dictionary<string, Session> _byHash = new(StringComparer.Ordinal);
    private readonly Dictionary<TenantId, LinkedList<string>> _ofTenant = [];

    public ValueTask AddAsync(Session session, CancellationToken stop)
    {
        lock (_turn)
        {
            if (_byHash.Count >= Limits.Sessions) Sweep();
            if (!_ofTenant.TryGetValue(session.Caller.Tenant, out var own)) _ofTenant.Add(session.Caller.Tenant, own = new());
            own.AddLast(session.Hash);
            _byHash.Add(session.Hash, session);
            if (own.Count > Limits.SessionsOfAccount) Forget(own.First!.Value);     // it has at least one
        }
        return default;
    }

    public ValueTask<Session?> FindAsync(string hash, CancellationToken stop)
    {
        lock (_turn) return new(_byHash.GetValueOrDefault(hash));
    }

    public ValueTask RemoveAsync(string hash, CancellationToken stop)
    {
        lock (_turn) Forget(hash);
        return default;
    }

    /// <summary>Those that are over; and when that is none, the one that is over first.</summary>
    private void Sweep()
    {
        var now = time.GetUtcNow();
        foreach (var session in _byHash.Values.Where(s => s.EndsAt <= now).ToList()) Forget(session.Hash);
        if (_byHash.Count >= Limits.Sessions && _byHash.Values.MinBy(s => s.EndsAt) is { } first) Forget(first.Hash);
    }

    private void Forget(string hash)
    {
        if (!_byHash.Remove(hash, out var session)) return;
        var own = _ofTenant[session.Caller.Tenant];
        own.Remove(hash);
        if (own.Count == 0) _ofTenant.Remove(session.Caller.Tenant);
    }
}
