using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Insights that are found out together. A group names its templates; one that is deleted is none of them any more.</summary>
internal static class InsightGroups
{
    public const string RecordType = "ai_insight_group";

    /// <summary>The insights that were assigned, in the order in which they were.</summary>
    public const string Members = "insight_ids";

    private const string Id = "group_id", Insight = "insight_id", Insights = "insights";
    private const int MostMembers = 100;
    private static readonly string[] Fields = ["name", "description", "webhook"];

    /// <summary>What an assistant wants to be found out of its talks, by the group's id; null for nothing.</summary>
    public static string? Of(JsonObject fields) => fields.Child("insight_settings")?.Filled("insight_group_id");

    public static IResourceRows Rows(Database store) => store.Documents.Rows(new DocumentKind(RecordType));

    public static async ValueTask<Reply> List(OperationContext op, AssistantParts parts)
    {
        var page = await Rows(parts.Store).ListAsync(op.Tenant,
            new() { IsDescending = true, Offset = op.List.Offset, Limit = op.List.Size }, op.Stop);
        var shown = new List<JsonNode>();
        foreach (var row in page.Rows) shown.Add(await ShowAsync(op, row, parts));
        return op.Page(shown, page.Total);
    }

    public static async ValueTask<Reply> Create(OperationContext op, AssistantParts parts)
    {
        var body = Over(op, []);
        if (await InsightTemplates.CheckNamesAsync(op, body, parts) is { } problem) return op.Fail(problem);
        var now = op.Now;
        var row = new ResourceRow { Id = Guid.NewGuid().ToString(), Tenant = op.Tenant, Body = body, CreatedAt = now, UpdatedAt = now };
        return await Rows(parts.Store).InsertAsync(row, op.Note("created", RecordType, row.Id), op.Stop) is WriteOutcome.Done
            ? op.Ok(await ShowAsync(op, row, parts)) : op.Fail(Fault.Conflict);
    }

    public static async ValueTask<Reply> Get(OperationContext op, AssistantParts parts) =>
        await Rows(parts.Store).FindAsync(op.Tenant, op.Path(Id), op.Stop) is { } row
            ? op.Ok(await ShowAsync(op, row, parts)) : op.Unknown(Id);

    public static ValueTask<Reply> Update(OperationContext op, AssistantParts parts) =>
        Revisions.ChangeAsync(op, Rows(parts.Store), Id, async row =>
        {
            var after = row with { Body = Over(op, row.Body), UpdatedAt = op.Now };
            return await InsightTemplates.CheckNamesAsync(op, after.Body, parts) is { } problem ? new(op.Fail(problem))
                : new(op.Ok(await ShowAsync(op, after, parts)), after, op.Note("updated", RecordType, row.Id, row.Body));
        });

    public static async ValueTask<Reply> Delete(OperationContext op, AssistantParts parts)
    {
        if (await Rows(parts.Store).FindAsync(op.Tenant, op.Path(Id), op.Stop) is not { } row) return op.Unknown(Id);
        return await Rows(parts.Store).DeleteAsync(op.Tenant, row.Id, op.Note("deleted", RecordType, row.Id, row.Body), op.Stop)
            is WriteOutcome.Done ? op.Bare(200, new JsonObject()) : op.Unknown(Id);
    }

    /// <summary>A second time changes nothing.</summary>
    public static ValueTask<Reply> Assign(OperationContext op, AssistantParts parts) =>
        Revisions.ChangeAsync(op, Rows(parts.Store), Id, async row =>
        {
            string insight = op.Path(Insight);
            if (await Templates(parts).FindAsync(op.Tenant, insight, op.Stop) is null) return new(op.Unknown(Insight));
            var members = row.Body.Texts(Members);
            if (members.Contains(insight)) return new(op.Bare(200, new JsonObject()));
            if (members.Count >= MostMembers)
                return new(op.Fail(new Problem(Voice.VoiceErrors.BadLength, $"A group has at most {MostMembers} insights.")));
            return With(op, row, [.. members, insight], "assigned");
        });

    public static ValueTask<Reply> Unassign(OperationContext op, AssistantParts parts) =>
        Revisions.ChangeAsync(op, Rows(parts.Store), Id, row =>
        {
            var members = row.Body.Texts(Members);
            string insight = op.Path(Insight);
            return new(members.Contains(insight) ? With(op, row, [.. members.Where(m => m != insight)], "unassigned")
                : new Revised(op.Unknown(Insight)));
        });

    private static Revised With(OperationContext op, ResourceRow row, IReadOnlyList<string> members, string change)
    {
        var body = row.Body.DeepClone().AsObject();
        body[Members] = new JsonArray([.. members.Select(m => (JsonNode)m)]);
        return new(op.Bare(200, new JsonObject()), row with { Body = body, UpdatedAt = op.Now },
            op.Note(change, RecordType, row.Id, row.Body));
    }

    private static IResourceRows Templates(AssistantParts parts) => InsightTemplates.Rows(parts.Store);

    private static JsonObject Over(OperationContext op, JsonObject before)
    {
        var (body, given) = (before.DeepClone().AsObject(), op.ReadObject());
        foreach (string field in Fields)
            if (given[field] is { } value) body[field] = value.DeepClone();
        return body;
    }

    private static async ValueTask<JsonObject> ShowAsync(OperationContext op, ResourceRow row, AssistantParts parts)
    {
        var members = row.Body.Texts(Members);
        var found = members.Count == 0 ? [] : (await Templates(parts).ListAsync(op.Tenant,
            new() { Filters = [new("id", "in", members)], Limit = MostMembers }, op.Stop)).Rows;
        var shown = new JsonObject
        {
            ["id"] = row.Id, ["name"] = row.Body.Text("name"), ["webhook"] = row.Body.Text("webhook") ?? "",
            ["created_at"] = TelnyxTime.Millis(row.CreatedAt),
            // In the order in which they were assigned.
            [Insights] = new JsonArray([.. members.Select(m => found.FirstOrDefault(f => f.Id == m)).OfType<ResourceRow>()
                .Select(f => (JsonNode)InsightTemplates.Show(f))]),
        };
        if (row.Body.Text("description") is { } description) shown["description"] = description;
        return shown;
    }
}
