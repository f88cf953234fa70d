using System.Threading.Tasks.Sources;
using Xunit;

namespace Ringwright.Testing;

/// <summary>
/// A fixture of an assembly that lets its collections begin in the order that <see cref="LongestFirst"/> gives them. The runner queues all
/// of them at once, and what a thread of the pool queues is its own, and taken from there last in, first out: the longest began last and
/// were alone at the end. What comes from any other thread is taken as it came. So the runner, which awaits its fixtures before it queues,
/// goes on behind this one on a thread of its own.
/// </summary>
public sealed class InOrder : IAsyncLifetime, IValueTaskSource
{
    private volatile bool _isElsewhere;

    public ValueTask InitializeAsync() => new(this, token: 0);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) =>
        _isElsewhere ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    void IValueTaskSource.GetResult(short token) { }

    /// <summary>It is awaited: whoever does goes on there, until he awaits something else.</summary>
    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _isElsewhere = true;
        new Thread(() => continuation(state)) { IsBackground = true, Name = "runner" }.Start();
    }
}
