using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Messaging;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Calls and texts of assistants at a set time: ordered, shown, called off. <see cref="ScheduledRun"/> has them happen.</summary>
internal static class ScheduledEvents
{
    public const string KindName = "ai_scheduled_event", Id = "event_id";

    public const string Assistant = AssistantRecords.AssistantId, Channel = "telnyx_conversation_channel",
        AgentTarget = "telnyx_agent_target", EndUser = "telnyx_end_user_target", At = "scheduled_at_fixed_datetime", Words = "text",
        Metadata = "conversation_metadata", Variables = "dynamic_variables", Status = "status", Conversation = "conversation_id",
        RetryCount = "retry_count", Errors = "errors";

    public const string PhoneCall = "phone_call", SmsChat = "sms_chat";

    /// <summary>Why a call came to no talk, among the errors.</summary>
    public const string Busy = "busy", NoAnswer = "no_answer";

    public const string Pending = "pending", InProgress = "in_progress", Completed = "completed", Failed = "failed";

    /// <summary>Of one account, that are still to happen.</summary>
    public const int MostOpen = 10_000;

    /// <summary>What is longer ago was not meant.</summary>
    private static readonly TimeSpan Past = TimeSpan.FromSeconds(60);
    /// <summary>Each try that fails is a change by somebody else.</summary>
    private const int Attempts = 20;

    private static readonly DocumentKind Kind = new(KindName) { Indexed = [Assistant] };

    private static readonly string[] Shown =
    [
        Assistant, Channel, AgentTarget, EndUser, At, Words, Metadata, Variables, Status, Conversation, RetryCount, Errors,
    ];

    public static IResourceRows Rows(Database store) => store.Documents.Rows(Kind);

    /// <summary>The next one first to last.</summary>
    public static async ValueTask<Reply> List(OperationContext op, AssistantParts parts)
    {
        if (!await AssistantRecords.ExistsAsync(op, op.Path(Assistant), parts.Store)) return op.Unknown(Assistant);
        List<ResourceFilter> filters = [new(Assistant, "eq", [op.Path(Assistant)])];
        if (op.Query["conversation_channel"] is { Length: > 0 } channel) filters.Add(new(Channel, "eq", [channel]));
        foreach (var (name, @operator) in new[] { ("from_date", "gte"), ("to_date", "lte") })
            // The schema has said that it is one.
            if (op.Query[name] is { Length: > 0 } text) filters.Add(new(At, @operator, [TelnyxTime.Millis(TimeOf(text))]));
        var page = await Rows(parts.Store).ListAsync(op.Tenant,
            new() { Filters = filters, Sort = At, Offset = op.List.Offset, Limit = op.List.Size }, op.Stop);
        return op.Page([.. page.Rows.Select(row => (JsonNode)Show(row))], page.Total);
    }

    public static async ValueTask<Reply> Create(OperationContext op, AssistantParts parts)
    {
        if (!await AssistantRecords.ExistsAsync(op, op.Path(Assistant), parts.Store)) return op.Unknown(Assistant);
        var given = op.ReadObject();
        if (await CheckAsync(op, given, parts) is { } problem) return op.Fail(problem);
        var (now, at) = (op.Now, TimeOf(given.Text(At) ?? ""));
        var body = new JsonObject { [Assistant] = op.Path(Assistant), [Status] = Pending, [RetryCount] = 0, [Errors] = new JsonArray() };
        foreach (string field in new[] { Channel, AgentTarget, EndUser, Words, Metadata, Variables })
            if (given[field] is { } value) body[field] = value.DeepClone();
        body[At] = TelnyxTime.Millis(at);
        var id = Guid.CreateVersion7(now);
        var row = new ResourceRow { Id = id.ToString(), Tenant = op.Tenant, Body = body, CreatedAt = now, UpdatedAt = now };
        var work = new UnitOfWork
        {
            Note = op.Note("created", KindName, row.Id, after: Told(body)),
            Jobs = [new(TalkJobs.Scheduled, new() { [Id] = row.Id }) { DueAt = at, Id = id }],
        };
        return await Rows(parts.Store).InsertAsync(row, work, op.Stop) is WriteOutcome.Done ? op.Bare(201, Show(row))
            : op.Fail(Fault.Conflict);
    }

