using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>What a token is for.</summary>
internal enum TokenUse
{
    Access,
    Refresh,
    Invite,
    /// <summary>Of a mail, for whoever has forgotten the password.</summary>
    Reset,
    /// <summary>Of an administrator of the platform.</summary>
    Platform,
    /// <summary>Of a browser that shows pages; the API takes none.</summary>
    Page,
}

/// <summary>Whom a token is of.</summary>
/// <param name="Epoch">The user's at the time: a higher one ends it.</param>
internal sealed record UserClaims(Guid User, TokenUse Use, long Epoch, DateTimeOffset EndsAt)
{
    /// <summary>The sign-in that it is of; empty for an invitation.</summary>
    public Guid Session { get; init; }
    /// <summary>How many refresh tokens of the sign-in came before.</summary>
    public long Turn { get; init; }
}

/// <summary>What users sign in to get: <see cref="SignedTokens"/>.</summary>
internal sealed class UserTokens(NodeIdentity node)
{
    public static readonly TimeSpan AccessLife = TimeSpan.FromMinutes(15), RefreshLife = TimeSpan.FromDays(30),
        InviteLife = TimeSpan.FromDays(7), PageLife = TimeSpan.FromHours(12);

    private readonly SignedTokens _signed = new(node, "tokens of users");

    public string Write(UserClaims claims, DateTimeOffset now)
    {
        var said = new JsonObject
        {
            ["sub"] = claims.User.ToString(), ["use"] = claims.Use.ToString(), ["session_epoch"] = claims.Epoch,
            ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = claims.EndsAt.ToUnixTimeSeconds(),
        };
        if (claims.Session != Guid.Empty) (said["sid"], said["turn"]) = (claims.Session.ToString(), claims.Turn);
        return _signed.Write(said);
    }

    /// <summary>Null for what was not made here. Whether its time is over is for the caller to see.</summary>
    public UserClaims? Read(string text)
    {
        if (_signed.Read(text) is not { } claims) return null;
        return new(claims.GetProperty("sub").GetGuid(), Enum.Parse<TokenUse>(claims.GetProperty("use").GetString()!),
            claims.GetProperty("session_epoch").GetInt64(), DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64()))
        {
            Session = claims.TryGetProperty("sid", out var session) ? session.GetGuid() : Guid.Empty,
            Turn = claims.TryGetProperty("turn", out var turn) ? turn.GetInt64() : 0,
        };
    }
}
