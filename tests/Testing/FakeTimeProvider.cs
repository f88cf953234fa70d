namespace Ringwright.Testing;

/// <summary>
/// A clock that moves only when told. Timers fire inside <see cref="Advance"/>, in the order of their due times;
/// <see cref="Step"/> sets the wall clock alone.
/// </summary>
public sealed class FakeTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private DateTimeOffset _now = start;
    private TimeSpan _stepped, _goesOnBy;

    public FakeTimeProvider() : this(new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero)) { }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>So much the wall clock goes on whenever it was looked at, as a real one does; zero for one that stands.</summary>
    public TimeSpan GoesOnBy
    {
        get
        {
            lock (_gate) return _goesOnBy;
        }
        set
        {
            lock (_gate) _goesOnBy = value;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            var now = _now + _stepped;
            _stepped += _goesOnBy;
            return now;
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate) return _now.UtcTicks;
    }

    /// <summary>Somebody sets the wall clock, back or forth; what counts time that passes does not notice.</summary>
    public void Step(TimeSpan by)
    {
        lock (_gate) _stepped += by;
    }

    /// <summary>Timers that are set and have not fired: tells a test that what it advances to is being waited for.</summary>
    public int TimerCount
    {
        get
        {
            lock (_gate) return _timers.Count;
        }
    }

    /// <summary>Whether one of them fires when so much has passed: tells one from those of others.</summary>
    public bool HasTimer(TimeSpan left)
    {
        lock (_gate) return _timers.Exists(timer => timer.Due == _now + left);
    }

    /// <summary>When the next of them fires.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_gate) return _timers.Min(timer => timer.Due);
        }
    }

    public void Advance(TimeSpan by)
    {
        DateTimeOffset end;
        lock (_gate) end = _now + by;
        while (true)
        {
            FakeTimer? next;
            lock (_gate)
            {
                next = _timers.Where(t => t.Due <= end).MinBy(t => t.Due);
                _now = next?.Due ?? end;
                next?.Rearm(_now);
            }
            if (next is null) return;
            next.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class FakeTimer(FakeTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset? Due { get; private set; }

        public void Fire() => callback(state);

        public void Rearm(DateTimeOffset now)
        {
            if (_period > TimeSpan.Zero) Due = now + _period;
            else
            {
                Due = null;
                clock._timers.Remove(this);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                _period = period;
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock._now + dueTime;
                if (Due is not null) clock._timers.Add(this);
            }
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
