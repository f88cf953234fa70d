using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Has a customer's own program talk on a call, as newer clients command it: what a document does by ConversationRelay. What was ordered is
/// in this node's memory alone, so that the call must be here.
/// </summary>
internal static class CallRelay
{
    private const string Call = "call_control_id";
    private const string Elsewhere =
        "The call is on another node, and a program talks on calls of the node that has the command: send it there.";
    private const string Nowhere = "No program can talk on calls of this node.";

    public static async ValueTask<Reply> Start(OperationContext op, AssistantParts parts)
    {
        if (!parts.Voice.Ids.TryReadCallControl(op.Path(Call), op.Tenant, out var id)) return op.Refuse(Refusal.UnknownLeg);
        var body = VoiceBody.Of(RelayMap.Flat(op.ReadObject()), parts.Voice);
        var command = new LegCommand.StartAgent(new(Guid.Empty)) { CommandId = body.CommandId(), Labels = body.Labels() };
        if (RelayMap.Terms(body) is not { } terms) return op.Fail(body.Problems);
        if (parts.Relays is not { } relays) return op.Fail(new Problem(VoiceErrors.BadRequest, Nowhere));
        if (await parts.Voice.Store.Legs.FindAsync(op.Tenant, id, op.Stop) is not { } leg) return op.Refuse(Refusal.UnknownLeg);
        // A repeat is accepted after the call's end too, which the call judges.
        if (!leg.IsAlive && command.CommandId is null) return op.Refuse(Refusal.AlreadyEnded);
        if (id.Node != parts.Store.Node.Node) return op.Fail(new Problem(VoiceErrors.BadRequest, Elsewhere));

        var conversation = command.CommandId is { } once ? await ConversationIds.OfCommandAsync(op, $"{id} relay {once}", parts)
            : Guid.NewGuid();
        relays.Order(conversation, terms with { Setup = Setup(leg, parts.Voice.Ids.CallControl(op.Tenant, id), conversation) }, op.Now);
        var ack = await op.Calls.SendAsync(Subject.Of(id), command with
        {
            Terms = new(conversation) { Voice = terms.Voice, Recogniser = terms.Recogniser ?? "" },
        }, op.Stop);
        if (ack.IsAccepted) return op.Ok(new JsonObject { ["conversation_relay_id"] = conversation.ToString(), ["result"] = "ok" });
        // Of a node that gives no answer nothing is known.
        if (ack.Refusal is not Refusal.Overloaded) relays.Forget(conversation);
        return op.Refuse(ack.Refusal);
    }

    /// <summary>As in TeXML.</summary>
    private static KeyValuePair<string, string>[] Setup(LegRow leg, string call, Guid conversation) =>
    [
        new("sessionId", conversation.ToString()), new("accountSid", leg.Tenant.ToString()), new("callSid", call),
        new("callControlId", call), new("callSessionId", leg.Session.ToString()), new("callLegId", leg.Uuid.ToString()),
        new("from", leg.From), new("to", leg.To), new("direction", leg.Direction is Direction.Inbound ? "inbound" : "outbound"),
        new("callerName", leg.CallerName ?? ""), new("callStatus", "active"),
    ];
}
