using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>
/// Calls that wait until their account may have one more, those of each account in the order in which they came. Each node's own; safe
/// from any thread.
/// </summary>
public sealed class WaitingRoom
{
    /// <summary>An account of which nobody waits is not here.</summary>
    private readonly ConcurrentDictionary<TenantId, ImmutableList<LegId>> _accounts = new();

    /// <summary>What is refused for this may have its room when another call ends.</summary>
    public static bool IsFull(Refusal refusal) =>
        refusal is Refusal.TenantChannelLimit or Refusal.ProfileChannelLimit or Refusal.ConnectionChannelLimit;

    public bool HasWaiting(TenantId account) => _accounts.ContainsKey(account);

    public bool IsFirst(TenantId account, LegId leg) => _accounts.TryGetValue(account, out var line) && line[0] == leg;

    /// <returns>False when as many of the account wait as may.</returns>
    public bool TryEnter(TenantId account, LegId leg) => _accounts.AddOrUpdate(account,
        static (_, first) => [first],
        static (_, line, next) => line.Count < Limits.WaitingCalls ? line.Add(next) : line, leg).Contains(leg);

    /// <summary>Idempotent.</summary>
    public void Leave(TenantId account, LegId leg)
    {
        while (_accounts.TryGetValue(account, out var line) && line.Contains(leg))
        {
            var others = line.Remove(leg);
            // Somebody else may have come or gone meanwhile.
            if (others.IsEmpty ? _accounts.TryRemove(new(account, line)) : _accounts.TryUpdate(account, others, line)) return;
        }
    }
}
