using System.Text.Json.Nodes;
using Ringwright.Agency.Talking;
using Ringwright.Programs.Agents;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Modules;

/// <summary>Asks the node's model what calls of agencies came to.</summary>
internal sealed class CallJudge(IAgentWeb web, LlmSettings llm) : ICallJudge
{
    private readonly ModelAsk _model = new(web, llm.BaseUrl, llm.KeyFile) { Temperature = 0 };

    /// <summary>Null where no model thinks.</summary>
    public static CallJudge? Of(ModuleGround ground) => ground.Apis.Llm is { } llm ? new(new AgentWeb(ground.Egress), llm) : null;

    public string Model => llm.Model ?? AgencyDesk.UsualModel;

    public ValueTask<(string? Answer, string? Fault)> AskAsync(string instructions, JsonObject schema, string transcript,
        CancellationToken stop) => _model.AskAsync(Model, instructions, new Dictionary<string, string>(), schema, transcript, stop);
}
