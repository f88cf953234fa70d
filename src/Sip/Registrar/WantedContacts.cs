using Ringwright.Core;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Registrar;

/// <summary>One Contact of a REGISTER: what is to become of it.</summary>
/// <param name="Uri">As the phone wrote it.</param>
/// <param name="Quality">Preference in thousandths.</param>
/// <param name="Expiry">Zero takes it away.</param>
internal sealed record WantedContact(string Uri, int Quality, TimeSpan Expiry, OutboundFlow? Outbound)
{
    public bool IsRemoval => Expiry == TimeSpan.Zero;
}

/// <summary>Reads what a REGISTER wants (RFC 3261 section 10.3): all of it, or the reason why it cannot be read.</summary>
internal static class WantedContacts
{
    /// <summary>Null with the phrase of a 400.</summary>
    public static List<WantedContact>? Read(SipRequest request, IReadOnlyList<string> path, out string? trouble)
    {
        trouble = null;
        List<WantedContact> wanted = [];
        foreach (var value in request.Values(SipHeader.Contact))
        {
            if (value.IsEmpty) continue;
            if (NameAddress.TryParse(value, out var contact) is not ParseStatus.Ok || !contact.ParseUri().IsSipOrSips)
                trouble = "Contact Is Not A SIP URI";
            int quality = QualityValue.Usual;
            if (trouble is null && contact.Parameters.TryFind("q"u8, out var given) && !given.IsEmpty
                && !QualityValue.TryParse(given, out quality)) trouble = "Bad q";
            if (trouble is not null) return null;
            wanted.Add(new(contact.ToString(), quality, Expiry(request, contact), OutboundFlow.Of(request, contact, path)));
        }
        return wanted;
    }

    /// <summary>The time of a REGISTER with an asterisk is zero: by its Expires, or behind the asterisk, where some write it.</summary>
    public static bool AreAllOver(SipRequest request)
    {
        ReadOnlySpan<byte> said = request.First(SipHeader.Expires);
        foreach (var value in request.Values(SipHeader.Contact))
        {
            int semicolon = value.IndexOf((byte)';');
            if (semicolon >= 0 && new SipParameters(value[semicolon..]).TryFind("expires"u8, out var own) && !own.IsEmpty) said = own;
        }
        return Grammar.TryNumber(said.TrimLws().Trim((byte)'"'), uint.MaxValue, out uint seconds) && seconds == 0;
    }

    /// <summary>False for a path that no request could be sent along.</summary>
    public static bool TryPath(SipRequest request, out List<string> path)
    {
        path = [];
        int bytes = 0;
        foreach (var value in request.Values(SipHeader.Path))
        {
            if (value.IsEmpty) continue;
            if (path.Count == Limits.PathHops || (bytes += value.Length) > Limits.PathBytes
                || NameAddress.TryParse(value, out var hop) is not ParseStatus.Ok || !hop.ParseUri().IsSipOrSips) return false;
            path.Add(NameAddress.Hop(value));
        }
        return true;
    }

    /// <summary>
    /// The Contact's own word, which some put into quotation marks, else the Expires header, else our default, which is also what
    /// one that cannot be read means (RFC 3261 section 10.2.1.1).
    /// </summary>
    private static TimeSpan Expiry(SipRequest request, NameAddress contact)
    {
        var text = contact.Parameters.TryFind("expires"u8, out var own) && !own.IsEmpty ? own : request.First(SipHeader.Expires).TrimLws();
        return Grammar.TryNumber(text.Trim((byte)'"'), uint.MaxValue, out uint seconds) ? TimeSpan.FromSeconds(seconds)
            : RegisterServer.DefaultExpiry;
    }
}
