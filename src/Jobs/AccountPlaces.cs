using Ringwright.Core;

namespace Ringwright.Jobs;

/// <summary>
/// Places of each account, and of an account with all below it together: it makes as many of these as it likes. Safe from any thread.
/// </summary>
public sealed class AccountPlaces(int ofAccount, int ofFamily)
{
    private readonly Dictionary<TenantId, int> _accounts = [], _families = [];

    /// <summary>One that is taken is given back.</summary>
    /// <param name="head">The account above it that nobody is above, or itself.</param>
    public bool TryTake(TenantId account, TenantId head)
    {
        lock (_accounts)
        {
            int own = _accounts.GetValueOrDefault(account), all = _families.GetValueOrDefault(head);
            if (own >= ofAccount || all >= ofFamily) return false;
            (_accounts[account], _families[head]) = (own + 1, all + 1);
            return true;
        }
    }

    public void Give(TenantId account, TenantId head)
    {
        lock (_accounts)
        {
            if (--_accounts[account] == 0) _accounts.Remove(account);
            if (--_families[head] == 0) _families.Remove(head);
        }
    }
}
