using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Assistants as they are to talk on calls that no request begins.</summary>
internal static class AssistantTalks
{
    /// <summary>The version that a conversation gets, with what it says.</summary>
    /// <returns>Null when there is no such assistant any more.</returns>
    public static async ValueTask<(string? Version, JsonObject Fields)?> ChooseAsync(AssistantParts parts, TenantId tenant,
        string assistant, Guid conversation, CancellationToken stop)
    {
        if (await AssistantRecords.Rows(parts.Store).FindAsync(tenant, assistant, stop) is not { } row) return null;
        string? main = row.Body.Text(AssistantRecords.VersionId);
        return CanaryDeploys.Draw(row, conversation) is { } other && await AssistantRecords.FindVersionAsync(tenant, assistant, other,
            parts.Store, stop) is { } canary ? (other, AssistantBody.FieldsOf(canary.Body)) : (main, AssistantBody.FieldsOf(row.Body));
    }

    /// <summary>The agent as its conversation keeps it: with names of secrets.</summary>
    /// <param name="call">Names the call to its tools; empty as long as there is none.</param>
    /// <returns>Or why it cannot talk, as a sentence.</returns>
    public static async ValueTask<(JsonObject? Definition, string? Fault)> WriteAsync(AssistantParts parts, TenantId tenant,
        JsonObject fields, string call, JsonObject variables, CancellationToken stop)
    {
        if (parts.Talk is not { } talk) return (null, "No language model thinks for assistants on this node.");
        var tools = await SharedTools.OfAsync(fields, tenant, parts.Store, stop);
        var body = VoiceBody.Of([], parts.Voice);
        if (AssistantAgent.Write(body, fields, tools, call, variables, gather: null) is not { } definition)
            return (null, string.Join(' ', body.Problems.Select(problem => problem.Detail)));
        var filled = definition.DeepClone().AsObject();     // thrown away: only names of secrets are kept
        if (await ToolSecrets.FillAsync(filled, tenant, parts.Store, stop) is { } missing)
            return (null, $"A tool of the assistant names a secret that is not there: {missing}.");
        return talk.FaultOf(filled) is { } fault ? (null, $"The assistant cannot talk: {fault}.") : (definition, null);
    }

    public static AgentTerms TermsOf(Guid conversation, string assistant, JsonObject fields) => new(conversation)
    {
        Assistant = assistant, Model = fields.Text("model") ?? AssistantAgent.UsualModel,
        Voice = AssistantAgent.VoiceOf([], fields), Recogniser = AssistantAgent.RecogniserOf([], fields),
        InsightGroup = InsightGroups.Of(fields),
    };
}
