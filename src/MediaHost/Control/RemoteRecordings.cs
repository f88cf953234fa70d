using System.Collections.Concurrent;
using Ringwright.Calls;

namespace Ringwright.MediaHost.Control;

/// <summary>
/// The files that a media process writes: it says when one is whole. What a process that died has left
/// is made whole here; the disk is the same.
/// </summary>
internal sealed class RemoteRecordings(string? folder) : IRecordingFiles
{
    private readonly ConcurrentDictionary<Guid, Open> _open = new();
    private volatile Hello? _hello;

    private sealed record Open(RecordPlan Plan)
    {
        public TaskCompletionSource<RecordedFile> Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public bool IsLost { get; set; }
    }

    public void Begin(Hello hello) => _hello = hello;

    public void Begin(RecordPlan plan) => _open.TryAdd(plan.Id, new(plan));

    /// <summary>The command that would have begun it was not taken.</summary>
    public void Forget(Guid recording) => _open.TryRemove(recording, out _);

    public void Written(Guid recording, RecordedFile file)
    {
        if (_open.TryGetValue(recording, out var open)) open.Written.TrySetResult(file);
    }

    /// <summary>The process is gone: nobody writes its files any more.</summary>
    public void Lose()
    {
        foreach (var open in _open.Values)
        {
            if (open.IsLost || open.Written.Task.IsCompleted) continue;
            open.IsLost = true;
            _ = Task.Run(async () => open.Written.TrySetResult(await RepairAsync(open.Plan, CancellationToken.None).ConfigureAwait(false)));
        }
    }

    public string? Missing(RecordFormat format) => folder is null ? RecordingFile.NoFolder : _hello?.Missing(format);

    public async Task<RecordedFile> WhenWrittenAsync(Guid recording)
    {
        if (!_open.TryGetValue(recording, out var open)) return RecordedFile.Failed(RecordingFile.NeverBegun);
        var file = await open.Written.Task.ConfigureAwait(false);
        _open.TryRemove(recording, out _);
        return file;
    }

    public TimeSpan LengthLeft(RecordPlan plan) => RecordingFile.LengthLeft(folder, plan);

    public Task<RecordedFile> RepairAsync(RecordPlan plan, CancellationToken stop) => RecordingFile.RepairAsync(folder, plan, stop);
}
