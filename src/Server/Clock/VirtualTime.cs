namespace Ringwright.Server.Clock;

/// <summary>
/// A clock that moves only when it is told to. Its timers are due at whole milliseconds, and fire in the order in which they are due and
/// were set, on the thread that moves it. Any thread may read it and set timers; one at a time moves it. Timers of <see cref="Looks"/> are
/// told apart: whoever moves it may let them wait.
/// </summary>
internal sealed class VirtualTime : TimeProvider
{
    /// <summary>Machines take an instant of 0 for long ago.</summary>
    private const long FirstTimestamp = TimeSpan.TicksPerHour;

    private readonly Lock _gate = new();
    private readonly AlarmQueue _alarms = new(), _looks = new();
    private readonly DateTimeOffset _start;
    private long _elapsed, _order;

    public VirtualTime(DateTimeOffset start)
    {
        _start = start.ToUniversalTime();
        Looks = new LookTime(this);
    }

    /// <summary>The same time, for loops that only look whether something has been done: see <see cref="NextLook"/>.</summary>
    public TimeProvider Looks { get; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    public override long GetTimestamp() => FirstTimestamp + Volatile.Read(ref _elapsed);
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <summary>Since the start.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Volatile.Read(ref _elapsed));

    /// <summary>When the next timer is due that is no look, as <see cref="Elapsed"/>; null when none is set.</summary>
    public TimeSpan? NextDue => PeekAt(_alarms);

    /// <summary>When the next look is due: it is made when time next goes to that moment or past it, which may be put off.</summary>
    public TimeSpan? NextLook => PeekAt(_looks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        Create(_alarms, callback, state, dueTime, period);

    private Alarm Create(AlarmQueue queue, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, queue, callback, state);
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

    private TimeSpan? PeekAt(AlarmQueue queue)
    {
        lock (_gate) return queue.TryPeek(out var at) ? TimeSpan.FromTicks(at.Due) : null;
    }

    private Alarm? TakeDue(long before)
    {
        lock (_gate)
        {
            bool isLook = _looks.TryPeek(out var at);
            if (_alarms.TryPeek(out var other) && (!isLook || other.CompareTo(at) < 0)) (isLook, at) = (false, other);
            else if (!isLook) return null;
            if (at.Due > _elapsed || at.Order > before) return null;
            var due = (isLook ? _looks : _alarms).Dequeue();
            due.Ring(at.Due);
            return due;
        }
    }

    /// <summary>Under the lock.</summary>
    private void Enqueue(Alarm alarm, long due)
    {
        long over = due % TimeSpan.TicksPerMillisecond;
        if (over > 0) due += TimeSpan.TicksPerMillisecond - over;
        alarm.Queue.Enqueue(alarm, (due, ++_order));
    }

    private sealed class LookTime(VirtualTime time) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;
        public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;
        public override long GetTimestamp() => time.GetTimestamp();
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.Create(time._looks, callback, state, dueTime, period);
    }

    /// <summary>Under the lock of its clock.</summary>
    private sealed class AlarmQueue
    {
        private readonly PriorityQueue<(Alarm Alarm, long Setting), (long Due, long Order)> _queue = new();

        public void Enqueue(Alarm alarm, (long Due, long Order) at) => _queue.Enqueue((alarm, alarm.Setting), at);

        /// <summary>When the first is due that has not been set anew or stopped meanwhile.</summary>
        public bool TryPeek(out (long Due, long Order) at)
        {
            while (_queue.TryPeek(out var next, out at))
            {
                if (next.Alarm.Setting == next.Setting) return true;
                _queue.Dequeue();
            }
            return false;
        }

        public Alarm Dequeue() => _queue.Dequeue().Alarm;
    }

    private sealed class Alarm(VirtualTime clock, AlarmQueue queue, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private TimeSpan _period = Timeout.InfiniteTimeSpan;
        private bool _isDisposed;

        public AlarmQueue Queue => queue;

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
