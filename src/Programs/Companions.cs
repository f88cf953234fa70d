using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Programs;

/// <summary>The legs that a program has dialled and that end with it.</summary>
internal sealed class Companions(ICallControl calls, TimeProvider clock)
{
    private const string Evidence = "The program that placed the call has ended.";

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    /// <summary>Made by the first: most programs dial nobody.</summary>
    private ConcurrentDictionary<LegId, bool>? _legs;
    private volatile bool _isReleased, _isOver;

    /// <summary>The program has gone: what it was still dialling is to be hung up.</summary>
    public bool IsOver => _isOver;

    public void Add(LegId leg) =>
        LazyInitializer.EnsureInitialized(ref _legs, static () => new ConcurrentDictionary<LegId, bool>())[leg] = true;

    public void Remove(LegId leg) => Volatile.Read(ref _legs)?.TryRemove(leg, out _);

    /// <summary>The node stops: whoever stops it ends its legs.</summary>
    public void Release() => _isReleased = true;

    /// <summary>Hangs up all that are there. A shard that has no room for it now is asked again, until the leg has ended.</summary>
    public async Task EndAsync()
    {
        _isOver = true;
        // Who adds a leg looks at that behind it: one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _legs) is not { } legs) return;
        var end = new LegCommand.Hangup { Evidence = Evidence };
        foreach (var (leg, _) in legs)
        {
            if (!legs.TryRemove(leg, out _)) continue;
            while (!_isReleased && await calls.SendAsync(leg, end, CancellationToken.None) is { Refusal: Refusal.Overloaded })
                await Task.Delay(Again, clock);
        }
    }
}
