using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Gives the assistant that talks on a call messages to know, as newer clients do. They are written down in its conversation first; the
/// call is told only which they are.
/// </summary>
internal static class ToldMessages
{
    private const string Call = "call_control_id", Messages = "messages";
    private const int Most = 100, LongestMessage = 16_000;

    public static async ValueTask<Reply> Add(OperationContext op, AssistantParts parts)
    {
        if (!parts.Voice.Ids.TryReadCallControl(op.Path(Call), op.Tenant, out var leg)) return op.Refuse(Refusal.UnknownLeg);
        var body = VoiceBody.Of(op, parts.Voice);
        string? commandId = body.CommandId();
        var labels = body.Labels();
        var given = Check(body);
        if (body.Problems.Count > 0) return op.Fail(body.Problems);
        if (await FindConversationAsync(op, parts) is not { } conversation) return op.Refuse(Refusal.NoAgentTalks);
        if (ConversationRecords.RefuseMessages(conversation.Body) is { } unkept) return op.Fail(unkept);

        var batch = commandId is null ? Guid.NewGuid() : HashOf($"{conversation.Id} {commandId}");
        // A list has them by their times: each is later than the one before.
        var rows = given.Select((message, i) =>
            ConversationMessages.Said(op.Tenant, conversation.Id, message, IdOf(batch, i), op.Now.AddMicroseconds(i))).ToList();
        bool isNew = await KeepAsync(op, parts, conversation, rows);
        var messages = new AgentMessages(batch, rows.Count, body.Flag("trigger_response"));
        var command = new LegCommand.TellAgent(Guid.Parse(conversation.Id), messages) { CommandId = commandId, Labels = labels };
        var ack = await op.Calls.SendAsync(Subject.Of(leg), command, op.Stop);
        if (ack.IsAccepted) return op.Ok(new JsonObject { ["result"] = "ok" });
        // Nobody knows them; of a node that gives no answer nothing is known.
        if (isNew && ack.Refusal is not Refusal.Overloaded)
            foreach (var row in rows) await MessageRows(parts.Store).DeleteAsync(op.Tenant, row.Id, op.Stop);
        return op.Refuse(ack.Refusal);
    }

    /// <summary>
    /// A message was added to a conversation on a call: where that is under way, whoever talks knows it from his next answer on.
    /// </summary>
    public static async ValueTask TellAsync(OperationContext op, AssistantParts parts, string call, Guid batch)
    {
        if (parts.Voice.Ids.TryReadCallControl(call, op.Tenant, out var leg)
            && Guid.TryParse(op.Path(ConversationRecords.Id), out var conversation))
            await op.Calls.SendAsync(Subject.Of(leg), new LegCommand.TellAgent(conversation, new(batch, 1, AnswersNow: false)), op.Stop);
    }

    /// <summary>The id of one of a batch.</summary>
    public static string IdOf(Guid batch, int index) => HashOf($"{batch} {index}").ToString();

    private static IResourceRows MessageRows(Database store) => store.Documents.Rows(ConversationMessages.Messages);

    private static Guid HashOf(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16), bigEndian: true);

    /// <summary>The newest of the call: one that is over takes nothing more, which the call says.</summary>
    private static async ValueTask<ResourceRow?> FindConversationAsync(OperationContext op, AssistantParts parts)
    {
        var page = await ConversationRecords.Rows(parts.Store).ListAsync(op.Tenant, new()
        {
            Filters = [new($"{ConversationRecords.Metadata}.{ConversationRecords.CallId}", "eq", [op.Path(Call)])],
            IsDescending = true, Limit = 1,
        }, op.Stop);
        return page.Rows is [var row] ? row : null;
    }

    /// <returns>False where an earlier request of the same command has written them down.</returns>
    private static async ValueTask<bool> KeepAsync(OperationContext op, AssistantParts parts, ResourceRow conversation,
        IReadOnlyList<ResourceRow> messages)
    {
        if (await MessageRows(parts.Store).FindAsync(op.Tenant, messages[0].Id, op.Stop) is not null) return false;
        var rows = ConversationRecords.Rows(parts.Store);
        for (int attempt = 0; attempt < Revisions.Attempts; attempt++)
        {
            var body = ConversationMessages.After(conversation.Body, op.Now);
            // The trail tells of the conversation, and repeats no words of it.
            var note = op.Note("message_added", ConversationRecords.Kind, conversation.Id, ConversationRecords.Told(conversation.Body),
                ConversationRecords.Told(body));
            var work = new UnitOfWork
            {
                Note = note, Documents = [.. messages.Select(row => new DocumentWrite(ConversationMessages.Messages, row))],
            };
            var after = conversation with { Body = body, UpdatedAt = op.Now };
            if (await rows.UpdateAsync(after, work, op.Stop) is WriteOutcome.Done) return true;
            if (await rows.FindAsync(op.Tenant, conversation.Id, op.Stop) is not { } changed) return false;
            conversation = changed;
        }
        throw new InvalidOperationException($"Conversation {conversation.Id} was changed {Revisions.Attempts} times meanwhile.");
    }

    /// <summary>Models refuse a call without its result, and a result without its call.</summary>
    private static List<JsonObject> Check(VoiceBody body)
    {
        var given = (body.Json[Messages] as JsonArray ?? []).OfType<JsonObject>().ToList();
        if (given.Count is 0 or > Most) body.Refuse(VoiceErrors.BadLength, Messages, $"{Messages} must have 1 to {Most} messages.");
        var open = new List<string>();
        for (int i = 0; i < given.Count && i < Most; i++)
        {
            var message = given[i];
            string at = $"{Messages}/{i}", role = message.Text("role") ?? "";
            foreach (var call in (message["tool_calls"] as JsonArray ?? []).OfType<JsonObject>())
                // Newer clients name the function, and no arguments.
                if (call.Child("function") is { } function) function["arguments"] ??= "{}";
            if (ConversationMessages.Check(message) is { } problem) body.Refuse(problem with { Pointer = $"/{at}{problem.Pointer}" });
            else if (message.Text("content") is { Length: > LongestMessage })
                body.Refuse(VoiceErrors.BadLength, $"{at}/content", $"content may have at most {LongestMessage} characters.");
            else if (message.Filled("content") is null && message["tool_calls"] is not JsonArray { Count: > 0 })
                body.Refuse(VoiceErrors.MissingParameter, $"{at}/content", "content is required.");
            else if (role is "tool" ? !open.Remove(message.Text("tool_call_id") ?? "") : open.Count > 0)
                body.Refuse(VoiceErrors.BadRequest, at, "Calls of tools come with their results: each with one behind it.");
            if (role is "assistant")
                open = [.. (message["tool_calls"] as JsonArray ?? []).OfType<JsonObject>().Select(call => call.Text("id") ?? "")];
        }
        if (open.Count > 0) body.Refuse(VoiceErrors.BadRequest, Messages, $"The call {open[0]} has no result behind it.");
        return given;
    }
}
