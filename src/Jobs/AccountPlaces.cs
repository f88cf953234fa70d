using Ringwright.Core;

namespace Ringwright.Jobs;

/// <summary>
/// Places of each account, of an account with all below it together, for it makes as many of these as it likes, and of all accounts where
/// that has a bound, too. Whoever is refused has taken nothing meanwhile that another could have had. Safe from any thread.
/// </summary>
public sealed class AccountPlaces(int ofAccount, int ofFamily, int ofAll = int.MaxValue)
{
    private readonly Dictionary<TenantId, int> _accounts = [], _families = [];
    private int _all;

    /// <summary>One that is taken is given back.</summary>
    /// <param name="head">The account above it that nobody is above, or itself.</param>
    public bool TryTake(TenantId account, TenantId head)
    {
        lock (_accounts)
        {
            int own = _accounts.GetValueOrDefault(account), all = _families.GetValueOrDefault(head);
            if (own >= ofAccount || all >= ofFamily || _all >= ofAll) return false;
            _all++;
            (_accounts[account], _families[head]) = (own + 1, all + 1);
            return true;
        }
    }

    public void Give(TenantId account, TenantId head)
    {
        lock (_accounts)
        {
            _all--;
            if (--_accounts[account] == 0) _accounts.Remove(account);
            if (--_families[head] == 0) _families.Remove(head);
        }
    }
}
