using Ringwright.Core;

namespace Ringwright.Telnyx.Inference;

/// <summary>
/// Questions to the node's model that are under way for APIs: so many in all, and so many of one account. Calls ask beside them, so that
/// no account talks them silent.
/// </summary>
public sealed class ModelPlaces(int most = ModelPlaces.UsuallyAtMost, int ofAccount = ModelPlaces.UsuallyOfAccount)
{
    /// <summary>Half of the connections that there may be to one host.</summary>
    public const int UsuallyAtMost = 32;
    public const int UsuallyOfAccount = 8;

    private readonly Dictionary<TenantId, int> _taken = [];
    private int _all;

    /// <summary>Null when there is none; one that is taken is given back by its disposal.</summary>
    public IDisposable? TryTake(TenantId account)
    {
        lock (_taken)
        {
            int own = _taken.GetValueOrDefault(account);
            if (_all >= most || own >= ofAccount) return null;
            (_all, _taken[account]) = (_all + 1, own + 1);
            return new Place(this, account);
        }
    }

    private void Give(TenantId account)
    {
        lock (_taken)
        {
            _all--;
            if (--_taken[account] == 0) _taken.Remove(account);
        }
    }

    private sealed class Place(ModelPlaces places, TenantId account) : IDisposable
    {
        private int _isGiven;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGiven, 1) == 0) places.Give(account);
        }
    }
}
