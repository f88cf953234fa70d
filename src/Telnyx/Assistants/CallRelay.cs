using System.Text.Json;
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
    /// <summary>Of an answer: what the command says, as one object.</summary>
    public const string Config = "conversation_relay_config";

    private const string Call = "call_control_id";
    private const string Elsewhere =
        "The call is on another node, and a program talks on calls of the node that has the command: send it there.";
    private const string Nowhere = "No program can talk on calls of this node.";

    /// <summary>What of an answer cannot be beside it, because both would listen to the call.</summary>
    private static readonly string[] Beside = ["transcription"];

    public static async ValueTask<Reply> Start(OperationContext op, AssistantParts parts)
    {
        if (!parts.Voice.Ids.TryReadCallControl(op.Path(Call), op.Tenant, out var id)) return op.Refuse(Refusal.UnknownLeg);
        var body = VoiceBody.Of(RelayMap.Flat(op.ReadObject()), parts.Voice);
        var command = new LegCommand.StartAgent(new(Guid.Empty)) { CommandId = body.CommandId(), Labels = body.Labels() };
        if (RelayMap.Terms(body) is not { } terms) return op.Fail(body.Problems);
        if (parts.Relays is not { } relays) return op.Fail(new Problem(VoiceErrors.BadRequest, Nowhere));
        if (id.Node != parts.Store.Node.Node) return op.Fail(new Problem(VoiceErrors.BadRequest, Elsewhere));
        if (await parts.Voice.Store.Legs.FindAsync(op.Tenant, id, op.Stop) is not { } leg) return op.Refuse(Refusal.UnknownLeg);
        // A repeat is accepted after the call's end too, which the call judges.
        if (!leg.IsAlive && command.CommandId is null) return op.Refuse(Refusal.AlreadyEnded);

        var conversation = command.CommandId is { } once ? await ConversationIds.OfCommandAsync(op, $"{id} relay {once}", parts)
            : Guid.NewGuid();
        if (!relays.TryOrder(conversation, terms with { Setup = Setup(leg, parts.Voice.Ids.CallControl(op.Tenant, id), conversation) },
                op.Now)) return op.Refuse(Refusal.Overloaded);
        var ack = await op.Calls.SendAsync(Subject.Of(id), command with { Terms = AgentOf(conversation, terms) }, op.Stop);
        if (ack.IsAccepted) return op.Ok(new JsonObject { ["conversation_relay_id"] = conversation.ToString(), ["result"] = "ok" });
        // Of a node that gives no answer nothing is known.
        if (ack.Refusal is not Refusal.Overloaded) relays.Withdraw(conversation);
        return op.Refuse(ack.Refusal);
    }

    /// <summary>The same from the answer on.</summary>
    public static async ValueTask<Mapped> FromAnswerAsync(OperationContext op, AssistantParts parts, VoiceBody body,
        LegCommand.Answer answer)
    {
        foreach (string name in Beside)
            if (body.Flag(name)) body.Refuse(VoiceErrors.BadRequest, name, $"{name} and a program that talks are not to be had together.");
        if (answer.Record is { SilenceLimit: not null })
            body.Refuse(VoiceErrors.RecordedBySilence, "record_timeout_secs",
                "A call on which a program talks cannot have a recording that ends by silence.");
        var inner = VoiceBody.Of(RelayMap.Flat(body.Json.Child(Config) ?? []), parts.Voice);
        var terms = RelayMap.Terms(inner);
        foreach (var problem in inner.Problems) body.Refuse(problem with { Pointer = $"/{Config}{problem.Pointer}" });
        if (terms is null || body.Problems.Count > 0) return Mapped.Refused(body.Problems);
        if (parts.Relays is not { } relays) return new Problem(VoiceErrors.BadRequest, Nowhere);
        // The call is not there: it says so itself.
        if (!parts.Voice.Ids.TryReadCallControl(op.Path(Call), op.Tenant, out var id)
            || await parts.Voice.Store.Legs.FindAsync(op.Tenant, id, op.Stop) is not { } leg) return answer;
        if (id.Node != parts.Store.Node.Node) return new Problem(VoiceErrors.BadRequest, Elsewhere);

        var conversation = answer.CommandId is { } once ? await ConversationIds.OfCommandAsync(op, $"answer {id} relay {once}", parts)
            : Guid.NewGuid();
        if (!relays.TryOrder(conversation, terms with { Setup = Setup(leg, parts.Voice.Ids.CallControl(op.Tenant, id), conversation) },
                op.Now)) return op.Dialect.Refuse(Refusal.Overloaded);
        Mapped mapped = answer with { Agent = AgentOf(conversation, terms) with { IsFromAnswer = true } };
        return mapped with
        {
            OnRefused = refusal =>
            {
                if (refusal is not Refusal.Overloaded) relays.Withdraw(conversation);
                return ValueTask.CompletedTask;
            },
        };
    }

    private static AgentTerms AgentOf(Guid conversation, RelayTerms terms) =>
        new(conversation) { Voice = terms.Voice, Recogniser = terms.Recogniser ?? "" };

    /// <summary>As in TeXML.</summary>
    private static KeyValuePair<string, string>[] Setup(LegRow leg, string call, Guid conversation) =>
    [
        Said("SessionId", conversation.ToString()), Said("AccountSid", leg.Tenant.ToString()), Said("CallSid", call),
        Said("CallControlId", call), Said("CallSessionId", leg.Session.ToString()), Said("CallLegId", leg.Uuid.ToString()),
        Said("From", leg.From), Said("To", leg.To),
        Said("Direction", leg.Direction is Direction.Inbound ? "inbound" : "outbound"), Said("CallerName", leg.CallerName ?? ""),
        Said("CallStatus", "active"),
    ];

    /// <summary>By the names of documents, as members of JSON.</summary>
    private static KeyValuePair<string, string> Said(string name, string value) => new(JsonNamingPolicy.CamelCase.ConvertName(name), value);
}
