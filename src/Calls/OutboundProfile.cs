using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>An outbound voice profile: whether, where to and how much a connection may call.</summary>
public sealed record OutboundProfile
{
    public required long Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required string Name { get; init; }
    public bool IsEnabled { get; init; } = true;
    public IReadOnlyList<string> Tags { get; init; } = [];
    /// <summary>Null is no limit.</summary>
    public int? ConcurrentCallLimit { get; init; }
    /// <summary>Stands among <see cref="Destinations"/> for SIP URIs of other hosts.</summary>
    public const string SipAddresses = "SIP";

    /// <summary>ISO 3166 alpha-2 codes, and <see cref="SipAddresses"/>.</summary>
    public IReadOnlyList<string> Destinations { get; init; } = ["US", "CA"];
    /// <summary>What calls may cost from midnight to midnight (UTC), in millionths of a US dollar; null is no limit.</summary>
    public long? DailySpendLimitMicros { get; init; }
    /// <summary>Destinations that cost more a minute are refused, in millionths of a US dollar; null is no limit.</summary>
    public long? MaxRateMicros { get; init; }
    /// <summary>Whose charges calls are among; null is nobody's.</summary>
    public string? BillingGroup { get; init; }
    /// <summary>Null records nothing.</summary>
    public ProfileRecording? Recording { get; init; }
}

/// <summary>Outbound calls of a profile are recorded from the answer on.</summary>
public sealed record ProfileRecording(AutoRecording Recording)
{
    /// <summary>Only calls from <see cref="Callers"/>; else all.</summary>
    public bool IsByCaller { get; init; }
    /// <summary>+E.164.</summary>
    public IReadOnlyList<string> Callers { get; init; } = [];
}
