using Ringwright.Core;
using Ringwright.Jobs;

namespace Ringwright.Telnyx.Inference;

/// <summary>
/// Questions to the node's model that are under way for APIs: so many in all, and so many of one account. An account and all below it,
/// which it makes as it likes, have three of four. Calls ask beside them, so that no account talks them silent.
/// </summary>
public sealed class ModelPlaces(int most = ModelPlaces.UsuallyAtMost, int ofAccount = ModelPlaces.UsuallyOfAccount)
{
    /// <summary>Half of the connections that there may be to one host.</summary>
    public const int UsuallyAtMost = 32;
    public const int UsuallyOfAccount = 8;

    private readonly AccountPlaces _places = new(ofAccount, ofFamily: Math.Max(ofAccount, most * 3 / 4), ofAll: most);

    /// <summary>Null when there is none; one that is taken is given back by its disposal.</summary>
    /// <param name="head">The account above it that nobody is above, or itself.</param>
    public IDisposable? TryTake(TenantId account, TenantId head) =>
        _places.TryTake(account, head) ? new Place(_places, account, head) : null;

    private sealed class Place(AccountPlaces places, TenantId account, TenantId head) : IDisposable
    {
        private int _isGiven;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGiven, 1) == 0) places.Give(account, head);
        }
    }
}
