using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Agency.Privacy;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;

namespace Ringwright.Agency.Providers;

/// <summary>
/// Reads the history of agencies' calls at their providers, a page of each job at a look. What is known already is left as it is; what
/// cannot be read keeps no other call from it, and a provider that is away is asked later.
/// </summary>
internal sealed class HistoricalSync(AgencyParts parts)
{
    public const string AllFetched = "all_calls_fetched", Capped = "max_calls";

    /// <summary>Jobs of one look, calls of a page, and how often a page is asked for.</summary>
    private const int Most = 3, PageSize = 50, MostAttempts = 5;

    /// <summary>Pages of a job: of a list whose end the provider does not know, and how many more than its length says.</summary>
    private const int MostPages = 20_000, MorePages = 100;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>What no webhook has told of is found within a day: how often the history is read by itself, and of how long.</summary>
    private static readonly TimeSpan Daily = TimeSpan.FromDays(1), ReadDaily = TimeSpan.FromDays(2);

    /// <summary>Before the second try; doubled for each further one, up to the longest.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1), LongestRest = TimeSpan.FromHours(1);

    private DateTimeOffset Now => Times.Cut(parts.Store.Time.GetUtcNow());

    /// <returns>How many jobs there were to go on with.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        if (parts.Web is null) return 0;
        foreach (var agency in await parts.SyncJobs.ListUnreadAsync(Now - Daily, stop)) await BeginAsync(agency, stop);
        var due = await parts.SyncJobs.ListDueAsync(Now, Most, stop);
        await Task.WhenAll(due.Select(job => TryAsync(job, stop)));
        return due.Count;
    }

    private async Task BeginAsync(TenantId agency, CancellationToken stop)
    {
        var now = Now;
        var job = new SyncJob
        {
            Id = Guid.CreateVersion7(now), TenantId = agency, DateFrom = now - ReadDaily, DateTo = now, CreatedAt = now,
        };
        await parts.SyncJobs.StartAsync(job, new()
        {
            Tenant = agency, At = now, By = AuditActor.Node, Change = "started", RecordType = SyncJobs.RecordType,
            ResourceId = job.Id.ToString(),
        }, stop);
    }

    /// <summary>One job that cannot go on keeps no other from it.</summary>
    private async Task TryAsync(SyncJob job, CancellationToken stop)
    {
        if (!await parts.SyncJobs.TakeAsync(job, Now, Now + Lease, stop)) return;
        try
        {
            if (await ProviderApi.OfAsync(parts, job.TenantId, stop) is not { } api)
            {
                await FailAsync(job, "the agency has no key, or none that opens", isFinal: true, stop);
                return;
            }
            var page = await api.ListAsync(job.PageCursor ?? FirstOf(job), stop);
            if (page.Fault is { } fault) await FailAsync(job, fault, page.IsRefusal, stop);
            else if (IsEndless(job, page)) await FailAsync(job, "the provider's list does not end", isFinal: true, stop);
            else
            {
                var redactor = await ProviderRedaction.OfAsync(parts, job.TenantId, stop);
                await parts.SyncJobs.AddAsync(job, PageOf(job, page, redactor, Now), Now, stop);
            }
        }
        catch (Exception failed) when (failed is not (StoreUnavailableException or OperationCanceledException))
        {
            parts.Log.HistoryNotRead(failed, job.Id);
            await FailAsync(job, "the page cannot be taken in", isFinal: false, stop);
        }
    }

    /// <summary>A page that is followed by itself, or by more than there can be.</summary>
    private static bool IsEndless(SyncJob job, ProviderPage page)
    {
        if (page.Next is null) return false;
        long most = (page.Total ?? job.TotalCalls) is { } total ? Math.Min(MostPages, total / PageSize + MorePages) : MostPages;
        return page.Next == job.PageCursor || job.Pages >= most;
    }

    private ValueTask FailAsync(SyncJob job, string why, bool isFinal, CancellationToken stop)
    {
        var rest = Rest * Math.Pow(2, job.Attempts);
        var again = Now + (rest < LongestRest ? rest : LongestRest);
        return parts.SyncJobs.FailAsync(job, why, isFinal || job.Attempts + 1 >= MostAttempts ? null : again, Now, stop);
    }

    /// <summary>
    /// The provider's bounds are days, and whether the last one is among them its pages have said both ways: a day more is asked for. A
    /// call outside of the job's bounds is left out below.
    /// </summary>
    private static string FirstOf(SyncJob job)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/api/calls?pageSize={PageSize}");
        if (job.DateFrom is { } from) path += "&fromDate=" + DayOf(from);
        return job.DateTo is { } to ? path + "&toDate=" + DayOf(to.AddDays(1)) : path;
    }

    private static string DayOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Pure.</summary>
    private static SyncPage PageOf(SyncJob job, ProviderPage page, Redactor? redactor, DateTimeOffset now)
    {
        var (calls, errors, ids) = (new List<ProviderCallFacts>(), new List<SyncError>(), new HashSet<string>(StringComparer.Ordinal));
        long left = job.MaxCalls - job.ProcessedCalls ?? long.MaxValue;
        foreach (var row in page.Rows)
        {
            if (calls.Count + errors.Count >= left) break;
            try
            {
                redactor?.Cut(row);
                var facts = ProviderCallFacts.Read(ProviderCallFacts.Whole, row, now);
                if (facts.StartedAt is { } at && (at < job.DateFrom || at >= job.DateTo)) continue;
                // One that stands twice is one.
                if (ids.Add(facts.CallId)) calls.Add(facts);
            }
            catch (Exception wrong) when (wrong is FormatException or InvalidOperationException)
            {
                string why = wrong is FormatException ? wrong.Message : "it cannot be read";
                errors.Add(new() { ProviderCallId = IdOf(row), ErrorMessage = why });
            }
        }
        string? endsBy = calls.Count + errors.Count >= left ? Capped : page.Next is null ? AllFetched : null;
        return new(calls, errors, endsBy is null ? page.Next : job.PageCursor, page.Total, endsBy);
    }

    private static string? IdOf(JsonObject row) =>
        row["callId"] is JsonValue value && value.TryGetValue(out string? text) && text.Length <= 255 ? text : null;
}
