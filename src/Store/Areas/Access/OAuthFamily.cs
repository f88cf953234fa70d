using Ringwright.Core;

namespace Ringwright.Store.OAuth;

/// <summary>All tokens that came from one approval, or from one request of a program for itself. They end together.</summary>
public sealed record OAuthFamily
{
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    /// <summary>The tenant above <see cref="Tenant"/>; read, not written.</summary>
    public TenantId? Parent { get; init; }
    public required Guid Client { get; init; }
    /// <summary>Null when the program asked for itself.</summary>
    public Guid? Grant { get; init; }
    public required IReadOnlyList<string> Scopes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    /// <summary>What the program may ask for by now; read, not written.</summary>
    public IReadOnlyList<string> ClientScopes { get; init; } = [];
    /// <summary>When its grant was last used; read, not written.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>What became of the exchange of a code or a refresh token.</summary>
public enum OAuthExchange
{
    Done,
    /// <summary>Never made, over, or of another program.</summary>
    Unknown,
    /// <summary>It was exchanged before: somebody else has it too, and all that came from it has ended.</summary>
    Repeated,
}
