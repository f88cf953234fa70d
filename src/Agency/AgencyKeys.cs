using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Agency.Tables;

namespace Ringwright.Agency;

/// <summary>Tokens of users; everything else is a key of an account.</summary>
public sealed class AgencyKeys : IAuthenticator
{
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
        credential.Key is { } text && SignedTokens.IsOne(text) ? _users.FindAsync(credential, stop) : _keys.FindAsync(credential, stop);

    private async ValueTask<Identity> FindAsync(string text, CancellationToken stop)
    {
        if (_tokens.Read(text) is not { Use: TokenUse.Access } claims) return default;
        if (claims.EndsAt <= _parts.Store.Time.GetUtcNow()) return new(null, Fault.ExpiredToken);
        if (await _parts.Users.FindAsync(claims.User, stop) is not { Status: UserRow.Active } user || user.SessionEpoch != claims.Epoch
                || _parts.Store.Routing.Current.FindTenant(user.TenantId) is null)
            return default;
        TenantId? client = user.ClientId is { } id ? new TenantId(Guid.Parse(id)) : null;
        if (client is { } below && _parts.Store.Routing.Current.FindTenant(below) is null) return default;
        return new Caller(user.TenantId, client, AgencyRoles.CallerRoleOf(user.Role), KeyIdOf(user.Id))
        {
            EndsAt = claims.EndsAt, Title = user.Role,
        };
    }

    internal static string KeyIdOf(Guid user) => "user " + user;

    /// <summary>The user who asks; null for a key of the account.</summary>
    internal static Guid? UserOf(Caller caller) =>
        caller.KeyId.StartsWith("user ", StringComparison.Ordinal) && Guid.TryParse(caller.KeyId["user ".Length..], out var id) ? id : null;
}
