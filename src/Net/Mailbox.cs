using System.Collections.Concurrent;
using Ringwright.Switch;

namespace Ringwright.Net;

/// <summary>The letters of one shard: many writers, one reader. Bounded; who may use the last quarter is the writer's decision.</summary>
internal sealed class Mailbox : IDisposable
{
    private readonly ConcurrentQueue<Letter> _letters = new();
    private readonly AutoResetEvent _arrived = new(false);
    private int _count;
    private int _isAsleep;

    public int Count => Volatile.Read(ref _count);

    /// <summary>False when <paramref name="bound"/> letters already wait.</summary>
    public bool TryPost(Letter letter, int bound)
    {
        if (Interlocked.Increment(ref _count) > bound)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }
        Enqueue(letter);
        return true;
    }

    /// <summary>For results of effects and what must not be lost: never refused, for their number is bounded by what the shard asked for.</summary>
    public void Post(Letter letter)
    {
        Interlocked.Increment(ref _count);
        Enqueue(letter);
    }

    public bool TryTake(out Letter letter)
    {
        if (!_letters.TryDequeue(out letter!)) return false;
        Interlocked.Decrement(ref _count);
        return true;
    }

    /// <summary>Returns when a letter has come or the time is over.</summary>
    public void Wait(TimeSpan atMost)
    {
        Volatile.Write(ref _isAsleep, 1);
        Interlocked.MemoryBarrier();
        if (_letters.IsEmpty && atMost > TimeSpan.Zero) _arrived.WaitOne(atMost);
        Volatile.Write(ref _isAsleep, 0);
    }

    public void Wake() => _arrived.Set();

    public void Dispose() => _arrived.Dispose();

    private void Enqueue(Letter letter)
    {
        _letters.Enqueue(letter);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isAsleep) != 0) _arrived.Set();
    }
}
