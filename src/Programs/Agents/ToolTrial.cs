using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>Asks the server of one tool as an agent would, so that its author sees what comes of it.</summary>
public static class ToolTrial
{
    /// <param name="tool">Of the kind webhook, as agents have it.</param>
    /// <param name="shown">The same without what nobody is to see; the request that is told is made from it.</param>
    /// <param name="variables">Texts.</param>
    /// <param name="signedFor">In whose name the server is asked; null where nothing is signed.</param>
    /// <returns>Null and why, as part of a sentence, when nobody can be asked so.</returns>
    public static async Task<(ToolOutcome? Outcome, string? Fault)> RunAsync(JsonObject tool, JsonObject shown, JsonObject variables,
        string arguments, IAgentWeb web, TenantId? signedFor, CancellationToken stop)
    {
        var (read, fault) = Read(tool, variables);
        if (read is null) return (null, fault);
        var (webhook, known) = read.Value;
        if (ArgumentSchema.FaultOf(webhook.Parameters, arguments) is { } wrong) return (null, wrong);
        var ask = ToolAsk.Of(webhook, known, arguments) with { SignedFor = signedFor };
        var answer = await OwnRedirect.FollowAsync(web, ask, TimeProvider.System, stop);
        var told = Read(shown, variables).Tool is var (masked, _) ? ToolAsk.Of(masked, known, arguments) : null;
        return (new(answer, Encoding.UTF8.GetString(answer.Body.Span), told), null);
    }

    /// <summary>As part of an agent, for it is only written so.</summary>
    private static ((ModelTool.Webhook Tool, IReadOnlyDictionary<string, string> Variables)? Tool, string? Fault) Read(JsonObject tool,
        JsonObject variables)
    {
        var (agent, fault) = AgentDefinition.Read(new JsonObject
        {
            ["instructions"] = "none", ["model"] = new JsonObject { ["base_url"] = "http://127.0.0.1", ["name"] = "none" },
            ["tools"] = new JsonArray(tool.DeepClone()), ["variables"] = variables.DeepClone(),
        }.ToJsonString());
        return agent is ModelAgent { Tools: [ModelTool.Webhook webhook] } model
            ? ((webhook, model.VariablesOf(new Dictionary<string, string>())), null) : (null, fault ?? "it is no webhook");
    }
}

/// <param name="Answer">Of the server, or why there is none.</param>
/// <param name="Text">Of the answer's body.</param>
/// <param name="Told">What was asked, without what nobody is to see.</param>
public sealed record ToolOutcome(WebAnswer Answer, string Text, WebAsk? Told);
