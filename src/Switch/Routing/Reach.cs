using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Routing;

/// <summary>Which way leads to a registered phone.</summary>
internal static class Reach
{
    /// <summary>
    /// To the address that its Contact names when its REGISTER came from that very host, else back to where the REGISTER came from, which
    /// is the only way through a NAT, and to the first proxy of its Path, for that one sent it. Over TCP and TLS the connection is used.
    /// </summary>
    public static SipFlow Of(ContactBinding binding) =>
        binding.TryGetDirect(out var own) ? binding.Flow with { Peer = own } : binding.Flow;
}
