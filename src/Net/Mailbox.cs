using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Ringwright.Net.Native;
using Ringwright.Switch;

namespace Ringwright.Net;

/// <summary>The messages of one shard: many writers, one reader. Bounded; who may use the last quarter is the writer's decision.</summary>
internal sealed class Mailbox
{
    private readonly ConcurrentQueue<ShardMessage> _messages = new();
    private readonly EventFd _wakeUp = new();
    private int _count;
    private volatile bool _isWoken, _isRung;

    public int Count => Volatile.Read(ref _count);

    /// <summary>False when <paramref name="bound"/> messages already wait.</summary>
    public bool TryPost(ShardMessage message, int bound)
    {
        if (Interlocked.Increment(ref _count) > bound)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }
        Enqueue(message);
        return true;
    }

    /// <summary>
    /// For results of effects and what must not be lost: never refused, for their number is bounded by what the shard asked for.
    /// </summary>
    public void Post(ShardMessage message)
    {
        Interlocked.Increment(ref _count);
        Enqueue(message);
    }

    public bool TryTake(out ShardMessage message)
    {
        if (!_messages.TryDequeue(out message!)) return false;
        Interlocked.Decrement(ref _count);
        return true;
    }

    /// <summary>
    /// Returns when a message has come, the socket has something or the time is over; at once from <see cref="Wake"/> on.
    /// </summary>
    /// <param name="socket">Null for a shard that reads none.</param>
    /// <returns>The socket has something, or has not been asked.</returns>
    public bool Wait(TimeSpan atMost, SafeHandle? socket = null)
    {
        _wakeUp.LieDown();
        if (_messages.IsEmpty && !_isWoken && !_isRung && atMost > TimeSpan.Zero)
        {
            bool mayHaveNews = _wakeUp.Sleep(atMost, socket);
            _isRung = false;
            return mayHaveNews;
        }
        _isRung = false;
        _wakeUp.Stay();
        return true;
    }

    public void Wake()
    {
        _isWoken = true;
        _wakeUp.Ring();
    }

    /// <summary>Ends one wait, that of now or the next.</summary>
    public void Ring()
    {
        _isRung = true;
        _wakeUp.Ring();
    }

    private void Enqueue(ShardMessage message)
    {
        _messages.Enqueue(message);
        _wakeUp.Ring();
    }
}
