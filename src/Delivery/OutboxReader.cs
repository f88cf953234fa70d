using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Delivery;

/// <summary>
/// Brings what is to go out into memory: new messages when they are committed, retries some time before theirs.
/// Those of later rest on disk, however many they are.
/// </summary>
/// <param name="ahead">How long before their time.</param>
/// <param name="longestShort">The longest wait of the short schedule and of mail.</param>
/// <param name="take">Is given what comes into memory, a page at a time.</param>
internal sealed class OutboxReader(Database database, TimeProvider time, TimeSpan ahead, TimeSpan longestShort,
    Action<IReadOnlyList<OutboxEntry>> take, ILogger logger) : IDisposable
{
    private const int PageSize = 500;

    private readonly SemaphoreSlim _reading = new(1);
    private readonly Lock _gate = new();
    /// <summary>Sequence numbers of those in memory: no message is there twice.</summary>
    private readonly HashSet<long> _held = [];
    /// <summary>Those that leave memory while a page is read: until it is read they stay held, for it may show them as they were.</summary>
    private readonly HashSet<long> _leaving = [];
    private bool _isReading;
    /// <summary>Retries that are due by then are in memory.</summary>
    private DateTimeOffset _horizon = DateTimeOffset.UnixEpoch;
    private DateTimeOffset _lookedAt = DateTimeOffset.MaxValue;
    private bool _hasBegun;
    private long _readUpTo;
    /// <summary>While numbers are read once more: the highest that was passed before.</summary>
    private long _passed;
    private int _strays;
    private OldestMessage? _oldest;

    /// <summary>How long the oldest without an attempt has waited, as the last look found; zero without one.</summary>
    public TimeSpan OldestWait => Volatile.Read(ref _oldest) is { } oldest && time.GetUtcNow() - oldest.OccurredAt is { Ticks: > 0 } wait
        ? wait : TimeSpan.Zero;

    /// <summary>Those that were not tried yet; the first time also what an earlier process was to try again.</summary>
    public async Task ReadNewAsync(CancellationToken stop)
    {
        await _reading.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (_hasBegun) await TakeNewAsync(stop).ConfigureAwait(false);
            else await BeginAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The next retries, and what was handed over. To be called more often than once in the time that it reads ahead.</summary>
    /// <param name="isMore">Another node's messages were taken over: their retries may have been due long ago.</param>
    public async Task ReadDueAsync(CancellationToken stop, bool isMore = false)
    {
        await _reading.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (isMore) _lookedAt = DateTimeOffset.MaxValue;
            if (_hasBegun)
            {
                await LookAsync(stop).ConfigureAwait(false);
                await TakeHandedOverAsync(stop).ConfigureAwait(false);
                await TakeStraysAsync(stop).ConfigureAwait(false);
            }
            else
            {
                await BeginAsync(stop).ConfigureAwait(false);
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Whether what follows an attempt stays in memory.</summary>
    /// <param name="isOnDisk">What follows is recorded, so that it may rest there.</param>
    public bool Keeps(OutboxEntry entry, [NotNullWhen(true)] OutboxEntry? next, bool isOnDisk)
    {
        lock (_gate)
        {
            if (next is not null && (!isOnDisk || next.NextAt <= _horizon)) return true;
            if (_isReading) _leaving.Add(entry.Seq);
            else _held.Remove(entry.Seq);
            return false;
        }
    }

    public void Dispose() => _reading.Dispose();

    /// <summary>What was handed over comes behind what is this node's own: of one order key it was written later.</summary>
    private async Task BeginAsync(CancellationToken stop)
    {
        await database.Outbox.TakeStrayAsync(isStart: true, stop).ConfigureAwait(false);
        await LookAsync(stop).ConfigureAwait(false);
        await TakeNewAsync(stop).ConfigureAwait(false);
        await TakeHandedOverAsync(stop).ConfigureAwait(false);
        _hasBegun = true;
    }

    private async Task TakeNewAsync(CancellationToken stop)
    {
        IReadOnlyList<OutboxEntry> page;
        do
        {
            page = await TakeAsync(() => database.Outbox.ListNewAsync(_readUpTo, PageSize, stop)).ConfigureAwait(false);
            if (page.Count > 0) _readUpTo = page[^1].Seq;
        }
        while (page.Count >= PageSize);
    }

    private async Task TakeHandedOverAsync(CancellationToken stop)
    {
        if (_hasBegun) await database.Outbox.TakeStrayAsync(isStart: false, stop).ConfigureAwait(false);
        IReadOnlyList<OutboxEntry> page;
        long after = 0;
        do
        {
            page = await database.Outbox.ListHandedOverAsync(after, PageSize, stop).ConfigureAwait(false);
            if (page.Count == 0) return;
            // This node's own of the same keys were committed before these, maybe since they were last read: they are taken first,
            // from the table, for this process may not have been told of them yet.
            database.Outbox.Distrust();
            await TakeNewAsync(stop).ConfigureAwait(false);
            long from = after;
            HashSet<long> seen = [.. page.Select(entry => entry.Seq)];
            await TakeAsync(async () =>
            {
                var again = await database.Outbox.ListHandedOverAsync(from, PageSize, stop).ConfigureAwait(false);
                return [.. again.Where(entry => seen.Contains(entry.Seq))];
            }).ConfigureAwait(false);
            after = page[^1].Seq;
        }
        while (page.Count >= PageSize);
    }

    /// <summary>
    /// One that was passed and that nobody holds is read, and all behind it once more: what is committed goes out,
    /// whoever was told of it.
    /// </summary>
    private async Task TakeStraysAsync(CancellationToken stop)
    {
        var oldest = await database.Outbox.FindOldestAsync(stop).ConfigureAwait(false);
        Volatile.Write(ref _oldest, oldest);
        if (oldest is null or { IsHandedOver: true } || oldest.Entry.Seq > _readUpTo || IsHeld(oldest.Entry)) return;
        (_passed, _readUpTo, _strays) = (_readUpTo, oldest.Entry.Seq - 1, 0);
        try
        {
            database.Outbox.Distrust();
            await TakeNewAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            _passed = 0;
        }
        // None where it left memory, and the table, a moment ago.
        if (_strays > 0) logger.StraysFound(_strays);
    }

    private bool IsHeld(OutboxEntry entry)
    {
        lock (_gate) return _held.Contains(entry.Seq);
    }

    private async Task LookAsync(CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var from = _horizon;
        if (now < _lookedAt)
        {
            // The first look, or the clock was set back since the times were written: nobody waits longer than the longest wait there is.
            await database.Outbox.HastenAsync(now + longestShort, now + LongSchedule.Length, stop).ConfigureAwait(false);
            from = DateTimeOffset.UnixEpoch;
        }
        var until = now + ahead;
        // What is recorded from now on and is due by then stays in memory.
        MoveHorizon(until);
        try
        {
            IReadOnlyList<OutboxEntry> page;
            var after = (At: from, Seq: long.MaxValue);
            do
            {
                page = await TakeAsync(() => database.Outbox.ListDueAsync(after, until, PageSize, stop)).ConfigureAwait(false);
                if (page.Count > 0) after = (page[^1].NextAt!.Value, page[^1].Seq); // it was found by its time
            }
            while (page.Count >= PageSize);
        }
        catch
        {
            // What was not read is read by the next look.
            MoveHorizon(from);
            throw;
        }
        _lookedAt = now;
    }

    /// <summary>Reads a page and hands on those of it that are not in memory.</summary>
    private async ValueTask<IReadOnlyList<OutboxEntry>> TakeAsync(Func<ValueTask<IReadOnlyList<OutboxEntry>>> read)
    {
        lock (_gate) _isReading = true;
        IReadOnlyList<OutboxEntry> page = [], fresh;
        try
        {
            page = await read().ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                fresh = [.. page.Where(entry => _held.Add(entry.Seq))];
                _held.ExceptWith(_leaving);
                _leaving.Clear();
                _isReading = false;
            }
        }
        if (_passed > 0) _strays += fresh.Count(entry => entry.Seq <= _passed);
        if (fresh.Count > 0) take(fresh);
        return page;
    }

    private void MoveHorizon(DateTimeOffset to)
    {
        lock (_gate) _horizon = to;
    }
}
