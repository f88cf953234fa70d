using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Has an assistant talk on a call, or gather something there, and ends that. The conversation is written down before the call hears of it,
/// with the agent that is to talk: whoever talks finds both there, on whichever node the call is.
/// </summary>
internal static class CallAssistant
{
    private const string Call = "call_control_id";

    public static LegCommand Stop(VoiceBody body) => new LegCommand.StopAgent { CommandId = body.CommandId(), Labels = body.Labels() };

    public static ValueTask<Reply> Start(OperationContext op, AssistantParts parts)
    {
        var orders = new AgentOrders(parts);
        return BeginAsync(op, parts, orders, (body, conversation) => orders.ChooseAsync(op.Tenant, body, conversation, op.Stop));
    }

    /// <summary>The like of an assistant that the command describes: it gathers, and ends when it has all.</summary>
    public static ValueTask<Reply> Gather(OperationContext op, AssistantParts parts) =>
        BeginAsync(op, parts, new(parts), (body, conversation) => new(GatherOrder.Choose(body, conversation)), isGather: true);

    private static async ValueTask<Reply> BeginAsync(OperationContext op, AssistantParts parts, AgentOrders orders,
        Func<VoiceBody, Guid, ValueTask<AgentOrders.Chosen?>> choose, bool isGather = false)
    {
        if (!parts.Voice.Ids.TryReadCallControl(op.Path(Call), op.Tenant, out var id)) return op.Refuse(Refusal.UnknownLeg);
        var body = VoiceBody.Of(op, parts.Voice);
        var command = new LegCommand.StartAgent(new(Guid.Empty)) { CommandId = body.CommandId(), Labels = body.Labels() };
        var conversation = command.CommandId is { } once ? await ConversationIds.OfCommandAsync(op, $"{id} {once}", parts) : Guid.NewGuid();
        var chosen = await choose(body, conversation);
        var gather = isGather ? GatherOrder.Write(body) : GatherOrder.WriteHistory(body);
        await orders.CheckToolsAsync(op, body, chosen);
        if (body.Problems.Count > 0 || chosen is null) return op.Fail(body.Problems);
        if (parts.Talk is null) return op.Fail(new Problem(VoiceErrors.BadRequest, AgentOrders.NoModel));
        if (await parts.Voice.Store.Legs.FindAsync(op.Tenant, id, op.Stop) is not { } leg) return op.Refuse(Refusal.UnknownLeg);
        // A repeat is accepted after the call's end too, which the call judges.
        if (!leg.IsAlive && command.CommandId is null) return op.Refuse(Refusal.AlreadyEnded);

        var call = OrderedCall.Of(leg, op.Path(Call));
        if (await orders.WriteAsync(op.Tenant, body, chosen, call, gather, op.Stop) is not { } definition) return op.Fail(body.Problems);
        var rows = ConversationRecords.Rows(parts.Store);
        var row = AgentOrders.RowOf(op.Tenant, call, chosen, definition, op.Now);
        var note = op.Note("created", ConversationRecords.Kind, row.Id, after: ConversationRecords.Told(row.Body));
        bool isNew = await rows.InsertAsync(row, note, op.Stop) is WriteOutcome.Done;
        var terms = AgentOrders.TermsOf(chosen, body.Json) with { Gather = isGather ? GatherOrder.TermsOf(body) : null };
        var ack = await op.Calls.SendAsync(Subject.Of(id), command with { Terms = terms }, op.Stop);
        if (ack.IsAccepted)
            return op.Ok(new JsonObject { ["conversation_id"] = row.Id, ["result"] = "ok" });
        // Nobody has talked in it; but one of the same command_id may be going on, and of a node that gives no answer nothing is known.
        if (isNew && ack.Refusal is not Refusal.Overloaded)
            await rows.DeleteAsync(op.Tenant, row.Id, op.Note("deleted", ConversationRecords.Kind, row.Id), op.Stop);
        return op.Refuse(ack.Refusal);
    }
}
