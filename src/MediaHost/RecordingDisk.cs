using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;

namespace Ringwright.MediaHost;

/// <summary>
/// The threads that wait for the recordings' disk, and the only ones that do: one writes what runs;
/// a few end files (header, flush, MP3), so that a slow flush does not hold up the writing. The thread pool is left out of it:
/// a disk that stands still would take all of its threads.
/// </summary>
internal sealed class RecordingDisk : IDisposable
{
    /// <summary>An MP3 is made by one of them at a time each, and takes a processor.</summary>
    private static readonly int Enders = Math.Max(4, Environment.ProcessorCount);
    /// <summary>For what is just being written when the host stops; the next start does the rest.</summary>
    private static readonly TimeSpan LastFiles = TimeSpan.FromSeconds(10);
    /// <summary>Longer than any disk that is well takes for some kilobytes.</summary>
    private static readonly TimeSpan Still = TimeSpan.FromSeconds(2);

    private readonly string? _folder;
    private readonly IDisk _disk;
    private readonly RecordBuffers _buffers;
    private readonly ILogger _logger;
    private readonly ConcurrentQueue<RecordingJob> _begun = new();
    private readonly BlockingCollection<RecordingJob> _ended = [];
    private readonly List<RecordingJob> _open = [];
    private readonly AutoResetEvent _wake = new(false);
    private readonly List<Thread> _threads = [];
    private long _busySince, _toldSince;
    private volatile bool _isStopping;

    public RecordingDisk(string? folder, IDisk disk, RecordBuffers buffers, ILogger logger) =>
        (_folder, _disk, _buffers, _logger) = (folder, disk, buffers, logger);

    public void Start()
    {
        _threads.Add(new(Run) { IsBackground = true, Name = "media-disk" });
        for (int i = 0; i < Enders; i++) _threads.Add(new(EndFiles) { IsBackground = true, Name = $"media-ends-{i}" });
        foreach (var thread in _threads) thread.Start();
    }

    public void Begin(RecordingJob job)
    {
        _begun.Enqueue(job);
        Wake();
    }

    /// <summary>There is more to write.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Says when the disk has stood still for long, and when it goes on. Called by one thread, now and then.</summary>
    /// <returns>False when there is nothing to watch.</returns>
    public bool Watch()
    {
        long busy = Volatile.Read(ref _busySince);
        if (_toldSince != 0 && busy != _toldSince)
        {
            _logger.RecordingDiskMoves(Stopwatch.GetElapsedTime(_toldSince).TotalSeconds);
            _toldSince = 0;
        }
        if (busy != 0 && busy != _toldSince && Stopwatch.GetElapsedTime(busy) >= Still)
        {
            _toldSince = busy;
            _logger.RecordingDiskStill(Still.TotalSeconds);
        }
        return busy != 0;
    }

    /// <summary>Writes what waits to its end, as far as the disk takes it. To be called when nothing more is added.</summary>
    public void Dispose()
    {
        long begunAt = Stopwatch.GetTimestamp();
        _isStopping = true;
        Wake();
        bool areDone = true;
        foreach (var thread in _threads) areDone &= !thread.IsAlive || thread.Join(Left(begunAt));
        // They use it as long as they run.
        if (!areDone) return;
        _wake.Dispose();
        _ended.Dispose();
    }

    private static TimeSpan Left(long begunAt) =>
        LastFiles - Stopwatch.GetElapsedTime(begunAt) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    private void Run()
    {
        bool isLast;
        do
        {
            isLast = _isStopping;
            while (_begun.TryDequeue(out var job)) _open.Add(job);
            for (int i = _open.Count - 1; i >= 0; i--)
            {
                if (!Write(_open[i])) continue;
                _ended.Add(_open[i]);
                _open.RemoveAt(i);
            }
            if (!isLast) _wake.WaitOne();
        }
        while (!isLast);
        _ended.CompleteAdding();
    }

    private bool Write(RecordingJob job)
    {
        Volatile.Write(ref _busySince, Stopwatch.GetTimestamp());
        try
        {
            return job.Write(_folder, _disk, _buffers);
        }
        catch (Exception e)
        {
            // Whatever it is, it must not stop the files of others.
            Fail(job, e);
            return job.Backlog.IsComplete;
        }
        finally
        {
            Volatile.Write(ref _busySince, 0);
        }
    }

    private void EndFiles()
    {
        foreach (var job in _ended.GetConsumingEnumerable())
        {
            RecordedFile file;
            try
            {
                file = job.Finish();
            }
            catch (Exception e)
            {
                Fail(job, e);
                file = RecordedFile.Failed(FileTrouble.Of(e));
            }
            Metrics.RecordingsActive.Add(-1);
            job.Tell(file);
        }
    }

    private void Fail(RecordingJob job, Exception why)
    {
        Metrics.RecordingsFailed.Add(1);
        _logger.RecordingFailed(job.Plan.Id, why.Message);
        job.Break(FileTrouble.Of(why));
    }
}
