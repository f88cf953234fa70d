using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>What was said in a conversation, and what was made of it.</summary>
internal static class ConversationMessages
{
    public const string Kind = "ai_message", InsightKind = "ai_conversation_insight";

    private const string Role = "role", Text = "text", SentAt = "sent_at", Calls = "tool_calls", CallId = "tool_call_id",
        Name = "name";

    /// <summary>Messages of the other roles are for the model alone, and are not listed.</summary>
    private static readonly string[] Listed = ["user", "assistant", "tool"], Roles = [.. Listed, "system", "developer"];

    /// <summary>What models take in is less.</summary>
    private const int MostRead = 500;

    public static readonly DocumentKind Messages = new(Kind) { Indexed = [ConversationRecords.Id] };

    /// <summary>Of messages that are judged, and of their characters: models of today take in as much with their instructions.</summary>
    private const int MostJudged = 1_000, MostCharactersJudged = 36_000;

    /// <summary>In the order in which they were heard.</summary>
    public static async ValueTask<Reply> List(OperationContext op, AssistantParts parts)
    {
        if (await FindAsync(op, parts) is not { } conversation) return op.Unknown(ConversationRecords.Id);
        var page = await parts.Store.Documents.Rows(Messages).ListAsync(op.Tenant, new()
        {
            Filters = [new(ConversationRecords.Id, "eq", [conversation.Id]), new(Role, "in", Listed)],
            Sort = SentAt, Offset = op.List.Offset, Limit = op.List.Size,
        }, op.Stop);
        return op.Page([.. page.Rows.Select(row => (JsonNode)Show(row))], page.Total);
    }

    public static async ValueTask<Reply> Add(OperationContext op, AssistantParts parts)
    {
        var given = op.ReadObject();
        if (Check(given) is { } problem) return op.Fail(problem);
        var batch = Guid.NewGuid();
        string? call = null;
        var reply = await Revisions.ChangeAsync(op, ConversationRecords.Rows(parts.Store), ConversationRecords.Id, conversation =>
        {
            if (ConversationRecords.RefuseMessages(conversation.Body) is { } unkept) return new(new Revised(op.Fail(unkept)));
            call = conversation.Body.Child(ConversationRecords.Metadata)?.Text(ConversationRecords.CallId);
            var now = op.Now;
            var sent = given.Text(SentAt) is { } text ? TimeOf(text) : now;
            var message = new ResourceRow
            {
                Id = ToldMessages.IdOf(batch, 0), Tenant = op.Tenant, Body = BodyOf(given, conversation.Id, sent),
                CreatedAt = now, UpdatedAt = now,
            };
            var body = After(conversation.Body, sent);
            // The trail tells of the conversation, and repeats no words of it.
            var note = op.Note("message_added", ConversationRecords.Kind, conversation.Id, ConversationRecords.Told(conversation.Body),
                ConversationRecords.Told(body));
            return new(new Revised(op.Bare(200, new JsonObject()), conversation with { Body = body, UpdatedAt = now },
                new UnitOfWork { Note = note, Documents = [new(Messages, message)] }));
        });
        // A call of a tool and its result come together, or models refuse them.
        bool isPlain = given.Text(Role) is not "tool" && given[Calls] is not JsonArray { Count: > 0 };
        if (call is not null && isPlain && reply.Status is 200) await ToldMessages.TellAsync(op, parts, call, batch);
        return reply;
    }

    /// <summary>A conversation with one more message.</summary>
    public static JsonObject After(JsonObject conversation, DateTimeOffset sent)
    {
        var body = conversation.DeepClone().AsObject();
        string at = TelnyxTime.Millis(sent);
        if (string.CompareOrdinal(at, body.Text(ConversationRecords.LastMessageAt)) > 0) body[ConversationRecords.LastMessageAt] = at;
        return body;
    }

