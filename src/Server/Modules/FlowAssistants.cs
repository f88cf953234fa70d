using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Assistants;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Server.Modules;

/// <summary>Has flows of the dialer's API talk by the assistants that accounts keep by the call API.</summary>
internal sealed class FlowAssistants(DocumentAssistants calls, TaskAssistants tasks) : IFlowAssistants
{
    /// <summary>Null where no model thinks.</summary>
    public static FlowAssistants? Of(ModuleGround ground, ModuleServices services)
    {
        if (InsightModel.Of(ground) is not { } model) return null;
        var parts = NodeModules.Assistants(ground, services);
        return new(new(parts), new(parts, model));
    }

    public ValueTask<bool> HasAsync(TenantId account, Guid assistant, CancellationToken stop) =>
        calls.HasAsync(account, IdOf(assistant), stop);

    public ValueTask<(AgentTerms? Terms, string? Fault)> OrderAsync(LegFacts leg, Guid assistant, CancellationToken stop) =>
        calls.OrderAsync(leg, new() { ["assistant"] = new JsonObject { ["id"] = IdOf(assistant) } }, isGather: false, stop);

    public ValueTask WithdrawAsync(TenantId account, AgentTerms terms, CancellationToken stop) =>
        calls.WithdrawAsync(account, terms, stop);

    public ValueTask<(string? Text, string? Fault)> DoAsync(TenantId account, Guid assistant, string words, CancellationToken stop) =>
        tasks.DoAsync(account, IdOf(assistant), words, stop);

    public ValueTask<(string? Text, string? Fault)> SummariseAsync(TenantId account, string said, string language,
        CancellationToken stop) => tasks.SummariseAsync(account, said, language, stop);

    /// <summary>The dialer's ids are UUIDs alone.</summary>
    private static string IdOf(Guid assistant) => $"assistant-{assistant}";
}
