using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Blobs;
using Ringwright.Store.Jobs;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Account.Reports;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>The account's parts of orders as a CSV file, which a job makes, and which is there for seven days.</summary>
internal static class OrderReports
{
    public const string Kind = "sub_number_orders_report";
    private const string Name = "report_id", AccountLimit = "10039";
    private const int MostOpen = 20, AtOnce = 1_000;

    /// <summary>What a report can be narrowed by, and how the documents have it.</summary>
    private static readonly (string Field, string Path, string Operator)[] Filters =
    [
        ("country_code", "country_code", "eq"), ("customer_reference", OrderKinds.Reference, "eq"), ("status", OrderKinds.Status, "eq"),
        ("order_request_id", "order_request_id", "eq"), ("created_at_gt", "created_at", "gt"), ("created_at_lt", "created_at", "lt"),
    ];
    private static readonly string[] Columns =
    [
        "id", "order_request_id", "country_code", "phone_number_type", "phone_numbers_count", OrderKinds.Status, "requirements_met",
        OrderKinds.Reference, "is_block_sub_number_order",
    ];

    public static IEnumerable<JobKind> Jobs(NumberParts parts) =>
    [
        new JobKind(Kind, async job =>
        {
            var rows = await ReadAsync(job, parts);
            byte[] text = CsvText.Write([.. Columns, "created_at"], rows.Select(row => (IEnumerable<string>)
                [row.Id, .. Columns.Skip(1).Select(name => CsvText.Cell(row.Body[name])), TelnyxTime.Micros(row.CreatedAt)]));
            await job.WriteFileAsync((file, stop) => file.WriteAsync(text, stop).AsTask());
            return new JsonObject { ["count"] = rows.Count };
        }),
    ];

    public static async ValueTask<Reply> Create(OperationContext op, NumberParts parts)
    {
        var body = op.ReadObject();
        var input = new JsonObject();
        foreach (var (field, _, _) in Filters)
            if (body.Filled(field) is { } value) input[field] = value;
        var note = op.Note("created", Kind, "", after: input.DeepClone().AsObject());
        return await parts.Store.Jobs.AddAsync(op.Tenant, Kind, input, MostOpen, note, op.Stop) is { } job ? op.Ok(Show(op, job))
            : op.Fail(new Problem(AccountLimit, $"{MostOpen} jobs of this account are under way: wait until one of them is done."));
    }

    public static async ValueTask<Reply> Get(OperationContext op, NumberParts parts) =>
        await FindAsync(op, parts) is { } job ? op.Ok(Show(op, job)) : op.Unknown(Name);

    public static async ValueTask<Reply> Download(OperationContext op, NumberParts parts)
    {
        if (await FindAsync(op, parts) is not { } job) return op.Unknown(Name);
        if (job.State is not JobState.Complete) return op.Fail(Fault.WrongState, "The report is not made.");
        if (IsOver(op, job)) return op.Fail(Fault.WrongState, "The report has expired: ask for another one.");
        return await op.FileAsync(parts.Store.Blobs, BlobKey.OfResult(op.Tenant, job.Id), CsvText.ContentType,
            string.Create(CultureInfo.InvariantCulture, $"sub-number-orders-{job.Id}.csv")) ?? op.Unknown(Name);
    }

    private static async ValueTask<Job?> FindAsync(OperationContext op, NumberParts parts) =>
        Guid.TryParse(op.Path(Name), out var id) && await parts.Store.Jobs.FindAsync(op.Tenant, id, op.Stop) is { Kind: Kind } job
            ? job : null;

    private static bool IsOver(OperationContext op, Job job) => ReportLife.IsOver(job, ReportLife.OfNumbers, op.Now);

    private static JsonObject Show(OperationContext op, Job job) => new()
    {
        ["id"] = job.Id.ToString(),
        ["user_id"] = op.Tenant.ToString(),
        ["order_type"] = OrderKinds.Part,
        ["filters"] = job.Input.DeepClone(),
        ["status"] = job.State switch
        {
            JobState.Complete => IsOver(op, job) ? "expired" : "success",
            JobState.Failed or JobState.Cancelled => "failed",
            _ => "pending",
        },
        ["created_at"] = TelnyxTime.Micros(job.CreatedAt),
        ["updated_at"] = TelnyxTime.Micros(job.UpdatedAt),
    };

    private static async Task<List<ResourceRow>> ReadAsync(JobContext job, NumberParts parts)
    {
        var filters = Filters.Where(filter => job.Input.Filled(filter.Field) is not null)
            .Select(filter => new ResourceFilter(filter.Path, filter.Operator, [job.Input.Filled(filter.Field)!]))     // just asked for
            .ToList();
        var source = parts.Store.Documents.Rows(OrderKinds.Parts);
        var rows = new List<ResourceRow>();
        while (true)
        {
            var page = await source.ListAsync(job.Tenant, new() { Filters = filters, Offset = rows.Count, Limit = AtOnce }, job.Stop);
            rows.AddRange(page.Rows);
            if (page.Rows.Count < AtOnce) return rows;
            job.Report(rows.Count, page.Total);
        }
    }
}
