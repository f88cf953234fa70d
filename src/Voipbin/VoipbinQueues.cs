using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Voipbin;

/// <summary>Where callers wait for agents who share a tag with the queue.</summary>
internal static class VoipbinQueues
{
    /// <summary>As its rows are found outside of a request.</summary>
    public static readonly ResourceKind Stored = new("voipbin_queue") { Deletes = DeleteStyle.Keep };

    public static ResourceKind Kind(Contract contract, VoipbinEvents events, ResourceKind tags, ResourceKind flows) =>
        VoipbinShape.Kind(contract, events, "Queue", "queue") with
        {
            Validate = async (op, body, _) =>
            {
                if (ReadOlder(op, body) is { } wrong) return wrong;
                if ((string?)body["routing_method"] is not "random" and var method)
                    return VoipbinShape.Bad("routing_method", $"routing_method must be random, and not '{method}'.",
                        "INVALID_ROUTING_METHOD");
                return await VoipbinShape.CheckReferencesAsync(op, tags, "tag_ids", body["tag_ids"] as JsonArray ?? [])
                    ?? await VoipbinShape.CheckReferencesAsync(op, flows, "wait_flow_id", [body["wait_flow_id"]]);
            },
        };

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
        return said["wait_actions"] is null or JsonArray { Count: 0 } ? null
            : VoipbinShape.Bad("wait_actions", "wait_actions are those of a flow, which the queue names by wait_flow_id.");
    }
}
