using Microsoft.Extensions.Logging;
using Ringwright.Core;
using Ringwright.Switch;

namespace Ringwright.Net;

/// <summary>
/// One shard on its own thread: the socket into the mailbox, due timers, at most <see cref="Limits.TurnMessages"/> messages,
/// the effects, then sleep until the next.
/// </summary>
internal sealed class ShardThread : IDisposable
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);

    private readonly CallShard _shard;
    private readonly EffectRunner _effects;
    private readonly UdpTransport? _udp;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    /// <summary>Of a clock that is not the system's: it rings when the next deadline has come. Else the thread sleeps so long.</summary>
    private readonly ITimer? _alarm;
    private readonly Thread _thread;
    private volatile bool _isStopping;
    private volatile bool _isAsleep;
    private long _nextDue = Instant.Never.Nanos, _turns;
    private ShardLevels _levels;

    /// <param name="udp">The socket that this thread reads; null where another thread does.</param>
    public ShardThread(CallShard shard, Mailbox mailbox, EffectRunner effects, UdpTransport? udp, TimeProvider clock, ILogger logger)
    {
        _shard = shard;
        Mailbox = mailbox;
        _effects = effects;
        _udp = udp;
        _logger = logger;
        _clock = clock;
        if (clock != TimeProvider.System)
            _alarm = clock.CreateTimer(_ => mailbox.Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _thread = new Thread(Run) { IsBackground = true, Name = $"call-shard-{shard.Index}" };
    }

    public Mailbox Mailbox { get; }

    /// <summary>What the shard holds as of the last turn; read while that is written, its counts may be of two turns.</summary>
    public ShardLevels Levels => _levels;

    public bool IsRunning => _thread.IsAlive;

    /// <summary>Turns that it took, when it sleeps with nothing to do; null while it has something to do.</summary>
    public long? TurnsAtRest
    {
        get
        {
            if (Mailbox.Count > 0 || !_isAsleep || EngineClock.At(_clock).Nanos >= Volatile.Read(ref _nextDue)) return null;
            return Volatile.Read(ref _turns);
        }
    }

    public void Start() => _thread.Start();

    public void Dispose()
    {
        _isStopping = true;
        Mailbox.Wake();
        if (_thread.IsAlive) _thread.Join(TimeSpan.FromSeconds(5));
        _alarm?.Dispose();
    }

    private void Run()
    {
        try
        {
            bool mayHaveNews = true;
            while (!_isStopping)
            {
                // By way of the mailbox, whose bounds say what is refused when there is too much.
                if (mayHaveNews) _udp?.ReadAll();
                var now = EngineClock.At(_clock);
                _shard.FireDue(now);
                for (int i = 0; i < Limits.TurnMessages && Mailbox.TryTake(out var message); i++)
                {
                    _shard.Handle(message, now);
                    Drain();
                }
                Drain();
                _levels = _shard.Levels;
                Volatile.Write(ref _turns, _turns + 1);
                var sleep = _alarm is null ? Sleep() : Set(_alarm);
                _isAsleep = true;
                mayHaveNews = Mailbox.Wait(sleep, _udp?.Handle);
                _isAsleep = false;
            }
        }
        catch (Exception e)
        {
            // The shard itself caught what an actor threw; this is the loop: nothing is left to save on this thread.
            _logger.ShardStopped(e);
        }
    }

    private TimeSpan Sleep()
    {
        var due = _shard.NextDue;
        if (due == Instant.Never) return LongestSleep;
        var left = due - EngineClock.At(_clock);
        // One millisecond more than needed: deadlines that lie close together, as those of a burst of calls do, share one turn.
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left < LongestSleep ? left + TimeSpan.FromMilliseconds(1) : LongestSleep;
    }

    private TimeSpan Set(ITimer alarm)
    {
        var due = _shard.NextDue;
        Volatile.Write(ref _nextDue, due.Nanos);
        if (due == Instant.Never)
        {
            alarm.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return LongestSleep;
        }
        var now = EngineClock.At(_clock);
        // One that has come meanwhile, this very moment included, is fired in the next turn: time stands until it is.
        if (due <= now) return TimeSpan.Zero;
        // Never before it, and no tick behind it: who moves the clock stops there for something else, and finds it due and nobody awake.
        long ticks = (due.Nanos - now.Nanos + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick;
        alarm.Change(new(ticks), Timeout.InfiniteTimeSpan);
        return LongestSleep;
    }

    private void Drain()
    {
        while (_shard.TryPoll(out var effect))
        {
            try
            {
                _effects.Run(effect);
            }
            catch (Exception e)
            {
                // What one call asks for must not cost the others their thread.
                Metrics.TurnsFailed.Add(1);
                _logger.EffectFailed(effect.GetType().Name, e);
            }
        }
    }
}
