using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>Reads the parties of a dial.</summary>
internal static class DialDestination
{
    /// <summary>
    /// The destination of a command that has one. A number or a sip: URI; short numbers pass: the dial gate says what they are.
    /// </summary>
    public static string To(VoiceBody body)
    {
        if (Named(body) is { } named) return To(body, named.To);
        body.Refuse(VoiceErrors.BadRequest, "to", "to must name a destination.");
        return "";
    }

    /// <summary>Digits for the one destination once it has answered, which newer clients append behind a comma; null for none.</summary>
    public static string? Appended(VoiceBody body) => Named(body)?.Digits;

    private static (string To, string? Digits)? Named(VoiceBody body)
    {
        if (body.Json["to"] is not JsonValue value || value.GetValueKind() is not JsonValueKind.String) return null;
        string text = value.GetValue<string>();
        // The user of a SIP URI may have commas of its own.
        int comma = text.IndexOf(',', text.LastIndexOf('@') + 1);
        return (comma < 0 ? text : text[..comma], comma < 0 ? null : text[(comma + 1)..]);
    }

    /// <summary>One destination or several, at least one; those after the first are rung together with it.</summary>
    public static IReadOnlyList<string> All(VoiceBody body)
    {
        if (body.Json["to"] is not JsonArray list) return [To(body)];
        List<string> all = [.. list.Select(item => Plain(item!.GetValue<string>()))];      // the contract lets nothing else in
        if (all.Count == 0) body.Refuse(VoiceErrors.BadRequest, "to", "to must name a destination, or several as a list of texts.");
        else if (all.Count > VoiceLimits.Destinations)
            body.Refuse(VoiceErrors.BadLength, "to", $"to may name at most {VoiceLimits.Destinations} destinations.");
        else if (all.Index().FirstOrDefault(e => all.FindIndex(to => IsSame(to, e.Item)) < e.Index) is (> 0 and var twice, _))
            body.Refuse(VoiceErrors.BadRequest, $"to/{twice}", "to names a destination twice.");
        return all.Count == 0 ? [""] : [.. all.Select((to, index) => To(body, to, $"to/{index}"))];
    }

    /// <summary>
    /// Whether the media are encrypted: <c>media_encryption</c> says so, or the <c>secure</c> that newer clients write into SIP URIs.
    /// </summary>
    /// <param name="destinations">All that are called.</param>
    public static MediaEncryption Encryption(VoiceBody body, IReadOnlyList<string> destinations)
    {
        var asked = body.Encryption();
        // It counts before the URIs, also where it is what is not built.
        if (asked is not MediaEncryption.Disabled || body.Text("media_encryption") is "DTLS") return asked;
        var (secured, fault, at) = Secured(destinations);
        if (fault is not null)
            body.Refuse(VoiceErrors.BadRequest, at is { } i && body.Json["to"] is JsonArray ? $"to/{i}" : "to", $"10041: {fault}.");
        return secured;
    }

    /// <summary>What the <c>secure</c> of SIP URIs that are called asks for.</summary>
    /// <returns>With what is wrong, as a sentence without its end, and whose it is; null when nothing is.</returns>
    public static (MediaEncryption Encryption, string? Fault, int? At) Secured(IReadOnlyList<string> destinations)
    {
        const string words = "secure of a SIP URI must be true or srtp";
        string?[] secures = [.. destinations.Select(to => Parameter(to, "secure"))];
        int odd = Array.FindIndex(secures, secure => secure is not (null or "true" or "srtp"));
        if (odd >= 0)
            return (MediaEncryption.Disabled, secures[odd] is "dtls" ? $"media encryption by DTLS is not built yet: {words}" : words, odd);
        int encrypted = secures.Count(secure => secure is not null);
        if (encrypted > 0 && encrypted < secures.Length)
            return (MediaEncryption.Disabled, "destinations of one dial are encrypted all or none: name secure in each", null);
        return (encrypted > 0 ? MediaEncryption.Required : MediaEncryption.Disabled, null, null);
    }

    /// <summary>Whether a SIP URI asks for encrypted media, or says anything of them.</summary>
    public static bool NamesEncryption(string to) => Parameter(to, "secure") is not null;

    /// <summary>A number as it is dialled, whoever has typed it.</summary>
    private static string Plain(string to) => TypedNumbers.Read(to) ?? to;

