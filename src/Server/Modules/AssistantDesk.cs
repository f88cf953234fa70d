using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Programs.Agents;
using Ringwright.Server.Settings;
using Ringwright.Telnyx.Assistants;

namespace Ringwright.Server.Modules;

/// <summary>Joins customers' assistants and their conversations to the agents that talk, and to the node's model.</summary>
internal sealed class AssistantDesk(AssistantConversations conversations, LlmSettings llm) : IAgentDesk, IAssistantTalk
{
    /// <summary>Null where no model thinks.</summary>
    public static AssistantDesk? Of(ModuleGround ground) =>
        ground.Apis.Llm is { } llm ? new(new(ground.Database), llm) : null;

    public string? FaultOf(JsonObject definition) => AgentScripts.FaultOf(Whole(definition, "model"));

    public async ValueTask<(string? Agent, string? Fault)> OpenAsync(AgentTerms terms, LegFacts leg, CancellationToken stop)
    {
        var (definition, missing) = await conversations.OpenAsync(leg.Tenant, terms.Conversation, stop);
        return definition is null ? (null, missing) : (Whole(definition, terms.Model), null);
    }

    public ValueTask KeepAsync(AgentTerms terms, LegFacts leg, KeptMessage message) =>
        conversations.AddAsync(leg.Tenant, terms.Conversation, message.Role, message.Text, message.Calls, message.CallId, message.At,
            CancellationToken.None);

    /// <summary>Agents of files say which model thinks; for assistants the node does.</summary>
    private string Whole(JsonObject definition, string model)
    {
        var whole = definition.DeepClone().AsObject();
        var thinks = new JsonObject { ["base_url"] = llm.BaseUrl, ["name"] = llm.Model ?? model };
        if (llm.KeyFile is { } file) thinks["key_file"] = file;
        whole["model"] = thinks;
        return whole.ToJsonString();
    }
}
