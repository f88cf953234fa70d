using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Audit;
using Ringwright.Store.Jobs;

namespace Ringwright.Chakra.Calling;

/// <summary>The same said of many calls, by a job: whoever asked may go, and looks at it later.</summary>
internal sealed class ChakraBulk(ChakraCalls calls)
{
    public const string JobName = "chakra_bulk";

    private const string Ids = "ids", Set = "set", By = "by", Entries = "entries", Done = "DONE", Failed = "FAILED";
    private const int MostOpen = 20, AtOnce = 20;

    public JobKind Kind => new(JobName, RunAsync);

    public async ValueTask<Reply> Start(OperationContext op)
    {
        if (ChakraCalls.UnknownField(op) is { } unknown) return op.Fail(unknown);
        var given = op.ReadObject();
        var set = given[Set]!.AsObject();           // required, as the ids
        if (ChakraCalls.UnknownField(set, op.BodySchema?.FindProperty(Set), Set + "/") is { } stray) return op.Fail(stray);
        if (set.Count == 0) return op.Fail(ChakraCalls.Invalid(Set, "set says nothing that is to be changed."));
        if (ChakraLog.CheckUrl(set) is { } wrong) return op.Fail(wrong);
        var input = new JsonObject
        {
            [Ids] = new JsonArray([.. TextsOf(given[Ids]!).Distinct().Select(id => (JsonNode)id)]),
            [Set] = set.DeepClone(),
            [By] = op.Caller.KeyId,
        };
        return await calls.Store.Jobs.AddAsync(op.Tenant, JobName, input, MostOpen, op.Note("created", JobName, ""), op.Stop) is { } job
            ? op.Ok((JsonNode)new JsonObject { ["backgroundJobId"] = job.Id.ToString() })
            : op.Fail(new Problem("CONFLICT", $"{MostOpen} jobs of this team are under way: wait until one of them is done."));
    }

    public async ValueTask<Reply> Get(OperationContext op)
    {
        if (await FindAsync(op) is not { } job) return op.Unknown("id");
        return op.Ok((JsonNode)new JsonObject
        {
            ["id"] = job.Id.ToString(),
            ["status"] = WordOf(job.State),
            ["total"] = TextsOf(job.Input[Ids]!).Count,
            ["done"] = EntriesOf(job).Count(entry => (string?)entry["status"] is Done),
            ["failed"] = EntriesOf(job).Count(entry => (string?)entry["status"] is Failed),
            ["createdAt"] = ChakraTime.Millis(job.CreatedAt),
            ["updatedAt"] = ChakraTime.Millis(job.UpdatedAt),
        });
    }

    public async ValueTask<Reply> List(OperationContext op)
    {
        if (await FindAsync(op) is not { } job) return op.Unknown("id");
        var entries = EntriesOf(job);
        return op.Bare(200, new JsonObject
        {
            ["_data"] = new JsonArray([.. entries.Select(entry => (JsonNode)entry)]),
            ["_meta"] = new JsonObject { ["total"] = entries.Count },
        });
    }

    /// <summary>A second run changes nothing where the first has changed it.</summary>
    private async ValueTask<JsonObject?> RunAsync(JobContext job)
    {
        var ids = TextsOf(job.Input[Ids]!);
        var set = job.Input[Set]!.AsObject();       // written by us
        var entries = new JsonArray();
        foreach (string[] some in ids.Chunk(AtOnce))
        {
            var problems = await Task.WhenAll(some.Select(id => PutAsync(job, id, set).AsTask()));
            foreach (var (id, problem) in some.Zip(problems)) entries.Add((JsonNode)Entry(id, problem is null ? Done : Failed, problem));
            job.Report(entries.Count, ids.Count);
        }
        return new() { [Entries] = entries };
    }

    /// <returns>Why not; it tells a call of others from none as little as a request does.</returns>
    private async ValueTask<Problem?> PutAsync(JobContext job, string id, JsonObject set)
    {
        if (await calls.FindAsync(job.Tenant, id, job.Stop) is not { } call) return new("NOT_FOUND", "There is no such call.");
        var now = calls.Store.Time.GetUtcNow();
        var changed = await calls.LinkAsync(job.Tenant, call, set, now, new()
        {
            Tenant = job.Tenant, At = now, By = AuditActor.Node, KeyId = (string?)job.Input[By], Change = "updated",
            RecordType = ChakraCalls.RecordType, ResourceId = call.Id,
        }, job.Stop);
        return changed.Problem;
    }

    private async ValueTask<Job?> FindAsync(OperationContext op) =>
        Guid.TryParse(op.Path("id"), out var id) && await calls.Store.Jobs.FindAsync(op.Tenant, id, op.Stop) is { Kind: JobName } job
            ? job : null;

    /// <summary>One for each call that was named, in that order, whatever has become of the job.</summary>
    private static List<JsonObject> EntriesOf(Job job)
    {
        if (job.Result?[Entries] is JsonArray entries) return [.. entries.Select(entry => entry!.DeepClone().AsObject())];
        var problem = job.IsOver ? new Problem("INTERNAL", job.Failure ?? "The job was cancelled.") : null;
        return [.. TextsOf(job.Input[Ids]!).Select(id => Entry(id, problem is null ? "PENDING" : Failed, problem))];
    }

    private static JsonObject Entry(string id, string status, Problem? problem)
    {
        var entry = new JsonObject { ["id"] = id, ["status"] = status };
        if (problem is not null) entry["error"] = new JsonObject { ["code"] = problem.Code, ["message"] = problem.Detail };
        return entry;
    }

    private static string WordOf(JobState state) => state switch
    {
        JobState.Pending => "PENDING",
        JobState.Running => "RUNNING",
        JobState.Complete => "COMPLETED",
        _ => Failed,
    };

    private static List<string> TextsOf(JsonNode texts) => [.. texts.AsArray().Select(text => (string)text!)];     // the schema says so
}
