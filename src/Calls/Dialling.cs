using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>One outbound leg to create.</summary>
public sealed record DialRequest
{
    public required TenantId Tenant { get; init; }
    public required ConnectionId Connection { get; init; }
    /// <summary>+E.164 text or a sip: URI.</summary>
    public required string To { get; init; }
    public required string From { get; init; }
    public string? CallerName { get; init; }
    public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(4);
    public Labels Labels { get; init; } = Labels.Empty;
    /// <summary>Unique per tenant for 60 s; a repeat returns the same leg.</summary>
    public string? CommandId { get; init; }
    /// <summary>Join this session instead of a new one.</summary>
    public SessionId? Session { get; init; }
    public IReadOnlyList<string> PreferredCodecs { get; init; } = [];
    public IReadOnlyList<SipHeader> Headers { get; init; } = [];
    /// <summary>Digest credentials of this call only; else the trunk's.</summary>
    public string? AuthUser { get; init; }
    public string? AuthPassword { get; init; }
    /// <summary>Played when the leg is answered.</summary>
    public PromptSource? PromptOnAnswer { get; init; }
}

/// <summary>The answer to a dial: the leg's facts when accepted, else a refusal with the rule's name and a sentence.</summary>
public readonly record struct Dialled(Ack Ack, LegFacts? Leg, string? Rule, string? Detail)
{
    public static Dialled Accepted(LegFacts leg) => new(Ack.Accepted, leg, null, null);
    public static Dialled Refused(Refusal refusal, string? rule, string? detail) => new(refusal, null, rule, detail);
}

/// <summary>What the gate is asked: may this leg be created?</summary>
public sealed record GateQuestion
{
    public required LegId Leg { get; init; }
    public required Direction Direction { get; init; }
    public required TenantId Tenant { get; init; }
    public required ConnectionId Connection { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    /// <summary>True when a registered phone asks; false for every API and campaign.</summary>
    public bool IsFromPhone { get; init; }
}

/// <summary>The gate's answer. <paramref name="Rule"/> names the rule in snake case; <paramref name="Detail"/> says it in a sentence.</summary>
public readonly record struct GateAnswer(Refusal Refusal, string? Rule, string? Detail)
{
    public bool IsOpen => Refusal is Refusal.None;
    public static GateAnswer Open => new(Refusal.None, null, null);
}
