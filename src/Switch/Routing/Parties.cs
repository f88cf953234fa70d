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

    /// <summary>The number when the user part is one, else the whole URI.</summary>
    public static string Of(SipUri uri) => PartyNumber.Normalise(uri.UserText) ?? (uri.IsSipOrSips ? $"sip:{Bare(uri)}" : uri.ToString());

    /// <summary>user@host:port</summary>
    public static string Bare(SipUri uri)
    {
        string host = uri.Host.AsText();
        if (uri.Port is { } port) host = $"{host}:{port}";
        return uri.User.IsEmpty ? host : $"{uri.UserText}@{host}";
    }

    /// <summary>
    /// The number that a customer's equipment calls from: P-Preferred-Identity, then P-Asserted-Identity, Remote-Party-ID, From;
    /// the first that has one. Null when none has.
    /// </summary>
    public static string? CallerOf(SipRequest request)
    {
        foreach (var value in request.Values(SipHeader.PPreferredIdentity))
            if (NumberIn(value) is { } preferred) return preferred;
        foreach (var value in request.Values(SipHeader.PAssertedIdentity))
            if (NumberIn(value) is { } asserted) return asserted;
        return NumberIn(request.First("Remote-Party-ID"u8)) ?? PartyNumber.Normalise(request.From.ParseUri().UserText);
    }

    /// <summary>RFC 3323, RFC 3325: the number is not to be shown.</summary>
    public static bool IsPrivate(SipRequest request)
    {
        foreach (var line in request.Lines)
            if (line.Id is SipHeader.Privacy && line.Value.AsText().Split(';', StringSplitOptions.TrimEntries)
                .Contains("id", StringComparer.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>
    /// +E.164 from what a person dials: international with +, 00 or 011, or national within North America.
    /// Short numbers stay as they are; null for names.
    /// </summary>
    /// <param name="country">ISO 3166 alpha-2; only the North American plan has national numbers that are known without its tables.</param>
    public static string? Dialled(string text, string? country)
    {
        int semicolon = text.IndexOf(';');
        if (semicolon >= 0) text = text[..semicolon];
        if (ShortNumber.Is(text)) return text;
        if (country is "US" or "CA")
        {
            if (text.StartsWith("011", StringComparison.Ordinal)) text = "+" + text[3..];
            else if (text.Length == 10 && text[0] is >= '2' and <= '9' && !text.AsSpan().ContainsAnyExceptInRange('0', '9'))
                text = "+1" + text;
        }
        return PartyNumber.Normalise(text);
    }

    private static string? NumberIn(ReadOnlySpan<byte> value) =>
        NameAddress.TryParse(value, out var address) is ParseStatus.Ok ? PartyNumber.Normalise(address.ParseUri().UserText) : null;
}
