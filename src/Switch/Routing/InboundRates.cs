using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Trunks;

namespace Ringwright.Switch.Routing;

/// <summary>How many calls from outside one account is brought within any one second. Each node's own; safe from any thread.</summary>
/// <param name="perSecond">Null is no limit.</param>
public sealed class InboundRates(int? perSecond)
{
    public const string Rule = "account_call_rate";

    private readonly ConcurrentDictionary<TenantId, CallRate> _accounts = new();

    public GateAnswer TryTake(TenantId account, Instant now)
    {
        if (perSecond is not { } limit) return GateAnswer.Open;
        return _accounts.GetOrAdd(account, static (_, most) => new(most), limit).TryTake(now) ? GateAnswer.Open
            : new(Refusal.Overloaded, Rule, $"The account was brought as many calls as it may be in a second: {limit}.");
    }
}
