using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Has an assistant talk on a call, and ends that. The conversation is written down before the call hears of it, with the agent that is to
/// talk: whoever talks finds both there, on whichever node the call is.
/// </summary>
internal static class CallAssistant
{
    private const string Call = "call_control_id", Assistant = "assistant";

    /// <summary>So long a call remembers a command.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(60);

    public static LegCommand Stop(VoiceBody body) => new LegCommand.StopAgent { CommandId = body.CommandId(), Labels = body.Labels() };

    public static async ValueTask<Reply> Start(OperationContext op, AssistantParts parts)
    {
        if (!parts.Voice.Ids.TryReadCallControl(op.Path(Call), op.Tenant, out var id)) return op.Refuse(Refusal.UnknownLeg);
        var body = VoiceBody.Of(op, parts.Voice);
        var command = new LegCommand.StartAgent(new(Guid.Empty)) { CommandId = body.CommandId(), Labels = body.Labels() };
        var (chosen, problem) = await ChooseAsync(op, body, parts, await ConversationAsync(op, id, command.CommandId, parts));
        if (problem is not null) body.Refuse(problem);
        if (body.Problems.Count > 0 || chosen is null) return op.Fail(body.Problems);
        if (parts.Talk is not { } talk)
            return op.Fail(new Problem(VoiceErrors.BadRequest,
                "No language model thinks for assistants on this node: its operator names one by --llm-url."));
        if (await parts.Voice.Store.Legs.FindAsync(op.Tenant, id, op.Stop) is not { } leg) return op.Refuse(Refusal.UnknownLeg);
        // A repeat is accepted after the call's end too, which the call judges.
        if (!leg.IsAlive && command.CommandId is null) return op.Refuse(Refusal.AlreadyEnded);

        var tools = await SharedTools.OfAsync(chosen.Fields, op.Tenant, parts.Store, op.Stop);
        var variables = CallVariables.Of(leg, op.Path(Call), body.Json.Child(Assistant)?.Child("dynamic_variables"));
        var definition = AssistantAgent.Write(body, chosen.Fields, tools, op.Path(Call), variables);
        if (definition is null) return op.Fail(body.Problems);
        var filled = definition.DeepClone().AsObject();     // thrown away: only names of secrets are kept
        if (await ToolSecrets.FillAsync(filled, op.Tenant, parts.Store, op.Stop) is { } missing)
            return op.Invalid($"/{Assistant}", VoiceErrors.BadRequest,
                $"A tool of the assistant names a secret that is not there: {missing}.");
        if (talk.FaultOf(filled) is { } fault)
            return op.Invalid($"/{Assistant}", VoiceErrors.BadRequest, $"The assistant cannot talk: {fault}.");

        var rows = ConversationRecords.Rows(parts.Store);
        var row = RowOf(op, leg, chosen, definition);
        var note = op.Note("created", ConversationRecords.Kind, row.Id, after: ConversationRecords.Told(row.Body));
        bool isNew = await rows.InsertAsync(row, note, op.Stop) is WriteOutcome.Done;
        var ack = await op.Calls.SendAsync(Subject.Of(id), command with { Terms = TermsOf(chosen, body.Json) }, op.Stop);
        if (ack.IsAccepted)
            return op.Ok(new JsonObject { ["conversation_id"] = row.Id, ["result"] = "ok" });
        // Nobody has talked in it; but one of the same command_id may be going on, and of a node that gives no answer nothing is known.
        if (isNew && ack.Refusal is not Refusal.Overloaded)
            await rows.DeleteAsync(op.Tenant, row.Id, op.Note("deleted", ConversationRecords.Kind, row.Id), op.Stop);
        return op.Refuse(ack.Refusal);
    }

