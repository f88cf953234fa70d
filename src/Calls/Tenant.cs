using System.Collections.Frozen;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>
/// Owner of everything. Tenants form a tree of depth two: one without a parent may have children, a child has none.
/// Each sees its own rows and nobody else's; what a child uses counts against its parent's limits too.
/// </summary>
public sealed record Tenant
{
    public required TenantId Id { get; init; }
    /// <summary>Unique on the node.</summary>
    public required string Name { get; init; }
    /// <summary>Null at the top of a tree.</summary>
    public TenantId? Parent { get; init; }
    public TenantLimits Limits { get; init; } = TenantLimits.None;
    /// <summary>The outbound profile of calls that no connection of its own places; null when it has none.</summary>
    public long? DefaultProfile { get; init; }
    /// <summary>The account above it has switched it off: its keys open nothing, and no new call is its own.</summary>
    public bool IsDisabled { get; init; }
    /// <summary>Of webhooks whose application says nothing.</summary>
    public RetrySchedule WebhookRetries { get; init; }
    /// <summary>
    /// Channels for calls to its numbers that are paid so, by <see cref="ChannelZone.Name"/>; no limit where it said nothing.
    /// </summary>
    public IReadOnlyDictionary<string, int> VoiceChannels { get; init; } = FrozenDictionary<string, int>.Empty;
    /// <summary>Where its keys may be used from.</summary>
    public AccessList Access { get; init; } = AccessList.Everywhere;

    /// <summary>Calls at a time to its numbers of the zone that are paid by channel; null is no limit.</summary>
    public int? ChannelsOf(ChannelZone zone) => VoiceChannels.TryGetValue(zone.Name, out int channels) ? channels : null;
}

/// <summary>What a tenant may use, its children's use included; null is no limit.</summary>
public sealed record TenantLimits
{
    public static readonly TenantLimits None = new();

    /// <summary>
    /// What a new account may use until somebody says otherwise: enough to try everything,
    /// and no more than its maker can bear to lose in a day.
    /// </summary>
    public static readonly TenantLimits Careful =
        new() { Channels = 10, DailySpendMicros = 25_000_000, RequestRate = 50, MediaBytes = 1_000_000_000, LiveAudio = 20 };

    /// <summary>Live legs in both directions.</summary>
    public int? Channels { get; init; }
    /// <summary>What calls may cost from midnight to midnight (UTC), in millionths of a US dollar.</summary>
    public long? DailySpendMicros { get; init; }
    /// <summary>API requests a second of its own keys, all together; null takes the node's setting.</summary>
    public int? RequestRate { get; init; }
    /// <summary>Bytes of the media files that it keeps; a child's files are the child's alone.</summary>
    public long? MediaBytes { get; init; }
    /// <summary>Media streams, forks, sessions with recording servers and transcriptions at a time, all together.</summary>
    public int? LiveAudio { get; init; }

    /// <summary>The same for a new account below this one: it uses the channels that the one above has, where that has a limit.</summary>
    public TenantLimits CarefulBelow => Careful with { Channels = Channels is null ? Careful.Channels : null };
}
