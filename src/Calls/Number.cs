using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>A number that a tenant owns. <paramref name="Text"/> is +E.164.</summary>
public sealed record Number(string Text, TenantId Tenant, ConnectionId? Connection)
{
    /// <summary>Another network has it now: the tenant keeps its record, and calls to it leave the node.</summary>
    public bool IsPortedOut { get; init; }
    /// <summary>ISO 3166 alpha-2; null when nobody said.</summary>
    public string? Country { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public NumberVoice Voice { get; init; } = new();
    /// <summary>Whose charges calls to it are among; null is nobody's.</summary>
    public string? BillingGroup { get; init; }
    /// <summary>The messaging profile whose rules texts from and to it follow; null takes no part in texts.</summary>
    public Guid? MessagingProfile { get; init; }
    /// <summary>Which documents answer texts to it; null where none do, and on the profile of another API.</summary>
    public NumberTexts? Texts { get; init; }
}

/// <summary>The documents that answer texts to a number. They are asked for by POST or GET.</summary>
public sealed record NumberTexts
{
    /// <summary>Null asks for none.</summary>
    public string? Url { get; init; }
    public string Method { get; init; } = "POST";
    /// <summary>Asked where the other is not to be had.</summary>
    public string? FallbackUrl { get; init; }
    public string FallbackMethod { get; init; } = "POST";
}

/// <summary>What happens to calls to a number beside its connection.</summary>
public sealed record NumberVoice
{
    /// <summary>What the equipment sees as the called number in place of it; null leaves it.</summary>
    public string? TranslatedNumber { get; init; }
    public Forwarding? Forwarding { get; init; }
    /// <summary>
    /// Of calls that are delivered: the equipment's sound comes from where its SDP says, and from nowhere else when that is silent.
    /// </summary>
    public bool IsRtpFixed { get; init; }
    /// <summary>Null records nothing.</summary>
    public AutoRecording? Recording { get; init; }
    /// <summary>Calls to it take a channel of the tenant's in its <see cref="ChannelZone"/>, and are busy when none is free.</summary>
    public bool IsPaidByChannel { get; init; }
    /// <summary>What becomes of calls whose caller the carrier says it could not verify.</summary>
    public CallScreening Screening { get; init; }
    /// <summary>Calls from numbers of this node show the name that those are listed under.</summary>
    public bool IsCallerNamed { get; init; }
    /// <summary>The name under which the number's own calls show where <see cref="IsCallerNamed"/> asks for it; null has none.</summary>
    public string? ListedName { get; init; }
}

/// <summary>What becomes of calls that are suspect: they are told so, or refused.</summary>
public enum CallScreening { Disabled, Flag, Reject }

/// <summary>Calls go on to another number.</summary>
/// <param name="To">+E.164.</param>
/// <param name="IsOnFailure">Only when the connection does not take the call; else always, and the connection never sees it.</param>
public sealed record Forwarding(string To, bool IsOnFailure);

/// <summary>A recording that starts by itself when the call is answered.</summary>
/// <param name="Format">"wav" or "mp3".</param>
/// <param name="IsDual">Each party on a channel of its own.</param>
public sealed record AutoRecording(string Format, bool IsDual);
