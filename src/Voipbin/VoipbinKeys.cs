using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Voipbin;

/// <summary>Tokens of agents; everything else is a key of an account, which an accesskey is.</summary>
public sealed class VoipbinKeys : IAuthenticator
{
    private readonly VoipbinParts _parts;
    private readonly IAuthenticator _keys;
    private readonly AgentTokens _tokens;
    private readonly KeyAuthenticator _agents;

    /// <param name="keys">Of accounts.</param>
    public VoipbinKeys(VoipbinParts parts, IAuthenticator keys)
    {
        (_parts, _keys, _tokens) = (parts, keys, new(parts.Store.Node));
        _agents = new(FindAsync, parts.Store.Time);
        parts.KeysChanged = () =>
        {
            _agents.Forget();
            (keys as KeyAuthenticator)?.Forget();
        };
    }

    public ValueTask<Identity> FindAsync(Credential credential, CancellationToken stop) =>
        credential.Key is { } text && SignedTokens.IsOne(text) ? _agents.FindAsync(credential, stop) : _keys.FindAsync(credential, stop);

    private async ValueTask<Identity> FindAsync(string text, CancellationToken stop)
    {
        if (_tokens.Read(text) is not { } claims) return default;
        if (claims.EndsAt <= _parts.Store.Time.GetUtcNow()) return new(null, Fault.ExpiredToken);
        if (await _parts.Store.Documents.Rows(Agents.Stored).FindAsync(claims.Tenant, claims.Agent, stop) is not { } agent
                || ResourceKind.DeletedAt(agent) is not null
                || (string?)agent.Body[Agents.PasswordHash] is not { } hash || AgentTokens.StampOf(hash) != claims.Stamp
                || _parts.Store.Routing.Current.FindTenant(claims.Tenant) is not { } tenant)
            return default;
        return new Caller(tenant.Parent ?? tenant.Id, tenant.Parent is null ? null : tenant.Id, Agents.RoleOf(agent.Body),
            Agents.KeyIdOf(agent.Id))
        { EndsAt = claims.EndsAt };
    }
}
