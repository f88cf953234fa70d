using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Inference;

namespace Ringwright.Telnyx.Assistants;

/// <summary>An assistant as it answers in writing in one conversation: by one of its versions, with its tools and variables.</summary>
/// <param name="Version">Which one it is.</param>
internal sealed record WrittenAssistant(WrittenAgent Agent, string Version)
{
    /// <summary>What is to be found out of its talks; null for nothing.</summary>
    public string? InsightGroup { get; private init; }

    /// <param name="metadata">Of the conversation, which keeps the version that it has.</param>
    /// <param name="version">The one that is asked for; null for that of the conversation, or for the one that is drawn for it.</param>
    /// <returns>Null and why, as sentences, when it cannot answer.</returns>
    public static async ValueTask<(WrittenAssistant? Assistant, IReadOnlyList<string> Faults)> OpenAsync(TenantId tenant, ResourceRow row,
        Guid conversation, JsonObject metadata, string? version, AssistantParts parts, CancellationToken stop)
    {
        string main = row.Body.Text(AssistantRecords.VersionId)!;      // each has one
        string chosen = version ?? metadata.Filled(ConversationRecords.Version) ?? CanaryDeploys.Draw(row, conversation) ?? main;
        // A version that was deleted leaves its conversations to the main one.
        var found = chosen == main ? null : await AssistantRecords.FindVersionAsync(tenant, row.Id, chosen, parts.Store, stop);
        var fields = AssistantBody.FieldsOf(found?.Body ?? row.Body);
        var tools = await SharedTools.OfAsync(fields, tenant, parts.Store, stop);
        var (definition, faults) = AssistantAgent.InWriting(fields, tools, CallVariables.Of(metadata, parts.Store.Time.GetUtcNow()));
        if (ExternalModel.Of(fields) is null
                && SpeechModels.FaultBeside(fields.Text("model"), parts.Inference, "does not write") is { } unasked)
            return (null, [unasked]);
        if (faults.Count > 0) return (null, faults);
        await McpTools.AddAsync(definition, fields, tenant, parts, stop);
        if (await ToolSecrets.FillAsync(definition, tenant, parts.Store, stop) is { } missing)
            return (null, [$"The assistant names a secret that is not there, or is no bearer's: {missing}."]);
        if (parts.Talk?.FaultOf(definition) is { } fault) return (null, [$"The assistant cannot answer: {fault}."]);
        var agent = new WrittenAgent(definition, fields.Text("model") ?? AssistantAgent.UsualModel) { Tenant = tenant };
        return (new(agent, found?.Id ?? main) { InsightGroup = InsightGroups.Of(fields) }, []);
    }
}
