using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>A run as replies and events show it.</summary>
internal static class ActiveflowView
{
    public const string Noun = "activeflow";

    /// <summary>Its members by the contract's schema.</summary>
    public static JsonObject Of(Schema schema, FlowRun run) => VoipbinShape.Of(schema, RowOf(run));

    public static ResourceRow RowOf(FlowRun run)
    {
        var body = new JsonObject
        {
            ["flow_id"] = IdText(run.Flow), ["status"] = run.State is FlowRunState.Running ? "running" : "ended",
            ["reference_type"] = run.ReferenceType, ["reference_id"] = IdText(run.Reference),
            ["reference_activeflow_id"] = IdText(run.Parent),
            ["on_complete_flow_id"] = (string?)run.Facts[FlowJournal.OnComplete] ?? VoipbinShape.Nobody,
            ["webhook_uri"] = (string?)run.Facts[FlowJournal.Hook] ?? "",
            ["webhook_method"] = (string?)run.Facts[FlowJournal.HookMethod] ?? "",
            ["current_action"] = run.Facts[FlowJournal.Current]?.DeepClone(),
            ["executed_actions"] = run.Facts[FlowJournal.Executed]?.DeepClone() ?? new JsonArray(),
        };
        if (run.DeletedAt is { } at) body[ResourceKind.DeletedField] = at.ToString("O", CultureInfo.InvariantCulture);
        return new() { Id = run.Id.ToString(), Tenant = run.Tenant, Body = body, CreatedAt = run.CreatedAt, UpdatedAt = run.UpdatedAt };
    }

    private static string IdText(Guid? id) => (id ?? Guid.Empty).ToString();
}
