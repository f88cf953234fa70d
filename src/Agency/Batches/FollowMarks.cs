using System.Collections.Concurrent;
using Ringwright.Agency.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>How far a batch has been followed.</summary>
/// <param name="LookedAt">All that had changed before has been seen.</param>
/// <param name="Waiting">Up to whom those who wait have.</param>
internal sealed record FollowMark(DateTimeOffset LookedAt, RowMark Waiting);

/// <summary>
/// How far this process has followed which batches: what a look reads is what has changed since. It is lost with the process, whose first
/// look at a batch reads all that has ever changed of it.
/// </summary>
internal sealed class FollowMarks
{
    /// <summary>Changes bear the time of before they were committed, and another node's clock.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, FollowMark> _marks = new();

    /// <summary>
    /// Where a look at the batch begins: changes, and those who wait. What changes after the clock was set back bears times of before the
    /// last look, and of before the batch.
    /// </summary>
    public (RowMark Changed, RowMark Waiting) Of(BatchRow batch, DateTimeOffset now)
    {
        var mark = _marks.GetValueOrDefault(batch.Id);
        var since = mark is null ? DateTimeOffset.UnixEpoch : (mark.LookedAt < now ? mark.LookedAt : now) - Late;
        // Whoever waits no longer is called, or was.
        return (new(since, default), mark?.Waiting is { } waiting && waiting.At > now ? waiting : new(now, default));
    }

    public bool Has(Guid batch) => _marks.ContainsKey(batch);

    public void Keep(Guid batch, FollowMark mark) => _marks[batch] = mark;

    public void KeepOnly(IEnumerable<Guid> batches)
    {
        var kept = batches.ToHashSet();
        foreach (var (batch, _) in _marks)
            if (!kept.Contains(batch)) _marks.TryRemove(batch, out var _);
    }
}
