using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin.Calling;

/// <summary>When a recording was begun, and what has become of it.</summary>
/// <param name="Ended">Null while it goes on.</param>
/// <param name="Updated">Null before the first change.</param>
internal readonly record struct RecordingMoments(
    DateTimeOffset Created, DateTimeOffset Started, DateTimeOffset? Ended, DateTimeOffset? Updated);

/// <summary>A recording as replies and events show it, whichever API made it.</summary>
internal static class RecordingView
{
    public const string Noun = "recording";

    /// <summary>The file can be fetched once it is kept, and not from its end on: until then it goes on.</summary>
    public static JsonObject Of(RecordingRow row)
    {
        bool isKept = row.State is RecordingState.Saved;
        return Of(row.Tenant, row.Plan, row.LegUuid,
            new(row.CreatedAt, row.StartedAt, isKept ? row.EndedAt : null, isKept ? row.UpdatedAt : null));
    }

    /// <param name="call">The UUID of its leg.</param>
    public static JsonObject Of(TenantId tenant, RecordPlan plan, Guid call, RecordingMoments moments) => new()
    {
        ["id"] = plan.Id.ToString(),
        ["customer_id"] = tenant.ToString(),
        ["owner_type"] = "",
        ["owner_id"] = VoipbinShape.Nobody,
        ["activeflow_id"] = plan.Labels?[CallLabels.Activeflow] ?? VoipbinShape.Nobody,
        ["reference_type"] = plan.Conference is null ? "call" : "confbridge",
        ["reference_id"] = (plan.Conference ?? call).ToString(),
        ["status"] = moments.Ended is null ? "recording" : "ended",
        ["format"] = RecordFormats.ExtensionOf(plan.Format),
        ["on_end_flow_id"] = plan.Labels?[CallLabels.EndFlow] ?? VoipbinShape.Nobody,
        ["tm_start"] = VoipbinTime.Text(moments.Started),
        ["tm_end"] = VoipbinTime.Text(moments.Ended),
        ["tm_create"] = VoipbinTime.Text(moments.Created),
        ["tm_update"] = VoipbinTime.Text(moments.Updated),
        ["tm_delete"] = null,
    };
}
