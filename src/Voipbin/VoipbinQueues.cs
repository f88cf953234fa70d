using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Work;

namespace Ringwright.Voipbin;

/// <summary>Where callers wait for agents who share a tag with the queue.</summary>
internal static class VoipbinQueues
{
    /// <summary>As its rows are found outside of a request.</summary>
    public static readonly ResourceKind Stored = new("voipbin_queue") { Deletes = DeleteStyle.Keep };

    /// <summary>Of a row whose callers hear actions that the queue was given itself: they, and the flow that has them.</summary>
    private const string OwnActions = "wait_actions", OwnFlow = "wait_flow_of_its_own";

    private static readonly DocumentKind Flow = new(Flows.Stored.RecordType);

    public static ResourceKind Kind(Contract contract, VoipbinEvents events, VoipbinParts parts, ResourceKind tags, ResourceKind flows)
    {
        var told = VoipbinShape.Kind(contract, events, "Queue", "queue");
        return told with
        {
            Validate = async (op, body, _) =>
            {
                if (ReadOlder(op, body) is { } wrong) return wrong;
                if ((string?)body["routing_method"] is not "random" and var method)
                    return VoipbinShape.Bad("routing_method", $"routing_method must be random, and not '{method}'.",
                        "INVALID_ROUTING_METHOD");
                return await VoipbinShape.CheckReferencesAsync(op, tags, "tag_ids", body["tag_ids"] as JsonArray ?? [])
                    ?? await VoipbinShape.CheckReferencesAsync(op, flows, "wait_flow_id", [body["wait_flow_id"]])
                    ?? await ReadActionsAsync(op, parts, body);
            },
            Work = async change => await told.Work!(change) with { Documents = await FlowAsync(parts, change) }, // it is told
        };
    }

    /// <summary>Fields by the names that they had before, for clients that still write them; a newer name beside it holds.</summary>
    private static Problem? ReadOlder(OperationContext op, JsonObject body)
    {
        if (op.BodySchema?.FindProperty("wait_timeout") is null) return null;
        var said = op.ReadObject();
        foreach (var (older, name) in new[] { ("timeout_wait", "wait_timeout"), ("timeout_service", "service_timeout") })
        {
            if (said[older] is not { } given || said.ContainsKey(name)) continue;
            if (given is not JsonValue number || !number.TryGetValue(out int milliseconds) || milliseconds < 0)
                return VoipbinShape.Bad(older, $"{older} is {name}, in whole milliseconds.");
            body[name] = milliseconds;
        }
        return null;
    }

    /// <summary>What callers hear, as older clients say it: then the queue has a flow of its own, unless the request names one.</summary>
    private static async ValueTask<Problem?> ReadActionsAsync(OperationContext op, VoipbinParts parts, JsonObject body)
    {
        if (op.BodySchema?.FindProperty("wait_flow_id") is null || VoipbinShape.IdOf(body["wait_flow_id"]) is not null
            || op.ReadObject()[OwnActions] is not { } said || said is JsonArray { Count: 0 }) return null;
        if (said is not JsonArray given) return VoipbinShape.Bad(OwnActions, $"{OwnActions} is a list of actions.");
        var actions = given.DeepClone().AsArray();
        if (await Flows.CheckAsync(op, parts, actions, OwnActions) is { } wrong) return wrong;
        string flow = (string?)body[OwnFlow] ?? Guid.NewGuid().ToString();
        (body[OwnActions], body[OwnFlow], body["wait_flow_id"]) = (actions, flow, flow);
        return null;
    }

    /// <summary>It is written with the queue, and goes with it.</summary>
    private static async ValueTask<IReadOnlyList<DocumentWrite>> FlowAsync(VoipbinParts parts, ResourceChange change)
    {
        var row = change.Row;
        bool isDeleted = ResourceKind.DeletedAt(row) is not null;
        if ((string?)row.Body[OwnFlow] is not { } id
            || !isDeleted && JsonNode.DeepEquals(change.Before?.Body[OwnActions], row.Body[OwnActions])) return [];
        var flow = await parts.Store.Documents.Rows(Flows.Stored).FindAsync(row.Tenant, id, CancellationToken.None);
        var at = VoipbinForm.Moments.Next(Flow.Name, row.Tenant, change.At);
        var body = new JsonObject
        {
            ["type"] = "queue", ["name"] = (string?)row.Body["name"] ?? "", ["detail"] = "What those hear who wait in a queue.",
            ["actions"] = row.Body[OwnActions]?.DeepClone() ?? new JsonArray(), ["on_complete_flow_id"] = VoipbinShape.Nobody,
            ["direct_hash"] = "",
        };
        if (isDeleted) body[ResourceKind.DeletedField] = at.ToString("O", CultureInfo.InvariantCulture);
        return [new(Flow, new() { Id = id, Tenant = row.Tenant, Body = body, CreatedAt = flow?.CreatedAt ?? at, UpdatedAt = at })];
    }
}
