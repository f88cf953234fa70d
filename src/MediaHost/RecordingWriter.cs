using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Media.Graph;
using Ringwright.Media.Native;

namespace Ringwright.MediaHost;

/// <summary>
/// Recordings on their way from the ticks to their files. A thread that waits for nothing takes the audio out of the ticks'
/// rings and keeps it until the disk has it (<see cref="RecordBacklog"/>); those that wait for the disk are <see cref="RecordingDisk"/>'s.
/// Each file is a WAV called ID.part until it is whole.
/// </summary>
internal sealed class RecordingWriter : IRecordingFiles, IDisposable
{
    /// <summary>A twentieth of what a ring holds.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(50);

    private readonly MediaHostOptions _options;
    private readonly ILogger _logger;
    private readonly RecordBuffers _buffers;
    private readonly RecordingDisk _disk;
    private readonly ConcurrentQueue<RecordingJob> _begun = new();
    private readonly ConcurrentDictionary<Guid, RecordingJob> _jobs = new();
    private readonly List<RecordingJob> _open = [];
    private readonly AutoResetEvent _wake = new(false);
    private readonly short[] _samples = new short[8_192];
    private Thread? _thread;
    private volatile bool _isStopping;

    public RecordingWriter(MediaHostOptions options, ILogger logger)
    {
        (_options, _logger) = (options, logger);
        _buffers = new(options.RecordBacklogBytes);
        _disk = new(options.RecordingFolder, options.Disk, _buffers, logger);
    }

    /// <summary>
    /// All audio that ticks have left is with the disk, and what has ended is whole. Who asks hurries it: the rounds are of the wall clock.
    /// </summary>
    public bool IsAtRest => Are(static job => job.Ring.IsEmpty && job.Backlog.IsEmpty
        && (!job.Ring.HasEnded || job.Outcome.IsCompleted));

    /// <summary>All audio that ticks have left is collected, whatever the disk does. Who asks hurries it too.</summary>
    public bool IsCollected => Are(static job => job.Ring.IsEmpty);

    public void Start()
    {
        _disk.Start();
        _thread = new(Run) { IsBackground = true, Name = "media-recordings" };
        _thread.Start();
    }

    /// <summary>Never blocks: a file that cannot be made shows itself as a broken ring.</summary>
    public RecordRing Begin(RecordPlan plan)
    {
        var job = new RecordingJob(plan, new(plan.Channels), new(_buffers));
        _jobs[plan.Id] = job;
        Metrics.RecordingsActive.Add(1);
        _disk.Begin(job);
        _begun.Enqueue(job);
        _wake.Set();
        return job.Ring;
    }

    public string? Missing(RecordFormat format) =>
        _options.RecordingFolder is null ? RecordingFile.NoFolder
        : format is RecordFormat.Mp3 && !Mp3Encoder.IsAvailable
        ? "MP3 recordings need libmp3lame, which is not installed on this node: install it, or record as wav."
        : format is RecordFormat.Ogg && !OpusPackets.IsAvailable ? OpusPackets.Missing : null;

    public async Task<RecordedFile> WhenWrittenAsync(Guid recording)
    {
        if (!_jobs.TryGetValue(recording, out var job)) return RecordedFile.Failed(RecordingFile.NeverBegun);
        var file = await job.Outcome.ConfigureAwait(false);
        _jobs.TryRemove(recording, out _);
        return file;
    }

    public TimeSpan LengthLeft(RecordPlan plan) => RecordingFile.LengthLeft(_options.RecordingFolder, plan);

    public Task<RecordedFile> RepairAsync(RecordPlan plan, CancellationToken stop) =>
        RecordingFile.RepairAsync(_options.RecordingFolder, plan, stop);

    /// <summary>Writes what has ended to its end. To be called when the ticks have stopped.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _wake.Set();
        if (_thread is { IsAlive: true }) _thread.Join();
        _disk.Dispose();
        _buffers.Dispose();
        _wake.Dispose();
    }

    private bool Are(Func<RecordingJob, bool> ready)
    {
        bool are = _jobs.Values.All(ready);
        if (!are) _wake.Set();
        return are;
    }

    private void Run()
    {
        // A ring is full after a second: else a busy machine would leave gaps. Where it is not permitted, the ticks have said so.
        MediaPriority.TryTake(MediaPriority.Recordings);
        bool isLast;
        do
        {
            isLast = _isStopping;
            while (_begun.TryDequeue(out var job)) _open.Add(job);
            for (int i = _open.Count - 1; i >= 0; i--)
            {
                if (!Collect(_open[i]) && !isLast) continue;
                _open[i].Backlog.Complete();
                _open.RemoveAt(i);
            }
            _disk.Wake();
            bool isBusy = _disk.Watch();
            if (!isLast) _wake.WaitOne(_open.Count > 0 || isBusy ? Round : Timeout.InfiniteTimeSpan);
        }
        while (!isLast);
    }

    /// <summary>True when nothing more will come.</summary>
    private bool Collect(RecordingJob job)
    {
        // Asked before the ring is emptied: what was written before the end is then there.
        bool hasEnded = job.Ring.HasEnded;
        long most = (long)(_options.RecordBacklog.TotalSeconds * job.Ring.Rate) * job.Ring.Channels;
        bool isWhole = true;
        while (true)
        {
            if (job.Ring.Read(_samples) is > 0 and int count)
            {
                isWhole &= job.Backlog.Add(_samples.AsSpan(0, count), most);
                continue;
            }
            if (job.Ring.TakeGap() is not (> 0 and long gap)) break;
            job.Backlog.AddGap(gap);
            isWhole = false;
        }
        if (!isWhole)
        {
            Metrics.RecordingGaps.Add(1);
            _logger.RecordingGap(job.Plan.Id);
        }
        return hasEnded;
    }
}
