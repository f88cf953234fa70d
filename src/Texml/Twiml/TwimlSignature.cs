using System.Security.Cryptography;
using System.Text;

namespace Ringwright.Texml.Twiml;

/// <summary>
/// What says that a request comes from the account's node: HMAC-SHA1 with the account's token over the URL and, where a form is posted,
/// its names and values in the order of the names.
/// </summary>
internal static class TwimlSignature
{
    public const string HeaderName = "x-twilio-signature";

    /// <summary>
    /// Names a request, beside its signature: receivers know by it one that comes again from another that says the same.
    /// </summary>
    public static KeyValuePair<string, string> NameOf(Guid request) => new("i-twilio-idempotency-token", request.ToString());

    public static KeyValuePair<string, string> Header(string token, string url, IEnumerable<KeyValuePair<string, string>> form) =>
        new(HeaderName, Sign(token, url, form));

    /// <summary>
    /// Of a socket's handshake, over the URL as it was written, where its server sees all of it; nothing without a token.
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, string>> OfHandshake(string? token, string url)
    {
        if (token is null) return [];
        bool isSeen = !Uri.TryCreate(url, UriKind.Absolute, out var target)
            || target.UserInfo.Length == 0 && target.Fragment.Length == 0 && Ascii.IsValid(url);
        return [Header(token, isSeen ? url : UrlOf(target!), [])]; // it is one where something of it is not seen
    }

    /// <summary>
    /// What is signed of a URL: what its server sees, without a name and a password, and without what is behind a #; an international host
    /// as headers have it (RFC 5891).
    /// </summary>
    public static string UrlOf(Uri target)
    {
        if (!Ascii.IsValid(target.Host))
            return $"{target.Scheme}://{target.IdnHost}{(target.IsDefaultPort ? "" : $":{target.Port}")}{target.PathAndQuery}";
        return target.UserInfo.Length == 0 && target.Fragment.Length == 0 ? target.AbsoluteUri
            : target.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped);
    }

    public static string Sign(string token, string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var signed = new StringBuilder(url);
        foreach (var (name, value) in form.OrderBy(field => field.Key, StringComparer.Ordinal)) signed.Append(name).Append(value);
#pragma warning disable CA5350 // the algorithm is the protocol's
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(signed.ToString())));
#pragma warning restore CA5350
    }
}
