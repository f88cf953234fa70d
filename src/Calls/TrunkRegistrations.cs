using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>Where our registration with a trunk stands.</summary>
public enum TrunkRegistrationState
{
    /// <summary>The first REGISTER is under way.</summary>
    Trying,
    Registered,
    /// <summary>Refused or unanswered; it is tried again later.</summary>
    Failed,
}

/// <param name="SipStatus">Of the last answer; null when none came.</param>
/// <param name="ExpiresAt">When the trunk forgets us unless we refresh; null while it does not know us.</param>
public readonly record struct TrunkRegistrationStatus(TrunkRegistrationState State, int? SipStatus, DateTimeOffset? ExpiresAt)
{
    /// <summary>Why it failed, as part of a sentence.</summary>
    public string? Trouble { get; init; }
}

/// <summary>Our registrations with trunks, as the operator sees them. Implemented in Switch; any thread may ask.</summary>
public interface ITrunkRegistrations
{
    /// <summary>Null for a trunk that wants none.</summary>
    TrunkRegistrationStatus? StatusOf(TrunkId trunk);
}
