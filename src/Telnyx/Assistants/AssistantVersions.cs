using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>The versions of an assistant. The main one is changed by a new version, and never goes while it is that.</summary>
internal static class AssistantVersions
{
    private const string Assistant = AssistantRecords.AssistantId, Id = AssistantRecords.VersionId;

    public static async ValueTask<Reply> List(OperationContext op, AssistantParts parts)
    {
        if (await AssistantRecords.Rows(parts.Store).FindAsync(op.Tenant, op.Path(Assistant), op.Stop) is not { } row)
            return op.Unknown(Assistant);
        var page = await AssistantRecords.VersionRows(parts.Store).ListAsync(op.Tenant, new()
        {
            Filters = [new(Assistant, "eq", [row.Id])], Sort = AssistantRecords.Number, IsDescending = true,
            Limit = AssistantRecords.MostListed,
        }, op.Stop);
        return op.Bare(200, AssistantResources.Listed(page.Rows.Select(version => AssistantRecords.ShowVersion(row, version))));
    }

    public static async ValueTask<Reply> Get(OperationContext op, AssistantParts parts)
    {
        if (await AssistantRecords.Rows(parts.Store).FindAsync(op.Tenant, op.Path(Assistant), op.Stop) is not { } row)
            return op.Unknown(Assistant);
        if (await FindAsync(op, parts) is not { } version) return op.Unknown(Id);
        var shown = AssistantRecords.ShowVersion(row, version);
        if (op.Query["include_mcp_servers"] is "true") await McpServers.DescribeAsync(op, shown, parts);
        return op.Bare(200, shown);
    }

    public static ValueTask<Reply> Update(OperationContext op, AssistantParts parts) => ChangeAsync(op, parts, async (row, version) =>
    {
        if (IsMain(row, version)) return new(OfMain(op, "changed: change the assistant, which makes a new version"));
        var fields = AssistantBody.Over(op, version.Body);
        if (await AssistantBody.CheckAsync(op, fields, version.Body, parts) is { } problem) return new(op.Fail(problem));
        var made = await AssistantApplications.NameAsync(op, row.Id, fields, [version.Body, row.Body], parts);
        var now = op.Now;
        var body = AssistantBody.FieldsOf(fields);
        foreach (string kept in new[] { Assistant, Id, AssistantRecords.Number, AssistantRecords.VersionName })
            if (version.Body[kept] is { } value) body[kept] = value.DeepClone();
        if (fields.Text(AssistantRecords.VersionName) is { } name) body[AssistantRecords.VersionName] = name;
        var changed = version with { Body = body, UpdatedAt = now };
        var main = row.Body.DeepClone().AsObject();
        AssistantApplications.Keep(main, body);
        var note = op.Note("updated", AssistantRecords.VersionKind, version.Id, version.Body, body);
        return new(op.Bare(200, AssistantRecords.ShowVersion(row, changed)), row with { Body = main, UpdatedAt = now },
            AssistantRecords.Work(note, changed, made));
    });

    public static ValueTask<Reply> Delete(OperationContext op, AssistantParts parts) => ChangeAsync(op, parts, (row, version) =>
    {
        if (IsMain(row, version)) return new(new Revised(OfMain(op, "deleted: promote another one first")));
        if (CanaryDeploys.Names(row, version.Id))
            return new(new Revised(op.Fail(Fault.InUse, "The assistant's canary deploy sends conversations to this version.")));
        var work = new UnitOfWork
        {
            Note = op.Note("deleted", AssistantRecords.VersionKind, version.Id, version.Body, []),
            Below = [new(AssistantRecords.VersionKind, Id, version.Id)],
        };
        return new(new Revised(op.NoContent(), row with { UpdatedAt = op.Now }, work));
    });

    /// <summary>Takes all new conversations: a canary is over. Conversations that run keep their version.</summary>
    public static ValueTask<Reply> Promote(OperationContext op, AssistantParts parts) => ChangeAsync(op, parts, (row, version) =>
    {
        var after = row with
        {
            Body = AssistantRecords.MainOf(version, row.Body.Whole(AssistantRecords.Number) ?? 1, row.Body),
            UpdatedAt = op.Now,
        };
        return new(new Revised(op.Bare(200, AssistantRecords.Show(after)), after,
            op.Note("promoted", AssistantRecords.Kind, row.Id, row.Body)));
    });

    private static ValueTask<Reply> ChangeAsync(
        OperationContext op, AssistantParts parts, Func<ResourceRow, ResourceRow, ValueTask<Revised>> change) =>
        Revisions.ChangeAsync(op, AssistantRecords.Rows(parts.Store), Assistant, async row =>
            await FindAsync(op, parts) is { } version ? await change(row, version) : new(op.Unknown(Id)));

    private static ValueTask<ResourceRow?> FindAsync(OperationContext op, AssistantParts parts) =>
        AssistantRecords.FindVersionAsync(op, op.Path(Assistant), op.Path(Id), parts.Store);

    private static bool IsMain(ResourceRow assistant, ResourceRow version) => assistant.Body.Text(Id) == version.Id;

    private static Reply OfMain(OperationContext op, string what) =>
        op.Fail(new Problem(VoiceErrors.BadRequest, $"The main version cannot be {what}.") { Status = 400 });
}