    /// <summary>A message of a talk in writing.</summary>
    public static ResourceRow Written(TenantId tenant, string conversation, WrittenMessage message, DateTimeOffset now)
    {
        var row = Heard(tenant, conversation, message.Role, message.Text, message.Calls, message.CallId, message.At, now);
        if (message.Name is { } name) row.Body[Name] = name;
        return row;
    }

    /// <summary>All that a model is told of, in its order; of a long conversation the newest.</summary>
    public static async ValueTask<List<WrittenMessage>> ReadAsync(Database store, TenantId tenant, string conversation,
        CancellationToken stop)
    {
        var page = await store.Documents.Rows(Messages).ListAsync(tenant, new()
        {
            Filters = [new(ConversationRecords.Id, "eq", [conversation])], Sort = SentAt, IsDescending = true, Limit = MostRead,
        }, stop);
        return [.. page.Rows.Reverse().Select(row => new WrittenMessage(row.Body.Text(Role) ?? "", row.Body.Text(Text) ?? "",
            TimeOf(row.Body.Text(SentAt)!))      // each has one
        {
            Calls = [.. (row.Body[Calls] as JsonArray ?? []).OfType<JsonObject>().Select(call => (call.Text("id") ?? "",
                call.Child("function")?.Text("name") ?? "", call.Child("function")?.Text("arguments") ?? "{}"))],
            CallId = row.Body.Text(CallId), Name = row.Body.Text(Name),
        })];
    }

