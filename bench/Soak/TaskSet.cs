using System.Collections.Concurrent;

namespace Ringwright.Bench.Soak;

/// <summary>Work that goes on by itself.</summary>
internal sealed class TaskSet
{
    private readonly ConcurrentDictionary<Task, byte> _tasks = new();

    public int Count => _tasks.Count;

    public void Add(Task task)
    {
        _tasks[task] = 0;
        task.ContinueWith(done => _tasks.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Until all have ended, or the patience is over.</summary>
    public async Task EmptyAsync(TimeSpan patience)
    {
        for (long end = Environment.TickCount64 + (long)patience.TotalMilliseconds; !_tasks.IsEmpty && Environment.TickCount64 < end;)
            await Task.Delay(100);
    }
}
