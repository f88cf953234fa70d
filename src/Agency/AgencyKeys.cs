using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Agency.Tables;
using Ringwright.Store.Tables;

namespace Ringwright.Agency;

/// <summary>Tokens of users, and keys of this API; everything else is a key of an account.</summary>
public sealed class AgencyKeys : IAuthenticator
{
    private const string OfKey = "agency key ", OfUser = "user ", OfAdministrator = "administrator ";

    private readonly AgencyParts _parts;
    private readonly IAuthenticator _keys;
    private readonly UserTokens _tokens;
    private readonly KeyAuthenticator _users;

    /// <param name="keys">Of accounts.</param>
    public AgencyKeys(AgencyParts parts, IAuthenticator keys)
    {
        (_parts, _keys, _tokens) = (parts, keys, new(parts.Store.Node));
        _users = new(FindAsync, parts.Store.Time);
        parts.UsersChanged = _users.Forget;
    }

    public ValueTask<Identity> FindAsync(Credential credential, CancellationToken stop) =>
        credential.Key is { } text && (SignedTokens.IsOne(text) || AgencyApiKeys.IsOne(text)) ? _users.FindAsync(credential, stop)
        : _keys.FindAsync(credential, stop);

    private async ValueTask<Identity> FindAsync(string text, CancellationToken stop)
    {
        if (AgencyApiKeys.IsOne(text)) return await FindKeyAsync(text, stop);
        if (_tokens.Read(text) is not { Use: TokenUse.Access or TokenUse.Platform } claims) return default;
        var now = _parts.Store.Time.GetUtcNow();
        if (claims.EndsAt <= now) return new(null, Fault.ExpiredToken);
        if (claims.Use is TokenUse.Platform) return await FindAdministratorAsync(claims, stop);
        if (await _parts.Users.FindSignedInAsync(claims.User, claims.Session, now, stop) is not { Status: UserRow.Active } user
                || user.SessionEpoch != claims.Epoch || _parts.Store.Routing.Current.FindTenant(user.TenantId) is null)
            return default;
        return CallerOf(user.TenantId, user.ClientId, user.Role, KeyIdOf(user.Id), claims.EndsAt);
    }

    /// <summary>Of no account: what he may within one he says with each request.</summary>
    private async ValueTask<Identity> FindAdministratorAsync(UserClaims claims, CancellationToken stop) =>
        await _parts.Administrators.FindAsync(claims.User, stop) is { } known && known.SessionEpoch == claims.Epoch
            ? new Caller(default, null, CallerRole.Operator, OfAdministrator + known.Id)
            {
                EndsAt = claims.EndsAt, Title = AgencyRoles.Platform,
            } : default(Identity);

    /// <summary>A key is never more than whoever made it is now.</summary>
    private async ValueTask<Identity> FindKeyAsync(string text, CancellationToken stop)
    {
        if (await _parts.Keys.FindAsync(ApiKeyTable.Hash(text), stop) is not { } key
                || _parts.Store.Routing.Current.FindTenant(key.TenantId) is null)
            return default;
        if (key.ExpiresAt <= _parts.Store.Time.GetUtcNow()) return new(null, Fault.ExpiredToken);
        bool isCovered = UserOf(key.CreatedBy) is { } maker
            ? await _parts.Users.FindAsync(maker, stop) is { Status: UserRow.Active } user && user.TenantId == key.TenantId
                && Permissions.Covers(user.Role, key.Role)
            : AdministratorOf(key.CreatedBy) is { } above ? await _parts.Administrators.FindAsync(above, stop) is not null
            : await IsOfAccountAsync(key, stop);
        return isCovered ? CallerOf(key.TenantId, key.ClientId, key.Role, OfKey + key.Id, key.ExpiresAt) : default;
    }

    /// <summary>A key of the account has made it, and is still good.</summary>
    private async ValueTask<bool> IsOfAccountAsync(AgencyKey key, CancellationToken stop) =>
        Guid.TryParse(key.CreatedBy, out var above) && await _parts.Store.ApiKeys.FindAsync(above, stop) is { RevokedAt: null } made
            && made.Tenant == key.TenantId && !(made.ExpiresAt <= _parts.Store.Time.GetUtcNow());

    private Identity CallerOf(TenantId agency, string? clientId, string role, string keyId, DateTimeOffset? end)
    {
        TenantId? client = clientId is not null ? new TenantId(Guid.Parse(clientId)) : null;
        if (client is { } below && _parts.Store.Routing.Current.FindTenant(below) is null) return default;
        return new Caller(agency, client, AgencyRoles.CallerRoleOf(role), keyId) { EndsAt = end, Title = role };
    }

    /// <summary>Whether a user or a key of the account asks: what these make may stay, for these are ended by themselves.</summary>
    internal static bool IsLasting(Caller caller) =>
        UserOf(caller) is not null || AdministratorOf(caller.KeyId) is not null || Guid.TryParse(caller.KeyId, out _);

    /// <summary>Whether it is a key of this API that asks.</summary>
    internal static bool IsOfKey(Caller caller) => caller.KeyId.StartsWith(OfKey, StringComparison.Ordinal);

    /// <summary>The user who asks; null for a key of the account.</summary>
    internal static Guid? UserOf(Caller caller) => UserOf(caller.KeyId);

    internal static Guid? UserOf(string keyId) => IdOf(OfUser, keyId);

    /// <summary>By which the trail names a user.</summary>
    internal static string KeyIdOf(Guid user) => OfUser + user;

    /// <summary>The administrator of the platform who asks, or has done something.</summary>
    internal static Guid? AdministratorOf(string keyId) => IdOf(OfAdministrator, keyId);

    private static Guid? IdOf(string mark, string keyId) =>
        keyId.StartsWith(mark, StringComparison.Ordinal) && Guid.TryParse(keyId[mark.Length..], out var id) ? id : null;
}
