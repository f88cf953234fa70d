using System.Collections.Concurrent;
using Ringwright.Core;

namespace Ringwright.Texml.Twiml;

/// <summary>Whether a recording may be written in another form.</summary>
internal enum CopyPlace
{
    Taken,
    /// <summary>The account writes as many as it may.</summary>
    AccountIsFull,
    /// <summary>All accounts together do.</summary>
    NodeIsFull,
}

/// <summary>
/// Recordings that are written in another form while they are fetched: each has an encoder of its own for as long as its client reads.
/// </summary>
internal sealed class CopyPlaces
{
    /// <summary>At the same time.</summary>
    public const int OfAccount = 10;
    /// <summary>Of all accounts: whoever may make accounts has no more encoders by that.</summary>
    public const int OfNode = 50;

    private readonly ConcurrentDictionary<TenantId, int> _taken = new();
    private int _all;

    /// <summary>Whoever takes one gives it back.</summary>
    public CopyPlace Take(TenantId account)
    {
        if (_taken.AddOrUpdate(account, 1, static (_, count) => count + 1) > OfAccount)
        {
            ReleaseOf(account);
            return CopyPlace.AccountIsFull;
        }
        if (Interlocked.Increment(ref _all) <= OfNode) return CopyPlace.Taken;
        Release(account);
        return CopyPlace.NodeIsFull;
    }

    public void Release(TenantId account)
    {
        Interlocked.Decrement(ref _all);
        ReleaseOf(account);
    }

    private void ReleaseOf(TenantId account) => _taken.AddOrUpdate(account, 0, static (_, count) => count - 1);
}
