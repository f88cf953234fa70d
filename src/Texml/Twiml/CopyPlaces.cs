using System.Collections.Concurrent;
using Ringwright.Core;

namespace Ringwright.Texml.Twiml;

/// <summary>
/// Recordings that are written in another form while they are fetched: each has an encoder of its own for as long as its client reads.
/// </summary>
internal sealed class CopyPlaces
{
    /// <summary>At the same time.</summary>
    public const int OfAccount = 10;

    private readonly ConcurrentDictionary<TenantId, int> _taken = new();

    /// <summary>Whoever takes one gives it back.</summary>
    public bool TryTake(TenantId account)
    {
        if (_taken.AddOrUpdate(account, 1, static (_, count) => count + 1) <= OfAccount) return true;
        Release(account);
        return false;
    }

    public void Release(TenantId account) => _taken.AddOrUpdate(account, 0, static (_, count) => count - 1);
}
