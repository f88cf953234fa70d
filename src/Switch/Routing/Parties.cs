using Ringwright.Sip;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;

namespace Ringwright.Switch.Routing;

/// <summary>Callers and called parties as legs name them.</summary>
internal static class Parties
{
    /// <summary>A caller who is not shown.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>The same as a URI without the scheme (RFC 3323 section 4.1.1.3).</summary>
    public const string AnonymousUri = "anonymous@anonymous.invalid";

    /// <summary>What a local number is local to (RFC 3966 section 5.1.5).</summary>
    private const string Context = "phone-context";

    /// <summary>The number when the user part is one, else the whole URI.</summary>
    public static string Of(SipUri uri) => PartyNumber.Normalise(UserOf(uri)) ?? (uri.IsSipOrSips ? $"sip:{Bare(uri)}" : uri.ToString());

    /// <summary>
    /// The user part without its escapes. A number that is local to a global prefix is the whole one, wherever the prefix stands: carriers
    /// write it into the user part, behind the host, or have a tel: URI. Short numbers, and what is dialled internationally, stay so.
    /// </summary>
    public static string UserOf(SipUri uri)
    {
        string user = uri.UserText;
        int semicolon = user.IndexOf(';');
        string local = PartyNumber.WithoutSeparators(semicolon < 0 ? user : user[..semicolon]);
        if (local.StartsWith('+') || local.StartsWith("00", StringComparison.Ordinal) || ShortNumber.Is(local)) return user;
        int inside = user.IndexOf($";{Context}=", StringComparison.OrdinalIgnoreCase);
        string prefix = inside >= 0 ? user[(inside + Context.Length + 2)..].Split(';')[0]
            : uri.Parameters.TryFind("phone-context"u8, out var said) ? Uri.UnescapeDataString(said.AsText()) : "";
        // French carriers put a host behind it: phone-context=+33@carrier.example.
        prefix = prefix.Split('@')[0].Trim('"');
        // No number of North America begins so: it has its 1, or the 011 of another country, already.
        if (prefix is "+1" && local.Length > 0 && local[0] is '0' or '1') return user;
        return prefix.StartsWith('+') && PartyNumber.Normalise(prefix + local) is { } number ? number : user;
    }

    /// <summary>user@host:port; null for a URI without a host, such as tel:.</summary>
    public static string? Bare(SipUri uri)
    {
        if (!uri.IsSipOrSips) return null;
        string host = uri.Host.AsText();
        if (uri.Port is { } port) host = $"{host}:{port}";
        return uri.User.IsEmpty ? host : $"{BroughtIdentities.WithoutVerdict(uri.UserText)}@{host}";
    }

    /// <summary>
    /// The number that a customer's equipment calls from: P-Preferred-Identity, then P-Asserted-Identity, Remote-Party-ID, From;
    /// the first that has one. Null when none has.
    /// </summary>
    /// <param name="country">Whose national numbers it dials, and writes.</param>
    public static string? CallerOf(SipRequest request, string? country)
    {
        foreach (var value in request.Values(SipHeader.PPreferredIdentity))
            if (NumberIn(value, country) is { } preferred) return preferred;
        foreach (var value in request.Values(SipHeader.PAssertedIdentity))
            if (NumberIn(value, country) is { } asserted) return asserted;
        return NumberIn(request.First("Remote-Party-ID"u8), country) ?? NumberOf(UserOf(request.From.ParseUri()), country);
    }

    /// <summary>The number of whoever is named by digits, which may be national ones; null for names.</summary>
    public static string? NumberOf(string user, string? country) => Dialled(user, country) switch
    {
        ['+', ..] and var number => number,
        { } few => PartyNumber.Normalise(few),
        null => null,
    };

    /// <summary>
    /// The number that a trusted peer says the call is from beside From: P-Asserted-Identity (RFC 3325), or Remote-Party-ID, its like of
    /// before. Null when neither has one, and where From says that the number is withheld.
    /// </summary>
    /// <param name="country">In whose way the peer writes numbers.</param>
    public static string? AssertedBy(SipRequest request, string? country)
    {
        if (IsWithheld(request.From.ParseUri())) return null;
        foreach (var value in request.Values(SipHeader.PAssertedIdentity))
            if (NumberIn(value, country) is { } asserted) return asserted;
        return NumberIn(request.First("Remote-Party-ID"u8), country);
    }

