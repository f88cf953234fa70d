using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Store.OAuth;

/// <summary>A program that may ask for tokens. What it may do is its dialect's, in <see cref="Body"/>.</summary>
public sealed record OAuthClient
{
    public required Guid Id { get; init; }
    /// <summary>Null for one that registered itself.</summary>
    public TenantId? Tenant { get; init; }
    /// <summary>Those that it may ask for.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }
    /// <summary>Null for a program that can keep none.</summary>
    public string? Secret { get; init; }
    public required JsonObject Body { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Columns of a client beside its body.</summary>
public sealed record OAuthClientFacts(IReadOnlyList<string> Scopes);