    /// <summary>A message of a call.</summary>
    public static ResourceRow Heard(TenantId tenant, string conversation, string role, string text,
        IReadOnlyList<(string Id, string Name, string Arguments)> calls, string? callId, DateTimeOffset sent, DateTimeOffset now)
    {
        var given = new JsonObject { [Role] = role, ["content"] = text, [CallId] = callId };
        given[Calls] = new JsonArray([.. calls.Select(call => (JsonNode)new JsonObject
        {
            ["id"] = call.Id, ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments },
        })]);
        return new()
        {
            Id = Guid.NewGuid().ToString(), Tenant = tenant, Body = BodyOf(given, conversation, sent), CreatedAt = now, UpdatedAt = now,
        };
    }

    /// <summary>A message that somebody adds to a talk on a call.</summary>
    public static ResourceRow Said(TenantId tenant, string conversation, JsonObject given, string id, DateTimeOffset now) =>
        new() { Id = id, Tenant = tenant, Body = BodyOf(given, conversation, now), CreatedAt = now, UpdatedAt = now };

    /// <summary>One that was added, for whoever talks.</summary>
    public static (string Role, string Text, IReadOnlyList<(string Id, string Name, string Arguments)> Calls, string? CallId) Read(
        ResourceRow row) =>
        (row.Body.Text(Role) ?? "", row.Body.Text(Text) ?? "",
            [.. (row.Body[Calls] as JsonArray ?? []).OfType<JsonObject>().Select(call => (call.Text("id") ?? "",
                call.Child("function")?.Text("name") ?? "", call.Child("function")?.Text("arguments") ?? "{}"))],
            row.Body.Filled(CallId));

    /// <summary>One entry for each time that a group of insights was run over the conversation, newest first.</summary>
    public static async ValueTask<Reply> ListInsights(OperationContext op, AssistantParts parts)
    {
        const string results = InsightRun.Results;
        if (await FindAsync(op, parts) is not { } conversation) return op.Unknown(ConversationRecords.Id);
        var page = await parts.Store.Documents.Rows(InsightRun.Kind).ListAsync(op.Tenant, new()
        {
            Filters = [new(ConversationRecords.Id, "eq", [conversation.Id])], IsDescending = true,
            Offset = op.List.Offset, Limit = op.List.Size,
        }, op.Stop);
        return op.Page([.. page.Rows.Select(row => (JsonNode)new JsonObject
        {
            ["id"] = row.Id, ["status"] = row.Body.Text("status"), ["created_at"] = TelnyxTime.Millis(row.CreatedAt),
            [results] = row.Body[results]?.DeepClone() ?? new JsonArray(),
        })], page.Total);
    }

    private static ValueTask<ResourceRow?> FindAsync(OperationContext op, AssistantParts parts) =>
        ConversationRecords.Rows(parts.Store).FindAsync(op.Tenant, op.Path(ConversationRecords.Id), op.Stop);

    /// <summary>
    /// A conversation as a model is given it when it is over: a JSON list of what was said, the oldest first; of a long one its end.
    /// </summary>
    /// <returns>Null when nothing was said.</returns>
    public static async ValueTask<string?> TranscriptAsync(Database store, TenantId tenant, string conversation, CancellationToken stop)
    {
        var page = await store.Documents.Rows(Messages).ListAsync(tenant, new()
        {
            Filters = [new(ConversationRecords.Id, "eq", [conversation]), new(Role, "in", Listed)],
            Sort = SentAt, IsDescending = true, Limit = MostJudged,
        }, stop);
        int room = MostCharactersJudged;
        var newest = new List<JsonNode>();
        foreach (var row in page.Rows)
        {
            var message = new JsonObject { [Role] = row.Body.Text(Role), [Text] = row.Body.Text(Text) };
            if (row.Body[Calls] is { } calls) message[Calls] = calls.DeepClone();
            room -= message.ToJsonString().Length;
            if (room < 0 && newest.Count > 0) break;
            newest.Add(message);
        }
        newest.Reverse();
        return newest.Count == 0 ? null : new JsonArray([.. newest]).ToJsonString(TelnyxJson.Plain);
    }

    private static JsonObject BodyOf(JsonObject given, string conversation, DateTimeOffset sent)
    {
        var body = new JsonObject
        {
            // Models write zeros where a letter has a mark, and PostgreSQL looks into no document that has one.
            [ConversationRecords.Id] = conversation, [Role] = given.Text(Role),
            [Text] = (given.Text("content") ?? "").Replace('\0', '\uFFFD'), [SentAt] = TelnyxTime.Micros(sent),
        };
        if (given[Calls] is JsonArray { Count: > 0 } calls) body[Calls] = calls.DeepClone();
        if (given.Filled(CallId) is { } call) body[CallId] = call;
        return body;
    }

    private static JsonObject Show(ResourceRow row)
    {
        var shown = new JsonObject
        {
            [Role] = row.Body.Text(Role), [Text] = row.Body.Text(Text), [SentAt] = row.Body.Text(SentAt),
            ["created_at"] = TelnyxTime.Micros(row.CreatedAt),
        };
        foreach (string field in new[] { Calls, CallId })
            if (row.Body[field] is { } value) shown[field] = value.DeepClone();
        return shown;
    }

    /// <summary>What is wrong with one, at its place in it; null when nothing is.</summary>
    public static Problem? Check(JsonObject given)
    {
        string role = given.Text(Role) ?? "";
        if (!Roles.Contains(role)) return At("/" + Role, $"role must be one of {string.Join(", ", Roles)}.");
        if (given.Filled(CallId) is not null && role is not "tool")
            return At("/" + CallId, "Only a message of the role tool answers a call.");
        if (given[Calls] is not JsonArray { Count: > 0 } calls) return null;
        if (role is not "assistant") return At("/" + Calls, "Only a message of the role assistant calls tools.");
        for (int i = 0; i < calls.Count; i++)
            if (calls[i] is not JsonObject call || call.Filled("id") is null || call.Text("type") is not "function"
                || call.Child("function")?.Filled("name") is null || call.Child("function")?.Text("arguments") is null)
                return At($"/{Calls}/{i}", "A call has an id, the type function, and a function with a name and arguments as text.");
        return null;
    }

    /// <summary>The schema has said that it is one.</summary>
    private static DateTimeOffset TimeOf(string text) => DateTimeOffset.Parse(text.Replace("-00:00", "Z", StringComparison.Ordinal),
        CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static Problem At(string pointer, string detail) => new(VoiceErrors.BadRequest, detail) { Pointer = pointer };
}