    /// <summary>A command that is repeated is of the same conversation; one that the call remembers no more is of the next.</summary>
    private static async ValueTask<Guid> ConversationAsync(OperationContext op, LegId leg, string? commandId, AssistantParts parts)
    {
        if (commandId is null) return Guid.NewGuid();
        for (int use = 0; ; use++)
        {
            byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{op.Tenant} {leg} {use} {commandId}"));
            var id = new Guid(hash.AsSpan(0, 16), bigEndian: true);
            if (await ConversationRecords.Rows(parts.Store).FindAsync(op.Tenant, id.ToString(), op.Stop) is not { } row
                || op.Now - row.CreatedAt < Remembered) return id;
        }
    }

    /// <summary>The assistant that is named, in the version that the conversation gets, or the one that the command describes.</summary>
    private static async ValueTask<(Chosen? Chosen, Problem? Problem)> ChooseAsync(OperationContext op, VoiceBody body,
        AssistantParts parts, Guid conversation)
    {
        var said = body.Json.Child(Assistant) ?? [];
        var fields = new JsonObject();
        string? assistant = said.Filled("id"), version = null;
        if (assistant is not null)
        {
            if (await AssistantRecords.Rows(parts.Store).FindAsync(op.Tenant, assistant, op.Stop) is not { } row)
                return (null, AssistantBody.Nowhere(op, $"/{Assistant}/id", "No assistant of this account has this id."));
            var main = row.Body;
            version = main.Text(AssistantRecords.VersionId);
            if (CanaryDeploys.Draw(row, conversation) is { } other
                && await AssistantRecords.FindVersionAsync(op, row.Id, other, parts.Store) is { } canary)
                (main, version) = (canary.Body, other);
            fields = AssistantBody.FieldsOf(main);
        }
        if (said.Filled("instructions") is { } instructions) fields["instructions"] = instructions;
        if (body.Json["greeting"] is JsonValue) fields["greeting"] = body.Text("greeting");
        if (string.IsNullOrWhiteSpace(fields.Text("instructions")))
            return (null, AssistantBody.At($"/{Assistant}", VoiceErrors.MissingParameter, "assistant needs an id, or instructions."));
        if (body.Text("greeting") is { Length: > AssistantBody.LongestGreeting })
            return (null, AssistantBody.At("/greeting", VoiceErrors.BadLength,
                $"greeting may have at most {AssistantBody.LongestGreeting} characters."));
        return (new(conversation, assistant, version, fields), null);
    }

    private static AgentTerms TermsOf(Chosen chosen, JsonObject command) => new(chosen.Conversation)
    {
        Assistant = chosen.Assistant ?? "", Model = chosen.Fields.Text("model") ?? AssistantAgent.UsualModel,
        Voice = AssistantAgent.VoiceOf(command, chosen.Fields), Recogniser = AssistantAgent.RecogniserOf(command, chosen.Fields),
        InsightGroup = InsightGroups.Of(chosen.Fields),
    };

    private static ResourceRow RowOf(OperationContext op, LegRow leg, Chosen chosen, JsonObject definition)
    {
        var metadata = new JsonObject
        {
            [Call] = op.Path(Call), ["telnyx_conversation_channel"] = CallVariables.Channel,
            ["telnyx_agent_target"] = CallVariables.Agent(leg), ["telnyx_end_user_target"] = CallVariables.EndUser(leg),
        };
        if (chosen.Assistant is { } assistant) metadata[AssistantRecords.AssistantId] = assistant;
        if (chosen.Version is { } version) metadata["assistant_version_id"] = version;
        return new()
        {
            Id = chosen.Conversation.ToString(), Tenant = op.Tenant, CreatedAt = op.Now, UpdatedAt = op.Now,
            Body = new()
            {
                [ConversationRecords.Metadata] = metadata, [ConversationRecords.LastMessageAt] = TelnyxTime.Millis(op.Now),
                [ConversationRecords.Agent] = definition,
            },
        };
    }

    /// <param name="Assistant">Null for one that the command describes.</param>
    private sealed record Chosen(Guid Conversation, string? Assistant, string? Version, JsonObject Fields);
}
