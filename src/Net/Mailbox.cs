using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Ringwright.Net.Native;
using Ringwright.Switch;

namespace Ringwright.Net;

/// <summary>The letters of one shard: many writers, one reader. Bounded; who may use the last quarter is the writer's decision.</summary>
internal sealed class Mailbox
{
    private readonly ConcurrentQueue<Letter> _letters = new();
    private readonly Bell _bell = new();
    private int _count;
    private volatile bool _isWoken;

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

    /// <summary>Returns when a letter has come, the socket has something or the time is over; at once from <see cref="Wake"/> on.</summary>
    /// <param name="socket">Null for a shard that reads none.</param>
    /// <returns>The socket has something, or has not been asked.</returns>
    public bool Wait(TimeSpan atMost, SafeHandle? socket = null)
    {
        _bell.LieDown();
        if (_letters.IsEmpty && !_isWoken && atMost > TimeSpan.Zero) return _bell.Sleep(atMost, socket);
        _bell.Stay();
        return true;
    }

    public void Wake()
    {
        _isWoken = true;
        _bell.Ring();
    }

    private void Enqueue(Letter letter)
    {
        _letters.Enqueue(letter);
        _bell.Ring();
    }
}
