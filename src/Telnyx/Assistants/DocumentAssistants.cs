using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Assistants that documents have talk on their calls.</summary>
public sealed class DocumentAssistants(AssistantParts parts)
{
    public async ValueTask<bool> HasAsync(TenantId account, string assistant, CancellationToken stop) =>
        await AssistantRecords.Rows(parts.Store).FindAsync(account, assistant, stop) is not null;

    /// <summary>One that is to talk on a call: its conversation is written down, and the call has to be told.</summary>
    /// <param name="command">What it says, in the words of the command of the call API that has one talk, or gather.</param>
    /// <returns>Null and why not, as a sentence.</returns>
    public async ValueTask<(AgentTerms? Terms, string? Fault)> OrderAsync(LegFacts leg, JsonObject command, bool isGather,
        CancellationToken stop)
    {
        if (parts.Talk is null) return (null, AgentOrders.NoModel);
        var (body, orders, conversation) = (VoiceBody.Of(command, parts.Voice), new AgentOrders(parts), Guid.NewGuid());
        var chosen = isGather ? GatherOrder.Choose(body, conversation) : await orders.ChooseAsync(leg.Tenant, body, conversation, stop);
        var gather = isGather ? GatherOrder.Write(body) : null;
        var call = OrderedCall.Of(leg, parts.Voice.Ids.CallControl(leg.Tenant, leg.Id));
        var definition = chosen is null || body.Problems.Count > 0 ? null
            : await orders.WriteAsync(leg.Tenant, body, chosen, call, gather, stop);
        if (definition is null || chosen is null) return (null, body.Problems[0].Detail);
        // No trail: the account did not do it, and the conversation itself tells of it.
        await ConversationRecords.Rows(parts.Store)
            .InsertAsync(AgentOrders.RowOf(leg.Tenant, call, chosen, definition, parts.Store.Time.GetUtcNow()), stop);
        return (AgentOrders.TermsOf(chosen, command) with { Gather = isGather ? new() : null }, null);
    }

    /// <summary>The call has refused it: nobody has talked in it.</summary>
    public async ValueTask WithdrawAsync(TenantId account, AgentTerms terms, CancellationToken stop) =>
        await ConversationRecords.Rows(parts.Store).DeleteAsync(account, terms.Conversation.ToString(), stop);
}
