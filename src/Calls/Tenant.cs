using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>
/// Owner of everything. Tenants form a tree of depth two: one without a parent may have children, a child has none. Each sees its own rows and nobody
/// else's; what a child uses counts against its parent's limits too.
/// </summary>
public sealed record Tenant
{
    public required TenantId Id { get; init; }
    /// <summary>Unique on the node.</summary>
    public required string Name { get; init; }
    /// <summary>Null at the top of a tree.</summary>
    public TenantId? Parent { get; init; }
    public TenantLimits Limits { get; init; } = TenantLimits.None;
    /// <summary>The account above it has switched it off: its keys open nothing, and no new call is its own.</summary>
    public bool IsDisabled { get; init; }
    /// <summary>Where its keys may be used from.</summary>
    public AccessList Access { get; init; } = AccessList.Everywhere;
}

/// <summary>What a tenant may use, its children's use included; null is no limit.</summary>
public sealed record TenantLimits
{
    public static readonly TenantLimits None = new();

    /// <summary>Live legs in both directions.</summary>
    public int? Channels { get; init; }
    /// <summary>What calls may cost from midnight to midnight (UTC), in millionths of a US dollar.</summary>
    public long? DailySpendMicros { get; init; }
    /// <summary>API requests a second of each of its own keys; null takes the node's setting.</summary>
    public int? RequestRate { get; init; }
    /// <summary>Bytes of the media files that it keeps; a child's files are the child's alone.</summary>
    public long? MediaBytes { get; init; }
}
