using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>An outbound voice profile: whether, where to and how much a connection may call.</summary>
public sealed record OutboundProfile
{
    public required long Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required string Name { get; init; }
    public bool IsEnabled { get; init; } = true;
    /// <summary>Null is no limit.</summary>
    public int? ConcurrentCallLimit { get; init; }
    /// <summary>ISO 3166 alpha-2 codes.</summary>
    public IReadOnlyList<string> Destinations { get; init; } = ["US", "CA"];
}
