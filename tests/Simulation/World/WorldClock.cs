using Ringwright.Core;

namespace Ringwright.Simulation;

/// <summary>The world's time, for what waits by a clock.</summary>
internal sealed class WorldClock(SimWorld world) : TimeProvider
{
    public override long TimestampFrequency => 1_000_000_000;
    public override long GetTimestamp() => world.Now.Nanos;
    public override DateTimeOffset GetUtcNow() => world.Anchor.ToWall(world.Now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(world, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Fires once.</summary>
    private sealed class Timer(SimWorld world, Action fire) : ITimer
    {
        private int _set;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan) throw new NotSupportedException("nothing here is repeated");
            int set = ++_set;
            if (dueTime != Timeout.InfiniteTimeSpan) world.After(dueTime, () =>
            {
                if (set == _set) fire();
            });
            return true;
        }

        public void Dispose() => _set++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
