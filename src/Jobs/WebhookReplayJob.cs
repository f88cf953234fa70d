using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Store;
using Ringwright.Store.Jobs;
using Ringwright.Store.Tables;

namespace Ringwright.Jobs;

/// <summary>
/// Many finished webhooks once more: a job of an account, which goes no faster than they are taken. Accounts ask for it by their API, the
/// operator by his.
/// </summary>
public static class WebhookReplayJob
{
    public const string KindName = "webhook_replay";
    /// <summary>Jobs of an account that are not over, of all kinds.</summary>
    public const int MostOpen = 20;
    private const int PageSize = 100, MostWaiting = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Deliveries that finished before the job was made, the first to finish first. What it has sent again finishes later than that, or is
    /// under way: a second run after a crash goes on with the rest.
    /// </summary>
    public static JobKind Kind(Database store) => new(KindName, async job =>
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
            ["created_at"] = Millis(job.CreatedAt),
            ["updated_at"] = Millis(job.UpdatedAt),
        };
        return shown;
    }

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
        return edge is "lte" ? Times.EndOfMillisecond(at) : at;
    }

    private static bool TryRead(string text, out DateTimeOffset at) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at);

    private static string Millis(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
