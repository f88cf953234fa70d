using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Http;

/// <summary>
/// Keys and access tokens, however they are shown. Remembers the callers of known ones by the SHA-256 of the key, so no key text stays
/// in memory and no comparison depends on its bytes, and asks the store about each again after a short while. What is not known spends
/// the budget of the address that it comes from; when that is used up, only keys that exist get any further, and the store is not asked.
/// </summary>
/// <param name="find">Looks a key up in the store; without a caller when unknown or revoked.</param>
/// <param name="list">The SHA-256 of the keys that exist, in hex; null when nobody can tell.</param>
public sealed class KeyAuthenticator(Func<string, CancellationToken, ValueTask<Identity>> find, TimeProvider time,
    Func<CancellationToken, ValueTask<IReadOnlyList<string>>>? list = null) : IAuthenticator
{
    /// <summary>A key that is revoked on another node works at most this much longer.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(1);

    /// <summary>And this long while the database is away and nobody can be asked.</summary>
    private static readonly TimeSpan Trusted = TimeSpan.FromHours(1);

    /// <summary>How old the list of keys may be that a new key is looked for in while its address is shut.</summary>
    private static readonly TimeSpan Listed = TimeSpan.FromSeconds(10);

    private readonly RecentMap<UInt128, Known> _known = new(Limits.RememberedKeys);
    private readonly IBruteForceLimiter _unknown = new BruteForceLimiter();
    private readonly SemaphoreSlim _listing = new(1);
    private (HashSet<UInt128> Keys, long At)? _listed;
    private int _generation;

    /// <summary>For the keys that the tenants of <paramref name="store"/> have, and for the tokens that programs got.</summary>
    public static KeyAuthenticator Of(Database store, AccessTokens tokens, TimeProvider time)
    {
        var keys = new KeyAuthenticator(async (text, stop) =>
            AccessTokens.IsOne(text) ? await tokens.FindCallerAsync(text, stop)
            : await store.ApiKeys.FindAsync(text, stop) is { RevokedAt: null } key && !(key.ExpiresAt <= time.GetUtcNow())
                ? CallerOf(key) : default(Identity), time,
            stop => store.ApiKeys.ListHashesAsync(Limits.ListedKeys, stop));
        tokens.Ended = keys.Forget;
        return keys;
    }

    public ValueTask<Identity> FindAsync(Credential credential, CancellationToken stop)
    {
        if (credential.Kind is CredentialKind.Session || credential.Key is not { Length: > 0 and <= Limits.TokenCharacters } token)
            return new(default(Identity));
        var hash = HashOf(token);
        if (!_known.TryGet(hash, out var known)) return AskAsync(hash, token, null, credential.Remote, stop);
        return IsCurrent(known) && time.GetElapsedTime(known.Since) < Remembered && IsGood(known.Caller) ? new(new Identity(known.Caller))
            : AskAsync(hash, token, known, credential.Remote, stop);
    }

    /// <summary>Believes in no key any more without asking: one was made, changed or revoked.</summary>
    public void Forget() => Interlocked.Increment(ref _generation);

    private bool IsCurrent(Known known) => known.Generation == Volatile.Read(ref _generation);

    private bool IsGood(Caller caller) => caller.EndsAt is null || time.GetUtcNow() < caller.EndsAt;

    private async ValueTask<Identity> AskAsync(UInt128 hash, string token, Known? known, IPAddress? remote, CancellationToken stop)
    {
        int generation = Volatile.Read(ref _generation);
        string source = BruteForceLimiter.SourceOf(remote);
        // A token is looked for only when its signature is right, which costs no question.
        if (known is null && await _unknown.IsShutAsync(source, Limits.UnknownKeys, time.GetUtcNow(), stop) && !AccessTokens.IsOne(token)
                && !await IsListedAsync(hash, stop))
            return new(null, Fault.TooManyRequests);
        Identity found;
        try
        {
            found = await find(token, stop);
        }
        catch (StoreUnavailableException)
            when (known is not null && IsCurrent(known) && time.GetElapsedTime(known.Since) < Trusted && IsGood(known.Caller))
        {
            // Who is in a call must be able to end it.
            return known.Caller;
        }
        if (found.Caller is not { } caller)
        {
            _known.Remove(hash);
            if (remote is not null && found.Refusal is null) await _unknown.CountAsync(source, time.GetUtcNow(), stop);
            return found;
        }

        // What was read before a revocation is not remembered after it.
        if (generation == Volatile.Read(ref _generation)) _known.Set(hash, new(caller, time.GetTimestamp(), generation));
        return found;
    }

    /// <summary>Whether there is such a key, as of a moment ago; however many ask, the store is asked once.</summary>
    private async ValueTask<bool> IsListedAsync(UInt128 hash, CancellationToken stop)
    {
        if (list is null) return true;
        await _listing.WaitAsync(stop);
        try
        {
            if (_listed is not { } listed || time.GetElapsedTime(listed.At) >= Listed)
                _listed = listed = ([.. (await list(stop)).Select(hex => Short(Convert.FromHexString(hex)))], time.GetTimestamp());
            return listed.Keys.Contains(hash);
        }
        finally
        {
            _listing.Release();
        }
    }

    private static Caller CallerOf(ApiKey key)
    {
        var role = key.Role switch { KeyRole.Owner => CallerRole.Owner, KeyRole.Member => CallerRole.Member, _ => CallerRole.Reader };
        return new(key.Parent ?? key.Tenant, key.Parent is null ? null : key.Tenant, role, key.Id.ToString()) { EndsAt = key.ExpiresAt };
    }

    private static UInt128 HashOf(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        return Short(hash);
    }

    private static UInt128 Short(ReadOnlySpan<byte> hash) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);

    /// <param name="Since">When the store was asked.</param>
    private sealed record Known(Caller Caller, long Since, int Generation);
}
