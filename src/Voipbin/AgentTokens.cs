using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Voipbin;

/// <summary>Who a token says that it is.</summary>
/// <param name="Stamp">Of the password that it was got with: a new password ends it.</param>
internal sealed record AgentClaims(TenantId Tenant, string Agent, string Stamp, DateTimeOffset EndsAt);

/// <summary>
/// What agents log in to get: a JSON Web Token (RFC 7519) under a key that only the node's database has. There is one header, so what a
/// token says of its algorithm decides nothing.
/// </summary>
internal sealed class AgentTokens(NodeIdentity node)
{
    public static readonly TimeSpan Life = TimeSpan.FromDays(7);

    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8) + ".";

    private readonly byte[] _key = HMACSHA256.HashData(node.TokenKey.Span, "tokens of agents"u8);

    /// <summary>True when the text has the form of one, whoever made it.</summary>
    public static bool IsOne(string text) => text.StartsWith(Header, StringComparison.Ordinal);

    public static string StampOf(string passwordHash) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(passwordHash)))[..16];

    public string Write(AgentClaims claims, DateTimeOffset now)
    {
        var said = new JsonObject
        {
            ["sub"] = claims.Agent, ["customer_id"] = claims.Tenant.ToString(), ["stamp"] = claims.Stamp,
            ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = claims.EndsAt.ToUnixTimeSeconds(),
        };
        string signed = Header + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(said.ToJsonString()));
        return $"{signed}.{Base64Url.EncodeToString(Sign(signed))}";
    }

    /// <summary>Null for what was not made here. Whether its time is over is for the caller to see.</summary>
    public AgentClaims? Read(string text)
    {
        int end = text.LastIndexOf('.');
        if (!IsOne(text) || end < Header.Length || Bytes(text[(end + 1)..]) is not { } signature) return null;
        // Over the text as it came: what it decodes to is read only afterwards.
        if (!CryptographicOperations.FixedTimeEquals(Sign(text[..end]), signature)) return null;
        if (Bytes(text[Header.Length..end]) is not { } body) return null;
        using var read = JsonDocument.Parse(body);
        var claims = read.RootElement;
        return new(new(claims.GetProperty("customer_id").GetGuid()), claims.GetProperty("sub").GetString()!,
            claims.GetProperty("stamp").GetString()!, DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64()));
    }

    private byte[] Sign(string text) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text));

    private static byte[]? Bytes(string part)
    {
        byte[] bytes = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        return Base64Url.DecodeFromChars(part, bytes, out _, out int written) is OperationStatus.Done ? bytes[..written] : null;
    }
}
