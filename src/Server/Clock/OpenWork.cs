using System.Collections.Concurrent;

namespace Ringwright.Server.Clock;

/// <summary>Counts what is begun and not yet ended, for the <see cref="IdleMeter"/>.</summary>
/// <param name="patience">
/// By the wall clock: what is open for longer counts no more, for it may itself wait for time to go on. Null is for ever.
/// </param>
/// <param name="wall">The wall clock; null is the machine's.</param>
internal sealed class OpenWork(TimeSpan? patience, TimeProvider? wall = null)
{
    private readonly TimeProvider _wall = wall ?? TimeProvider.System;
    private readonly ConcurrentDictionary<long, long> _begunAt = new();
    private long _begun, _ended;

    public long Begin()
    {
        long number = Interlocked.Increment(ref _begun);
        _begunAt[number] = _wall.GetTimestamp();
        return number;
    }

    /// <summary>May be said twice.</summary>
    public void End(long number)
    {
        if (_begunAt.TryRemove(number, out _)) Interlocked.Increment(ref _ended);
    }

    /// <summary>Null while something is open.</summary>
    public long? EndedAtRest =>
        _begunAt.Values.Any(begun => patience is not { } longest || _wall.GetElapsedTime(begun) < longest) ? null
        : Volatile.Read(ref _ended);
}
