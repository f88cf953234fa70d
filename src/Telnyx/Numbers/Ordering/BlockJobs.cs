using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Jobs;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>
/// Gives the numbers of a block back that was ordered: a job. Numbers that cannot be given back stay, and the job has failed; it can be
/// asked for again.
/// </summary>
internal static class BlockJobs
{
    private const string Delete = "delete_phone_number_block", RecordType = "phone_numbers_block_job", Block = "phone_number_block_id",
        AccountLimit = "10039";
    private const int MostOpen = 20;

    public static JobKind Job(NumberParts parts) => new(Delete, job => RunAsync(job, parts));

    public static async ValueTask<Reply> Create(OperationContext op, NumberParts parts)
    {
        string id = op.ReadObject().Text(Block) ?? "";
        if (await OwnAsync(op.Tenant, id, parts, op.Stop) is not { Count: > 0 })
            return op.Invalid("/" + Block, VoiceErrors.BadRequest, $"{Block} names no block order whose numbers this account has.");
        var note = op.Note("created", RecordType, "", after: new() { [Block] = id });
        return await parts.Store.Jobs.AddAsync(op.Tenant, Delete, new() { [Block] = id }, MostOpen, note, op.Stop) is { } job
            ? op.Ok(Show(job))
            : op.Fail(new Problem(AccountLimit, $"{MostOpen} jobs of this account are under way: wait until one of them is done."));
    }

    /// <summary>Which jobs have failed only their results say; an account has few, and all of them are looked at for that.</summary>
    public static async ValueTask<Reply> List(OperationContext op, NumberParts parts)
    {
        var any = Enum.GetValues<JobState>();
        bool isOldestFirst = op.List is { Sort: not null, IsDescending: false };
        if (op.List.Filter("status") is not { } status)
        {
            var page = await parts.Store.Jobs.ListAsync(op.Tenant, [Delete], any, isOldestFirst, op.List.Offset, op.List.Size, op.Stop);
            return op.Page([.. page.Jobs.Select(job => (JsonNode)Show(job))], page.Total);
        }
        var all = await parts.Store.Jobs.ListAsync(op.Tenant, [Delete], any, isOldestFirst, 0, int.MaxValue, op.Stop);
        var fitting = all.Jobs.Where(job => StatusOf(job) == status).ToList();
        return op.Page([.. fitting.Skip(op.List.Offset).Take(op.List.Size).Select(job => (JsonNode)Show(job))], fitting.Count);
    }

    public static async ValueTask<Reply> Get(OperationContext op, NumberParts parts) =>
        Guid.TryParse(op.Path("id"), out var id) && await parts.Store.Jobs.FindAsync(op.Tenant, id, op.Stop) is { Kind: Delete } job
            ? op.Ok(Show(job)) : op.Unknown("id");

    /// <summary>Numbers of the block that the account has, by their ids; null when it ordered no such block.</summary>
    private static async ValueTask<IReadOnlyList<(string Id, string Number)>?> OwnAsync(TenantId tenant, string block, NumberParts parts,
        CancellationToken stop)
    {
        if (!Guid.TryParse(block, out _) || await parts.Store.Documents.Rows(OrderKinds.Blocks).FindAsync(tenant, block, stop)
                is not { } order || !E164.TryParse(order.Body.Text(BlockOrders.First), out var first)
            || order.Body.Whole(BlockOrders.Range) is not { } count) return null;
        var numbers = BlockOrders.Numbers(first, count);
        var page = await parts.Store.Numbers.Rows(PhoneNumbers.View).ListAsync(tenant,
            new() { Filters = [new("phone_number", "in", numbers)], Limit = numbers.Count }, stop);
        return [.. page.Rows.Select(row => (row.Id, row.Body.Text("phone_number") ?? ""))
            .OrderBy(one => one.Item2, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Begun again after a crash it finds what is left; of the numbers before, which are gone, it does not name those that were given back
    /// since it last kept its lists.
    /// </summary>
    private static async ValueTask<JsonObject?> RunAsync(JobContext job, NumberParts parts)
    {
        var own = await OwnAsync(job.Tenant, job.Input.Text(Block) ?? "", parts, job.Stop) ?? [];
        var change = new NumberChange(job, parts.Store);
        return await NumberJobs.EachAsync(job,
            [.. own.Select(one => new JsonObject { ["id"] = one.Id, ["phone_number"] = one.Number })], id => change.DeleteAsync(id, []));
    }

    private static string StatusOf(Job job) =>
        job.State is JobState.Complete && job.Result![NumberJobs.Failed]!.AsArray().Count > 0 ? "failed" : NumberJobs.StatusOf(job);

    private static JsonObject Show(Job job) => new()
    {
        ["id"] = job.Id.ToString(),
        ["record_type"] = RecordType,
        ["type"] = Delete,
        ["status"] = StatusOf(job),
        ["successful_operations"] = job.Result?[NumberJobs.Done]?.DeepClone() ?? new JsonArray(),
        ["failed_operations"] = job.Result?[NumberJobs.Failed]?.DeepClone() ?? new JsonArray(),
        ["etc"] = TelnyxTime.Micros(job.CreatedAt + TimeSpan.FromMinutes(1)),
        ["created_at"] = TelnyxTime.Micros(job.CreatedAt),
        ["updated_at"] = TelnyxTime.Micros(job.UpdatedAt),
    };
}
