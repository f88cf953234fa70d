using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Chakra.Plugins;

/// <summary>How a team and another provider know each other: the secret of the path, and what events are signed by.</summary>
internal sealed class PluginKeys(Database store)
{
    public const string TwilioSignature = "X-Twilio-Signature", PlainSignature = "X-Signature";

    private const int NonceBytes = 16;

    public static string NewNonce() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NonceBytes));

    /// <summary>64 letters. No table has them, so that nobody reads them there.</summary>
    public string PathSecretOf(TenantId team, string provider, string nonce) => Convert.ToHexStringLower(HMACSHA256.HashData(
        store.Node.TokenKey.Span, Encoding.UTF8.GetBytes($"plugin path of {team} {provider} {nonce}")));

    /// <param name="nonce">Null where the team has no such plugin: it takes as long.</param>
    public bool IsPath(TenantId team, string provider, string? nonce, string said) =>
        IsSame(PathSecretOf(team, provider, nonce ?? NewNonce()), said) && nonce is not null;

    /// <summary>
    /// HMAC-SHA1 over the URL and, of a form, its names and values in the order of the names. Some of its services sign the URL without its
    /// port, and some with one that needs not be said: the vendor's own libraries take each.
    /// </summary>
    public static bool IsTwilios(string? said, string token, string url, IReadOnlyList<KeyValuePair<string, string>> form)
    {
        bool isSigned = false;
        foreach (string one in SpellingsOf(url)) isSigned |= IsSigned(said, token, one, form);
        return isSigned;
    }

    private static IEnumerable<string> SpellingsOf(string url)
    {
        yield return url;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var at)) yield break;
        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        int path = scheme < 0 ? -1 : url.IndexOf('/', scheme + 3);
        if (path < 0) yield break;
        yield return $"{at.Scheme}://{at.Host}{url[path..]}";
        yield return string.Create(CultureInfo.InvariantCulture, $"{at.Scheme}://{at.Host}:{at.Port}{url[path..]}");
    }

    private static bool IsSigned(string? said, string token, string url, IReadOnlyList<KeyValuePair<string, string>> form)
    {
        var signed = new StringBuilder(url);
        foreach (var (name, value) in form.OrderBy(field => field.Key, StringComparer.Ordinal)) signed.Append(name).Append(value);
#pragma warning disable CA5350 // the algorithm is the protocol's
        byte[] mac = HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(signed.ToString()));
#pragma warning restore CA5350
        return said is not null && IsSame(Convert.ToBase64String(mac), said);
    }

    /// <summary>HMAC-SHA256 over the body, in hexadecimal behind <c>sha256=</c>.</summary>
    public static bool IsPlain(string? said, string secret, byte[] body) => said is not null
        && IsSame("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body)), said.Trim());

    private static bool IsSame(string one, string other) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(one)), SHA256.HashData(Encoding.UTF8.GetBytes(other)));
}
