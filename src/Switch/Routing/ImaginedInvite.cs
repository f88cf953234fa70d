using System.Diagnostics.CodeAnalysis;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Messages;

namespace Ringwright.Switch.Routing;

/// <summary>The INVITE that a customer's equipment would send, so that what reads real ones decides about it.</summary>
internal static class ImaginedInvite
{
    /// <param name="to">What is dialled, as the equipment writes it.</param>
    /// <param name="from">A number, a SIP URI, or the user part of one.</param>
    /// <param name="domain">The host of what is no URI.</param>
    /// <returns>False for texts that no request can hold.</returns>
    public static bool TryMake(string to, string from, string domain, [NotNullWhen(true)] out SipRequest? invite)
    {
        string target = UriOf(to, domain);
        new SipRequestBuilder(SipMethod.Invite, target)
            .Add(SipHeader.To, $"<{target}>")
            .Add(SipHeader.From, $"<{UriOf(from, domain)}>;tag=explained")
            .Add(SipHeader.CallId, "explained")
            .Add(SipHeader.CSeq, "1 INVITE")
            .TryBuild(out invite);
        return invite is not null;
    }

    private static string UriOf(string text, string domain) =>
        DialUri.TryParse(text, out _) ? text : $"sip:{Uri.EscapeDataString(text).Replace("%2B", "+", StringComparison.Ordinal)}@{domain}";
}
