using System.Collections.Concurrent;

namespace Ringwright.Testing;

/// <summary>
/// Runs tasks on the thread that calls <see cref="Run"/>, one after the other, in the order in which they became ready: what awaits without leaving its scheduler
/// is a function of what it is told, in virtual time too.
/// </summary>
public sealed class TurnScheduler : TaskScheduler
{
    private readonly ConcurrentQueue<Task> _ready = new();

    public bool HasWork => !_ready.IsEmpty;

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
    }

    protected override void QueueTask(Task task) => _ready.Enqueue(task);
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
    protected override IEnumerable<Task> GetScheduledTasks() => _ready;
}
