using System.Text;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Registrations;

/// <summary>How long a registrar keeps our Contact, however it writes it (RFC 3261 section 10.2.4).</summary>
internal static class GrantedTime
{
    /// <summary>
    /// What it says of our Contact: of the one with our mark, else of one at our address. Where it has rewritten that too, the shortest
    /// that it says of any: to refresh too early costs a request, too late a silence.
    /// </summary>
    /// <param name="ours">The Contact of the request: <c>&lt;sip:user@host:port;line=…&gt;</c>.</param>
    /// <returns>Seconds; null when it names no time.</returns>
    public static uint? Of(SipResponse response, string ours)
    {
        if (NameAddress.TryParse(Encoding.ASCII.GetBytes(ours), out var sent) is not ParseStatus.Ok) return null;
        uint? all = Seconds(response.First(SipHeader.Expires)), marked = null, near = null, least = null;
        foreach (var value in response.Values(SipHeader.Contact))
        {
            if (NameAddress.TryParse(value, out var contact) is not ParseStatus.Ok) continue;
            uint? own = contact.Parameters.TryFind("expires"u8, out var text) ? Seconds(text) : all;
            if (own is not { } seconds) continue;
            least = Math.Min(least ?? seconds, seconds);
            if (HasMark(contact.ParseUri(), sent.ParseUri(), out bool hasOther)) marked = Math.Min(marked ?? seconds, seconds);
            else if (!hasOther && IsAt(contact.ParseUri(), sent.ParseUri())) near = Math.Min(near ?? seconds, seconds);
        }
        return marked ?? near ?? least ?? all;
    }

    private static bool HasMark(SipUri contact, SipUri sent, out bool hasOther)
    {
        hasOther = false;
        if (!contact.Parameters.TryFind("line"u8, out var mark) || !sent.Parameters.TryFind("line"u8, out var own)) return false;
        bool isOurs = mark.SequenceEqual(own);
        hasOther = !isOurs;
        return isOurs;
    }

    private static bool IsAt(SipUri contact, SipUri sent) => contact.User.SequenceEqual(sent.User)
        && Ascii.EqualsIgnoreCase(contact.Host, sent.Host) && contact.Port == sent.Port;

    /// <summary>Some write it in quotation marks. A binding that ends at once is none.</summary>
    private static uint? Seconds(ReadOnlySpan<byte> text) =>
        uint.TryParse(text.AsText().Trim().Trim('"').Trim(), out uint seconds) && seconds > 0 ? seconds : null;
}
