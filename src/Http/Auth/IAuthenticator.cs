using System.Net;
using Ringwright.Core;

namespace Ringwright.Http;

/// <summary>Who asks: the tenant, what they may do, and which credential said so.</summary>
/// <param name="Root">The tenant at the top of the caller's tree.</param>
/// <param name="Child">The tenant below it that the credential belongs to; null for the root's own.</param>
/// <param name="KeyId">Names the credential in logs and in the limiter; never the credential itself.</param>
public sealed record Caller(TenantId Root, TenantId? Child, CallerRole Role, string KeyId)
{
    /// <summary>Nobody in particular: the caller of a public operation.</summary>
    public static readonly Caller Public = new(default, null, CallerRole.Public, "public");

    /// <summary>Whose rows the caller sees and makes: those of exactly one tenant. A root's credential does not reach into its children.</summary>
    public TenantId Tenant => Child ?? Root;
}

/// <summary>What a credential may do; each role includes those before it.</summary>
public enum CallerRole
{
    /// <summary>No credential: public operations alone.</summary>
    Public,
    Reader,
    Member,
    Owner,
    /// <summary>The operator of the node, who belongs to no tenant.</summary>
    Operator,
}

/// <summary>What a request brings to say who it is.</summary>
/// <param name="Scheme">"Bearer", "Basic", in the request's spelling; null without an Authorization header.</param>
public sealed record Credential(string? Scheme, string? Token, IPAddress? Remote);

/// <summary>Finds the caller of a request. One per dialect.</summary>
public interface IAuthenticator
{
    /// <returns>Null when the credential is missing, malformed, unknown or revoked.</returns>
    ValueTask<Caller?> FindAsync(Credential credential, CancellationToken stop);
}
