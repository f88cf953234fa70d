using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>A call as one API shows it.</summary>
/// <param name="Face">The API's name.</param>
/// <param name="Document">The reply that its customer gets.</param>
public sealed record CallFace(string Face, JsonNode Document);

/// <summary>Any account's call, in the words of every API of calls.</summary>
internal static class CallFaces
{
    private const string NoNode = "The APIs of calls are in a running node, and none runs here: start it with serve.";

    public static async ValueTask<Reply> Get(OperationContext op, OperatorCallParts parts)
    {
        if (parts.Show is not { } show) return op.Fail(Fault.Unavailable, NoNode);
        if (await parts.Traces.FindAsync(op.Path("id"), op.Stop) is not { } trace) return op.Unknown("id");
        var legs = new JsonArray();
        foreach (var (leg, _, _, _) in trace.Legs)
            legs.Add((JsonNode)new JsonObject
            {
                ["id"] = leg.Uuid.ToString(),
                ["direction"] = leg.Direction.ToString().ToLowerInvariant(),
                ["from"] = leg.From,
                ["to"] = leg.To,
                ["faces"] = new JsonArray([.. (await show(leg, op.Stop)).Select(face =>
                    (JsonNode)new JsonObject { ["face"] = face.Face, ["document"] = face.Document })]),
            });
        return op.Ok((JsonNode)new JsonObject
        {
            ["session_id"] = trace.Session.ToString(),
            ["account"] = new JsonObject { ["id"] = trace.Tenant.Id.ToString(), ["name"] = trace.Tenant.Name },
            ["legs"] = legs,
        });
    }
}
