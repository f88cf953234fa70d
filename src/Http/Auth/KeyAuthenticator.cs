using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Http;

/// <summary>
/// Bearer keys and access tokens. Remembers the callers of known ones for a short while by the SHA-256 of the key, so no key text stays in memory and no
/// comparison depends on its bytes; unknown keys are asked for each time.
/// </summary>
/// <param name="find">Looks a key up in the store; without a caller when unknown or revoked.</param>
public sealed class KeyAuthenticator(Func<string, CancellationToken, ValueTask<Identity>> find, TimeProvider time) : IAuthenticator
{
    /// <summary>A key that is revoked on another node works at most this much longer.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(1);

    /// <summary>And this long while the database is away and nobody can be asked.</summary>
    private static readonly TimeSpan Trusted = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<UInt128, (Caller Caller, long Since)> _known = new();
    private int _generation;

    /// <summary>For the keys that the tenants of <paramref name="store"/> have, and for the tokens that programs got.</summary>
    public static KeyAuthenticator Of(Database store, AccessTokens tokens, TimeProvider time)
    {
        var keys = new KeyAuthenticator(async (text, stop) =>
            AccessTokens.IsOne(text) ? await tokens.FindCallerAsync(text, stop)
            : await store.ApiKeys.FindAsync(text, stop) is { RevokedAt: null } key ? CallerOf(key) : default(Identity), time);
        tokens.Ended = keys.Forget;
        return keys;
    }

    public ValueTask<Identity> FindAsync(Credential credential, CancellationToken stop)
    {
        if (!string.Equals(credential.Scheme, "Bearer", StringComparison.OrdinalIgnoreCase)
            || credential.Token is not { Length: > 0 and <= Limits.TokenCharacters } token) return new(default(Identity));
        var hash = HashOf(token);
        return _known.TryGetValue(hash, out var known) && time.GetElapsedTime(known.Since) < Remembered && IsGood(known.Caller)
            ? new(new Identity(known.Caller))
            : AskAsync(hash, token, stop);
    }

    /// <summary>Forgets all keys: one was made, changed or revoked.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref _generation);
        _known.Clear();
    }

    private bool IsGood(Caller caller) => caller.EndsAt is null || time.GetUtcNow() < caller.EndsAt;

    private async ValueTask<Identity> AskAsync(UInt128 hash, string token, CancellationToken stop)
    {
        int generation = Volatile.Read(ref _generation);
        Identity found;
        try
        {
            found = await find(token, stop);
        }
        catch (StoreUnavailableException) when (_known.TryGetValue(hash, out var known) && time.GetElapsedTime(known.Since) < Trusted && IsGood(known.Caller))
        {
            // Who is in a call must be able to end it.
            return known.Caller;
        }
        if (found.Caller is not { } caller)
        {
            _known.TryRemove(hash, out _);
            return found;
        }

        if (_known.Count >= Limits.RememberedKeys) _known.Clear();
        // What was read before a revocation is not remembered after it.
        if (generation == Volatile.Read(ref _generation)) _known[hash] = (caller, time.GetTimestamp());
        return found;
    }

    private static Caller CallerOf(ApiKey key)
    {
        var role = key.Role switch { KeyRole.Owner => CallerRole.Owner, KeyRole.Member => CallerRole.Member, _ => CallerRole.Reader };
        return key.Parent is { } root ? new(root, key.Tenant, role, key.Id.ToString()) : new(key.Tenant, null, role, key.Id.ToString());
    }

    private static UInt128 HashOf(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
