using System.Collections.Concurrent;

namespace Ringwright.Testing;

/// <summary>
/// Runs tasks on the thread that calls <see cref="Run"/>, one after the other, in the order in which they became ready:
/// what awaits without leaving its scheduler is a function of what it is told, in virtual time too.
/// </summary>
public sealed class TurnScheduler : TaskScheduler
{
    private readonly ConcurrentQueue<Task> _ready = new();

    private Exception? _failed;

    public bool HasWork => !_ready.IsEmpty;

    /// <summary>Begins at the next <see cref="Run"/>; what goes wrong in it is thrown there.</summary>
    public void Start(Func<Task> act) => Task.Factory.StartNew(async () =>
    {
        try
        {
            await act();
        }
        catch (Exception failed)
        {
            _failed ??= failed;
        }
    }, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);

    /// <summary>Until nothing is ready.</summary>
    public void Run()
    {
        var context = SynchronizationContext.Current;
        // Continuations would rather go there.
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            while (_ready.TryDequeue(out var task)) TryExecuteTask(task);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
        if (Interlocked.Exchange(ref _failed, null) is { } failed)
            throw new InvalidOperationException($"what was started has failed: {failed.Message}", failed);
    }

    protected override void QueueTask(Task task) => _ready.Enqueue(task);
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
    protected override IEnumerable<Task> GetScheduledTasks() => _ready;
}
