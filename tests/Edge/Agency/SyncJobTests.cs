using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Agency;
using Ringwright.Agency.Providers;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Audit;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class SyncJobsOnSqliteTests() : SyncJobTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class SyncJobsOnPostgresTests() : SyncJobTests(Product.Postgres);

/// <summary>Section I of the agency's cases: how a provider's history is read, by a database without a node.</summary>
public abstract class SyncJobTests(Product product) : IAsyncLifetime
{
    private const string Place = "https://voice.example/api/calls";

    private readonly FakeTimeProvider _clock = new(new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero));
    private readonly FixedProvider _provider = new();
    private TestDatabase _test = null!;     // set before each test, like the next
    private AgencyParts _parts = null!;
    private TenantId _agency;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.ReserveAsync(product, _clock, isMigrated: true);
        _test.Areas = [AgencyArea.Area];
        await _test.ReopenAsync();
        _parts = new() { Store = _test.Database, Web = _provider };
        _agency = await _test.TenantAsync();
        await ProviderTranscriptTests.KeyAsync(_parts, _agency, "key");
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    [Fact]
    public async Task A_history_is_read_page_by_page_and_what_is_known_stays_as_it_is()
    {
        // Cases H02, H05 and H08: the one who looks is another one each time, as after a crash.
        for (int n = 0; n < 20; n++) await TellAsync($"c-{n}", ProviderCallFacts.Started);
        _provider.Answer = url => (200, PageOf(url, 120));
        var job = await StartAsync();
        foreach (int processed in new[] { 50, 100, 120 })
        {
            await LookAsync();
            var now = await JobAsync(job);
            Assert.Equal((processed, processed - 20, 20, 0), ((int)now.ProcessedCalls, (int)now.ImportedCalls, (int)now.SkippedCalls,
                (int)now.FailedCalls));
        }
        var done = await JobAsync(job);
        Assert.Equal(("completed", "all_calls_fetched", 120L), (done.Status, done.Reason, done.TotalCalls));
        Assert.Equal([Place + "?pageSize=50&toDate=2026-01-07", Place + "?cursor=50", Place + "?cursor=100"], _provider.Asked);
        await LookAsync();
        Assert.Equal(3, _provider.Asked.Count);
        Assert.Equal(("webhook", "historical_sync"), (await SourceAsync("c-0"), await SourceAsync("c-50")));
        await TellAsync("c-50", ProviderCallFacts.Billed);
        Assert.Equal("historical_sync", await SourceAsync("c-50"));
        // Those that are live are fetched before those of the past.
        await TellAsync("c-0", ProviderCallFacts.Ended);
        var due = await new ProviderTranscriptTable(_test.Database).ListDueAsync(_clock.GetUtcNow(), 200, Stop);
        Assert.Equal((101, "c-0"), (due.Count, due[0].ProviderCallId));
    }

    [Fact]
    public async Task How_fast_a_history_is_read_and_when_it_will_be_is_said_while_it_is()
    {
        _provider.Answer = url => (200, PageOf(url, 120));
        var job = await StartAsync(one => one with { MaxCalls = null });
        Assert.Equal((null, null), Said(await JobAsync(job)));
        await LookAsync();
        _clock.Advance(TimeSpan.FromMinutes(2));
        await LookAsync();
        // A hundred calls in two minutes, and twenty are left.
        Assert.Equal(((double?)50.0, "2026-01-06T15:02:24.000Z"), Said(await JobAsync(job)));
        await LookAsync();
        Assert.Equal((null, null), Said(await JobAsync(job)));

        static (double?, string?) Said(SyncJob job)
        {
            var shown = SyncJobs.Show(job);
            return ((double?)shown["rate"], (string?)shown["eta"]);
        }
    }

    [Fact]
    public async Task A_call_that_cannot_be_read_is_told_and_keeps_no_other_from_it()
    {
        // Case H04; and of a page whose calls are not all of the job's.
        var page = JsonNode.Parse(PageOf(Place, 4))!;
        var rows = page["results"]!.AsArray();
        rows[1]!["joined"] = "yesterday";
        rows[2]!["created"] = "2025-01-01T00:00:00Z";
        rows.Add((JsonNode)7);
        _provider.Answer = _ => (200, page.ToJsonString());
        var job = await StartAsync(one => one with { DateFrom = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), IsEnriched = false });
        await LookAsync();
        var done = await JobAsync(job);
        Assert.Equal(("completed", 4L, 2L, 0L, 2L),
            (done.Status, done.ProcessedCalls, done.ImportedCalls, done.SkippedCalls, done.FailedCalls));
        Assert.Equal([" callId is no text", "c-1 joined is no time"], (await _parts.SyncJobs.ErrorsAsync(_agency, job, Stop))
            .Select(error => $"{error.ProviderCallId} {error.ErrorMessage}").Order(StringComparer.Ordinal));
        Assert.Equal(Place + "?pageSize=50&fromDate=2026-01-01&toDate=2026-01-07", _provider.Asked[0]);
        Assert.Equal(0, (await _parts.Queue.ListAsync(_agency, "", "", 0, 10, Stop)).Total);
    }

    [Fact]
    public async Task A_cap_ends_it_and_a_cancelled_one_asks_for_no_further_page()
    {
        // Case H06.
        _provider.Answer = url => (200, PageOf(url, 120));
        var capped = await StartAsync(one => one with { MaxCalls = 60 });
        await LookAsync();
        await LookAsync();
        var done = await JobAsync(capped);
        Assert.Equal(("completed", "max_calls", 60L), (done.Status, done.Reason, done.ProcessedCalls));

        var job = await StartAsync();
        await LookAsync();
        // Cancelled while a page is on its way: nothing of it is taken in.
        _provider.Asking = async () =>
            Assert.True(await _parts.SyncJobs.CancelAsync(_agency, job, _clock.GetUtcNow(), Note(), Stop));
        await LookAsync();
        var now = await JobAsync(job);
        Assert.Equal(("cancelled", 50L), (now.Status, now.ProcessedCalls));
        int asked = _provider.Asked.Count;
        await LookAsync();
        Assert.Equal(asked, _provider.Asked.Count);
        Assert.False(await _parts.SyncJobs.CancelAsync(_agency, job, _clock.GetUtcNow(), Note(), Stop));
        await StartAsync();
    }

    [Fact]
    public async Task An_outage_is_waited_for_and_a_key_that_is_not_good_ends_it()
    {
        var job = await StartAsync();
        _provider.Answer = _ => (500, "");
        foreach (int minutes in new[] { 1, 2, 4, 8 })
        {
            await LookAsync();
            var now = await JobAsync(job);
            Assert.Equal(("in_progress", "the provider answered 500", (TimeSpan?)TimeSpan.FromMinutes(minutes)),
                (now.Status, now.ErrorMessage, now.NextRetryAt - _clock.GetUtcNow()));
            int asked = _provider.Asked.Count;
            await LookAsync();
            Assert.Equal(asked, _provider.Asked.Count);
            _clock.Advance(TimeSpan.FromMinutes(minutes));
        }
        await LookAsync();
        Assert.Equal(("failed", 5L), ((await JobAsync(job)).Status, (await JobAsync(job)).Attempts));

        job = await StartAsync();
        _provider.Answer = _ => (401, "");
        await LookAsync();
        Assert.Equal("failed", (await JobAsync(job)).Status);
        // Of two who start at once one does.
        bool[] started = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(_ => _parts.SyncJobs.StartAsync(NewJob(), Note(), Stop).AsTask()));
        Assert.Equal(1, started.Count(one => one));
    }

    [Fact]
    public async Task What_nobody_has_read_for_a_day_is_read_by_itself_once()
    {
        await _parts.Integrations.ChangeAsync(_agency, row => row with { KeyAddedAt = _clock.GetUtcNow() }, Note(), Stop);
        _provider.Answer = url => (200, PageOf(url, 3));
        _clock.Advance(TimeSpan.FromHours(23));
        await LookAsync();
        Assert.Empty(_provider.Asked);
        _clock.Advance(TimeSpan.FromHours(2));
        await LookAsync();
        await LookAsync();
        var job = Assert.Single((await _parts.SyncJobs.ListAsync(_agency, "", 0, 10, Stop)).Rows);
        Assert.Equal(("completed", 3L, null, TimeSpan.FromDays(2)),
            (job.Status, job.ImportedCalls, job.MaxCalls, job.DateTo!.Value - job.DateFrom!.Value));
        Assert.Single(_provider.Asked);
    }

    [Fact]
    public async Task A_list_that_never_ends_is_left_and_jobs_that_are_over_go_when_they_are_old()
    {
        // The second page names itself.
        var page = JsonNode.Parse(PageOf(Place, 1))!;
        (page["next"], page["total"]) = (Place + "?cursor=1", null);
        _provider.Answer = _ => (200, page.ToJsonString());
        var job = await StartAsync();
        for (int look = 0; look < 3; look++) await LookAsync();
        await IsLeftAsync(job, asked: 2);

        // Each page names another one, and there is one call.
        int nth = 0;
        page["total"] = 1;
        _provider.Answer = _ =>
        {
            page["next"] = $"{Place}?cursor={++nth}";
            return (200, page.ToJsonString());
        };
        job = await StartAsync();
        for (int look = 0; look < 103; look++) await LookAsync();
        await IsLeftAsync(job, asked: 2 + 101);

        page["next"] = null;
        page["results"]!.AsArray().Add((JsonNode)7);
        _provider.Answer = _ => (200, page.ToJsonString());
        job = await StartAsync();
        await LookAsync();
        Assert.Single(await _parts.SyncJobs.ErrorsAsync(_agency, job, Stop));
        var open = await StartAsync();
        _clock.Advance(TimeSpan.FromDays(90) + TimeSpan.FromSeconds(1));
        var old = new { tenant = _agency, before = _clock.GetUtcNow() - TimeSpan.FromDays(90), step = 500 };
        foreach (string statement in new[] { SyncJobTable.DeleteErrors, SyncJobTable.DeleteOld })
            await _test.Database.Sql.WriteAsync(db => db.Execute(statement, old), Stop);
        Assert.Equal(open, Assert.Single((await _parts.SyncJobs.ListAsync(_agency, "", 0, 10, Stop)).Rows).Id);
        Assert.Empty(await _parts.SyncJobs.ErrorsAsync(_agency, job, Stop));
    }

    private async Task IsLeftAsync(Guid job, int asked)
    {
        var left = await JobAsync(job);
        Assert.Equal(("failed", "the provider's list does not end", asked), (left.Status, left.ErrorMessage, _provider.Asked.Count));
    }

    private Task LookAsync() => new HistoricalSync(_parts).RunAsync(Stop);

    private async Task<Guid> StartAsync(Func<SyncJob, SyncJob>? change = null)
    {
        var job = NewJob();
        job = change?.Invoke(job) ?? job;
        Assert.True(await _parts.SyncJobs.StartAsync(job, Note(), Stop));
        return job.Id;
    }

    private SyncJob NewJob() => new()
    {
        Id = Guid.NewGuid(), TenantId = _agency, DateTo = _clock.GetUtcNow(), CreatedAt = _clock.GetUtcNow(),
    };

    private AuditNote Note() => new()
    {
        Tenant = _agency, At = _clock.GetUtcNow(), By = AuditActor.Owner, Change = "started", RecordType = "agency_sync_job",
        ResourceId = "1",
    };

    private async Task<SyncJob> JobAsync(Guid id) => (await _parts.SyncJobs.FindAsync(_agency, id, Stop))!;

    private async Task<string> SourceAsync(string call) => Assert.Single(await _parts.CallNotes.ListAsync(_agency,
        [ProviderCallTable.IdOf(_agency, call).ToString()], Stop)).Source;

    private async Task TellAsync(string call, string said)
    {
        await ProviderCallTests.TellAsync(_parts, _agency, said, ProviderCallTests.CallOf(call, said));
        await new WebhookFollower(_parts).RunAsync(Stop);
    }

    /// <summary>Calls c-0, c-1 … from where the cursor says.</summary>
    internal static string PageOf(string url, int all)
    {
        int at = url.IndexOf("cursor=", StringComparison.Ordinal);
        int from = at < 0 ? 0 : int.Parse(url[(at + "cursor=".Length)..], System.Globalization.CultureInfo.InvariantCulture);
        int until = Math.Min(all, from + 50);
        return new JsonObject
        {
            ["total"] = all, ["next"] = until < all ? $"{Place}?cursor={until}" : null,
            ["results"] = new JsonArray([.. Enumerable.Range(from, until - from)
                .Select(n => (JsonNode)ProviderCallTests.CallOf($"c-{n}", ProviderCallFacts.Billed))]),
        }.ToJsonString();
    }
}
