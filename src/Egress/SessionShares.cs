using Ringwright.Core;

namespace Ringwright.Egress;

/// <summary>How many sessions of all kinds each account has at a time, those of the accounts below it included.</summary>
/// <param name="limits">An account and whoever is above it, each with its limit; null is none.</param>
public sealed class SessionShares(Func<TenantId, IEnumerable<(TenantId Account, int? Most)>> limits)
{
    private readonly Dictionary<TenantId, int> _running = [];

    /// <summary>Takes a place of each of them.</summary>
    /// <param name="held">To be given back.</param>
    /// <returns>Why there is none, as part of a sentence; null when it is taken.</returns>
    public string? TryTake(TenantId account, out IReadOnlyList<TenantId> held)
    {
        var all = limits(account).ToList();
        lock (_running)
        {
            held = [];
            foreach (var (one, most) in all)
                if (_running.GetValueOrDefault(one) >= most)
                    return "the account's limit of live audio is reached: "
                        + $"{most} streams, forks, SIPREC sessions and transcriptions at a time";
            foreach (var (one, _) in all) _running[one] = _running.GetValueOrDefault(one) + 1;
            held = [.. all.Select(one => one.Account)];
            return null;
        }
    }

    public void Give(IReadOnlyList<TenantId> held)
    {
        lock (_running)
            foreach (var one in held)
                if (--_running[one] == 0) _running.Remove(one);
    }
}
