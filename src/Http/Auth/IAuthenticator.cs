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

    /// <summary>
    /// Whose rows the caller sees and makes: those of exactly one tenant. A root's credential does not reach into its children.
    /// </summary>
    public TenantId Tenant => Child ?? Root;

    /// <summary>The program that asks with an access token; null for a key.</summary>
    public Guid? Program { get; init; }

    /// <summary>What the dialect calls the caller's part, where it has more of them than there are roles; null else.</summary>
    public string? Title { get; init; }

    /// <summary>From then on the credential is good for nothing; null for one that has no end.</summary>
    public DateTimeOffset? EndsAt { get; init; }
}

/// <summary>What a credential turned out to be.</summary>
/// <param name="Caller">Null when the credential is missing, malformed, unknown or revoked.</param>
/// <param name="Refusal">What is wrong with it then.</param>
public readonly record struct Identity(Caller? Caller, Fault? Refusal = null)
{
    public static implicit operator Identity(Caller? caller) => new(caller);
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

/// <summary>Finds the caller of a request. One per dialect.</summary>
public interface IAuthenticator
{
    ValueTask<Identity> FindAsync(Credential credential, CancellationToken stop);
}
