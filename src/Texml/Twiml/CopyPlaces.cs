using Ringwright.Core;
using Ringwright.Jobs;

namespace Ringwright.Texml.Twiml;

/// <summary>Whether a recording may be written in another form.</summary>
internal enum CopyPlace
{
    Taken,
    /// <summary>The account writes as many as it may, or it and those beside it do.</summary>
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
    /// <summary>Of an account and all below it: whoever may make accounts leaves some to others.</summary>
    public const int OfFamily = OfNode * 3 / 4;
    /// <summary>Of all accounts.</summary>
    public const int OfNode = 50;

    private readonly AccountPlaces _taken = new(OfAccount, OfFamily);
    private int _all;

    /// <summary>Whoever takes one gives it back.</summary>
    /// <param name="head">The account above it that nobody is above, or itself.</param>
    public CopyPlace Take(TenantId account, TenantId head)
    {
        if (!_taken.TryTake(account, head)) return CopyPlace.AccountIsFull;
        if (Interlocked.Increment(ref _all) <= OfNode) return CopyPlace.Taken;
        Release(account, head);
        return CopyPlace.NodeIsFull;
    }

    public void Release(TenantId account, TenantId head)
    {
        Interlocked.Decrement(ref _all);
        _taken.Give(account, head);
    }
}