    public static async ValueTask<Reply> Get(OperationContext op, AssistantParts parts) =>
        await FindAsync(op, parts) is { } row ? op.Bare(200, Show(row)) : op.Unknown(Id);

    /// <summary>What has not begun does not happen; of what has, the record goes.</summary>
    public static async ValueTask<Reply> Delete(OperationContext op, AssistantParts parts)
    {
        if (await FindAsync(op, parts) is not { } row) return op.Unknown(Id);
        var work = new UnitOfWork
        {
            Note = op.Note("deleted", KindName, row.Id, Told(row.Body)), Undone = Guid.TryParse(row.Id, out var job) ? [job] : [],
        };
        return await Rows(parts.Store).DeleteAsync(op.Tenant, row.Id, work, op.Stop) is WriteOutcome.Done
            ? op.Bare(200, new JsonObject()) : op.Unknown(Id);
    }

    /// <summary>Changes it as it is by then, if it is still to be changed.</summary>
    /// <param name="change">False leaves it as it is; it may be asked more than once.</param>
    /// <param name="beside">Committed with it.</param>
    /// <returns>Null when it is not there any more, or was left.</returns>
    public static async ValueTask<ResourceRow?> ChangeAsync(Database store, TenantId tenant, string id, Func<JsonObject, bool> change,
        UnitOfWork? beside, CancellationToken stop)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (await Rows(store).FindAsync(tenant, id, stop) is not { } row) return null;
            var after = row with { Body = row.Body.DeepClone().AsObject(), UpdatedAt = store.Time.GetUtcNow() };
            if (!change(after.Body)) return null;
            switch (await Rows(store).UpdateAsync(after, beside, stop))
            {
                case WriteOutcome.Done: return after;
                case WriteOutcome.Missing: return null;
            }
        }
        throw new InvalidOperationException($"Scheduled event {id} was changed {Attempts} times by others.");
    }

    /// <summary>It is over; a second end changes nothing.</summary>
    /// <param name="error">Null when all went well.</param>
    public static async ValueTask EndAsync(Database store, TenantId tenant, string id, string? error, CancellationToken stop) =>
        await ChangeAsync(store, tenant, id, body =>
        {
            if (IsOver(body)) return false;
            body[Status] = error is null ? Completed : Failed;
            if (error is not null) body[Errors] = new JsonArray((JsonNode)error);
            return true;
        }, beside: null, stop);

    public static bool IsOver(JsonObject body) => body.Text(Status) is Completed or Failed;

    public static DateTimeOffset TimeOf(string text) =>
        DateTimeOffset.Parse(text.Replace("-00:00", "Z", StringComparison.Ordinal), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    public static JsonObject Show(ResourceRow row)
    {
        var shown = new JsonObject { ["scheduled_event_id"] = row.Id, ["created_at"] = TelnyxTime.Millis(row.CreatedAt) };
        foreach (string field in Shown)
            if (row.Body[field] is { } value) shown[field] = value.DeepClone();
        if (CallStatusOf(row.Body) is { } became) shown["call_status"] = became;
        return shown;
    }

    private static async ValueTask<ResourceRow?> FindAsync(OperationContext op, AssistantParts parts) =>
        await Rows(parts.Store).FindAsync(op.Tenant, op.Path(Id), op.Stop) is { } row
            && row.Body.Text(Assistant) == op.Path(Assistant) ? row : null;

    /// <summary>
    /// What became of its call, by which the vendor's own tools try again or not; null of a text, and before the end. The contract does not
    /// know it.
    /// </summary>
    private static string? CallStatusOf(JsonObject body) =>
        body.Text(Channel) is not PhoneCall || !IsOver(body) ? null
        : body.Text(Status) is Completed ? "completed"
        : body.Texts(Errors) switch
        {
            [Busy] => Busy,
            [NoAnswer] => "no-answer",
            _ => "failed",
        };

    /// <summary>The trail repeats no words.</summary>
    private static JsonObject Told(JsonObject body)
    {
        var told = body.DeepClone().AsObject();
        told.Remove(Words);
        return told;
    }

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject given, AssistantParts parts)
    {
        string channel = given.Text(Channel) ?? "", agent = given.Text(AgentTarget) ?? "", to = given.Text(EndUser) ?? "";
        bool isNumber = E164.TryParse(to, out var number) && number.Text == to;
        if (op.Routing.FindOwnNumber(agent) is not { } own || own.Tenant != op.Tenant)
            return AssistantBody.Nowhere(op, "/" + AgentTarget, $"{AgentTarget} must be a number of this account.");
        if (!isNumber && (channel is SmsChat || !to.StartsWith("sip:", StringComparison.Ordinal)))
            return Bad(EndUser, $"{EndUser} must be a phone number in +E.164 format{(channel is PhoneCall ? ", or a SIP URI" : "")}.");
        if (to == agent) return Bad(EndUser, $"{EndUser} must be another number than {AgentTarget}.");
        if (TimeOf(given.Text(At) ?? "") < op.Now - Past) return Bad(At, $"{At} is more than {Past.TotalSeconds} seconds ago.");
        foreach (var (name, _) in given.Child(Metadata) ?? [])
            if (ConversationRecords.IsOurs(name)) return Bad($"{Metadata}/{name}", $"{name} is what the node itself writes.");
        if (CheckVariables(given, channel) is { } wrong) return wrong;
        var open = await Rows(parts.Store).ListAsync(op.Tenant,
            new() { Filters = [new(Status, "in", [Pending, InProgress])], Limit = 1 }, op.Stop);
        if (open.Total >= MostOpen) return new(VoiceErrors.BadRequest, $"An account has at most {MostOpen} events that are to happen.");
        return channel is SmsChat ? await CheckTextAsync(op, given, own.MessagingProfile, parts)
            : given.Filled(Words) is null ? null : Bad(Words, $"{Words} is what is sent by {SmsChat}: a call has none.");
    }

    /// <summary>The contract does not know them: newer clients do.</summary>
    private static Problem? CheckVariables(JsonObject given, string channel)
    {
        if (given[Variables] is not { } said) return null;
        if (channel is SmsChat) return Bad(Variables, "10041: variables in texts are not built yet.");
        if (said is not JsonObject variables) return Bad(Variables, $"{Variables} must be an object of texts.");
        foreach (var (name, _) in variables)
            if (variables.Text(name) is not { Length: <= CallVariables.LongestValue })
                return Bad($"{Variables}/{name}", $"A variable must be a text of at most {CallVariables.LongestValue} characters.");
        return null;
    }

    private static async ValueTask<Problem?> CheckTextAsync(OperationContext op, JsonObject given, Guid? profile, AssistantParts parts)
    {
        if (given.Filled(Words) is not { } words)
            return AssistantBody.At("/" + Words, VoiceErrors.MissingParameter, $"{SmsChat} needs {Words}.");
        if (words.Contains('\0')) return Bad(Words, $"{Words} may not hold the character U+0000.");
        if (TextCut.Of(words).Parts.Count > SendMessage.MostParts)
            return AssistantBody.At("/" + Words, VoiceErrors.BadLength, $"{Words} may have at most {SendMessage.MostParts} parts.");
        return profile is { } known && await MessageFace.TermsAsync(parts.Store, op.Tenant, known.ToString(), op.Stop) is not null ? null
            : Bad(AgentTarget, $"{AgentTarget} must be on a messaging profile to send a text.");
    }

    private static Problem Bad(string field, string detail) => AssistantBody.At("/" + field, VoiceErrors.BadRequest, detail);
}
