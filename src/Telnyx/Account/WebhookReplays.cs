using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Jobs;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Account;

/// <summary>Many finished webhooks once more: a job, which goes no faster than they are taken. Paths of ours.</summary>
public static class WebhookReplays
{
    public const string KindName = "webhook_replay";
    /// <summary>Jobs of an account that are not over, of all kinds.</summary>
    public const int MostOpen = 20;
    private const string AccountLimit = "10039";
    private const int PageSize = 100, MostWaiting = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Deliveries that finished before the job was made, the first to finish first. What it has sent again finishes later than that, or is under way: a second
    /// run after a crash goes on with the rest.
    /// </summary>
    internal static JobKind Kind(Database store) => new(KindName, async job =>
    {
        var query = QueryOf(job.Input, job.Job.CreatedAt);
        long total = await store.Deliveries.CountAsync(job.Tenant, query, job.Stop), replayed = 0, skipped = 0;
        job.Report(0, total);
        var place = ReplayPlace.Start;
        while (await store.Deliveries.ListAsync(job.Tenant, query, place, PageSize, job.Stop) is { Count: > 0 } page)
        {
            while (await store.Outbox.CountReplaysAsync(job.Tenant, job.Stop) >= MostWaiting) await Task.Delay(Pause, store.Time, job.Stop);
            var outcomes = await store.Outbox.ReplayAsync(job.Tenant, [.. page.Select(p => p.Id)], job.Stop);
            replayed += outcomes.Count(o => o is ReplayOutcome.Begun);
            skipped += outcomes.Count(o => o is not ReplayOutcome.Begun);
            job.Report(replayed + skipped, total);
            place = page[^1];
        }
        return new() { ["replayed"] = replayed, ["skipped"] = skipped };
    });

    /// <summary>What is asked for, as the job keeps it: what the body says of the known fields.</summary>
    /// <param name="problem">A sentence when it cannot be read.</param>
    public static JsonObject? Read(JsonObject body, out string? problem)
    {
        var input = new JsonObject();
        problem = null;
        foreach (var (name, value) in body)
        {
            if (value is null) continue;
            problem ??= name switch
            {
                "status" => value.ToString() is "delivered" or "failed" ? null : "status must be delivered or failed.",
                "event_type" or "url" => null,
                "started_at" or "finished_at" => value is JsonObject span ? ProblemOf(name, span) : $"{name} must have gte or lte.",
                _ => $"{name} is nothing that deliveries are chosen by.",
            };
            input[name] = value.DeepClone();
        }
        return problem is null ? input : null;
    }

    public static JsonObject Show(Job job)
    {
        var shown = new JsonObject
        {
            ["id"] = job.Id.ToString(),
            ["record_type"] = KindName,
            ["status"] = job.State.ToString().ToLowerInvariant(),
            ["filter"] = job.Input.DeepClone(),
            ["done"] = job.Done,
            ["total"] = job.Total,
            ["replayed"] = (long?)job.Result?["replayed"],
            ["skipped"] = (long?)job.Result?["skipped"],
            ["failure"] = job.Failure,
            ["created_at"] = TelnyxTime.Millis(job.CreatedAt),
            ["updated_at"] = TelnyxTime.Millis(job.UpdatedAt),
        };
        return shown;
    }

    internal static async ValueTask<Reply> Create(OperationContext op, TelnyxParts parts)
    {
        if (Read(op.ReadObject(), out string? problem) is not { } input) return op.Fail(new Problem("10015", problem!)); // one of the two
        var note = op.Note("created", KindName, "", after: input.DeepClone().AsObject());
        return await parts.Store.Jobs.AddAsync(op.Tenant, KindName, input, MostOpen, note, op.Stop) is { } job
            ? op.Ok(Show(job))
            : op.Fail(new Problem(AccountLimit, $"{MostOpen} jobs of this account are under way: wait until one of them is done."));
    }

    internal static async ValueTask<Reply> List(OperationContext op, TelnyxParts parts)
    {
        var page = await parts.Store.Jobs.ListAsync(op.Tenant, KindName, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. page.Jobs.Select(job => (JsonNode)Show(job))], page.Total);
    }

    internal static async ValueTask<Reply> Get(OperationContext op, TelnyxParts parts) => await FindAsync(op, parts) is { } job ? op.Ok(Show(job)) : op.Unknown("id");

    internal static async ValueTask<Reply> Cancel(OperationContext op, TelnyxParts parts)
    {
        if (await FindAsync(op, parts) is not { } job) return op.Unknown("id");
        if (!await parts.Store.Jobs.CancelAsync(op.Tenant, job.Id, op.Note("cancelled", KindName, job.Id.ToString()), op.Stop))
            return op.Fail(Fault.WrongState, "This replay is over.");
        return op.Ok(Show(await FindAsync(op, parts) ?? job));
    }

    private static async ValueTask<Job?> FindAsync(OperationContext op, TelnyxParts parts) =>
        Guid.TryParse(op.Path("id"), out var id) && await parts.Store.Jobs.FindAsync(op.Tenant, id, op.Stop) is { Kind: KindName } job ? job : null;

    private static ReplayQuery QueryOf(JsonObject input, DateTimeOffset madeAt)
    {
        var to = TimeOf(input, "finished_at", "lte");
        return new()
        {
            IsDelivered = (string?)input["status"] is { } status ? status is "delivered" : null,
            EventType = (string?)input["event_type"],
            Url = (string?)input["url"],
            StartedFrom = TimeOf(input, "started_at", "gte"),
            StartedTo = TimeOf(input, "started_at", "lte"),
            FinishedFrom = TimeOf(input, "finished_at", "gte"),
            FinishedTo = to < madeAt ? to.Value : madeAt,
        };
    }

    private static string? ProblemOf(string name, JsonObject span)
    {
        foreach (var (edge, value) in span)
        {
            if (edge is not ("gte" or "lte")) return $"{name} has gte and lte, and no {edge}.";
            if (value is not null && !TryRead(value.ToString(), out _)) return $"{name}.{edge} must be an ISO 8601 date and time.";
        }
        return null;
    }

    private static DateTimeOffset? TimeOf(JsonObject input, string name, string edge)
    {
        if (input[name]?[edge]?.ToString() is not { } text || !TryRead(text, out var at)) return null;
        // Times are shown to the millisecond: what is shown is found by it.
        return edge is "lte" ? at.AddTicks(TimeSpan.TicksPerMillisecond - 1) : at;
    }

    private static bool TryRead(string text, out DateTimeOffset at) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at);
}
