using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Conversations on calls, for whoever talks in them: what talks there, and what was heard.</summary>
/// <param name="web">Asks customers' servers for variables; null where nobody is asked.</param>
public sealed class AssistantConversations(Database store, IVariablesWeb? web = null)
{
    /// <summary>Of an agent with its secrets in their places: the key with which its model is asked in place of the node's.</summary>
    public const string ModelKey = "model_key";

    /// <summary>
    /// Of an agent, of one that it leaves callers to, and of who stands in: the server of its account's that is asked in place of the
    /// node's, in the words of agents.
    /// </summary>
    public const string OwnModel = "own_model";

    /// <summary>The agent as it was ordered, with secrets in their places: it is for memory alone.</summary>
    /// <param name="tell">Takes a line for the call's trace: what the agent does without, and why.</param>
    /// <returns>Null and why, as part of a sentence, when there is none.</returns>
    public async ValueTask<(JsonObject? Definition, string? Fault)> OpenAsync(LegFacts leg, Guid conversation, Action<string> tell,
        CancellationToken stop)
    {
        var tenant = leg.Tenant;
        var row = await ConversationRecords.Rows(store).FindAsync(tenant, conversation.ToString(), stop);
        if (row?.Body.Child(ConversationRecords.Agent) is not { } kept) return (null, "its conversation is not there any more");
        var definition = kept.DeepClone().AsObject();
        var asked = definition.Child(InitialVariables.Kept);
        definition.Remove(InitialVariables.Kept);
        definition.Remove(ConversationRecords.Unkept);
        if (definition.Child("variables") is { } variables)
        {
            if (variables.Text(CallVariables.CallId) is "") await PlaceAsync(leg, row, variables, stop);
            variables[CallVariables.Now] = CallVariables.Time(store.Time.GetUtcNow());
        }
        if (asked is not null && web is not null) await AskAsync(row, definition, asked, web, tell, stop);
        string? missing = await ToolSecrets.FillAsync(definition, tenant, store, stop);
        return missing is null ? (definition, null) : (null, $"there is no integration secret {missing}");
    }

    /// <summary>Its customer has switched the assistant off in it.</summary>
    public async ValueTask<bool> IsSilencedAsync(TenantId tenant, Guid conversation, CancellationToken stop) =>
        await ConversationRecords.IsSilencedAsync(store, tenant, conversation.ToString(), stop);

    /// <summary>A conversation that its customer has deleted keeps nothing more, and some never keep anything.</summary>
    /// <param name="role">user, assistant or tool.</param>
    /// <param name="calls">Id, name and arguments of the tools that an assistant's message calls.</param>
    /// <param name="callId">Of a tool: the call that it answers.</param>
    /// <param name="at">When it was heard.</param>
    public async ValueTask AddAsync(TenantId tenant, Guid conversation, string role, string text,
        IReadOnlyList<(string Id, string Name, string Arguments)> calls, string? callId, DateTimeOffset at, CancellationToken stop)
    {
        var message = ConversationMessages.Heard(tenant, conversation.ToString(), role, text, calls, callId, at, store.Time.GetUtcNow());
        var work = new UnitOfWork { Documents = [new(ConversationMessages.Messages, message)] };
        await ChangeAsync(tenant, conversation.ToString(),
            body => ConversationRecords.KeepsNothing(body) ? null : ConversationMessages.After(body, at), work, stop);
    }

    /// <summary>Messages that its customer has added: those of them that are still there, in their order.</summary>
    public async ValueTask<IReadOnlyList<(string Role, string Text, IReadOnlyList<(string Id, string Name, string Arguments)> Calls,
        string? CallId)>> ReadAsync(TenantId tenant, AgentMessages messages, CancellationToken stop)
    {
        var rows = store.Documents.Rows(ConversationMessages.Messages);
        var found = new List<(string, string, IReadOnlyList<(string, string, string)>, string?)>();
        for (int i = 0; i < messages.Count; i++)
            if (await rows.FindAsync(tenant, ToldMessages.IdOf(messages.Batch, i), stop) is { } row)
                found.Add(ConversationMessages.Read(row));
        return found;
    }

    /// <summary>What a server has said is kept with the conversation: insights go by it too.</summary>
    private async ValueTask AskAsync(ResourceRow row, JsonObject definition, JsonObject asked, IVariablesWeb web, Action<string> tell,
        CancellationToken stop)
    {
        var said = await new InitialVariables(store, web).AskAsync(row, definition, asked, tell, stop);
        var variables = definition.Child("variables");
        await ChangeAsync(row.Tenant, row.Id, body =>
        {
            var after = body.DeepClone().AsObject();
            if (after.Child(ConversationRecords.Agent) is { } agent && variables is not null) agent["variables"] = variables.DeepClone();
            var metadata = after.Child(ConversationRecords.Metadata)?.DeepClone().AsObject() ?? [];
            foreach (var (name, value) in said ?? [])
                if (!ConversationRecords.IsOurs(name) && value is JsonValue plain && plain.TryGetValue(out string? text))
                    metadata[name] = text;
            if (ConversationRecords.FaultOf(metadata) is null) after[ConversationRecords.Metadata] = metadata;
            return after;
        }, new(), stop);
    }

    /// <summary>The call is there that was still to be dialled when its conversation was written down.</summary>
    private async ValueTask PlaceAsync(LegFacts leg, ResourceRow row, JsonObject variables, CancellationToken stop)
    {
        var call = OrderedCall.Of(leg, new Ids(store.Node).CallControl(leg.Tenant, leg.Id));
        foreach (var (name, value) in CallVariables.Of(call, said: null)) variables[name] = value?.DeepClone();
        await ChangeAsync(leg.Tenant, row.Id, body =>
        {
            var after = body.DeepClone().AsObject();
            var metadata = after.Child(ConversationRecords.Metadata)?.DeepClone().AsObject() ?? [];
            foreach (var (name, value) in AgentOrders.MetadataOf(call)) metadata[name] = value?.DeepClone();
            after[ConversationRecords.Metadata] = metadata;
            return after;
        }, new(), stop);
    }

    /// <summary>No trail tells of it: the account did not do it, and the conversation itself does.</summary>
    /// <param name="change">Null leaves it as it is, and writes nothing.</param>
    private async ValueTask ChangeAsync(TenantId tenant, string conversation, Func<JsonObject, JsonObject?> change, UnitOfWork work,
        CancellationToken stop)
    {
        var rows = ConversationRecords.Rows(store);
        for (int attempt = 0; attempt < Revisions.Attempts; attempt++)
        {
            if (await rows.FindAsync(tenant, conversation, stop) is not { } row) return;
            if (change(row.Body) is not { } body) return;
            var after = row with { Body = body, UpdatedAt = store.Time.GetUtcNow() };
            if (await rows.UpdateAsync(after, work, stop) is WriteOutcome.Done or WriteOutcome.Missing) return;
        }
        throw new InvalidOperationException($"Conversation {conversation} was changed {Revisions.Attempts} times meanwhile.");
    }
}
