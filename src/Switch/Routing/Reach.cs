using System.Net;
using System.Text;
using Ringwright.Sip;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Routing;

/// <summary>Which way leads to a registered phone.</summary>
internal static class Reach
{
    /// <summary>
    /// To the address that its Contact names when its REGISTER came from that very host: it may listen on another port than it sends from.
    /// Else back to where the REGISTER came from, which is the only way through a NAT; a Contact never leads us to a third party's host.
    /// Over TCP and TLS the connection is used.
    /// </summary>
    public static SipFlow Of(ContactBinding binding)
    {
        if (binding.Flow.IsReliable) return binding.Flow;
        bool isHonest = SipUri.TryParse(Encoding.UTF8.GetBytes(binding.Contact), out var contact) is ParseStatus.Ok
            && contact.TryGetEndPoint(out var named) && named.Address.Equals(binding.Flow.Remote.Address)
            && !(contact.Parameters.TryFind("transport"u8, out var transport) && !Ascii.EqualsIgnoreCase(transport, "udp"u8));
        if (!isHonest) return binding.Flow;
        _ = contact.TryGetEndPoint(out IPEndPoint own);
        return binding.Flow with { Peer = own };
    }
}
