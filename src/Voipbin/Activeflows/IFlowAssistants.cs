using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>The assistants that accounts keep by another API, and the model that thinks for them.</summary>
public interface IFlowAssistants
{
    ValueTask<bool> HasAsync(TenantId account, Guid assistant, CancellationToken stop);

    /// <summary>One that is to talk on a call: its conversation is written down, and the call has to be told.</summary>
    /// <returns>Null and why not, as a sentence.</returns>
    ValueTask<(AgentTerms? Terms, string? Fault)> OrderAsync(LegFacts leg, Guid assistant, CancellationToken stop);

    /// <summary>The call has refused it.</summary>
    ValueTask WithdrawAsync(TenantId account, AgentTerms terms, CancellationToken stop);

    /// <summary>One that does something by its tools, without a call.</summary>
    /// <param name="words">What it is told.</param>
    /// <returns>What it has written; or null and why not, as part of a sentence.</returns>
    ValueTask<(string? Text, string? Fault)> DoAsync(TenantId account, Guid assistant, string words, CancellationToken stop);

    /// <inheritdoc cref="DoAsync"/>
    /// <param name="said">Of which the summary is.</param>
    /// <param name="language">BCP 47.</param>
    ValueTask<(string? Text, string? Fault)> SummariseAsync(TenantId account, string said, string language, CancellationToken stop);
}
