using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Jobs;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Account.Reports;

namespace Ringwright.Telnyx.Numbers;

/// <summary>
/// The account's numbers as a CSV file, which a job makes. Each answer has a link of its own to it, which lives ten minutes; after seven
/// days there is none any more.
/// </summary>
internal static class NumberCsv
{
    public const string Kind = "csv_download";
    private const string Format = "csv_format", Filters = "filters", Whole = "V2", AccountLimit = "10039";
    private const int MostOpen = 20, AtOnce = 1_000;
    private static readonly string[] Short =
        ["phone_number", "id", "status", "connection_id", "connection_name", "tags", "billing_group_id", "customer_reference"];
    /// <summary>All that the list of numbers shows, but for what not everybody sees who may fetch files.</summary>
    private static readonly string[] Long =
    [
        .. Short, "country_iso_alpha2", "phone_number_type", "source_type", "purchased_at", "emergency_enabled", "emergency_status",
        "hd_voice_enabled", MessagingSettings.Profile, "call_forwarding_enabled", "call_recording_enabled", "caller_id_name_enabled",
        "cnam_listing_enabled", "inbound_call_screening", "t38_fax_gateway_enabled", "created_at",
    ];

    public static IEnumerable<JobKind> Jobs(NumberParts parts) =>
    [
        new JobKind(Kind, async job =>
        {
            string[] names = job.Input.Text(Format) is Whole ? Long : Short;
            var rows = await ReadAsync(job, parts);
            byte[] text = CsvText.Write(names, rows.Select(row => CellsOf(row, names)));
            await job.WriteFileAsync((file, stop) => file.WriteAsync(text, stop).AsTask());
            return new JsonObject { ["count"] = rows.Count };
        }),
    ];

    public static async ValueTask<Reply> Create(OperationContext op, NumberParts parts)
    {
        var input = new JsonObject
        {
            [Format] = op.Query[Format] ?? "V1",
            [Filters] = new JsonArray([.. NumberFilters.Read(op.List).Select(filter => (JsonNode)new JsonObject
            {
                ["path"] = filter.Path, ["operator"] = filter.Operator,
                ["values"] = new JsonArray([.. filter.Values.Select(value => (JsonNode)value)]),
            })]),
        };
        var note = op.Note("created", Kind, "", after: input.DeepClone().AsObject());
        return await parts.Store.Jobs.AddAsync(op.Tenant, Kind, input, MostOpen, note, op.Stop) is { } job
            ? op.Ok(new JsonArray(Show(op, parts, job)))
            : op.Fail(new Problem(AccountLimit, $"{MostOpen} jobs of this account are under way: wait until one of them is done."));
    }

    public static async ValueTask<Reply> List(OperationContext op, NumberParts parts)
    {
        var page = await parts.Store.Jobs.ListAsync(op.Tenant, Kind, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. page.Jobs.Select(job => (JsonNode)Show(op, parts, job))], page.Total);
    }

    /// <summary>A list of one, as the contract has it.</summary>
    public static async ValueTask<Reply> Get(OperationContext op, NumberParts parts) =>
        Guid.TryParse(op.Path("id"), out var id) && await parts.Store.Jobs.FindAsync(op.Tenant, id, op.Stop) is { Kind: Kind } job
            ? op.Ok(new JsonArray(Show(op, parts, job))) : op.Unknown("id");

    private static JsonObject Show(OperationContext op, NumberParts parts, Job job)
    {
        bool isOver = ReportLife.IsOver(job, ReportLife.OfNumbers, op.Now);
        var shown = new JsonObject
        {
            ["id"] = job.Id.ToString(),
            ["record_type"] = Kind,
            ["status"] = job.State switch
            {
                JobState.Complete => isOver ? "expired" : "complete",
                JobState.Failed or JobState.Cancelled => "failed",
                _ => "pending",
            },
        };
        if (job.State is JobState.Complete && !isOver)
            shown["url"] = parts.Links.ToResult(op.Tenant, job.Id, $"phone-numbers-{job.Id}.csv", op.Now);
        return shown;
    }

    private static async Task<List<ResourceRow>> ReadAsync(JobContext job, NumberParts parts)
    {
        var filters = job.Input[Filters]!.AsArray().Select(filter => new ResourceFilter((string)filter!["path"]!,      // written by Create
            (string)filter["operator"]!, [.. filter["values"]!.AsArray().Select(value => (string)value!)])).ToList();
        var source = new PhoneNumberRows(parts.Store.Numbers.Rows(PhoneNumbers.View));
        var rows = new List<ResourceRow>();
        while (true)
        {
            var page = await source.ListAsync(job.Tenant, new() { Filters = filters, Offset = rows.Count, Limit = AtOnce }, job.Stop);
            rows.AddRange(page.Rows);
            if (page.Rows.Count < AtOnce) return rows;
            job.Report(rows.Count, page.Total);
        }
    }

    private static IEnumerable<string> CellsOf(ResourceRow row, IReadOnlyList<string> names)
    {
        var shown = row.Body.DeepClone().AsObject();
        VoiceSettings.ShowFlags(row.Body.Child(VoiceSettingsRows.Field) ?? [], shown);
        shown["id"] = row.Id;
        shown["tags"] = string.Join(';', row.Body.Texts("tags"));
        shown["created_at"] = TelnyxTime.Millis(row.CreatedAt);
        return names.Select(name => CsvText.Cell(shown[name]));
    }
}
