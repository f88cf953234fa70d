namespace Ringwright.Server.Clock;

/// <summary>
/// A clock that moves only when it is told to. Its timers are due at whole milliseconds, and fire in the order in which they are due and
/// were set, on the thread that moves it. Any thread may read it and set timers; one at a time moves it.
/// </summary>
internal sealed class VirtualTime(DateTimeOffset start) : TimeProvider
{
    /// <summary>Machines take an instant of 0 for long ago.</summary>
    private const long FirstTimestamp = TimeSpan.TicksPerHour;

    private readonly Lock _gate = new();
    private readonly PriorityQueue<(Alarm Alarm, long Setting), (long Due, long Order)> _queue = new();
    private readonly DateTimeOffset _start = start.ToUniversalTime();
    private long _elapsed, _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    public override long GetTimestamp() => FirstTimestamp + Volatile.Read(ref _elapsed);
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <summary>Since the start.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Volatile.Read(ref _elapsed));

    /// <summary>When the next timer is due, as <see cref="Elapsed"/>; null when none is set.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_gate)
            {
                while (_queue.TryPeek(out var next, out var at))
                {
                    if (next.Alarm.Setting == next.Setting) return TimeSpan.FromTicks(at.Due);
                    _queue.Dequeue();
                }
                return null;
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, callback, state);
        alarm.Change(dueTime, period);
        return alarm;
    }

    /// <summary>
    /// Moves to <paramref name="to"/>, or stays where it is when that is past, and fires what is due by then and was set before the call.
    /// </summary>
    public void MoveTo(TimeSpan to)
    {
        long before;
        lock (_gate)
        {
            if (to.Ticks > _elapsed) Volatile.Write(ref _elapsed, to.Ticks);
            before = _order;
        }
        while (TakeDue(before) is { } due) due.Fire();
    }

    private Alarm? TakeDue(long before)
    {
        lock (_gate)
        {
            while (_queue.TryPeek(out var next, out var at) && at.Due <= _elapsed)
            {
                if (next.Alarm.Setting == next.Setting && at.Order > before) return null;
                _queue.Dequeue();
                if (next.Alarm.Setting != next.Setting) continue;
                next.Alarm.Ring(at.Due);
                return next.Alarm;
            }
            return null;
        }
    }

    /// <summary>Under the lock.</summary>
    private void Enqueue(Alarm alarm, long due)
    {
        long over = due % TimeSpan.TicksPerMillisecond;
        if (over > 0) due += TimeSpan.TicksPerMillisecond - over;
        _queue.Enqueue((alarm, alarm.Setting), (due, ++_order));
    }

    private sealed class Alarm(VirtualTime clock, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private TimeSpan _period = Timeout.InfiniteTimeSpan;
        private bool _isDisposed;

        /// <summary>Which setting counts: what the queue holds of an earlier one does not.</summary>
        public long Setting { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                if (_isDisposed) return false;
                Setting++;
                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan) clock.Enqueue(this, clock._elapsed + Math.Max(0, dueTime.Ticks));
                return true;
            }
        }

        /// <summary>Under the lock.</summary>
        public void Ring(long due)
        {
            Setting++;
            if (_period <= TimeSpan.Zero) return;
            // Of beats that were skipped one is heard, and the next keeps the beat.
            long next = due + _period.Ticks, late = clock._elapsed - next;
            clock.Enqueue(this, late < 0 ? next : next + (late / _period.Ticks + 1) * _period.Ticks);
        }

        public void Fire()
        {
            if (_context is null) callback(state);
            else ExecutionContext.Run(_context, static alarm => ((Alarm)alarm!).Call(), this);
        }

        private void Call() => callback(state);

        public void Dispose()
        {
            lock (clock._gate)
            {
                _isDisposed = true;
                Setting++;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
