using Ringwright.Core;
using Ringwright.Sip.Transactions;

namespace Ringwright.Sip.Registrar;

/// <summary>One place where a user can be reached (RFC 3261 §10).</summary>
public sealed record ContactBinding
{
    /// <summary>User part of the address of record.</summary>
    public required string User { get; init; }
    /// <summary>URI that requests to the phone carry, as the phone wrote it.</summary>
    public required string Contact { get; init; }
    /// <summary>Where the REGISTER really came from: through a NAT, the only way back.</summary>
    public required SipFlow Flow { get; init; }
    public required string CallId { get; init; }
    public required uint CSeq { get; init; }
    /// <summary>Preference in thousandths, 0 to 1000.</summary>
    public int Quality { get; init; } = 1_000;
    public string UserAgent { get; init; } = "";
    public required Instant RegisteredAt { get; init; }
    public required Instant ExpiresAt { get; init; }
}

public enum BindingFate : byte { Registered, Unregistered, Expired }

/// <summary>What happened to a binding; a refresh is a registration too.</summary>
public readonly record struct BindingChange(ContactBinding Binding, BindingFate Fate);
