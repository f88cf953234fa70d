using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Telnyx;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;
using Ringwright.Testing;
using Ringwright.Uploads;

namespace Ringwright.Edge.Uploads;

/// <summary>A saved recording on its way into a bucket, which may be whatever a customer says it is.</summary>
public sealed class RecordingUploadTests(TelnyxHost host) : IClassFixture<TelnyxHost>, IAsyncLifetime
{
    private static uint _legs = 90_000;
    private BucketServer _bucket = null!;       // these are set before each test
    private EgressClient _egress = null!;
    private RecordingUploads _uploads = null!;
    private JobRunner _runner = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _bucket = await BucketServer.StartAsync();
        Begin(isLoopbackAllowed: true);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await _bucket.DisposeAsync();
    }

    private void Begin(bool isLoopbackAllowed)
    {
        _egress = new(new() { IsLoopbackAllowed = isLoopbackAllowed }, TimeProvider.System);
        _uploads = new(host.Store, host.Ledger, _egress, NullLogger.Instance);
        // Time goes faster here than uploads do.
        var options = RecordingUploads.Options with { Lease = TimeSpan.FromDays(1) };
        _runner = new(host.Store.Jobs, host.Blobs, [_uploads.Kind], options, host.Time, NullLogger.Instance);
        _runner.Start();
    }

    private async Task EndAsync()
    {
        await _runner.DisposeAsync();
        _uploads.Dispose();
        _egress.Dispose();
    }

    private async Task<(RecordPlan Plan, LegFacts Leg, byte[] Content)> SavedAsync(int bytes = 1_000, string? mailbox = null)
    {
        string application = await host.ApplicationAsync($"uploaded-{Guid.NewGuid():N}");
        var (facts, _) = await host.LegAsync(application, Interlocked.Increment(ref _legs));
        return await SavedAsync(facts, bytes, mailbox);
    }

    private async Task<(RecordPlan Plan, LegFacts Leg, byte[] Content)> SavedAsync(LegFacts facts, int bytes, string? mailbox = null)
    {
        Assert.True(await host.Store.ConnectionBuckets.AddAsync(facts.Tenant, facts.Connection,
            new() { Endpoint = _bucket.Url, Region = "us-east-1", Name = "calls", AccessKey = "AKIDEXAMPLE", Secret = "secret" }, null,
            Stop));
        var plan = new RecordPlan { Id = Guid.NewGuid(), IsDual = true, Mailbox = mailbox, FileName = "order 17" };
        byte[] content = RandomNumberGenerator.GetBytes(bytes);
        Assert.True(await host.Ledger.AppendAsync(new CallEvent.RecordingStarted(plan) { Leg = facts, At = host.Now }));
        await host.Blobs.PutAsync(BlobKey.OfRecording(facts.Tenant, plan.Id, plan.Format), content, Stop);
        Assert.True(await host.Ledger.AppendAsync(new CallEvent.RecordingSaved
        {
            Leg = facts, At = host.Now, Plan = plan, Reason = RecordEndReason.Stopped, StartedAt = host.Now, EndedAt = host.Now,
            Length = TimeSpan.FromSeconds(2.5), Bytes = content.Length, Blob = $"recordings/{plan.Id.ToString("N")[..2]}/{plan.Id:D}.wav",
        }));
        return (plan, facts, content);
    }

    private BlobKey KeyOf(RecordPlan plan) => BlobKey.OfRecording(host.Tenant, plan.Id, plan.Format);

    private async Task<RecordingRow> RowAsync(RecordPlan plan) => (await host.Store.Recordings.FindAsync(host.Tenant, plan.Id, Stop))!;

    private async Task<bool> IsHereAsync(RecordPlan plan) => await host.Blobs.FindAsync(KeyOf(plan), Stop) is not null;

    /// <summary>One of another account than the host's.</summary>
    private async Task<RecordPlan> SavedOfAsync(TenantId account, string key)
    {
        var made = await host.SendAsync("POST", "/v2/call_control_applications",
            $$"""{"application_name":"uploaded-{{Guid.NewGuid():N}}","webhook_event_url":"https://93.184.216.34/hooks"}""", key);
        var facts = host.FactsOf((string)made.Data["id"]!, Interlocked.Increment(ref _legs)) with { Tenant = account };
        Assert.True(await host.Ledger.AppendAsync(new CallEvent.LegInitiated { Leg = facts, At = facts.StartedAt }));
        return (await SavedAsync(facts, bytes: 1_000)).Plan;
    }

    private int SeenOf(params IReadOnlyList<RecordPlan> plans)
    {
        lock (_bucket.Seen) return plans.Count(plan => _bucket.Seen.Any(one => one.Contains($"{plan.Id}", StringComparison.Ordinal)));
    }

    /// <summary>Time goes on until it is so, 200 times as fast as ours: jobs wait by the host's clock.</summary>
    private Task PassAsync(Func<Task<bool>> isSo, string what) => Eventually.SomeAsync<object>(async () =>
    {
        host.Time.Advance(TimeSpan.FromSeconds(2));
        return await isSo() ? this : null;
    }, what);

    private Task<int> AttemptsAsync() => Task.FromResult(_bucket.Seen.Count);

    private async Task<CallEvent.RecordingFailed?> FailureAsync(LegFacts leg) =>
        (await host.Store.Events.ListLegAsync(leg.Tenant, leg.Id, Stop)).Select(row => row.ToEvent()).OfType<CallEvent.RecordingFailed>()
            .SingleOrDefault();

    [Fact]
    public async Task It_is_in_the_bucket_and_not_here_and_links_lead_there()
    {
        var (plan, _, content) = await SavedAsync();
        await PassAsync(async () => !await IsHereAsync(plan), "it is brought");
        var kept = Assert.Single(_bucket.Objects);
        Assert.Equal($"/calls/2025-03-04/order 17-{plan.Id}.wav", kept.Key);
        Assert.Equal(content, kept.Value);
        var row = await RowAsync(plan);
        Assert.Equal((null, "calls"), (row.Blob, row.Place?.Bucket));

        string link = (string)(await host.SendAsync("GET", $"/v2/recordings/{plan.Id}")).Data["download_urls"]!["wav"]!;
        using (var led = await host.FetchAsync(link))
        {
            Assert.Equal(302, (int)led.StatusCode);
            Assert.StartsWith($"{_bucket.Url}/calls/2025-03-04/order%2017-{plan.Id}.wav?", led.Headers.Location!.AbsoluteUri,
                StringComparison.Ordinal);
            Assert.Contains("X-Amz-Expires=", led.Headers.Location!.Query, StringComparison.Ordinal);
        }
        Assert.True(await host.Store.ConnectionBuckets.DeleteAsync(host.Tenant, row.Connection, null, Stop));
        using var gone = await host.FetchAsync(link);
        Assert.Equal(404, (int)gone.StatusCode);
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/recordings/{plan.Id}")).Status);
        // The object is the customer's and stays, and the trail says where.
        Assert.Equal(kept.Key, Assert.Single(_bucket.Objects).Key);
        var deleted = await DeletedAsync(plan);
        Assert.Equal($"calls/2025-03-04/order 17-{plan.Id}.wav", (string?)Assert.Single(deleted.Changes)!["to"]);
    }

    [Fact]
    public async Task Accounts_below_one_together_leave_a_place_to_others()
    {
        var hung = new TaskCompletionSource();
        _bucket.Misbehaves = async _ =>
        {
            await hung.Task;
            return false;
        };
        var family = new List<RecordPlan>();
        try
        {
            for (int i = 0; i < 4; i++)
            {
                var made = Assert.IsType<ChildMade.Done>(await host.Store.ChildTenants.CreateAsync(host.Tenant,
                    new($"Shop {i}", Email: null, HasOwnPrices: false, IsPaidAbove: true), static (_, _) => [], Stop)).Child;
                for (int j = 0; j < 2; j++) family.Add(await SavedOfAsync(made.Id, made.Keys!.Key));
            }
            await PassAsync(() => Task.FromResult(SeenOf(family) >= 6), "they have their share");
            var other = await SavedOfAsync(host.Stranger, TelnyxHost.OtherTenantKey);
            await PassAsync(() => Task.FromResult(SeenOf(other) == 1), "another account's is sent");
            Assert.Equal(6, SeenOf(family));
        }
        finally
        {
            hung.SetResult();
        }
        await PassAsync(() => Task.FromResult(SeenOf(family) == 8), "the others of the family follow");
    }

    [Fact]
    public async Task Deleted_with_its_text_it_leaves_nothing_here_and_the_trail_speaks_of_no_bucket()
    {
        _bucket.Misbehaves = http =>
        {
            http.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        var (plan, _, _) = await SavedAsync();
        var row = await RowAsync(plan);
        var written = await host.Store.RecordingTranscriptions.OrderAsync(host.Tenant, plan.Id, new("en-US"), host.Time.GetUtcNow(), Stop);
        Assert.Null(await RemoveAsync(row with { State = RecordingState.Recording }));
        Assert.True(await IsHereAsync(plan));
        Assert.Equal(plan.Id, (await RemoveAsync(row))!.Id);
        Assert.False(await IsHereAsync(plan));
        Assert.Null(await host.Store.RecordingTranscriptions.FindAsync(host.Tenant, written!.Value, Stop));
        Assert.Null(await RemoveAsync(row));
        Assert.Empty((await DeletedAsync(plan)).Changes);
    }

    [Theory, InlineData(204), InlineData(403)]
    public async Task Deleted_while_it_is_sent_it_is_taken_back_or_the_trail_says_that_it_stays(int answer)
    {
        int deleted = 0, asked = 0;
        _bucket.Misbehaves = async http =>
        {
            if (http.Request.Method is "DELETE")
            {
                http.Response.StatusCode = answer;
                Interlocked.Increment(ref asked);
                return answer is 403;
            }
            // The name of the object ends in the recording's id.
            string id = http.Request.Path.Value![^40..^4];
            deleted = (await host.SendAsync("DELETE", $"/v2/recordings/{id}")).Status;
            return false;
        };
        var (plan, _, _) = await SavedAsync();
        string key = $"calls/2025-03-04/order 17-{plan.Id}.wav";
        await PassAsync(async () => answer is 403 ? await LeftAsync(plan) == key
            : Volatile.Read(ref asked) > 0 && _bucket.Objects.Count == 0, "the bucket was asked to take it away");
        Assert.Equal((200, answer is 403 ? 1 : 0), (deleted, _bucket.Objects.Count));
        if (answer is 204) Assert.Null(await LeftAsync(plan));
        Assert.Empty((await DeletedAsync(plan)).Changes);
    }

    /// <summary>As where the process dies between the two: the bucket has it, and nobody here knows.</summary>
    [Theory, InlineData(204), InlineData(403)]
    public async Task Deleted_after_an_attempt_that_nobody_heard_the_end_of_it_is_taken_back_or_told_all_the_same(int answer)
    {
        int asked = 0;
        _bucket.Misbehaves = http =>
        {
            if (http.Request.Method is "DELETE")
            {
                http.Response.StatusCode = answer;
                Interlocked.Increment(ref asked);
                return Task.FromResult(answer is 403);
            }
            _bucket.Objects[http.Request.Path.Value!] = [1];
            http.Abort();
            return Task.FromResult(true);
        };
        var (plan, _, _) = await SavedAsync();
        await PassAsync(async () => await AttemptsAsync() >= 1, "it is sent");
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/recordings/{plan.Id}")).Status);
        string key = $"calls/2025-03-04/order 17-{plan.Id}.wav";
        await PassAsync(async () => answer is 403 ? await LeftAsync(plan) == key
            : Volatile.Read(ref asked) > 0 && _bucket.Objects.Count == 0, "the bucket was asked to take it away");
        Assert.Equal(answer is 403 ? 1 : 0, _bucket.Objects.Count);
        if (answer is 204) Assert.Null(await LeftAsync(plan));
    }

    /// <summary>Where the trail says that what was deleted while it was sent stays.</summary>
    private async Task<string?> LeftAsync(RecordPlan plan)
    {
        var trail = await host.Store.Audit.ListAsync(host.Tenant, null, null, isFalling: true, 0, 1_000, Stop);
        var left = trail.Events.SingleOrDefault(one => one.ResourceId == plan.Id.ToString() && one.Change == "left");
        return left is null ? null : (string?)left.Changes.Single()!["to"];
    }

    private ValueTask<RecordingRow?> RemoveAsync(RecordingRow row) => host.Store.RecordingRemovals.RemoveAsync(row, new()
    {
        Tenant = host.Tenant, At = host.Time.GetUtcNow(), By = AuditActor.Owner, Change = "deleted", RecordType = "recording",
        ResourceId = row.Id.ToString(),
    }, isWithText: true, Stop);

    /// <summary>What the trail says of the one time that it was deleted.</summary>
    private async Task<AuditEvent> DeletedAsync(RecordPlan plan)
    {
        var trail = await host.Store.Audit.ListAsync(host.Tenant, null, null, isFalling: true, 0, 1_000, Stop);
        return Assert.Single(trail.Events, one => one.ResourceId == plan.Id.ToString() && one.Change == "deleted");
    }

    [Fact, Depth("the gate has what a bucket refuses and answers nonsense to, and a recogniser that dies")]
    public async Task A_long_one_goes_in_parts_and_what_breaks_off_between_them_is_thrown_away_and_begun_anew()
    {
        bool hasBroken = false;
        _bucket.Misbehaves = http =>
        {
            if (hasBroken || http.Request.Query["partNumber"] != "3") return Task.FromResult(false);
            hasBroken = true;
            http.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        var (plan, _, content) = await SavedAsync(bytes: 3 * 8 * 1024 * 1024 + 5);
        await PassAsync(async () => !await IsHereAsync(plan), "it is brought");
        Assert.Equal(content, Assert.Single(_bucket.Objects).Value);
        Assert.Contains(_bucket.Seen, seen => seen.StartsWith("DELETE", StringComparison.Ordinal));
        Assert.Equal(4, _bucket.Seen.Count(seen => seen.Contains("partNumber=", StringComparison.Ordinal)) - 3);
    }

    [Fact]
    public async Task What_a_bucket_refuses_is_tried_six_times_then_it_stays_here_and_its_account_is_told()
    {
        _bucket.Misbehaves = async http =>
        {
            http.Response.StatusCode = 403;
            await http.Response.WriteAsync("<Error><Code>AccessDenied</Code><Message>secret words of the far end</Message></Error>");
            return true;
        };
        var (plan, leg, _) = await SavedAsync();
        await PassAsync(async () => await FailureAsync(leg) is not null, "it is given up");
        Assert.Equal((6, true), (await AttemptsAsync(), await IsHereAsync(plan)));
        var failure = (await FailureAsync(leg))!;
        Assert.Equal((UploadFault.Refused, "The bucket refuses it with 403 (AccessDenied: its keys may not write there)."),
            (failure.Upload, failure.Detail));
        Assert.Equal(RecordingState.Saved, (await RowAsync(plan)).State);
        string link = (string)(await host.SendAsync("GET", $"/v2/recordings/{plan.Id}")).Data["download_urls"]!["wav"]!;
        using var fetched = await host.FetchAsync(link);
        Assert.Equal(200, (int)fetched.StatusCode);
    }

    /// <summary>In the gate those that would keep a node busy, or lead it elsewhere.</summary>
    public static TheoryData<string> Nonsense => Depth.Rows(
        gate: ["a body without end", "redirected to a place that is shut"], deep: ["200 and nothing of S3", "503", "broken off"]);

    [Theory, MemberData(nameof(Nonsense))]
    public async Task What_answers_nonsense_has_not_got_it(string how)
    {
        bool isBad = true;
        _bucket.Misbehaves = async http =>
        {
            if (!isBad) return false;
            switch (how)
            {
                case "200 and nothing of S3": await http.Response.WriteAsync("hello"); break;
                case "503": http.Response.StatusCode = 503; break;
                case "broken off": http.Abort(); break;
                case "redirected to a place that is shut":
                    (http.Response.StatusCode, http.Response.Headers.Location) = (307, "http://169.254.169.254/latest/meta-data");
                    break;
                default:
                    byte[] much = new byte[64 * 1024];
                    for (int i = 0; i < 64 && !http.RequestAborted.IsCancellationRequested; i++)
                        await http.Response.Body.WriteAsync(much, http.RequestAborted);
                    break;
            }
            return true;
        };
        var (plan, _, content) = await SavedAsync();
        await PassAsync(async () => await AttemptsAsync() >= 2, "it is tried again");
        Assert.True(await IsHereAsync(plan));
        isBad = false;
        await PassAsync(async () => !await IsHereAsync(plan), "it is brought");
        Assert.Equal(content, Assert.Single(_bucket.Objects).Value);
    }

    [Fact]
    public async Task An_answer_that_says_that_it_is_too_long_is_hung_up_on()
    {
        bool isGone = false;
        _bucket.Misbehaves = async http =>
        {
            if (Volatile.Read(ref isGone)) return false;
            http.Response.ContentLength = 8 * 1024 * 1024;
            await http.Response.Body.WriteAsync(new byte[1_024], http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Volatile.Write(ref isGone, true);
            return true;
        };
        var (plan, _, content) = await SavedAsync();
        await PassAsync(() => Task.FromResult(Volatile.Read(ref isGone)), "its connection is closed");
        await PassAsync(async () => !await IsHereAsync(plan), "it is brought");
        Assert.Equal(content, Assert.Single(_bucket.Objects).Value);
    }

    [Fact]
    public async Task A_name_that_leads_to_a_forbidden_address_by_now_is_not_connected_to()
    {
        await EndAsync();
        Begin(isLoopbackAllowed: false);
        var (plan, _, _) = await SavedAsync();
        // Another test's may have been added at the same moment of this clock.
        await PassAsync(async () => (await host.Store.Jobs.ListAsync(host.Tenant, RecordingTable.BringJob, 0, 100, Stop)).Jobs
            .Single(job => (string?)job.Input[RecordingTable.BringInput] == plan.Id.ToString()).Attempts >= 2, "it is tried twice");
        Assert.Empty(_bucket.Seen);
        Assert.True(await IsHereAsync(plan));
    }

    [Fact]
    public async Task A_message_stays_in_its_mailbox()
    {
        await SavedAsync(mailbox: "+15550100001");
        var (plan, _, _) = await SavedAsync();
        await PassAsync(async () => !await IsHereAsync(plan), "the other one is brought");
        Assert.Single(_bucket.Objects);
    }

    [Fact]
    public async Task One_that_is_deleted_meanwhile_is_not_brought()
    {
        _bucket.Misbehaves = http =>
        {
            http.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        var (plan, _, _) = await SavedAsync();
        await PassAsync(async () => await AttemptsAsync() >= 1, "it is tried");
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/recordings/{plan.Id}")).Status);
        _bucket.Misbehaves = static _ => Task.FromResult(false);
        host.Time.Advance(TimeSpan.FromMinutes(2));
        var (other, _, _) = await SavedAsync();
        await PassAsync(async () => !await IsHereAsync(other), "the other one is brought");
        Assert.Single(_bucket.Objects);
    }
}
