using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// The assistant that newer clients name when they answer or dial a call: it begins with the answer. Its conversation is written down
/// before, and taken back where nothing comes of the command.
/// </summary>
internal sealed class AnsweringAssistant(AssistantParts parts)
{
    private const string Assistant = "assistant", Greeting = "greeting", Settings = "voice_settings";

    /// <summary>What of the body cannot be beside an assistant, because both would listen to the call or talk on it.</summary>
    private static readonly string[] Beside = ["transcription", "conference_config", "supervise_call_control_id", CallRelay.Config];

    /// <summary>Null where the body names none, and where its problems say why there can be none.</summary>
    /// <param name="call">Who calls whom; null where there is no such call.</param>
    /// <param name="use">Tells one command from another, where the command has an id: a repeat is of the same conversation.</param>
    /// <param name="record">The recording that it asks for.</param>
    public async ValueTask<Ordered?> ReadAsync(OperationContext op, VoiceBody body, OrderedCall? call, string? use, RecordPlan? record)
    {
        if (!body.Has(Assistant) || call is null) return null;
        if (body.Json.Child(Assistant) is not { } said || said.Filled("id") is null)
        {
            body.Refuse(VoiceErrors.MissingParameter, $"{Assistant}/id", "assistant needs the id of an assistant.");
            return null;
        }
        foreach (string name in Beside)
            if (body.Json[name]?.GetValueKind() is not (null or JsonValueKind.False or JsonValueKind.Null))
                body.Refuse(VoiceErrors.BadRequest, name, $"{name} and an assistant are not to be had together.");
        if (record is { SilenceLimit: not null })
            body.Refuse(VoiceErrors.RecordedBySilence, "record_timeout_secs",
                "A call on which an assistant listens cannot have a recording that ends by silence.");

        var inner = VoiceBody.Of(Inner(said), parts.Voice);
        var orders = new AgentOrders(parts);
        var conversation = use is null ? Guid.NewGuid() : await ConversationIds.OfCommandAsync(op, use, parts);
        var chosen = await orders.ChooseAsync(op.Tenant, inner, conversation, op.Stop);
        await orders.CheckToolsAsync(op, inner, chosen);
        var row = chosen is null ? null : await RowAsync(op, inner, orders, Spoken(chosen, said), call, Detects(body));
        foreach (var problem in inner.Problems) body.Refuse(Placed(problem));
        return row is null || chosen is null || body.Problems.Count > 0 ? null
            : new(AgentOrders.TermsOf(chosen, inner.Json) with { IsFromAnswer = true }, row);
    }

    /// <returns>False where it is there already: an earlier command has ordered it.</returns>
    public async ValueTask<bool> KeepAsync(OperationContext op, Ordered ordered)
    {
        var note = op.Note("created", ConversationRecords.Kind, ordered.Row.Id, after: ConversationRecords.Told(ordered.Row.Body));
        return await ConversationRecords.Rows(parts.Store).InsertAsync(ordered.Row, note, op.Stop) is WriteOutcome.Done;
    }

    /// <summary>Nobody has talked in it; of a node that gives no answer nothing is known.</summary>
    public async ValueTask WithdrawAsync(OperationContext op, Ordered ordered, Refusal refusal)
    {
        if (refusal is Refusal.Overloaded) return;
        await ConversationRecords.Rows(parts.Store).DeleteAsync(op.Tenant, ordered.Row.Id,
            op.Note("deleted", ConversationRecords.Kind, ordered.Row.Id), op.Stop);
    }

    /// <summary>It is found out whether a machine answers.</summary>
    private static bool Detects(VoiceBody body) => body.Text("answering_machine_detection") is { Length: > 0 } and not "disabled";

    private async ValueTask<ResourceRow?> RowAsync(OperationContext op, VoiceBody inner, AgentOrders orders, AgentOrders.Chosen chosen,
        OrderedCall call, bool detects)
    {
        if (parts.Talk is null) inner.Refuse(VoiceErrors.BadRequest, Assistant, AgentOrders.NoModel);
        if (inner.Problems.Count > 0) return null;
        if (await orders.WriteAsync(op.Tenant, inner, chosen, call, gather: null, op.Stop) is not { } definition) return null;
        if (detects) definition[VoicemailMap.Field] = VoicemailMap.Of(chosen.Fields, waits: true);
        return AgentOrders.RowOf(op.Tenant, call, chosen, definition, op.Now);
    }

    /// <summary>In the words of the command that starts one on a call.</summary>
    private static JsonObject Inner(JsonObject said)
    {
        var inner = new JsonObject { [Assistant] = said.DeepClone() };
        if (said.Text(Greeting) is { } greeting) inner[Greeting] = greeting;
        return inner;
    }

    /// <summary>What the command says of the voice stands over what the assistant says.</summary>
    private static AgentOrders.Chosen Spoken(AgentOrders.Chosen chosen, JsonObject said)
    {
        if (said.Child(Settings) is not { } settings) return chosen;
        var over = chosen.Fields.Child(Settings)?.DeepClone().AsObject() ?? [];
        foreach (var (name, value) in settings) over[name] = value?.DeepClone();
        chosen.Fields[Settings] = over;
        return chosen;
    }

    /// <summary>All of it stands in the assistant here.</summary>
    private static Problem Placed(Problem problem) =>
        problem.Pointer is { } pointer && !pointer.StartsWith($"/{Assistant}", StringComparison.Ordinal)
            ? problem with { Pointer = $"/{Assistant}{pointer}" } : problem;

    public sealed record Ordered(AgentTerms Terms, ResourceRow Row);
}
