using System.Net;
using Ringwright.Core;

namespace Ringwright.Http;

/// <summary>Who asks: the tenant, what they may do, and which credential said so.</summary>
/// <param name="KeyId">Names the credential in logs and in the limiter; never the credential itself.</param>
public sealed record Caller(TenantId Tenant, CallerRole Role, string KeyId)
{
    /// <summary>Nobody in particular: the caller of a public operation.</summary>
    public static readonly Caller Public = new(default, CallerRole.Public, "public");
}

public enum CallerRole { Public, Account, Operator }

/// <summary>What a request brings to say who it is.</summary>
/// <param name="Scheme">"Bearer", "Basic", in the request's spelling; null without an Authorization header.</param>
public sealed record Credential(string? Scheme, string? Token, IPAddress? Remote);

/// <summary>Finds the caller of a request. One per dialect.</summary>
public interface IAuthenticator
{
    /// <returns>Null when the credential is missing, malformed, unknown or revoked.</returns>
    ValueTask<Caller?> FindAsync(Credential credential, CancellationToken stop);
}
