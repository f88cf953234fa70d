using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Voipbin;

/// <summary>Who a token says that it is.</summary>
/// <param name="Stamp">Of the password that it was got with: a new password ends it.</param>
internal sealed record AgentClaims(TenantId Tenant, string Agent, string Stamp, DateTimeOffset EndsAt);

/// <summary>What agents log in to get: <see cref="SignedTokens"/>.</summary>
internal sealed class AgentTokens(NodeIdentity node)
{
    public static readonly TimeSpan Life = TimeSpan.FromDays(7);

    private readonly SignedTokens _signed = new(node, "tokens of agents");

    public static string StampOf(string passwordHash) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(passwordHash)))[..16];

    public string Write(AgentClaims claims, DateTimeOffset now)
    {
        var said = new JsonObject
        {
            ["sub"] = claims.Agent, ["customer_id"] = claims.Tenant.ToString(), ["stamp"] = claims.Stamp,
            ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = claims.EndsAt.ToUnixTimeSeconds(),
        };
        return _signed.Write(said);
    }

    /// <summary>Null for what was not made here. Whether its time is over is for the caller to see.</summary>
    public AgentClaims? Read(string text)
    {
        if (_signed.Read(text) is not { } claims) return null;
        return new(new(claims.GetProperty("customer_id").GetGuid()), claims.GetProperty("sub").GetString()!,
            claims.GetProperty("stamp").GetString()!, DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64()));
    }
}
