using System.Collections.Concurrent;
using Ringwright.Core;

namespace Ringwright.Egress;

/// <summary>What carries an order, from its beginning to its end.</summary>
public interface ICarrySession
{
    /// <summary>Until it has ended and told so; never throws.</summary>
    Task RunAsync();

    /// <summary>It ends soon, and tells nothing more.</summary>
    void Close();
}

/// <summary>The sessions of one kind that run on a node.</summary>
/// <param name="most">Beyond them an order is refused.</param>
/// <param name="full">What is said then, as part of a sentence.</param>
/// <param name="shares">Of accounts, in this and other sets; null where nobody counts them.</param>
/// <param name="left">Hears how many did not end within <paramref name="endTimeout"/>.</param>
public sealed class SessionSet<TSession>(int most, string full, TimeSpan endTimeout, TimeProvider time, SessionShares? shares,
    Action<int> left) : IAsyncDisposable where TSession : class, ICarrySession
{
    private readonly ConcurrentDictionary<Guid, (TSession Session, Task Running)> _all = new();
    private readonly Lock _lock = new();
    private bool _isDisposed;

    /// <summary>Running, or beginning or ending.</summary>
    public int Count => _all.Count;

    /// <param name="account">Whose it is.</param>
    /// <param name="refuse">Hears why there is none, later and on another thread: who orders may not be ready to hear.</param>
    /// <param name="begin">Called when there is room for it.</param>
    public void Open(Guid id, TenantId account, Action<string> refuse, Func<TSession> begin)
    {
        lock (_lock)
        {
            IReadOnlyList<TenantId> held = [];
            if ((Problem(id) ?? shares?.TryTake(account, out held)) is { } why)
            {
                _ = Task.Run(() => refuse(why), CancellationToken.None);
                return;
            }
            var session = begin();
            var running = new Task<Task>(() => RunAsync(id, session, held));
            _all[id] = (session, running.Unwrap());
            running.Start(TaskScheduler.Default);
        }
    }

    /// <summary>Null when there is none of that id any more.</summary>
    public TSession? Find(Guid id) => _all.TryGetValue(id, out var one) ? one.Session : null;

    /// <summary>Nothing happens for what is not there.</summary>
    public void Close(Guid id) => Find(id)?.Close();

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
            left(_all.Count);
        }
    }

    private string? Problem(Guid id) =>
        _isDisposed ? "the node is stopping" : _all.Count >= most ? full : _all.ContainsKey(id) ? "one of this id runs" : null;

    private async Task RunAsync(Guid id, TSession session, IReadOnlyList<TenantId> held)
    {
        try
        {
            await session.RunAsync();
        }
        finally
        {
            _all.TryRemove(id, out _);
            shares?.Give(held);
        }
    }
}
