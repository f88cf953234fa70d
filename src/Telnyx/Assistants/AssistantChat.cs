using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Inference;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// An assistant answers in writing in a conversation: one message after the other, with its tools. What was written is kept when the
/// answer is whole, and nothing of it else.
/// </summary>
internal static class AssistantChat
{
    public const string Channel = "web_chat";

    private const string Content = "content", Conversation = ConversationRecords.Id, Name = "name";
    private const int LongestName = 64;

    /// <summary>For an answer with all that its tools take.</summary>
    private static readonly TimeSpan Whole = TimeSpan.FromMinutes(5);

    /// <summary>The grain of times that are kept.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromMicroseconds(1);

    public static async ValueTask<Reply> Create(OperationContext op, AssistantParts parts)
    {
        if (parts.Talk is not { } talk) return ModelErrors.NoModel(op);
        if (await AssistantRecords.Rows(parts.Store).FindAsync(op.Tenant, op.Path(AssistantRecords.AssistantId), op.Stop)
            is not { } assistant) return op.Unknown(AssistantRecords.AssistantId);
        var given = op.ReadObject();
        string text = given.Text(Content) ?? "", id = given.Text(Conversation) ?? "";
        if (string.IsNullOrWhiteSpace(text)) return op.Invalid("/" + Content, VoiceErrors.MissingParameter, $"{Content} is required.");
        if (given.Text(Name) is { Length: > LongestName })
            return op.Invalid("/" + Name, VoiceErrors.BadLength, $"{Name} may have at most {LongestName} characters.");

        using var held = new Held { Turn = await parts.Inference.Turns.TakeAsync(op.Tenant, id, op.Stop) };
        if (held.Turn is null) return ModelErrors.NoPlace(op, "As many messages of this conversation wait for their answers as may be");
        if (await ConversationRecords.Rows(parts.Store).FindAsync(op.Tenant, id, op.Stop) is not { } conversation) return Missing(op);
        var metadata = conversation.Body.Child(ConversationRecords.Metadata) ?? [];
        if (ConversationRecords.IsSilenced(conversation.Body))
            return op.Fail(new Problem(VoiceErrors.BadRequest, "The conversation has its assistant switched off: ai_disabled is true.")
            {
                Status = 400,
            });
        if (metadata.Filled(AssistantRecords.AssistantId) is { } other && other != assistant.Id)
            return op.Invalid("/" + Conversation, VoiceErrors.BadRequest, "The conversation is another assistant's.");
        var (opened, faults) = await WrittenAssistant.OpenAsync(op.Tenant, assistant, Guid.Parse(conversation.Id), metadata, version: null,
            parts, op.Stop);
        if (opened is null) return op.Fail([.. faults.Select(fault => new Problem(VoiceErrors.BadRequest, fault))]);
        WrittenAssistant ready = opened;
        held.Place = parts.Inference.Places.TryTake(op.Tenant, op.Caller.Root);
        if (held.Place is null) return ModelErrors.NoPlace(op);

        var history = await ConversationMessages.ReadAsync(parts.Store, op.Tenant, conversation.Id, op.Stop);
        var at = history.Count > 0 && history[^1].At >= op.Now ? history[^1].At + Later : op.Now;
        history.Add(new("user", text, at) { Name = given.Filled(Name) });
        if (!given.Flag("stream", fallback: false))
        {
            var (written, failed) = await AnswerAsync(ready.Agent, op.Stop);
            return failed ?? op.Bare(200, new JsonObject { [Content] = written });
        }
        var (kept, wanted) = (held.Take(), op.WhileWanted());
        return op.Stream(AssistantChatStream.ContentType, (to, gone) => AssistantChatStream.WriteAsync(to,
            (tell, stop) => AnswerAsync(ready.Agent with { Told = tell }, stop), kept, wanted, gone));

        async Task<(string? Text, Reply? Failed)> AnswerAsync(WrittenAgent agent, CancellationToken stop)
        {
            using var late = new CancellationTokenSource(Whole, parts.Store.Time);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
            WrittenAnswer answer;
            try
            {
                answer = await talk.AnswerAsync(agent, history, over.Token);
            }
            catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
            {
                return (null, ModelErrors.Late(op));
            }
            if (answer.Fault is { } why) return (null, ModelErrors.Failed(op, why));
            return await KeepAsync(op, parts, conversation, ready, [history[^1], .. answer.Messages])
                ? (answer.Text, null) : (null, Missing(op));
        }
    }

    private static ValueTask<bool> KeepAsync(OperationContext op, AssistantParts parts, ResourceRow conversation, WrittenAssistant by,
        IReadOnlyList<WrittenMessage> messages)
    {
        var told = ConversationRecords.Told(conversation.Body);
        // The trail tells of the conversation, and repeats no words of it.
        var note = op.Note("message_added", ConversationRecords.Kind, conversation.Id, told, told);
        return KeptTurns.KeepAsync(parts.Store, op.Tenant, conversation.Id, messages, body =>
        {
            Begin(body, op.Path(AssistantRecords.AssistantId), by.Version, Channel);
            return WrittenInsights.Order(conversation.Id, body, by.InsightGroup, by.Agent.Model);
        }, note, op.Stop);
    }

    /// <summary>A conversation keeps whom it began with.</summary>
    public static void Begin(JsonObject conversation, string assistant, string version, string channel)
    {
        if (conversation.Child(ConversationRecords.Metadata) is not { } metadata)
            conversation[ConversationRecords.Metadata] = metadata = [];
        foreach (var (name, value) in new[]
        {
            (AssistantRecords.AssistantId, assistant), (ConversationRecords.Version, version), (ConversationRecords.Channel, channel),
        })
            if (metadata.Filled(name) is null) metadata[name] = value;
    }

    /// <summary>The contract has it in the body, and its answer is that of one in the path.</summary>
    private static Reply Missing(OperationContext op) =>
        op.Fail(op.Dialect.Errors.Problem(Fault.UnknownResource, "No conversation of this account has this id.") with
        {
            Pointer = "/" + Conversation,
        });

    /// <summary>What an answer holds while it is written: its conversation's turn, and a place at the model.</summary>
    private sealed class Held : IDisposable
    {
        public IDisposable? Turn { get; set; }
        public IDisposable? Place { get; set; }

        /// <summary>Somebody else gives it back.</summary>
        public Held Take()
        {
            var taken = new Held { Turn = Turn, Place = Place };
            (Turn, Place) = (null, null);
            return taken;
        }

        public void Dispose()
        {
            Place?.Dispose();
            Turn?.Dispose();
        }
    }
}