    private static bool IsSame(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    /// <summary>A field that takes a SIP URI and nothing else.</summary>
    public static string SipAddress(VoiceBody body, string field)
    {
        string text = body.Text(field) ?? "";
        if (IsSipScheme(text, out bool isSecure)) return SipAddress(body, field, text, isSecure);
        body.Refuse(VoiceErrors.BadRequest, field, $"{field} must be a SIP URI: sip:user@host.");
        return "";
    }

    /// <summary>A number, or a SIP URI that may be called.</summary>
    public static bool IsCallable(string to) =>
        E164.TryParse(to, out _) || IsShortNumber(to)
        || IsSipScheme(to, out bool isSecure) && NamesGoodTransport(to, isSecure) && IsSipUri(to, isSecure);

    /// <param name="field">The one that has it, of a list with its place: <c>to/1</c>.</param>
    private static string To(VoiceBody body, string to, string field = "to")
    {
        if (E164.TryParse(to, out _) || IsShortNumber(to)) return to;
        if (IsSipScheme(to, out bool isSecure)) return SipAddress(body, field, to, isSecure);
        if (TypedNumbers.Read(to) is { } typed) return typed;
        body.Refuse(VoiceErrors.NotE164, field, $"{field} must be a phone number in +E.164 format or a SIP URI.");
        return "";
    }

    private static bool IsSipScheme(string text, out bool isSecure)
    {
        isSecure = text.StartsWith("sips:", StringComparison.OrdinalIgnoreCase);
        return isSecure || text.StartsWith("sip:", StringComparison.OrdinalIgnoreCase);
    }

    private static string SipAddress(VoiceBody body, string field, string uri, bool isSecure)
    {
        if (!NamesGoodTransport(uri, isSecure))
            body.Refuse(VoiceErrors.BadRequest, field,
                "The transport of a SIP URI must be udp, tcp or tls, and that of a sips: URI cannot be udp.");
        else if (!IsSipUri(uri, isSecure))
            body.Refuse(VoiceErrors.BadRequest, field, "A SIP URI must be sip:user@host or sip:user@host:port, or the same with sips:.");
        else return uri;
        return "";
    }

    /// <summary>A number, or a sip: URI; whether it is the account's is the engine's to judge.</summary>
    public static string From(VoiceBody body)
    {
        string from = Plain(body.Text("from") ?? "");
        if (!IsCaller(from))
            body.Refuse(VoiceErrors.NotE164, "from",
                "from must be a phone number in +E.164 format, or a SIP URI of the account: sip:user@host.");
        return from;
    }

    /// <inheritdoc cref="From"/>
    public static bool IsCaller(string from) => E164.TryParse(from, out _)
        || from.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) && !from.Contains(';') && IsSipUri(from, isSecure: false);

    /// <summary>Two to six digits, with or without the plus sign: 911, 112, 933.</summary>
    private static bool IsShortNumber(string text)
    {
        var digits = text.AsSpan(text.StartsWith('+') ? 1 : 0);
        return digits.Length is >= 2 and <= 6 && !digits.ContainsAnyExceptInRange('0', '9');
    }

    private static bool NamesGoodTransport(string uri, bool isSecure) =>
        Parameter(uri, "transport") is not { } named || named is "tcp" or "tls" || named is "udp" && !isSecure;

    /// <summary>In small letters; null when the URI has none of this name.</summary>
    private static string? Parameter(string uri, string name)
    {
        string mark = $";{name}=";
        int start = uri.IndexOf(mark, StringComparison.OrdinalIgnoreCase);
        return start < 0 ? null : uri[(start + mark.Length)..].Split(';')[0].ToLowerInvariant();
    }

    /// <summary>For places that leave the transport open; null when the body does too.</summary>
    public static SipTransport? Transport(VoiceBody body) =>
        body.OneOf("sip_transport_protocol", VoiceErrors.BadRequest, "UDP", "TCP", "TLS") switch
        {
            "UDP" => SipTransport.Udp,
            "TCP" => SipTransport.Tcp,
            "TLS" => SipTransport.Tls,
            _ => null,
        };

    /// <summary>sip:user@host[:port], without headers; the engine checks the rest.</summary>
    private static bool IsSipUri(string text, bool isSecure)
    {
        if (text.Length > VoiceLimits.SipUriLength) return false;
        var rest = text.AsSpan(isSecure ? 5 : 4);
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
