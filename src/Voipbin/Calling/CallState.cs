using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Voipbin.Calling;

/// <summary>A leg as this API shows it, whoever placed it: replies and events alike.</summary>
internal sealed record CallState
{
    public const string Dialing = "dialing", Ringing = "ringing", Progressing = "progressing", Canceling = "canceling",
        Terminating = "terminating", Hangup = "hangup";

    /// <summary>Calls of any other kind are not to be had here.</summary>
    private const string Type = "flow";

    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required Direction Direction { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public string? CallerName { get; init; }
    public required Labels Labels { get; init; }
    /// <summary>What commands it, where that is known.</summary>
    public Application? Application { get; init; }
    public IReadOnlyList<string> Recordings { get; init; } = [];
    /// <summary>The latest of those that go on; null without one.</summary>
    public string? Recording { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? RingingAt { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public HangupCause? Cause { get; init; }
    public HangupParty? By { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    public string Status => EndedAt is not null ? Hangup
        : Labels[CallLabels.Ending] is not null ? Ending
        : AnsweredAt is not null ? Progressing
        : RingingAt is not null || Direction is Direction.Inbound ? Ringing : Dialing;

    /// <summary>What it is while we end it.</summary>
    public string Ending => AnsweredAt is null ? Canceling : Terminating;

    public string Reason => Cause is { } cause && EndedAt is not null
        ? HangupReasons.Of(new(cause, Direction, AnsweredAt is not null), Labels[HangupReasons.Label]) : "";

    /// <summary>The run that commands it, as it is shown; of a call without one, nobody's id.</summary>
    public string Activeflow => Labels[CallLabels.Activeflow]
        ?? (OwnFlow is null && Labels[CallLabels.Flow] is null ? VoipbinShape.Nobody : AttemptMark.Of(Labels) ?? Id.ToString());

    /// <summary>The flow that commands it from its beginning; null without one.</summary>
    private string? OwnFlow => Application is { Kind: ApplicationKind.Flow, Target: var flow }
        && Guid.TryParseExact(flow, "D", out _) ? flow : null;

    public JsonObject Write() => new()
    {
        ["id"] = Id.ToString(),
        ["customer_id"] = Tenant.ToString(),
        ["type"] = Type,
        ["flow_id"] = Labels[CallLabels.Flow] ?? OwnFlow ?? VoipbinShape.Nobody,
        ["activeflow_id"] = Activeflow,
        ["groupcall_id"] = Labels[CallLabels.Group] ?? VoipbinShape.Nobody,
        ["master_call_id"] = Labels[CallLabels.Master] ?? VoipbinShape.Nobody,
        ["chained_call_ids"] = new JsonArray([.. (Labels[CallLabels.Chained]?.Split(' ') ?? []).Select(id => (JsonNode)id)]),
        ["recording_id"] = EndedAt is null && Recording is { } recording ? recording : VoipbinShape.Nobody,
        ["recording_ids"] = new JsonArray([.. Recordings.Select(id => (JsonNode)id)]),
        ["source"] = VoipbinAddress.OfParty(From, CallerName),
        ["destination"] = VoipbinAddress.OfParty(To, name: null),
        ["direction"] = Direction is Direction.Inbound ? "incoming" : "outgoing",
        ["status"] = Status,
        ["hangup_by"] = EndedAt is null ? "" : By is HangupParty.Remote ? "remote" : "local",
        ["hangup_reason"] = Reason,
        ["tm_ringing"] = VoipbinTime.Text(RingingAt),
        ["tm_progressing"] = VoipbinTime.Text(AnsweredAt),
        ["tm_hangup"] = VoipbinTime.Text(EndedAt),
        ["tm_create"] = VoipbinTime.Text(StartedAt),
        ["tm_update"] = VoipbinTime.Text(DeletedAt ?? EndedAt ?? AnsweredAt ?? RingingAt),
        ["tm_delete"] = VoipbinTime.Text(DeletedAt),
    };
}
