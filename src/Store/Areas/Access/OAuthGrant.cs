using Ringwright.Core;

namespace Ringwright.Store.OAuth;

/// <summary>What an account has allowed a program.</summary>
public sealed record OAuthGrant
{
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required Guid Client { get; init; }
    public required IReadOnlyList<string> Scopes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    /// <summary>Within a minute; null when no token of it was ever made.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}

public sealed record OAuthGrantPage(IReadOnlyList<OAuthGrant> Grants, long Total);

/// <summary>A person's yes to a program: what it asked for, and the code that it gets.</summary>
public sealed record OAuthApproval
{
    /// <summary>Of the question; each is answered once.</summary>
    public required Guid Consent { get; init; }
    /// <summary>From then on the question answers itself: nobody can.</summary>
    public required DateTimeOffset ConsentExpiresAt { get; init; }
    public required TenantId Tenant { get; init; }
    public required Guid Client { get; init; }
    public required IReadOnlyList<string> Scopes { get; init; }
    public required string RedirectUri { get; init; }
    /// <summary>SHA-256 of the verifier that the exchange must bring, in base64url; null without PKCE.</summary>
    public string? Challenge { get; init; }
    public required string Code { get; init; }
    public required DateTimeOffset CodeExpiresAt { get; init; }
}

/// <summary>An authorization code as it is stored: without its text.</summary>
public sealed record OAuthCode
{
    public required TenantId Tenant { get; init; }
    public required Guid Client { get; init; }
    public required Guid Grant { get; init; }
    public required string RedirectUri { get; init; }
    public required IReadOnlyList<string> Scopes { get; init; }
    public string? Challenge { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
}
