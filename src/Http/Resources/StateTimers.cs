using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Ringwright.Store;
using Ringwright.Store.Work;

namespace Ringwright.Http;

/// <summary>
/// Makes the moves whose time has come. When is in the database, so a restart forgets nothing; of two nodes that see the same one due, the
/// revision lets one make the move. It sleeps until the next is due.
/// </summary>
public sealed class StateTimers : IAsyncDisposable
{
    private const int Batch = 100;
    private static readonly TimeSpan WhileAway = TimeSpan.FromSeconds(1), AfterFault = TimeSpan.FromSeconds(5);

    private readonly StateTable _states;
    private readonly FrozenDictionary<string, LifeCycle> _cycles;
    private readonly string[] _kinds;
    private readonly Moves _moves;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private int _isClosed;

    /// <param name="cycles">Of all dialects; those without timed moves are left out.</param>
    public StateTimers(StateTable states, IEnumerable<LifeCycle> cycles, TimeProvider time, ILogger logger)
    {
        _states = states;
        _cycles = cycles.Where(c => c.Kind.Transitions.Any(t => t.After is not null))
            .ToFrozenDictionary(c => c.Kind.RecordType, StringComparer.Ordinal);
        _kinds = [.. _cycles.Keys];
        _moves = new(logger);
        _time = time;
        _logger = logger;
    }

    /// <summary>Looks at least so often: another node may have brought one.</summary>
    public TimeSpan LongestSleep { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Begins with what came due while no process ran.</summary>
    public void Start()
    {
        if (_kinds.Length > 0) _loop = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 1) return;
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var changed = _states.Changed;
                var due = await _states.DueAsync(_kinds, _time.GetUtcNow(), Batch, _stop.Token);
                bool isWhole = true;
                foreach (var one in due) isWhole &= await TryMoveAsync(one);
                if (!isWhole) await RestAsync(AfterFault);
                else if (due.Count == 0) await SleepAsync(changed);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException)
            {
                await RestAsync(WhileAway);
            }
            catch (Exception fault)
            {
                _logger.MovesNotRead(fault, AfterFault.TotalSeconds);
                await RestAsync(AfterFault);
            }
        }
    }

    /// <returns>False when it is to be tried again in a while.</returns>
    private async ValueTask<bool> TryMoveAsync(DueResource due)
    {
        try
        {
            var cycle = _cycles[due.Kind];
            if (await cycle.Rows.FindAsync(due.Tenant, due.Id, _stop.Token) is not { } row || row.Revision != due.Revision) return true;
            if (cycle.Kind.Timed(row) is not { } move)
            {
                await _states.ForgetAsync(due, _stop.Token);
                return true;
            }
            // Whoever changed it meanwhile has the say: then it is asked anew whether it is due.
            var order = new MoveOrder(due.Tenant, due.Id, move.Name, Mover.Timer) { At = _time.GetUtcNow(), Revision = due.Revision };
            var result = await _moves.RunAsync(cycle, order, _stop.Token);
            return result.Outcome is MoveOutcome.Done or MoveOutcome.Missing or MoveOutcome.Conflict;
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or StoreUnavailableException))
        {
            _logger.MoveNotMade(fault, due.Kind, due.Id, AfterFault.TotalSeconds);
            return false;
        }
    }

    /// <summary>Until something is due, or something new is to be.</summary>
    private async Task SleepAsync(Task changed)
    {
        var due = await _states.NextDueAsync(_kinds, _stop.Token);
        var wait = due is { } at ? at - _time.GetUtcNow() : LongestSleep;
        if (wait <= TimeSpan.Zero) return;
        // Timers know whole milliseconds: what is less would be no wait at all, again and again.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var sleep = Task.Delay(wait < LongestSleep ? wait : LongestSleep, _time, rest.Token);
        // A clock that was set forward in between would let it sleep too long.
        if (due > _time.GetUtcNow() || due is null) await Task.WhenAny(changed, sleep);
        await rest.CancelAsync();
    }

    private Task RestAsync(TimeSpan span) => Task.Delay(span, _time, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
}
