using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Agency;

/// <summary>What a token is for.</summary>
internal enum TokenUse { Access, Refresh, Invite }

/// <summary>Whom a token is of.</summary>
/// <param name="Epoch">The user's at the time: a higher one ends it.</param>
internal sealed record UserClaims(Guid User, TokenUse Use, long Epoch, DateTimeOffset EndsAt);

/// <summary>
/// What users sign in to get: a JSON Web Token (RFC 7519) under a key that only the node's database has. There is one header, so what a
/// token says of its algorithm decides nothing.
/// </summary>
internal sealed class UserTokens(NodeIdentity node)
{
    public static readonly TimeSpan AccessLife = TimeSpan.FromMinutes(15), RefreshLife = TimeSpan.FromDays(30),
        InviteLife = TimeSpan.FromDays(7);

    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8) + ".";

    private readonly byte[] _key = HMACSHA256.HashData(node.TokenKey.Span, "tokens of users"u8);

    /// <summary>True when the text has the form of one, whoever made it.</summary>
    public static bool IsOne(string text) => text.StartsWith(Header, StringComparison.Ordinal);

    public string Write(UserClaims claims, DateTimeOffset now)
    {
        var said = new JsonObject
        {
            ["sub"] = claims.User.ToString(), ["use"] = claims.Use.ToString(), ["session_epoch"] = claims.Epoch,
            ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = claims.EndsAt.ToUnixTimeSeconds(),
        };
        string signed = Header + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(said.ToJsonString()));
        return $"{signed}.{Base64Url.EncodeToString(Sign(signed))}";
    }

    /// <summary>Null for what was not made here. Whether its time is over is for the caller to see.</summary>
    public UserClaims? Read(string text)
    {
        int end = text.LastIndexOf('.');
        if (!IsOne(text) || end < Header.Length || Bytes(text[(end + 1)..]) is not { } signature) return null;
        // Over the text as it came: what it decodes to is read only afterwards.
        if (!CryptographicOperations.FixedTimeEquals(Sign(text[..end]), signature)) return null;
        if (Bytes(text[Header.Length..end]) is not { } body) return null;
        using var read = JsonDocument.Parse(body);
        var claims = read.RootElement;
        return new(claims.GetProperty("sub").GetGuid(), Enum.Parse<TokenUse>(claims.GetProperty("use").GetString()!),
            claims.GetProperty("session_epoch").GetInt64(), DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64()));
    }

    private byte[] Sign(string text) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text));

    private static byte[]? Bytes(string part)
    {
        byte[] bytes = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        return Base64Url.DecodeFromChars(part, bytes, out _, out int written) is OperationStatus.Done ? bytes[..written] : null;
    }
}
