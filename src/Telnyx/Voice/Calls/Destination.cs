using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>Reads the parties of a dial.</summary>
internal static class Destination
{
    /// <summary>A number or a sip: URI. Short numbers pass: the dial gate says what they are.</summary>
    public static string To(VoiceBody body)
    {
        if (Single(body) is not { } to) return "";
        if (E164.TryParse(to, out _) || IsShortNumber(to)) return to;
        if (to.StartsWith("sip:", StringComparison.OrdinalIgnoreCase))
        {
            if (NamesOtherTransport(to))
            {
                body.Refuse(VoiceErrors.BadRequest, "to", "Only SIP over UDP is available yet: leave the transport parameter out.");
                return "";
            }
            if (IsSipUri(to)) return to;
            body.Refuse(VoiceErrors.BadRequest, "to", "A SIP URI must be sip:user@host or sip:user@host:port.");
            return "";
        }
        if (to.StartsWith("sips:", StringComparison.OrdinalIgnoreCase)) body.Refuse(VoiceErrors.BadRequest, "to", "SIP over TLS is not available yet.");
        else body.Refuse(VoiceErrors.NotE164, "to", "to must be a phone number in +E.164 format or a SIP URI.");
        return "";
    }

    public static string From(VoiceBody body)
    {
        string from = body.Text("from") ?? "";
        if (!E164.TryParse(from, out _)) body.Refuse(VoiceErrors.NotE164, "from", "from must be a phone number in +E.164 format.");
        return from;
    }

    private static string? Single(VoiceBody body)
    {
        switch (body.Json["to"])
        {
            case JsonValue value when value.GetValueKind() is JsonValueKind.String:
                return value.GetValue<string>();
            case JsonArray { Count: 1 } one when one[0] is JsonValue value && value.GetValueKind() is JsonValueKind.String:
                return value.GetValue<string>();
            case JsonArray { Count: > 1 }:
                body.Refuse(VoiceErrors.BadRequest, "to", "Dialling several destinations at once is not available yet: to must name one.");
                return null;
            default:
                body.Refuse(VoiceErrors.BadRequest, "to", "to must name a destination.");
                return null;
        }
    }

    /// <summary>Two to six digits, with or without the plus sign: 911, 112, 933.</summary>
    private static bool IsShortNumber(string text)
    {
        var digits = text.AsSpan(text.StartsWith('+') ? 1 : 0);
        return digits.Length is >= 2 and <= 6 && !digits.ContainsAnyExceptInRange('0', '9');
    }

    private static bool NamesOtherTransport(string uri)
    {
        int parameter = uri.IndexOf(";transport=", StringComparison.OrdinalIgnoreCase);
        if (parameter < 0) return false;
        string named = uri[(parameter + ";transport=".Length)..];
        int end = named.IndexOf(';');
        return !(end < 0 ? named : named[..end]).Equals("udp", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>sip:user@host[:port], without headers; the engine checks the rest.</summary>
    private static bool IsSipUri(string text)
    {
        if (text.Length > VoiceLimits.SipUriLength) return false;
        var rest = text.AsSpan(4);
        int at = rest.IndexOf('@');
        if (at <= 0 || at == rest.Length - 1) return false;
        foreach (char c in rest)
            if (c is <= ' ' or > '~' or '<' or '>' or '"' or '?') return false;
        var host = rest[(at + 1)..];
        int end = host.IndexOf(';');
        if (end >= 0) host = host[..end];
        int colon = host.IndexOf(':');
        if (colon >= 0)
        {
            if (!ushort.TryParse(host[(colon + 1)..], out ushort port) || port == 0) return false;
            host = host[..colon];
        }
        return Uri.CheckHostName(host.ToString()) is UriHostNameType.Dns or UriHostNameType.IPv4;
    }
}
