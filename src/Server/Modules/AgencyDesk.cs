using System.Text.Json.Nodes;
using Ringwright.Agency.Talking;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Programs.Agents;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Modules;

/// <summary>Joins agents of agencies to the agents that talk, and to the node's model; all other talks are assistants'.</summary>
internal sealed class AgencyDesk(AgencyTalks talks, LlmSettings llm, IAgentDesk others) : IAgentDesk
{
    /// <summary>Asked for where the operator names no model: agents of agencies name none.</summary>
    public const string UsualModel = "gpt-4o-mini";

    /// <summary>Null where no model thinks.</summary>
    public static IAgentDesk? Of(ModuleGround ground) => ground.Apis.Llm is { } llm && AssistantDesk.Of(ground) is { } assistants
        ? new AgencyDesk(new(ground.Database), llm, assistants) : null;

    public async ValueTask<(string? Agent, string? Fault)> OpenAsync(AgentTerms terms, LegFacts leg, CancellationToken stop)
    {
        if (CampaignAgent.Of(terms) is not { } agent) return await others.OpenAsync(terms, leg, stop);
        var (definition, temperature, fault) = await talks.OpenAsync(agent, terms.Conversation, leg, stop);
        if (definition is null) return (null, fault);
        var thinks = new JsonObject
        {
            ["base_url"] = llm.BaseUrl, ["name"] = llm.Model ?? UsualModel, ["temperature"] = temperature,
        };
        if (llm.KeyFile is { } file) thinks["key_file"] = file;
        definition["model"] = thinks;
        return (definition.ToJsonString(), null);
    }

    /// <summary>Nobody gives an agent of a campaign anything to know while it talks.</summary>
    public ValueTask<IReadOnlyList<KeptMessage>> ReadAsync(AgentTerms terms, LegFacts leg, AgentMessages messages,
        CancellationToken stop) => CampaignAgent.Of(terms) is null ? others.ReadAsync(terms, leg, messages, stop) : new([]);

    public ValueTask KeepAsync(AgentTerms terms, LegFacts leg, KeptMessage message) => CampaignAgent.Of(terms) is null
        ? others.KeepAsync(terms, leg, message)
        : talks.KeepAsync(leg, message.Role, message.Text, message.Calls, message.CallId, message.At);

    public ValueTask<bool> OptOutAsync(AgentTerms terms, LegFacts leg) =>
        CampaignAgent.Of(terms) is null ? others.OptOutAsync(terms, leg) : talks.OptOutAsync(leg);
}
