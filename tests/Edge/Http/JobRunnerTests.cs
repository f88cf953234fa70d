using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Blobs;
using Ringwright.Store.Jobs;
using Ringwright.Testing;

namespace Ringwright.Edge.Http;

/// <summary>Jobs on a real database and in a real folder; time is the tests'.</summary>
public sealed class JobRunnerTests : IAsyncLifetime
{
    private static readonly JobOptions Options = new();

    private readonly FakeTimeProvider _time = new();
    private readonly List<JobRunner> _runners = [];
    // Set before each test.
    private TestDatabase _test = null!;
    private TenantId _tenant;

    private static CancellationToken Stop => TestDatabase.Stop;

    private JobTable Jobs => _test.Database.Jobs;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.OpenAsync(time: _time);
        _tenant = await _test.TenantAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var runner in _runners) await runner.DisposeAsync();
        await _test.DisposeAsync();
    }

    private JobRunner Start(Func<JobContext, ValueTask<JsonObject?>> run, JobOptions? options = null)
    {
        var runner = new JobRunner(Jobs, _test.Database.Blobs, [new("report", run)], options ?? Options, _time, NullLogger.Instance);
        _runners.Add(runner);
        runner.Start();
        return runner;
    }

    private async Task<Job> AddAsync() => (await Jobs.AddAsync(_tenant, "report", new() { ["n"] = 1 }, 1_000, null, Stop))!;

    private Task<Job> EndAsync(Job job) => UntilAsync(job, now => now.IsOver);

    /// <summary>Looks until the job is as wanted.</summary>
    /// <param name="waits">While the job only waits for its time, that time comes.</param>
    private async Task<Job> UntilAsync(Job job, Func<Job, bool> isGood, Func<Job, bool>? waits = null)
    {
        for (long begun = Stopwatch.GetTimestamp(); ;)
        {
            // Asked before the job is looked at: what is due when it waits no more is another time.
            var due = await Jobs.NextDueAsync(["report"], Stop);
            var now = (await Jobs.FindAsync(_tenant, job.Id, Stop))!;
            if (isGood(now)) return now;
            Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMinutes(2), $"it never becomes so: {now}");
            if (waits?.Invoke(now) is true && due - _time.GetUtcNow() is { Ticks: > 0 } rest) _time.Advance(rest);
            await Task.Yield();
        }
    }

    [Fact]
    public async Task A_new_job_wakes_the_runner_and_leaves_its_result_and_file()
    {
        Start(async job =>
        {
            await job.WriteFileAsync((stream, stop) => stream.WriteAsync("a,b\n1,2\n"u8.ToArray(), stop).AsTask());
            job.Report(1, 1);
            return new() { ["rows"] = job.Input["n"]!.DeepClone() };
        });
        var done = await EndAsync(await AddAsync());
        Assert.Equal((JobState.Complete, 1, 1L, 1L), (done.State, (int)done.Result!["rows"]!, done.Done, done.Total));
        Assert.Equal("a,b\n1,2\n",
            Encoding.UTF8.GetString((await _test.Database.Blobs.ReadAsync(BlobKey.OfResult(_tenant, done.Id), Stop))!));
    }

    [Fact]
    public async Task A_job_that_cannot_be_done_says_why_and_is_not_tried_again()
    {
        int runs = 0;
        Start(_ =>
        {
            runs++;
            throw new JobFailedException("The period is empty.");
        });
        var failed = await EndAsync(await AddAsync());
        Assert.Equal((JobState.Failed, "The period is empty.", 1), (failed.State, failed.Failure, runs));
    }

    [Fact]
    public async Task A_fault_is_tried_again_later_and_not_for_ever()
    {
        int runs = 0;
        Start(_ =>
        {
            runs++;
            throw new InvalidOperationException("a fault");
        });
        var failed = await UntilAsync(await AddAsync(), job => job.IsOver, waits: job => job is { State: JobState.Pending, Attempts: > 0 });
        Assert.Equal((JobState.Failed, Options.Attempts), (failed.State, runs));
        Assert.Contains("4 times", failed.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_so_many_run_at_once()
    {
        int now = 0, most = 0;
        SemaphoreSlim gate = new(0), begun = new(0);
        Start(async job =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            begun.Release();
            await gate.WaitAsync(job.Stop);
            Interlocked.Decrement(ref now);
            return null;
        });
        var jobs = new List<Job>();
        for (int i = 0; i < 6; i++) jobs.Add(await AddAsync());
        for (int i = 0; i < 2; i++) await begun.WaitAsync(Stop);
        gate.Release(6);
        foreach (var job in jobs) await EndAsync(job);
        Assert.Equal(2, most);
    }

    [Fact]
    public async Task A_stop_gives_the_job_back_and_the_next_process_does_it()
    {
        var begun = new TaskCompletionSource();
        var first = Start(async job =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, job.Stop);
            return null;
        });
        var job = await AddAsync();
        await begun.Task;
        await first.DisposeAsync();
        var left = (await Jobs.FindAsync(_tenant, job.Id, Stop))!;
        Assert.Equal((JobState.Pending, 0), (left.State, left.Attempts));

        Start(_ => new((JsonObject?)null));
        Assert.Equal(JobState.Complete, (await EndAsync(job)).State);
    }

    [Fact]
    public async Task A_job_of_a_process_that_died_is_done_when_its_lease_has_run_out()
    {
        var job = await AddAsync();
        Assert.NotNull(await Jobs.TakeAsync(["report"], Options.Lease, Stop));      // and nobody works on it
        Start(_ => new((JsonObject?)null));
        var done = await UntilAsync(job, j => j.IsOver, waits: j => j.Attempts == 1);
        Assert.Equal((JobState.Complete, 2), (done.State, done.Attempts));
    }

    [Fact]
    public async Task A_running_job_is_renewed_with_its_progress_and_ends_when_it_is_cancelled()
    {
        TaskCompletionSource begun = new(), ended = new();
        Start(async context =>
        {
            context.Report(3, 9);
            begun.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, context.Stop);
            }
            finally
            {
                ended.SetResult();
            }
            return null;
        });
        var job = await AddAsync();
        await begun.Task;
        _time.Advance(Options.Lease / 3);
        var running = await UntilAsync(job, j => j.Done == 3);
        Assert.Equal((JobState.Running, 9L), (running.State, running.Total));
        await Jobs.CancelAsync(_tenant, job.Id, null, Stop);
        _time.Advance(Options.Lease / 3);
        await ended.Task;
        Assert.Equal((JobState.Cancelled, 1), ((await Jobs.FindAsync(_tenant, job.Id, Stop))!.State, running.Attempts));
    }
}
