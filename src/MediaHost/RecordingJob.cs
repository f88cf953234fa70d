using Ringwright.Calls;
using Ringwright.Media.Graph;

namespace Ringwright.MediaHost;

/// <summary>One recording between the tick and its file. What is done with the disk is done by one thread at a time.</summary>
internal sealed class RecordingJob(RecordPlan plan, RecordRing ring, RecordBacklog backlog)
{
    private readonly TaskCompletionSource<RecordedFile> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RecordingFile? _file;
    private string? _error;

    public RecordPlan Plan => plan;
    public RecordRing Ring => ring;
    public RecordBacklog Backlog => backlog;
    public Task<RecordedFile> Outcome => _outcome.Task;

    /// <summary>Writes what waits.</summary>
    /// <returns>True when nothing more will come.</returns>
    /// <exception cref="Exception">The disk refuses, or there is a bug; either way this file is at its end.</exception>
    public bool Write(string? folder, IDisk disk, RecordBuffers buffers)
    {
        // Asked before the backlog is emptied: what was added before the end is then there.
        bool isComplete = backlog.IsComplete;
        if (_error is not null) return isComplete;
        _file ??= RecordingFile.Create(folder ?? throw new IOException("there is no folder for recordings"), plan, disk);
        while (backlog.TryTake(out var piece))
        {
            if (piece.Block is not { } block)
            {
                _file.Skip(piece.Gap, ring.Rate);
                continue;
            }
            try
            {
                _file.Write(block.Written, ring.Rate);
            }
            finally
            {
                buffers.Return(block);
            }
        }
        return isComplete;
    }

    /// <summary>Its file cannot be written.</summary>
    public void Break(string why)
    {
        _error = why;
        ring.Break();
        backlog.Close();
        _file?.Discard();
        _file = null;
    }

    /// <summary>Header, disk, MP3: takes its time.</summary>
    /// <exception cref="Exception">As of <see cref="Write"/>.</exception>
    public RecordedFile Finish() =>
        _error is null && _file is { } written ? written.Finish() : RecordedFile.Failed(_error ?? "No file was begun.");

    public void Tell(RecordedFile file) => _outcome.TrySetResult(file);
}
