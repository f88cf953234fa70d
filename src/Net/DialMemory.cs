using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Net;

/// <summary>Those of this node, in its memory.</summary>
/// <param name="isHere">Whether a leg is of this start of this node. One that another has made is not remembered here:
/// the other knows for how long it is.</param>
internal sealed class DialMemory(Func<LegId, bool> isHere) : IDialMemory
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(60);
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<(TenantId Tenant, string CommandId), Remembered> _dials = new();
    private long _lastForget;

    public async ValueTask<Dialled> DialAsync(TenantId tenant, string commandId, Instant now, Func<ValueTask<Dialled>> dial,
        CancellationToken stop)
    {
        Forget(now);
        var mine = new Remembered(now, new(TaskCreationOptions.RunContinuationsAsynchronously));
        while (_dials.AddOrUpdate((tenant, commandId), mine, (_, old) => old.At + Kept > mine.At ? old : mine) is var kept && kept != mine)
        {
            var others = await kept.Result.Task.WaitAsync(stop);
            // Withdrawn for want of whoever asked: this one is another who asks.
            if (others.Ack.Refusal is not Refusal.Withdrawn) return others;
        }

        try
        {
            var dialled = await dial();
            // A refusal made nothing: the same id may try again.
            if (!dialled.Ack.IsAccepted || dialled.Leg is { } leg && !isHere(leg.Id)) _dials.TryRemove(new((tenant, commandId), mine));
            mine.Result.SetResult(dialled);
            return dialled;
        }
        catch (Exception e)
        {
            _dials.TryRemove(new((tenant, commandId), mine));
            mine.Result.SetException(e);
            _ = mine.Result.Task.Exception;     // seen: the caller gets the same one
            throw;
        }
    }

    private void Forget(Instant now)
    {
        long last = Volatile.Read(ref _lastForget);
        // Once a second is enough, and one caller does it.
        if (now.Nanos - last < 1_000_000_000 || Interlocked.CompareExchange(ref _lastForget, now.Nanos, last) != last) return;
        foreach (var (key, remembered) in _dials)
            if (remembered.At + Kept <= now || _dials.Count > Most) _dials.TryRemove(new(key, remembered));
    }

    private sealed record Remembered(Instant At, TaskCompletionSource<Dialled> Result);
}
