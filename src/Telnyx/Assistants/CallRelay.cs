using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
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

    private const string Machines = "answering_machine_detection";

    /// <summary>What cannot be beside it, because both would listen to the call or talk on it.</summary>
    private static readonly string[] Beside = ["transcription", "conference_config", "supervise_call_control_id"];

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
        if (!relays.TryOrder(conversation, op.Tenant, With(terms, parts, conversation), op.Now)) return op.Refuse(Refusal.Overloaded);
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
        var terms = TermsOf(body, parts, answer.Record);
        if (terms is null || body.Problems.Count > 0) return Mapped.Refused(body.Problems);
        if (parts.Relays is not { } relays) return new Problem(VoiceErrors.BadRequest, Nowhere);
        // The call is not there: it says so itself.
        if (!parts.Voice.Ids.TryReadCallControl(op.Path(Call), op.Tenant, out var id)
            || await parts.Voice.Store.Legs.FindAsync(op.Tenant, id, op.Stop) is null) return answer;
        if (id.Node != parts.Store.Node.Node) return new Problem(VoiceErrors.BadRequest, Elsewhere);

        var conversation = answer.CommandId is { } once ? await ConversationIds.OfCommandAsync(op, $"answer {id} relay {once}", parts)
            : Guid.NewGuid();
        if (!relays.TryOrder(conversation, op.Tenant, With(terms, parts, conversation), op.Now))
            return op.Dialect.Refuse(Refusal.Overloaded);
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

    /// <summary>
    /// The same of a dial. Which call it is, is known when somebody answers; the order waits for that as long as it may ring.
    /// </summary>
    /// <param name="request">What is to be dialled.</param>
    /// <returns>Null where the body names none, and where its problems say why there can be none.</returns>
    public static async ValueTask<OnDial?> ReadAsync(OperationContext op, AssistantParts parts, VoiceBody body, DialRequest request)
    {
        if (!body.Has(Config)) return null;
        // Whoever waits for a machine's verdict would have to be told it, and the program talks by then.
        if (body.Text(Machines) is { Length: > 0 } and not "disabled")
            body.Refuse(VoiceErrors.BadRequest, Machines, $"10041: {Machines} beside a program that talks is not built yet.");
        var terms = TermsOf(body, parts, request.Record);
        if (parts.Relays is null) body.Refuse(VoiceErrors.BadRequest, Config, Nowhere);
        if (terms is null || body.Problems.Count > 0) return null;
        var conversation = request.CommandId is { } once ? await ConversationIds.OfCommandAsync(op, $"dial relay {once}", parts)
            : Guid.NewGuid();
        return new(AgentOf(conversation, terms) with { IsFromAnswer = true }, With(terms, parts, conversation), request.RingTimeout);
    }

    /// <returns>False where as many wait as may.</returns>
    public static bool TryOrder(OperationContext op, AssistantParts parts, OnDial dialled) =>
        parts.Relays?.TryOrder(dialled.Agent.Conversation, op.Tenant, dialled.Terms, op.Now, dialled.Rings) is true;

    /// <summary>Nobody is dialled; of a node that gives no answer nothing is known.</summary>
    public static void Withdraw(AssistantParts parts, OnDial dialled, Refusal refusal)
    {
        if (refusal is not Refusal.Overloaded) parts.Relays?.Withdraw(dialled.Agent.Conversation);
    }

    /// <summary>What an answer or a dial says as one object.</summary>
    private static RelayTerms? TermsOf(VoiceBody body, AssistantParts parts, RecordPlan? record)
    {
        foreach (string name in Beside)
            if (body.Json[name]?.GetValueKind() is not (null or JsonValueKind.False or JsonValueKind.Null))
                body.Refuse(VoiceErrors.BadRequest, name, $"{name} and a program that talks are not to be had together.");
        if (record is { SilenceLimit: not null })
            body.Refuse(VoiceErrors.RecordedBySilence, "record_timeout_secs",
                "A call on which a program talks cannot have a recording that ends by silence.");
        var inner = VoiceBody.Of(RelayMap.Flat(body.Json.Child(Config) ?? []), parts.Voice);
        var terms = RelayMap.Terms(inner);
        foreach (var problem in inner.Problems) body.Refuse(problem with { Pointer = $"/{Config}{problem.Pointer}" });
        return terms;
    }

    private static AgentTerms AgentOf(Guid conversation, RelayTerms terms) =>
        new(conversation) { Voice = terms.Voice, Recogniser = terms.Recogniser ?? "" };

    private static RelayTerms With(RelayTerms terms, AssistantParts parts, Guid conversation) =>
        terms with { SetupOf = leg => Setup(leg, parts.Voice.Ids.CallControl(leg.Tenant, leg.Id), conversation) };

    /// <summary>As in TeXML.</summary>
    private static KeyValuePair<string, string>[] Setup(LegFacts leg, string call, Guid conversation) =>
    [
        Said("SessionId", conversation.ToString()), Said("AccountSid", leg.Tenant.ToString()), Said("CallSid", call),
        Said("CallControlId", call), Said("CallSessionId", leg.Session.ToString()), Said("CallLegId", leg.Uuid.ToString()),
        Said("From", leg.From), Said("To", leg.To),
        Said("Direction", leg.Direction is Direction.Inbound ? "inbound" : "outbound"), Said("CallerName", leg.CallerName ?? ""),
        Said("CallStatus", "active"),
    ];

    /// <summary>By the names of documents, as members of JSON.</summary>
    private static KeyValuePair<string, string> Said(string name, string value) => new(JsonNamingPolicy.CamelCase.ConvertName(name), value);

    /// <param name="Agent">Of the call.</param>
    /// <param name="Rings">How long nobody may answer.</param>
    public sealed record OnDial(AgentTerms Agent, RelayTerms Terms, TimeSpan Rings);
}
