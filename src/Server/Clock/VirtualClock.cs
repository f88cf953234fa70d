using Ringwright.Operator;

namespace Ringwright.Server.Clock;

/// <summary>
/// Moves a <see cref="VirtualTime"/>: to the next due moment, when nothing is open. By itself it goes while somebody waits for time (a call
/// is up, a webhook is to be sent again), and stands when nobody does, so that a day does not pass between two requests. What is due now is
/// done also while it stands or is held. Looks are made when they are due as long as there is work and right behind it; the longer there
/// has been none, the later they may be made: they find nothing, and each takes the wall's time.
/// </summary>
internal sealed class VirtualClock(VirtualTime time, IdleMeter meter) : INodeClock, IDisposable
{
    /// <summary>Between two looks, by the wall clock, while there is no reason to move.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);
    /// <summary>So many quick looks, and then some with a pause between them.</summary>
    private const int LooksBeforeSleep = 3_000;
    /// <summary>Behind work looks are in time for so long; then each waits for a quarter of the time since, up to the longest.</summary>
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(30), LongestWait = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly AutoResetEvent _bell = new(false);
    private readonly List<Func<bool>> _work = [];
    private Thread? _thread;
    private Advance? _advance;
    private TimeSpan _workedAt;
    private bool _isHeld, _isFinishing;
    private volatile bool _isStopping;

    /// <param name="IsSkip">It is there with one step, and what is due then is done.</param>
    private sealed record Advance(TimeSpan To, TaskCompletionSource Done, bool IsSkip);

    public DateTimeOffset Now => time.GetUtcNow();

    public bool IsHeld
    {
        get
        {
            lock (_gate) return _isHeld;
        }
    }

    /// <summary>Time goes by itself while one of them says so.</summary>
    public void AddWork(Func<bool> isWaiting)
    {
        lock (_gate) _work.Add(isWaiting);
    }

    /// <summary>Somebody from outside has begun something: what looks after it does so in time.</summary>
    public void Stir()
    {
        lock (_gate) _workedAt = time.Elapsed;
    }

    public void Start()
    {
        _thread = new(Run) { IsBackground = true, Name = "virtual-clock" };
        _thread.Start();
    }

    public void Hold(bool isHeld)
    {
        lock (_gate) _isHeld = isHeld;
        _bell.Set();
    }

    public Task<DateTimeOffset> AdvanceAsync(TimeSpan by, CancellationToken stop) => MoveAsync(by, isSkip: false, stop);

    public async Task<DateTimeOffset?> SkipAsync(TimeSpan by, CancellationToken stop)
    {
        lock (_gate)
            if (_work.Exists(isWaiting => isWaiting())) return null;
        return await MoveAsync(by, isSkip: true, stop);
    }

    private async Task<DateTimeOffset> MoveAsync(TimeSpan by, bool isSkip, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            DateTimeOffset reached;
            lock (_gate)
            {
                _advance = new(time.Elapsed + by, done, isSkip);
                reached = time.GetUtcNow() + by;
            }
            _bell.Set();
            try
            {
                await done.Task.WaitAsync(stop);
            }
            finally
            {
                lock (_gate) _advance = null;
            }
            return reached;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The node stops: from here on time goes on whatever is open, so that nobody waits for it.</summary>
    public void Finish()
    {
        lock (_gate) _isFinishing = true;
        _bell.Set();
    }

    public void Dispose()
    {
        _isStopping = true;
        _bell.Set();
        if (_thread is { IsAlive: true }) _thread.Join();
        _bell.Dispose();
        _turn.Dispose();
    }

    private void Run()
    {
        for (int looks = 0; !_isStopping;)
        {
            switch (Go())
            {
                case Motion.Made:
                    looks = 0;
                    break;
                case Motion.NotYet when ++looks < LooksBeforeSleep:
                    Thread.Yield();
                    break;
                default:
                    _bell.WaitOne(Look);
                    break;
            }
        }
    }

    private enum Motion { Made, NotYet, Nothing }

    private Motion Go()
    {
        lock (_gate)
        {
            var now = time.Elapsed;
            bool isWorking = _work.Exists(isWaiting => isWaiting());
            if (isWorking) _workedAt = now;
            if (_isFinishing)
            {
                if (NextStop(TimeSpan.MaxValue, isWorking) is { } any) time.MoveTo(any);
                return Motion.Nothing;
            }
            var until = _advance?.To ?? (_isHeld || !isWorking ? now : TimeSpan.MaxValue);
            var next = NextStop(until, isWorking);
            if (_advance is null && !(next <= until)) return Motion.Nothing;
            if (!meter.IsAtRest) return Motion.NotYet;
            if (_advance is { IsSkip: true } skip)
            {
                _advance = skip with { IsSkip = false };
                time.MoveTo(skip.To);
                return Motion.Made;
            }
            if (next <= until) time.MoveTo(next.Value > now ? next.Value : now);
            else if (_advance is { } advance)
            {
                time.MoveTo(advance.To);
                _advance = null;
                advance.Done.TrySetResult();
            }
            return Motion.Made;
        }
    }

    /// <summary>
    /// When something is to be done next, a look before time stands at <paramref name="until"/> at the latest; null when there is nothing.
    /// </summary>
    private TimeSpan? NextStop(TimeSpan until, bool isWorking)
    {
        var due = time.NextDue;
        if (time.NextLook is not { } look) return due;
        var wait = isWorking ? TimeSpan.Zero : (look - _workedAt - Promptly) / 4;
        if (wait > LongestWait) wait = LongestWait;
        if (wait > TimeSpan.Zero && look < until) look = until - look < wait ? until : look + wait;
        return due < look ? due : look;
    }
}
