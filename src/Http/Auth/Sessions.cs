using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ringwright.Http;

/// <summary>
/// Sessions of people at a browser: opened for a caller whose key or password was good, shown by a cookie that no script reads.
/// What is not a session spends the budget of its address, like an unknown key.
/// </summary>
/// <param name="inner">Finds the callers of all other credentials.</param>
/// <param name="isGood">Whether what the session was opened with would still let its caller in, and as whom.</param>
public sealed class Sessions(
    CredentialForm.SessionCookie form, ISessionStore store, IAuthenticator inner,
    Func<Caller, CancellationToken, ValueTask<Caller?>> isGood, TimeProvider time) : IAuthenticator
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(12);

    private const int SecretBytes = 32;

    private readonly IBruteForceLimiter _unknown = new BruteForceLimiter();

    /// <summary>
    /// What a page of the session's own shows in the header of each request that changes something. Who knows it does not know the session.
    /// </summary>
    /// <param name="cookie">The session's secret.</param>
    public static string TokenOf(string cookie) => Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(cookie), "csrf"u8));

    /// <summary>Opens a session.</summary>
    /// <returns>The Set-Cookie header, and the token for the page.</returns>
    public ValueTask<(string SetCookie, string Token)> OpenAsync(OperationContext op, Caller caller) =>
        OpenAsync(caller, op.IsSecure, op.Stop);

    /// <summary>The same for what is no operation.</summary>
    /// <param name="isSecure">Whoever opens it came by https, as far as anybody can tell.</param>
    internal async ValueTask<(string SetCookie, string Token)> OpenAsync(Caller caller, bool isSecure, CancellationToken stop)
    {
        string secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        await store.AddAsync(new(HashOf(secret), caller, time.GetUtcNow() + Life), stop);
        return (CookieOf(isSecure, secret, Life), TokenOf(secret));
    }

    /// <summary>Ends the request's session, if it has one.</summary>
    /// <returns>The Set-Cookie header that takes the cookie away.</returns>
    public ValueTask<string> CloseAsync(OperationContext op) => CloseAsync(op.Credential, op.IsSecure, op.Stop);

    /// <inheritdoc cref="CloseAsync(OperationContext)"/>
    internal async ValueTask<string> CloseAsync(Credential credential, bool isSecure, CancellationToken stop)
    {
        if (credential is { Kind: CredentialKind.Session, Key: { } secret }) await store.RemoveAsync(HashOf(secret), stop);
        return CookieOf(isSecure, "", TimeSpan.Zero);
    }

    public ValueTask<Identity> FindAsync(Credential credential, CancellationToken stop) =>
        credential.Kind is CredentialKind.Session ? FindSessionAsync(credential, stop) : inner.FindAsync(credential, stop);

    private async ValueTask<Identity> FindSessionAsync(Credential credential, CancellationToken stop)
    {
        if (credential.Key is not { Length: > 0 and <= Limits.TokenCharacters } secret) return default;
        if (await store.FindAsync(HashOf(secret), stop) is { } session)
            return session.EndsAt > time.GetUtcNow() && await isGood(session.Caller, stop) is { } caller
                ? new(caller with { EndsAt = session.EndsAt })
                : default;
        string source = BruteForceLimiter.SourceOf(credential.Remote);
        if (await _unknown.IsShutAsync(source, Limits.UnknownKeys, time.GetUtcNow(), stop)) return new(null, Fault.TooManyRequests);
        await _unknown.CountAsync(source, time.GetUtcNow(), stop);
        return default;
    }

    private string CookieOf(bool isSecure, string secret, TimeSpan life) => string.Create(CultureInfo.InvariantCulture,
        $"{form.Cookie}={secret}; Path=/; Max-Age={life.TotalSeconds:0}; HttpOnly; SameSite=Strict{(isSecure ? "; Secure" : "")}");

    private static string HashOf(string secret) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}

/// <param name="Hash">SHA-256 of its secret, in hex: who reads the store cannot use it.</param>
public sealed record Session(string Hash, Caller Caller, DateTimeOffset EndsAt);

/// <summary>Where sessions are kept.</summary>
public interface ISessionStore
{
    ValueTask AddAsync(Session session, CancellationToken stop);
    ValueTask<Session?> FindAsync(string hash, CancellationToken stop);
    ValueTask RemoveAsync(string hash, CancellationToken stop);
}
