using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Ringwright.Store;
using Ringwright.Store.Blobs;
using Ringwright.Store.Jobs;

namespace Ringwright.Jobs;

/// <summary>
/// Does the jobs of this node: those that are added wake it, and between them it sleeps until the next one is due. A job that is stopped
/// with the node goes back and is taken by the next process; one whose process died is taken when its lease has run out.
/// </summary>
public sealed class JobRunner : IAsyncDisposable
{
    private static readonly TimeSpan WhileAway = TimeSpan.FromSeconds(1), AfterFault = TimeSpan.FromSeconds(5);

    private readonly JobTable _jobs;
    private readonly IBlobs _blobs;
    private readonly FrozenDictionary<string, JobKind> _kinds;
    private readonly string[] _names;
    private readonly JobOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _slots;
    private readonly ConcurrentDictionary<string, Task> _running = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private int _isClosed;

    /// <summary>A job is being worked on.</summary>
    public bool HasWork => !_running.IsEmpty;

    public JobRunner(JobTable jobs, IBlobs blobs, IReadOnlyList<JobKind> kinds, JobOptions options, TimeProvider time, ILogger logger)
    {
        _jobs = jobs;
        _blobs = blobs;
        _kinds = kinds.ToFrozenDictionary(k => k.Name, StringComparer.Ordinal);
        _names = [.. _kinds.Keys];
        _options = options;
        _time = time;
        _logger = logger;
        _slots = new(options.Parallel);
    }

    /// <summary>Begins with what an earlier process left. Without kinds there is nothing to do.</summary>
    public void Start()
    {
        if (_names.Length > 0) _loop = RunAsync();
    }

    /// <summary>Cuts off what runs and gives it back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 1) return;
        await _stop.CancelAsync();
        await _loop;
        await Task.WhenAll(_running.Values);
        _slots.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _slots.WaitAsync(_stop.Token);
                var changed = _jobs.Changed;
                if (await TakeAsync() is { } lease)
                {
                    Begin(lease);
                    continue;
                }
                await SleepAsync(changed);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException)
            {
                await RestAsync(WhileAway);
            }
            catch (Exception fault)
            {
                _logger.JobsNotRead(fault, AfterFault.TotalSeconds);
                await RestAsync(AfterFault);
            }
        }
    }

    /// <summary>Keeps the slot when there is a job for it.</summary>
    private async ValueTask<JobLease?> TakeAsync()
    {
        JobLease? lease = null;
        try
        {
            return lease = await _jobs.TakeAsync(_names, _options.Lease, _stop.Token);
        }
        finally
        {
            if (lease is null) _slots.Release();
        }
    }

    /// <summary>Until a job is added or due.</summary>
    private async Task SleepAsync(Task changed)
    {
        var due = await _jobs.NextDueAsync(_names, _stop.Token);
        var wait = due is { } at ? at - _time.GetUtcNow() : _options.LongestSleep;
        if (wait <= TimeSpan.Zero) return;
        // Timers know whole milliseconds: what is less would be no wait at all, again and again.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var sleep = Task.Delay(wait < _options.LongestSleep ? wait : _options.LongestSleep, _time, rest.Token);
        // A clock that was set forward in between would let it sleep too long.
        if (due > _time.GetUtcNow() || due is null) await Task.WhenAny(changed, sleep);
        await rest.CancelAsync();
    }

    private Task RestAsync(TimeSpan span) => Task.Delay(span, _time, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);

    private void Begin(JobLease lease)
    {
        var work = Task.Run(() => WorkAsync(lease), CancellationToken.None);
        _running[lease.Token] = work;
        // It may have ended before it was noted.
        if (work.IsCompleted) _running.TryRemove(lease.Token, out _);
    }

    private async Task WorkAsync(JobLease lease)
    {
        var job = lease.Job;
        using var ours = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var context = new JobContext(lease, _jobs, _blobs, ours.Token);
        try
        {
            await EndAsync(lease, context, ours);
        }
        catch (Exception fault)
        {
            // The lease runs out, and the job is taken again.
            _logger.JobNotEnded(fault, job.Id, job.Kind);
        }
        finally
        {
            _running.TryRemove(lease.Token, out _);
            _slots.Release();
        }
    }

    private async Task EndAsync(JobLease lease, JobContext context, CancellationTokenSource ours)
    {
        var job = lease.Job;
        if (job.Attempts > _options.Attempts)
        {
            _logger.JobGivenUp(job.Id, job.Kind, _options.Attempts);
            await _jobs.FailAsync(lease, $"It was tried {_options.Attempts} times and never came to an end.", 0, null,
                CancellationToken.None);
            return;
        }
        var renewal = RenewAsync(lease, context, ours);
        try
        {
            var result = await _kinds[job.Kind].Run(context);
            bool isOurs = await _jobs.CompleteAsync(lease, result, context.Done, context.Total, CancellationToken.None);
            if (!isOurs) await DeleteFileAsync(job);
        }
        catch (JobFailedException failed)
        {
            await _jobs.FailAsync(lease, failed.Message, context.Done, context.Total, CancellationToken.None);
        }
        catch (JobWaitsException waits)
        {
            await _jobs.GiveBackAsync(lease, _time.GetUtcNow() + waits.Rest, waits.IsCounted, CancellationToken.None);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            await _jobs.GiveBackAsync(lease, _time.GetUtcNow(), isCounted: false, CancellationToken.None);
        }
        catch (OperationCanceledException) when (ours.IsCancellationRequested)
        {
            // Cancelled or taken: whoever did it has written so.
            await DeleteFileAsync(job);
        }
        catch (Exception fault)
        {
            var rest = _options.Rest * (1 << Math.Min(job.Attempts - 1, 10));
            _logger.JobBroken(fault, job.Id, job.Kind, job.Attempts, rest.TotalSeconds);
            await _jobs.GiveBackAsync(lease, _time.GetUtcNow() + rest,
                isCounted: fault is not (StoreUnavailableException or BlobStoreException), CancellationToken.None);
        }
        finally
        {
            await ours.CancelAsync();
            await renewal;
        }
    }

    private ValueTask DeleteFileAsync(Job job) => _blobs.DeleteAsync(BlobKey.OfResult(job.Tenant, job.Id), CancellationToken.None);

    /// <summary>Writes how far the job is, and with it that it is ours; ends the job when it is not.</summary>
    private async Task RenewAsync(JobLease lease, JobContext context, CancellationTokenSource ours)
    {
        using var timer = new PeriodicTimer(_options.Lease / 3, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(ours.Token))
            {
                try
                {
                    if (await _jobs.RenewAsync(lease, _options.Lease, context.Done, context.Total, ours.Token)) continue;
                    await ours.CancelAsync();
                    return;
                }
                catch (StoreUnavailableException)
                {
                    // When it stays away, the lease runs out, and what was done here is not taken.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The job is over.
        }
    }
}
