using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Media.Graph;
using Ringwright.Media.Native;

namespace Ringwright.MediaHost;

/// <summary>
/// The thread that takes recorded audio out of the ticks' rings and writes it to files. Each file is a WAV called ID.part until it is whole; ending one
/// (header, disk, MP3) takes its time and happens elsewhere, so that the rings of the others do not fill meanwhile.
/// </summary>
internal sealed class RecordingWriter(string? folder, ILogger logger) : IRecordingFiles, IDisposable
{
    /// <summary>A twentieth of what a ring holds.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(50);

    /// <summary>For what is just being finished when the host stops; the next start does the rest.</summary>
    private static readonly TimeSpan LastEndings = TimeSpan.FromSeconds(10);

    private readonly ConcurrentQueue<Entry> _begun = new();
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource<RecordedFile>> _outcomes = new();
    private readonly List<Entry> _open = [];
    private readonly List<Task> _endings = [];
    private readonly AutoResetEvent _wake = new(false);
    private readonly short[] _samples = new short[8_192];
    private Thread? _thread;
    private volatile bool _isStopping;

    public void Start()
    {
        _thread = new(Run) { IsBackground = true, Name = "media-recordings" };
        _thread.Start();
    }

    /// <summary>Never blocks: a file that cannot be made shows itself as a broken ring.</summary>
    public RecordRing Begin(RecordPlan plan)
    {
        var ring = new RecordRing(plan.Channels);
        _outcomes[plan.Id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _begun.Enqueue(new(plan, ring));
        Metrics.RecordingsActive.Add(1);
        _wake.Set();
        return ring;
    }

    public string? Missing(RecordFormat format) =>
        folder is null ? RecordingFile.NoFolder
        : format is RecordFormat.Mp3 && !Mp3Encoder.IsAvailable ? "MP3 recordings need libmp3lame, which is not installed on this node: install it, or record as wav."
        : null;

    public async Task<RecordedFile> WhenWrittenAsync(Guid recording)
    {
        if (!_outcomes.TryGetValue(recording, out var outcome)) return RecordedFile.Failed(RecordingFile.NeverBegun);
        var file = await outcome.Task.ConfigureAwait(false);
        _outcomes.TryRemove(recording, out _);
        return file;
    }

    public TimeSpan LengthLeft(RecordPlan plan) => RecordingFile.LengthLeft(folder, plan);

    public Task<RecordedFile> RepairAsync(RecordPlan plan, CancellationToken stop) => RecordingFile.RepairAsync(folder, plan, stop);

    /// <summary>Writes what has ended to its end. To be called when the ticks have stopped.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _wake.Set();
        if (_thread is { IsAlive: true }) _thread.Join();
        Task.WaitAll([.. _endings], LastEndings);
        _wake.Dispose();
    }

    private void Run()
    {
        bool isLast;
        do
        {
            isLast = _isStopping;
            while (_begun.TryDequeue(out var entry)) Open(entry);
            for (int i = _open.Count - 1; i >= 0; i--)
            {
                if (!Drain(_open[i])) continue;
                End(_open[i]);
                _open.RemoveAt(i);
            }
            _endings.RemoveAll(ending => ending.IsCompleted);
            if (!isLast) _wake.WaitOne(_open.Count > 0 ? Round : Timeout.InfiniteTimeSpan);
        }
        while (!isLast);
        foreach (var entry in _open) End(entry);
    }

    private void Open(Entry entry)
    {
        try
        {
            entry.File = RecordingFile.Create(folder ?? throw new IOException("there is no folder for recordings"), entry.Plan);
        }
        catch (Exception e)
        {
            Break(entry, e);
        }
        _open.Add(entry);
    }

    /// <summary>True when nothing more will come.</summary>
    private bool Drain(Entry entry)
    {
        // Asked before the ring is emptied: what was written before the end is then there.
        bool hasEnded = entry.Ring.HasEnded;
        try
        {
            while (entry.File is { } file && entry.Ring.Read(_samples) is > 0 and int count) file.Write(_samples.AsSpan(0, count), entry.Ring.Rate);
        }
        catch (Exception e)
        {
            // Whatever it is, it must not stop the files of others.
            Break(entry, e);
        }
        return hasEnded;
    }

    private void End(Entry entry)
    {
        var outcome = _outcomes[entry.Plan.Id];
        _endings.Add(Task.Run(() =>
        {
            RecordedFile file;
            try
            {
                file = entry.Error is null && entry.File is { } written ? written.Finish() : RecordedFile.Failed(entry.Error ?? "No file was begun.");
            }
            catch (Exception e)
            {
                Metrics.RecordingsFailed.Add(1);
                logger.RecordingFailed(entry.Plan.Id, e.Message);
                entry.File?.Discard();
                file = RecordedFile.Failed(e.Message);
            }
            Metrics.RecordingsActive.Add(-1);
            outcome.SetResult(file);
        }));
    }

    private void Break(Entry entry, Exception why)
    {
        Metrics.RecordingsFailed.Add(1);
        logger.RecordingFailed(entry.Plan.Id, why.Message);
        entry.Error = why.Message;
        entry.Ring.Break();
        entry.File?.Discard();
        entry.File = null;
    }

    private sealed class Entry(RecordPlan plan, RecordRing ring)
    {
        public RecordPlan Plan => plan;
        public RecordRing Ring => ring;
        public RecordingFile? File { get; set; }
        public string? Error { get; set; }
    }
}
