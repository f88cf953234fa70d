using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>Where a request is to go, before anybody has looked the name up.</summary>
/// <param name="Host">A name or a literal address.</param>
/// <param name="Port">Null looks for SRV records first (RFC 3263).</param>
/// <param name="Transport">Null takes what the name's records offer, else UDP.</param>
/// <param name="Trunk">The operator's trunk that says so; then the target policy is not asked.
/// Null for a place that a customer named.</param>
public sealed record SipPlace(string Host, int? Port, SipTransport? Transport, TrunkId? Trunk)
{
    public bool IsTrusted => Trunk is not null;
}
