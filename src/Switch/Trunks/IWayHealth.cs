using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Trunks;

/// <summary>
/// How the addresses stand that calls go to, as earlier calls have shown: those of one trunk, or all that are no trunk's.
/// </summary>
internal interface IWayHealth
{
    /// <summary>The place leads to these at the moment.</summary>
    void Learn(IReadOnlyList<SipFlow> flows);

    /// <inheritdoc cref="TrunkHealth.MayTry"/>
    bool MayTry(SipFlow flow, Instant now);

    /// <inheritdoc cref="TrunkHealth.NextTry"/>
    Instant NextTry(SipFlow flow);

    /// <inheritdoc cref="TrunkHealth.Hear"/>
    bool Hear(SipFlow flow, Instant sent, Instant now);

    /// <inheritdoc cref="TrunkHealth.TryFail"/>
    bool TryFail(SipFlow? flow, FailureClass failure, string number, Instant sent, Instant now);
}
