using System.Text.Json.Nodes;
using Ringwright.Agency.Figures;
using Ringwright.Agency.Tables;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Agency.Providers;

/// <summary>Jobs that read the history of the agency's calls at its provider: started, followed and cancelled by people.</summary>
internal sealed class SyncJobs(AgencyParts parts)
{
    public const string RecordType = "agency_sync_job";

    private const int UsualMost = 100, Hundred = 100;

    /// <summary>A first page is there sooner, and says nothing of those behind it.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    /// <summary>Nobody waits for what ends behind it.</summary>
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(366);

    public async ValueTask<Reply> Start(OperationContext op)
    {
        var body = op.ReadObject();
        var now = Times.Cut(op.Now);
        foreach (string name in new[] { "date_from", "date_to" })
            if (AgencyText.Text(body, name) is { } text && AgencyText.Moment(text) is null)
                return op.Fail(AgencyText.Bad(name, $"{name} is a moment such as 2026-02-20T10:00:00Z."));
        string clock = (await parts.Tenancy.AgencyAsync(op.Caller.Root, op.Stop)).Timezone;
        DateTimeOffset? Said(string name) => AgencyText.Text(body, name) is { } text ? FigurePeriod.MomentOf(text, clock, daysOn: 0) : null;
        var from = Said("date_from");
        var to = Said("date_to") ?? now;
        if (from >= to) return op.Fail(AgencyText.Bad("date_from", "date_from lies before date_to."));
        if (await parts.Integrations.FindAsync(op.Caller.Root, op.Stop) is not { ApiKey: not null })
            return op.Fail(new Problem("missing_credentials", "The agency has no key for its provider: PUT /integrations/ultravox.")
            {
                Pointer = "/ultravox_api_key",
            });
        var job = new SyncJob
        {
            Id = Guid.CreateVersion7(now), TenantId = op.Caller.Root, DateFrom = from, DateTo = to, CreatedBy = op.Caller.KeyId,
            MaxCalls = body.ContainsKey("max_calls") ? (long?)body["max_calls"] : UsualMost, IsEnriched = (bool?)body["enrich"] ?? true,
            CreatedAt = now,
        };
        var note = op.Note("started", RecordType, job.Id.ToString(), null, Show(job)) with { Tenant = job.TenantId };
        if (!await parts.SyncJobs.StartAsync(job, note, op.Stop))
            return op.Fail(new Problem("sync_in_progress", "A job of the agency is not over."));
        parts.HistoriesWait.Hear();
        return op.Created(Show(job));
    }

    public async ValueTask<Reply> List(OperationContext op)
    {
        var (rows, total) =
            await parts.SyncJobs.ListAsync(op.Caller.Root, op.Query["status"] ?? "", op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    public async ValueTask<Reply> Get(OperationContext op) =>
        await FindAsync(op) is { } job ? op.Ok(Show(job)) : op.Unknown("id");

    public async ValueTask<Reply> Cancel(OperationContext op)
    {
        if (await FindAsync(op) is not { } job) return op.Unknown("id");
        var note = op.Note("cancelled", RecordType, job.Id.ToString(), Show(job)) with { Tenant = job.TenantId };
        if (!await parts.SyncJobs.CancelAsync(job.TenantId, job.Id, Times.Cut(op.Now), note, op.Stop))
            return op.Fail(Fault.WrongState, "The job is over.");
        return await FindAsync(op) is { } now ? op.Ok(Show(now)) : op.Unknown("id");
    }

    public async ValueTask<Reply> Errors(OperationContext op)
    {
        if (await FindAsync(op) is not { } job) return op.Unknown("id");
        var errors = await parts.SyncJobs.ErrorsAsync(job.TenantId, job.Id, op.Stop);
        return op.Ok(new JsonObject
        {
            ["errors"] = new JsonArray([.. errors.Select(error => (JsonNode)new JsonObject
            {
                ["provider_call_id"] = error.ProviderCallId, ["error_message"] = error.ErrorMessage,
                ["created_at"] = AgencyText.Time(error.CreatedAt),
            })]),
        });
    }

    private ValueTask<SyncJob?> FindAsync(OperationContext op) =>
        Guid.TryParse(op.Path("id"), out var id) ? parts.SyncJobs.FindAsync(op.Caller.Root, id, op.Stop) : new((SyncJob?)null);

    internal static JsonObject Show(SyncJob job) => new()
    {
        ["id"] = job.Id.ToString(), ["job_id"] = job.Id.ToString(), ["status"] = job.Status, ["date_from"] = AgencyText.Time(job.DateFrom),
        ["date_to"] = AgencyText.Time(job.DateTo), ["max_calls"] = job.MaxCalls, ["enrich"] = job.IsEnriched,
        ["total_calls"] = job.TotalCalls, ["processed_calls"] = job.ProcessedCalls, ["imported_calls"] = job.ImportedCalls,
        ["skipped_calls"] = job.SkippedCalls, ["failed_calls"] = job.FailedCalls, ["percent"] = PercentOf(job),
        ["rate"] = RateOf(job) is { } rate ? (double?)Math.Round(rate, 1) : null, ["eta"] = AgencyText.Time(EndOf(job)),
        ["reason"] = job.Reason, ["error_message"] = job.ErrorMessage, ["last_error_at"] = AgencyText.Time(job.LastErrorAt),
        ["attempts"] = job.Attempts, ["next_retry_at"] = AgencyText.Time(job.NextRetryAt), ["created_at"] = AgencyText.Time(job.CreatedAt),
        ["started_at"] = AgencyText.Time(job.StartedAt), ["completed_at"] = AgencyText.Time(job.CompletedAt),
        ["last_activity_at"] = AgencyText.Time(job.LastActivityAt),
    };

    /// <summary>Of what is to be read, as far as the provider says how much that is.</summary>
    private static long? PercentOf(SyncJob job) => job.Status is SyncJob.Completed ? Hundred
        : AllOf(job) is { } all and > 0 ? Math.Min(Hundred, job.ProcessedCalls * Hundred / all) : null;

    private static long? AllOf(SyncJob job) => job.MaxCalls < job.TotalCalls ? job.MaxCalls : job.TotalCalls;

    /// <summary>Calls a minute, since it began to read; null while none is read, and when it is over.</summary>
    private static double? RateOf(SyncJob job) =>
        job is { Status: SyncJob.Running, ProcessedCalls: > 0, StartedAt: { } since, LastActivityAt: { } last }
            ? job.ProcessedCalls / Math.Max((last - since).TotalMinutes, Shortest.TotalMinutes) : null;

    /// <summary>When it will have read all, if it goes on as it has; null where nobody knows.</summary>
    private static DateTimeOffset? EndOf(SyncJob job)
    {
        if (RateOf(job) is not { } rate || AllOf(job) is not { } all || job.LastActivityAt is not { } last) return null;
        double minutes = Math.Max(0, all - job.ProcessedCalls) / rate;
        return minutes > Farthest.TotalMinutes ? null
            : (job.NextRetryAt is { } again && again > last ? again : last) + TimeSpan.FromMinutes(minutes);
    }
}