    /// <summary>The number that the network calls, where the Request-URI is but the way there (RFC 7315 section 4.2).</summary>
    public static string? CalledBy(SipRequest request) => NumberIn(request.First("P-Called-Party-ID"u8));

    /// <summary>
    /// The number is not to be shown: by RFC 3325 (id), by RFC 3323 (user), or in the words of before, Remote-Party-ID.
    /// header and session ask for nothing that a call through us does not have anyway: our own Via, Contact and media.
    /// </summary>
    public static bool IsPrivate(SipRequest request) => AsksFor(request, static word => word is "id" or "user")
        || NameAddress.TryParse(request.First("Remote-Party-ID"u8), out var party) is ParseStatus.Ok
            && party.Parameters.TryFind("privacy"u8, out var privacy)
            && Array.Exists(WordsOf(privacy.AsText()), static word => word is "full" or "uri");

    /// <summary>The same of a customer's equipment, whose From may be all that it says of that.</summary>
    public static bool HidesItself(SipRequest request) => IsPrivate(request) || IsWithheld(request.From.ParseUri());

    /// <summary>Nobody is named by it, as who hides writes it (RFC 3323 section 4.1.1.3); some phones have another host there.</summary>
    public static bool IsWithheld(SipUri from) => from.UserText.Equals(Anonymous, StringComparison.OrdinalIgnoreCase)
        || from.Host.AsText().EndsWith(".invalid", StringComparison.OrdinalIgnoreCase);

    /// <summary>Who sent the call on is to be kept from others (RFC 7044 section 10.1).</summary>
    public static bool HidesHistory(SipRequest request) => AsksFor(request, static word => word is "history" or "header" or "session");

    /// <summary>Something is asked for that we do not know, and the call is not to be without it (RFC 3323 section 5).</summary>
    public static bool IsUnmetPrivacy(SipRequest request) => AsksFor(request, static word => word is "critical")
        && AsksFor(request, static word =>
            word is not ("critical" or "id" or "user" or "header" or "session" or "history" or "none"));

    private static bool AsksFor(SipRequest request, Predicate<string> what)
    {
        foreach (var line in request.Lines)
        {
            if (line.Id is not SipHeader.Privacy) continue;
            if (Array.Exists(WordsOf(line.Value.AsText()), what)) return true;
        }
        return false;
    }

    /// <summary>In lower case, whatever stands between them and around them.</summary>
    private static string[] WordsOf(string value) =>
        value.ToLowerInvariant().Split([';', ',', ' ', '\t', '"'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// +E.164 from what a person dials: international with +, 00 or 011, or national within North America.
    /// Short numbers stay as they are; null for names. What stands between the digits counts for nothing.
    /// </summary>
    /// <param name="country">ISO 3166 alpha-2; only the North American plan has national numbers that are known without its tables.</param>
    public static string? Dialled(string text, string? country)
    {
        int semicolon = text.IndexOf(';');
        if (semicolon >= 0) text = text[..semicolon];
        string digits = PartyNumber.WithoutSeparators(text);
        if (ShortNumber.Is(digits)) return digits;
        if (country is "US" or "CA")
        {
            if (digits.StartsWith("011", StringComparison.Ordinal)) digits = "+" + digits[3..];
            else if (digits.Length == 10 && digits[0] is >= '2' and <= '9' && !digits.AsSpan().ContainsAnyExceptInRange('0', '9'))
                digits = "+1" + digits;
        }
        return PartyNumber.Normalise(digits);
    }

    /// <summary>Without brackets all that follows is the URI's: these headers have no parameters that say anything of the number.</summary>
    private static string? NumberIn(ReadOnlySpan<byte> value, string? country = null)
    {
        if (SipUri.TryParse(value.Trim(" \t"u8), out var bare) is ParseStatus.Ok) return NumberOf(UserOf(bare), country);
        return NameAddress.TryParse(value, out var address) is ParseStatus.Ok ? NumberOf(UserOf(address.ParseUri()), country) : null;
    }
}
