using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>
/// Who may use the admin listener. On loopback without a key of the operator's own, whoever reaches it is the operator; otherwise the operator key must be
/// shown. No tenant's key is ever an operator key: they are in another table.
/// </summary>
public sealed class OperatorAuthenticator(OperatorKeyTable keys, bool isKeyNeeded) : IAuthenticator
{
    private static readonly Caller Operator = new(default, null, CallerRole.Operator, "operator");

    public async ValueTask<Identity> FindAsync(Credential credential, CancellationToken stop)
    {
        if (!isKeyNeeded) return Operator;
        if (!string.Equals(credential.Scheme, "Bearer", StringComparison.OrdinalIgnoreCase) || credential.Token is not { Length: > 0 and <= Limits.TokenCharacters } token) return default;
        return await keys.IsKnownAsync(token, stop) ? Operator : default(Identity);
    }
}
