using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Inference;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Tries a tool of an assistant: one real request, as the assistant sends it, and what came of it. No secret is shown.</summary>
internal static class TriedTools
{
    private const string Tool = "tool_id", Arguments = "arguments", Variables = "dynamic_variables", Tools = AssistantBody.Tools;

    public static async ValueTask<Reply> Run(OperationContext op, AssistantParts parts)
    {
        if (await AssistantRecords.Rows(parts.Store).FindAsync(op.Tenant, op.Path(AssistantRecords.AssistantId), op.Stop)
            is not { } assistant) return op.Unknown(AssistantRecords.AssistantId);
        if (await FindAsync(op, assistant.Body, parts) is not { } tool) return op.Unknown(Tool);
        if (tool.Text("type") is not "webhook")
            return op.Fail(new Problem(VoiceErrors.BadRequest, "Only tools of the type webhook can be tried: others need a call."));
        var given = op.ReadObject();
        var variables = CallVariables.Of(new JsonObject(), op.Now);
        foreach (var (name, value) in given.Child(Variables) ?? []) variables[name] = value?.DeepClone();
        var refused = new List<string>();
        var (definition, _) = AssistantAgent.InWriting(assistant.Body, [], variables);
        definition[Tools] = CallTools.Write([tool], call: null, refused.Add);
        foreach (string ofModel in new[] { ToolSecrets.ModelKeyOf, ToolSecrets.StandIn, AssistantConversations.OwnModel })
            definition.Remove(ofModel);   // none is asked
        if (refused.Count > 0) return op.Fail([.. refused.Select(detail => new Problem(VoiceErrors.BadRequest, detail))]);
        var (filled, shown) = (definition.DeepClone().AsObject(), definition.DeepClone().AsObject());
        if (await ToolSecrets.FillAsync(filled, op.Tenant, parts.Store, op.Stop) is { } missing)
            return op.Fail(new Problem(VoiceErrors.BadRequest, $"The tool names a secret that is not there: {missing}."));
        ToolSecrets.Mask(shown);
        using var place = parts.Inference.Places.TryTake(op.Tenant, op.Caller.Root);
        if (place is null) return ModelErrors.NoPlace(op, "As many requests of the account are under way as may be");
        var (tried, fault) = await parts.Trial.RunAsync(op.Tenant, FirstOf(filled), FirstOf(shown), filled.Child("variables")!,
            given.Child(Arguments) ?? [], op.Stop);
        if (tried is null) return op.Invalid("/" + Arguments, VoiceErrors.BadRequest, $"The tool cannot be asked so: {fault}.");
        string text = tried is { Fault: { } word, Text: "" } ? $"The server cannot be asked: {word}." : tried.Text;
        return op.Ok(new JsonObject
        {
            ["success"] = tried.IsSuccess, ["status_code"] = tried.Status ?? 0, ["content_type"] = tried.ContentType ?? "",
            ["response"] = await ToolSecrets.MaskAsync(text, definition, op.Tenant, parts.Store, op.Stop), ["request"] = tried.Request,
        });
    }

    /// <summary>One of its own, or one that it shares.</summary>
    private static async ValueTask<JsonObject?> FindAsync(OperationContext op, JsonObject assistant, AssistantParts parts)
    {
        string id = op.Path(Tool);
        var own = (assistant[Tools] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(tool => tool.Text("id") == id);
        return own is not null || !assistant.Texts(AssistantBody.ToolIds).Contains(id) ? own
            : await SharedTools.FindAsync(op.Tenant, id, parts.Store, op.Stop);
    }

    private static JsonObject FirstOf(JsonObject definition) => definition[Tools]![0]!.AsObject();      // it was written so
}
