using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Calling;

/// <summary>
/// A call as this API shows it: a leg of the ledger, whatever API placed it, or what a provider has told of one that was its own. Whose it
/// is its account says, once and for all: what a number or an agent is assigned to later moves no call.
/// </summary>
internal sealed record AgencyCall(TenantId Agency, LegRow Leg)
{
    public const string None = "none";

    public static readonly FaceWords Outcomes = FaceTable.Of("agency_outcome");
    public static readonly FaceWords Ends = FaceTable.Of("agency_end");
    private static readonly FaceWords Causes = FaceTable.Of("agency_cause");
    private static readonly Dictionary<string, HangupCause> CausesByName =
        Enum.GetValues<HangupCause>().ToDictionary(cause => SnakeName.Of(cause));

    /// <summary>The names of what is written, in their order.</summary>
    public static readonly IReadOnlyList<string> Fields =
    [
        "id", "agency_id", "client_id", "campaign_id", "batch_id", "contact_id", "agent_mapping_id", "direction", "source", "from_number",
        "to_number", "state", "created_at", "joined_at", "ended_at", "end_reason", "hangup_cause", "outcome", "disposition",
        "duration_seconds", "has_recording", "transcript_status", "analysis_status", "attempt_no", "redacted_at",
    ];

    /// <summary>As tables have it.</summary>
    public static HangupCause CauseOf(string stored) => CausesByName[stored];

    /// <summary>What the agency says of it; null when nothing.</summary>
    public CallNote? Note { get; init; }
    /// <summary>Null for one that no batch placed.</summary>
    public BatchCall? Placed { get; init; }
    public CallFacts Facts { get; init; } = CallFacts.None;
    /// <summary>What a provider has told; null for a call of the ledger.</summary>
    public ProviderCall? Remote { get; init; }

    public string? Client => Leg.Tenant == Agency ? null : Leg.Tenant.ToString();

    /// <summary>Null while it is up, and for one that ended by a fault of the line or of the node.</summary>
    public string? Outcome => End is { } end && Outcomes[end] is not None and var outcome ? outcome : null;

    private CallEnd? End => Leg is { EndedAt: not null, Cause: { } cause } ? new(cause, Leg.Direction, Leg.AnsweredAt is not null) : null;

    /// <summary>What people have put on it.</summary>
    public JsonArray Tags => Note?.Tags is { } tags ? JsonNode.Parse(tags)!.AsArray() : new JsonArray();        // by us

    public string TranscriptStatus => Note?.TranscriptStatus ?? CallNote.Waiting;

    public JsonObject Write() => new()
    {
        ["id"] = Leg.Uuid.ToString(),
        ["agency_id"] = Agency.ToString(),
        ["client_id"] = Client,
        ["campaign_id"] = Placed?.Campaign,
        ["batch_id"] = Placed?.Batch,
        ["contact_id"] = Placed?.Contact,
        ["agent_mapping_id"] = Placed?.Agent ?? Note?.Agent,
        ["direction"] = DirectionOf(Leg),
        ["source"] = Note?.Source ?? CallNote.Live,
        ["from_number"] = PartyAlias.Of(Leg.From),
        ["to_number"] = PartyAlias.Of(Leg.To),
        ["state"] = Leg.State switch
        {
            StoredLegState.Initiated => "created",
            StoredLegState.Ringing => "ringing",
            StoredLegState.Answered => "in_progress",
            _ => "ended",
        },
        ["created_at"] = AgencyText.Time(Leg.StartedAt),
        ["joined_at"] = AgencyText.Time(Leg.AnsweredAt),
        ["ended_at"] = AgencyText.Time(Leg.EndedAt),
        ["end_reason"] = End is { } end ? UnassignedNumber.IsOn(Leg.Labels) ? UnassignedNumber.End : Ends[end] : null,
        ["hangup_cause"] = End is { } ended ? Causes[ended] : null,
        ["outcome"] = Outcome,
        ["disposition"] = Note?.Disposition,
        ["duration_seconds"] = Duration,
        ["has_recording"] = Remote?.HasRecording ?? Facts.Recordings.Count > 0,
        ["transcript_status"] = TranscriptStatus,
        ["analysis_status"] = Note?.AnalysisStatus ?? CallNote.Waiting,
        ["attempt_no"] = Remote is null ? Placed?.Nth : null,
        ["redacted_at"] = AgencyText.Time(Note?.RedactedAt),
    };

    public static string DirectionOf(LegRow leg) => DirectionOf(leg.Direction);

    public static string DirectionOf(Direction direction) => direction is Direction.Inbound ? "inbound" : "outbound";

    /// <summary>Answered seconds, rounded up: 0 where nobody answered. The leg's record has the same once it is written.</summary>
    private int? Duration => Leg.EndedAt is not { } end ? null
        : Facts.TalkSeconds ?? (Leg.AnsweredAt is { } answered ? (int)Math.Ceiling((end - answered).TotalSeconds) : 0);
}
