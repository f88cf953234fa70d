using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>
/// Who may use the admin listener. On loopback without a key of the operator's own, whoever reaches it is the operator;
/// otherwise the operator key must be shown. No tenant's key is ever an operator key: they are in another table.
/// Who guesses is stopped; a key that was right before is not.
/// </summary>
public sealed class OperatorAuthenticator(OperatorKeyTable keys, bool isKeyNeeded, TimeProvider time) : IAuthenticator
{
    private const int FewKeys = 100;
    /// <summary>
    /// While the store cannot be asked, a key that was right so lately is right: who looks after the node must see what is wrong with it.
    /// </summary>
    private static readonly TimeSpan Trusted = TimeSpan.FromHours(1);

    private readonly IBruteForceLimiter _wrong = new BruteForceLimiter();
    /// <summary>By hash, with the time at which the store said so.</summary>
    private readonly RecentMap<string, long> _right = new(FewKeys);

    private static readonly Caller Operator = new(default, null, CallerRole.Operator, "operator");

    public async ValueTask<Identity> FindAsync(Credential credential, CancellationToken stop)
    {
        if (!isKeyNeeded) return Operator;
        if (credential.Key is not { Length: > 0 and <= Limits.TokenCharacters } token) return default;
        string source = BruteForceLimiter.SourceOf(credential.Remote), hash = ApiKeyTable.Hash(token);
        if (await _wrong.IsShutAsync(source, Limits.UnknownKeys, time.GetUtcNow(), stop) && !_right.TryGet(hash, out _))
            return new(null, Fault.TooManyRequests);
        bool isKnown;
        try
        {
            isKnown = await keys.IsKnownAsync(token, stop);
        }
        catch (StoreUnavailableException) when (_right.TryGet(hash, out long at) && time.GetElapsedTime(at) < Trusted)
        {
            return Operator;
        }
        if (isKnown)
        {
            _right.Set(hash, time.GetTimestamp());
            return Operator;
        }
        _right.Remove(hash);
        await _wrong.CountAsync(source, time.GetUtcNow(), stop);
        return default;
    }
}
