using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>A call that a provider of voices has had for the agency, and the ledger knows nothing of.</summary>
internal sealed record ProviderCall
{
    public const string NoAnswer = "no_answer";

    /// <summary>A UUID, as other calls have.</summary>
    public string Id { get; init; } = "";
    public TenantId TenantId { get; init; }
    public string ProviderCallId { get; init; } = "";
    public string? ClientId { get; init; }
    public string? AgentMappingId { get; init; }
    public string? CampaignId { get; init; }
    public string? BatchId { get; init; }
    public string? ContactId { get; init; }
    public string Direction { get; init; } = "";
    public string FromNumber { get; init; } = "";
    public string ToNumber { get; init; } = "";
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? JoinedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>In the provider's word.</summary>
    public string? EndReason { get; init; }
    /// <summary>The same of its SIP session: https://docs.ultravox.ai/api-reference/calls/calls-get.</summary>
    public string? SipReason { get; init; }
    public string? ShortSummary { get; init; }
    public string? Summary { get; init; }
    public long? BilledSeconds { get; init; }
    public string? BillingStatus { get; init; }
    public bool HasRecording { get; init; }

    /// <summary>As a leg would say it, for all that asks a call who, when and how it ended.</summary>
    public LegRow AsLeg() => new()
    {
        Id = default, Uuid = Guid.Parse(Id), Session = default, Connection = default,
        Tenant = ClientId is { } client ? new(Guid.Parse(client)) : TenantId,
        Direction = Direction is "outbound" ? Ringwright.Calls.Direction.Outbound : Ringwright.Calls.Direction.Inbound,
        From = FromNumber, To = ToNumber, StartedAt = StartedAt, AnsweredAt = JoinedAt, EndedAt = EndedAt,
        State = EndedAt is not null ? StoredLegState.Ended : JoinedAt is not null ? StoredLegState.Answered : StoredLegState.Initiated,
        Cause = EndedAt is null ? null : CauseOf(JoinedAt is null ? SipReason : null, EndReason, JoinedAt is not null),
    };

    /// <summary>The disposition of one that nobody joined.</summary>
    public string Unheard => CauseOf(SipReason, EndReason, isJoined: false) switch
    {
        HangupCause.CalleeBusy => "busy",
        HangupCause.CalleeDeclined => "declined",
        HangupCause.NotFound => "failed",
        _ => NoAnswer,
    };

    /// <summary>Null for one that no batch and no agent of the agency is said to have.</summary>
    public BatchCall? Placed => AgentMappingId is null && BatchId is null ? null : new()
    {
        Leg = Id, Contact = ContactId!, Batch = BatchId!, Campaign = CampaignId!, Agent = AgentMappingId!, Nth = 1,
    };

    /// <summary>The cause of the node's own that says the same; <see cref="ProviderCallTable"/> has it for filters.</summary>
    /// <param name="sip">Of one that nobody joined: it says more than that.</param>
    private static HangupCause CauseOf(string? sip, string? reason, bool isJoined) => sip switch
    {
        "SIP_TERMINATION_BUSY" => HangupCause.CalleeBusy,
        "SIP_TERMINATION_REJECTED" => HangupCause.CalleeDeclined,
        "SIP_TERMINATION_INVALID_NUMBER" => HangupCause.NotFound,
        "SIP_TERMINATION_CANCELED" => HangupCause.CallerCancel,
        "SIP_TERMINATION_DESTINATION_UNAVAILABLE" => HangupCause.RemoteTimeout,
        "SIP_TERMINATION_TIMEOUT" => HangupCause.RingTimeout,
        _ => reason switch
        {
            "agent_hangup" => HangupCause.ApiHangup,
            "timeout" when isJoined => HangupCause.TimeLimit,
            "connection_error" => HangupCause.TransportFailure,
            "system_error" => HangupCause.Internal,
            _ => isJoined ? HangupCause.RemoteHangup : HangupCause.RingTimeout,
        },
    };
}
