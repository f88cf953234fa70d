using System.Text.Json.Nodes;
using Ringwright.Store;
using Ringwright.Store.OAuth;

namespace Ringwright.Http;

/// <summary>
/// Makes and reads access tokens: JWTs (RFC 9068) that name their family in the store. A token is good while its signature and times are
/// and its family lives, so that what is taken back ends at once.
/// </summary>
/// <param name="links">Their root is the issuer and the audience.</param>
public sealed class AccessTokens(Database store, PublicLinks links, TimeProvider time)
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    /// <summary>The grant's last use is written no more often.</summary>
    private static readonly TimeSpan Touched = TimeSpan.FromMinutes(1);

    private readonly TokenKeys _keys = new(store.OAuthKeys, time);

    /// <summary>The public root, without a slash at its end.</summary>
    public string Issuer { get; } = links.To("");

    /// <summary>Hears when tokens ended before their time.</summary>
    public Action Ended { get; set; } = static () => { };

    /// <summary>The public keys, as RFC 7517 shows them.</summary>
    public async ValueTask<JsonArray> PublicKeysAsync(CancellationToken stop) =>
        [.. (await _keys.ListAsync(stop)).Select(k => (JsonNode)k.Public)];

    /// <summary>A token of the family.</summary>
    /// <param name="scopes">Some or all of the family's.</param>
    public async ValueTask<string> IssueAsync(OAuthFamily family, IReadOnlyList<string> scopes, CancellationToken stop)
    {
        var key = await _keys.SignerAsync(stop);
        var now = time.GetUtcNow();
        return Jwt.Write(key, new()
        {
            ["iss"] = Issuer,
            ["aud"] = Issuer,
            // RFC 9068 section 2.2: whose the rights are; without a person it is the program itself.
            ["sub"] = family.Grant is null ? family.Client.ToString() : family.Tenant.ToString(),
            ["client_id"] = family.Client.ToString(),
            ["scope"] = string.Join(' ', scopes),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + Life).ToUnixTimeSeconds(),
            ["jti"] = Guid.NewGuid().ToString(),
            ["family"] = family.Id.ToString(),
        });
    }

    /// <summary>True when the text has the form of a token, so that it is no key.</summary>
    public static bool IsOne(string text) => Jwt.IsOne(text);

    /// <summary>What an access token says, checked; its family is null when it is not ours, or has ended.</summary>
    public async ValueTask<ReadToken> ReadAsync(string text, CancellationToken stop)
    {
        if (!Jwt.IsOne(text) || Jwt.Read(text, await _keys.ListAsync(stop)) is not { } claims) return default;
        if (Jwt.Text(claims, "iss") != Issuer || Jwt.Text(claims, "aud") != Issuer) return default;
        if (Jwt.Number(claims, "exp") is not { } expires || Jwt.Number(claims, "iat") is not { } issued
            || !Guid.TryParse(Jwt.Text(claims, "family"), out var id)) return default;
        if (time.GetUtcNow().ToUnixTimeSeconds() >= expires) return new() { IsExpired = true };
        if (await store.OAuthTokens.FindAsync(id, stop) is not { } family) return default;
        // What its program may not ask for any more, it may not do any more.
        string[] scopes = [.. (Jwt.Text(claims, "scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(s => family.Scopes.Contains(s) && family.ClientScopes.Contains(s))];
        return new() { Family = family, Scopes = scopes, IssuedAt = issued, ExpiresAt = expires };
    }

    /// <summary>Who asks with this token.</summary>
    internal async ValueTask<Identity> FindCallerAsync(string text, CancellationToken stop)
    {
        var read = await ReadAsync(text, stop);
        if (read.IsExpired) return new(null, Fault.ExpiredToken);
        if (read.Family is not { } family) return default;
        if (family.Grant is { } grant && !(time.GetUtcNow() - family.LastUsedAt < Touched)) await TouchAsync(family, grant, stop);
        var caller = new Caller(family.Parent ?? family.Tenant, family.Parent is null ? null : family.Tenant, Scopes.RoleOf(read.Scopes),
            $"oauth {family.Client} of {family.Tenant}")
        {
            Program = family.Client,
            EndsAt = DateTimeOffset.FromUnixTimeSeconds(read.ExpiresAt),
        };
        return new(caller);
    }

    private async ValueTask TouchAsync(OAuthFamily family, Guid grant, CancellationToken stop)
    {
        try
        {
            await store.OAuthGrants.TouchAsync(family.Tenant, grant, stop);
        }
        catch (StoreUnavailableException)
        {
            // Reading still works, and what was asked for may too.
        }
    }
}

/// <summary>What was found out about an access token.</summary>
public readonly record struct ReadToken
{
    public ReadToken() { }

    /// <summary>Null when the token is not good.</summary>
    public OAuthFamily? Family { get; init; }
    public IReadOnlyList<string> Scopes { get; init; } = [];
    /// <summary>Seconds since 1970.</summary>
    public long IssuedAt { get; init; }
    public long ExpiresAt { get; init; }
    /// <summary>It is ours, and its time is over.</summary>
    public bool IsExpired { get; init; }
}
