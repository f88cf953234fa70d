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
                if ((string?)body["routing_method"] is not "random" and var method)
                    return VoipbinShape.Bad("routing_method", $"routing_method must be random, and not '{method}'.",
                        "INVALID_ROUTING_METHOD");
                return await VoipbinShape.CheckReferencesAsync(op, tags, "tag_ids", body["tag_ids"] as JsonArray ?? [])
                    ?? await VoipbinShape.CheckReferencesAsync(op, flows, "wait_flow_id", [body["wait_flow_id"]]);
            },
        };
}
