using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Blobs;
using Ringwright.Store.Jobs;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>
/// Reports that jobs make: ask for one, look at it, delete it. Each answer has a link of its own to the file, which lives ten minutes.
/// </summary>
internal static class AsyncReports
{
    private const string AccountLimit = "10039";
    private const int MostOpen = 20;

    /// <summary>The job kinds that make them.</summary>
    public static IEnumerable<JobKind> Jobs(ReportParts parts) => ReportKinds.All.Select(kind => new JobKind(kind.Name, async job =>
    {
        var table = await kind.Make(job, parts);
        byte[] text = CsvText.Write(table.Names, table.Rows.Select(row => table.Names.Select(name => CsvText.Cell(row[name]))));
        await job.WriteFileAsync((file, stop) => file.WriteAsync(text, stop).AsTask());
        var result = new JsonObject { ["count"] = table.Rows.Count };
        if (kind.HasResult) result["rows"] = new JsonArray([.. table.Rows.Select(row => (JsonNode)row)]);
        return result;
    }));

    public static async ValueTask<Reply> Create(OperationContext op, ReportParts parts, ReportKind kind, JsonObject input)
    {
        var note = op.Note("created", kind.RecordType, "", after: input.DeepClone().AsObject());
        return await parts.Store.Jobs.AddAsync(op.Tenant, kind.Name, input, MostOpen, note, op.Stop) is { } job
            ? op.Ok(Show(op, parts, kind, job))
            : op.Fail(new Problem(AccountLimit, $"{MostOpen} jobs of this account are under way: wait until one of them is done."));
    }

    public static async ValueTask<Reply> List(OperationContext op, ReportParts parts, ReportKind kind)
    {
        var page = await parts.Store.Jobs.ListAsync(op.Tenant, kind.Name, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. page.Jobs.Select(job => (JsonNode)Show(op, parts, kind, job))], page.Total);
    }

    public static async ValueTask<Reply> Get(OperationContext op, ReportParts parts, ReportKind kind) =>
        await FindAsync(op, parts, kind) is { } job ? op.Ok(Show(op, parts, kind, job)) : op.Unknown("id");

    public static async ValueTask<Reply> Delete(OperationContext op, ReportParts parts, ReportKind kind)
    {
        if (await FindAsync(op, parts, kind) is not { } job) return op.Unknown("id");
        // The file goes first: should the store be away, the report is still there to be deleted again.
        await parts.Store.Blobs.DeleteAsync(BlobKey.OfResult(op.Tenant, job.Id), op.Stop);
        if (!await parts.Store.Jobs.DeleteAsync(op.Tenant, job.Id, op.Note("deleted", kind.RecordType, job.Id.ToString()), op.Stop))
            return op.Unknown("id");
        var shown = Show(op, parts, kind, job);
        // Its link leads nowhere any more.
        shown.Remove("report_url");
        if (!kind.Shouts) shown["status"] = "deleted";
        return op.Ok(shown);
    }

    private static async ValueTask<Job?> FindAsync(OperationContext op, ReportParts parts, ReportKind kind) =>
        Guid.TryParse(op.Path("id"), out var id) && await parts.Store.Jobs.FindAsync(op.Tenant, id, op.Stop) is { } job
        && job.Kind == kind.Name ? job : null;

    private static JsonObject Show(OperationContext op, ReportParts parts, ReportKind kind, Job job)
    {
        bool isOver = kind.Life is { } life && ReportLife.IsOver(job, life, op.Now);
        string status = job.State switch
        {
            JobState.Complete => isOver ? "expired" : "complete",
            JobState.Failed or JobState.Cancelled => "failed",
            _ => "pending",
        };
        var shown = new JsonObject
        {
            ["id"] = job.Id.ToString(), ["record_type"] = kind.RecordType, ["status"] = kind.Shouts ? status.ToUpperInvariant() : status
        };
        if (kind.HasOrganization) shown["organization_id"] = op.Tenant.ToString();
        foreach (string field in kind.Shown)
            if (job.Input[field] is { } value) shown[field] = value.DeepClone();
        if (job.State is JobState.Complete)
        {
            if (!isOver) shown["report_url"] = parts.Links.ToResult(op.Tenant, job.Id, $"{kind.Name}-{job.Id}.csv", op.Now);
            if (kind.HasResult) shown["result"] = job.Result?["rows"]?.DeepClone() ?? new JsonArray();
        }
        shown["created_at"] = TelnyxTime.Millis(job.CreatedAt);
        shown["updated_at"] = TelnyxTime.Millis(job.UpdatedAt);
        return shown;
    }
}
