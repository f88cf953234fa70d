using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;

namespace Ringwright.Streams;

/// <summary>What carries the audio of one order, from its beginning to its end.</summary>
internal interface ICarrySession
{
    /// <summary>Until it has ended and told so; never throws.</summary>
    Task RunAsync();

    /// <summary>It ends soon, and tells nothing more.</summary>
    void Close();
}

/// <summary>The sessions of one kind that run on a node.</summary>
/// <param name="kind">In the plural, for logs and for who orders one too many.</param>
/// <param name="most">Beyond them an order fails.</param>
internal sealed class SessionSet(string kind, int most, TimeSpan endTimeout, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Guid, (ICarrySession Session, Task Running)> _all = new();
    private readonly Lock _lock = new();
    private bool _isDisposed;

    /// <summary>Running, or beginning or ending.</summary>
    public int Count => _all.Count;

    /// <param name="begin">Called when there is room for it.</param>
    public void Open(Guid id, Action<LiveAudioNews> tell, Func<ICarrySession> begin)
    {
        lock (_lock)
        {
            if (Refuse(id) is { } why)
            {
                // Later, as all else is told: who orders may not be ready to hear.
                _ = Task.Run(() => tell(new LiveAudioNews.Ended(why)), CancellationToken.None);
                return;
            }
            var session = begin();
            var running = new Task<Task>(() => RunAsync(id, session));
            _all[id] = (session, running.Unwrap());
            running.Start(TaskScheduler.Default);
        }
    }

    /// <summary>Nothing happens for what is not there.</summary>
    public void Close(Guid id)
    {
        if (_all.TryGetValue(id, out var one)) one.Session.Close();
    }

    /// <summary>Closes them all, and gives them their time for it.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock) _isDisposed = true;
        var all = _all.Values.ToList();
        foreach (var (session, _) in all) session.Close();
        try
        {
            await Task.WhenAll(all.Select(one => one.Running)).WaitAsync(endTimeout, time);
        }
        catch (TimeoutException)
        {
            log.SessionsLeft(_all.Count, kind, endTimeout.TotalSeconds);
        }
    }

    private string? Refuse(Guid id) =>
        _isDisposed ? "the node is stopping"
        : _all.Count >= most ? $"{most} {kind} run, and the node carries no more"
        : _all.ContainsKey(id) ? "one of this id runs"
        : null;

    private async Task RunAsync(Guid id, ICarrySession session)
    {
        try
        {
            await session.RunAsync();
        }
        finally
        {
            _all.TryRemove(id, out _);
        }
    }
}
