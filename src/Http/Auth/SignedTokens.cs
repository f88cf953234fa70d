using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Http;

/// <summary>
/// JSON Web Tokens (RFC 7519) by which a node knows its own users again, under a key that only its database has (HS256). There is one
/// header, so what a token says of its algorithm decides nothing.
/// </summary>
/// <param name="purpose">Tokens for one purpose are none for another.</param>
public sealed class SignedTokens(NodeIdentity node, string purpose)
{
    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8) + ".";

    private readonly byte[] _key = HMACSHA256.HashData(node.TokenKey.Span, Encoding.UTF8.GetBytes(purpose));

    /// <summary>True when the text has the form of one, whoever made it.</summary>
    public static bool IsOne(string text) => text.StartsWith(Header, StringComparison.Ordinal);

    public string Write(JsonObject claims)
    {
        string signed = Header + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()));
        return $"{signed}.{Base64Url.EncodeToString(Sign(signed))}";
    }

    /// <summary>Null for what was not made here. Whether its time is over is for the caller to see.</summary>
    public JsonElement? Read(string text)
    {
        int end = text.LastIndexOf('.');
        if (!IsOne(text) || end < Header.Length || Jwt.Bytes(text[(end + 1)..]) is not { } signature) return null;
        // Over the text as it came: what it decodes to is read only afterwards.
        if (!CryptographicOperations.FixedTimeEquals(Sign(text[..end]), signature)) return null;
        return Jwt.Bytes(text[Header.Length..end]) is { } body ? Jwt.Json(body) : null;
    }

    private byte[] Sign(string text) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text));
}
