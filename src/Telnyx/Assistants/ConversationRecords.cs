using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Talks with assistants: made, found, changed, deleted. Their messages go with them.</summary>
internal static class ConversationRecords
{
    public const string Kind = "ai_conversation", Id = "conversation_id", Name = "name", Metadata = "metadata",
        LastMessageAt = "last_message_at", Version = "assistant_version_id", Channel = "telnyx_conversation_channel";

    /// <summary>Among the metadata: the call that it is on.</summary>
    public const string CallId = "call_control_id";

    /// <summary>Among the metadata: by "true" the assistant answers nothing in it.</summary>
    private const string Disabled = "ai_disabled";

    /// <summary>Of one on a call: the agent that talks in it. Nobody is shown it.</summary>
    public const string Agent = "agent";

    /// <summary>Of such an agent: what is said is written down nowhere.</summary>
    public const string Unkept = "unkept";

    private const int LongestName = 255, MostKeys = 100, LongestMetadata = 16_384;

    /// <summary>Metadata that the node writes: nobody changes it once the conversation is there.</summary>
    private static readonly string[] Ours =
    [
        "assistant_id", Version, CallId, "telnyx_agent_target", "telnyx_end_user_target", Channel,
    ];

    public static bool KeepsNothing(JsonObject conversation) => conversation.Child(Agent)?.Flag(Unkept, fallback: false) is true;

    public static bool IsSilenced(JsonObject conversation) => conversation.Child(Metadata)?.Text(Disabled) is "true";

    /// <summary>Asked for each turn of a call, which is not to read the agent with it.</summary>
    public static async ValueTask<bool> IsSilencedAsync(Database store, TenantId tenant, string conversation, CancellationToken stop) =>
        await store.Documents.FindTextAsync(Kind, tenant, conversation, [Metadata, Disabled], stop) is "true";

    /// <summary>Why it takes no messages; null when it does.</summary>
    public static Problem? RefuseMessages(JsonObject conversation) => !KeepsNothing(conversation) ? null
        : new(VoiceErrors.BadRequest, "Nothing is kept of this conversation: data_retention of its assistant is false.");

    public static IResourceRows Rows(Database store) => store.Documents.Rows(new DocumentKind(Kind));

    public static async ValueTask<Reply> List(OperationContext op, AssistantParts parts)
    {
        var (query, problem) = ConversationQuery.Read(op);
        if (problem is not null) return op.Fail(problem);
        var page = await Rows(parts.Store).ListAsync(op.Tenant, query, op.Stop);
        return op.Bare(200, AssistantResources.Listed(page.Rows.Select(Show)));
    }

    public static async ValueTask<Reply> Create(OperationContext op, AssistantParts parts)
    {
        var given = op.ReadObject();
        if (given.Text(Name) is { Length: > LongestName })
            return op.Invalid("/" + Name, VoiceErrors.BadLength, $"{Name} may have at most {LongestName} characters.");
        var metadata = given.Child(Metadata)?.DeepClone().AsObject() ?? [];
        if (FaultOf(metadata) is { } large) return op.Invalid("/" + Metadata, VoiceErrors.BadLength, large);
        if (metadata.Text("assistant_id") is { } assistant && !await AssistantRecords.ExistsAsync(op, assistant, parts.Store))
            return op.Fail(AssistantBody.Nowhere(op, $"/{Metadata}/assistant_id", "No assistant of this account has this id."));
        var now = op.Now;
        var body = new JsonObject { [Metadata] = metadata, [LastMessageAt] = TelnyxTime.Millis(now) };
        if (given.Text(Name) is { } name) body[Name] = name;
        var row = new ResourceRow { Id = Guid.NewGuid().ToString(), Tenant = op.Tenant, Body = body, CreatedAt = now, UpdatedAt = now };
        return await Rows(parts.Store).InsertAsync(row, op.Note("created", Kind, row.Id), op.Stop) is WriteOutcome.Done
            ? op.Bare(200, Show(row)) : op.Fail(Fault.Conflict);
    }

    public static async ValueTask<Reply> Get(OperationContext op, AssistantParts parts) =>
        await Rows(parts.Store).FindAsync(op.Tenant, op.Path(Id), op.Stop) is { } row ? op.Ok(Show(row)) : op.Unknown(Id);

    /// <summary>Metadata is laid over what is there.</summary>
    public static ValueTask<Reply> Update(OperationContext op, AssistantParts parts) =>
        Revisions.ChangeAsync(op, Rows(parts.Store), Id, row =>
        {
            var body = row.Body.DeepClone().AsObject();
            var metadata = body.Child(Metadata)?.DeepClone().AsObject() ?? [];
            foreach (var (key, value) in op.ReadObject().Child(Metadata) ?? [])
            {
                if (Ours.Contains(key) && metadata.Text(key) != (string?)value)
                    return new(new Revised(op.Invalid($"/{Metadata}/{key}", VoiceErrors.BadRequest,
                        $"{key} is what the conversation began with, and cannot be changed.")));
                metadata[key] = value?.DeepClone();
            }
            if (FaultOf(metadata) is { } large) return new(new Revised(op.Invalid("/" + Metadata, VoiceErrors.BadLength, large)));
            body[Metadata] = metadata;
            var after = row with { Body = body, UpdatedAt = op.Now };
            return new(new Revised(op.Ok(Show(after)), after, op.Note("updated", Kind, row.Id, Told(row.Body), Told(body))));
        });

    public static async ValueTask<Reply> Delete(OperationContext op, AssistantParts parts)
    {
        var rows = Rows(parts.Store);
        if (await rows.FindAsync(op.Tenant, op.Path(Id), op.Stop) is not { } row) return op.Unknown(Id);
        var work = new UnitOfWork
        {
            Note = op.Note("deleted", Kind, row.Id, Told(row.Body)),
            Below =
            [
                new(ConversationMessages.Kind, Id, row.Id) { IsIndexed = true },
                new(ConversationMessages.InsightKind, Id, row.Id) { IsIndexed = true },
            ],
        };
        return await rows.DeleteAsync(op.Tenant, row.Id, work, op.Stop) is WriteOutcome.Done
            ? new Reply { Status = op.Operation.SuccessStatus } : op.Unknown(Id);
    }

    /// <summary>Each change adds to it, and each list reads it.</summary>
    public static string? FaultOf(JsonObject metadata) =>
        metadata.Count > MostKeys ? $"A conversation has at most {MostKeys} keys of metadata."
        : metadata.ToJsonString().Length > LongestMetadata
            ? $"The metadata of a conversation has at most {LongestMetadata} characters of JSON."
        : null;

    /// <summary>Whether the node alone says what this key of the metadata is.</summary>
    public static bool IsOurs(string key) => Ours.Contains(key);

    /// <summary>What the trail of changes may have of it.</summary>
    public static JsonObject Told(JsonObject body)
    {
        if (body[Agent] is null && body[WrittenInsights.Ordered] is null) return body;
        var told = body.DeepClone().AsObject();
        foreach (string ours in new[] { Agent, WrittenInsights.Ordered }) told.Remove(ours);
        return told;
    }

    private static JsonObject Show(ResourceRow row)
    {
        var shown = new JsonObject
        {
            ["id"] = row.Id, ["created_at"] = TelnyxTime.Millis(row.CreatedAt), [Metadata] = row.Body[Metadata]?.DeepClone(),
            [LastMessageAt] = row.Body.Text(LastMessageAt),
        };
        if (row.Body.Text(Name) is { } name) shown[Name] = name;
        return shown;
    }
}
