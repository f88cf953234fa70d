using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Programs;

/// <summary>One leg and the programs that own it, one after the other; or a guest on it.</summary>
internal sealed class ProgramRun
{
    /// <summary>
    /// What becomes of a program that may be done by its opening. From the second on it is fixed by whoever comes first: the leg's answer,
    /// its end, or the host's.
    /// </summary>
    private const int NotAsked = 0, Asked = 1, Runs = 2, Over = 3;
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly LegFacts _leg;
    private readonly FeedReader _events;
    private readonly Action<Subject> _hear;
    private readonly Companions _companions;
    private readonly ICallControl _calls;
    private readonly TimeProvider _clock;
    private readonly TaskScheduler _scheduler;
    private readonly ILogger _logger;
    /// <summary>Never disposed of: it has no timer and no other source, and is cancelled by whoever comes last.</summary>
    private readonly CancellationTokenSource _stop = new();
    /// <summary>The leg has ended, or is none of the program's business any more.</summary>
    private volatile bool _isClosed;
    private int _fate;
    /// <summary>Of a program that is not run.</summary>
    private Action? _ended;

    /// <param name="events">Nothing of the leg has been published yet.</param>
    /// <param name="hear">Has the reader follow another subject.</param>
    public ProgramRun(LegFacts leg, FeedReader events, Action<Subject> hear, ICallControl calls, TimeProvider clock,
        TaskScheduler scheduler, ILogger logger)
    {
        (_leg, _events, _hear, _calls, _clock, _scheduler, _logger) = (leg, events, hear, calls, clock, scheduler, logger);
        _companions = new(calls, clock);
        _events.Closed = OnClosed;
    }

    /// <summary>The conversation that it has on a leg which somebody else commands; null where the leg is its own.</summary>
    public Guid? Guest { get; init; }

    /// <summary>Completes when the last of them has returned, or the first that is not there.</summary>
    public Task Done { get; private set; } = Task.CompletedTask;

    public void Start(ICallProgram? first, Action ended)
    {
        if (first?.Opening is not { } opening) Done = Run(() => RunAsync(first, opened: null, ended));
        else if (!first.IsDoneByOpening || !TryLeave(first, opening, ended)) Done = OpenAsync(first, opening, ended);
    }

    /// <summary>The program is to end; its leg stays as it is, and so do those that it has dialled.</summary>
    public void Stop()
    {
        _companions.Release();
        _events.Dispose();
    }

    /// <summary>
    /// The leg does what it is told and lives on by itself: two hand-overs between threads less, and all that a running program needs.
    /// </summary>
    /// <returns>False when the command cannot go that way.</returns>
    private bool TryLeave(ICallProgram program, LegCommand opening, Action ended)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Done = done.Task;
        _ended = () =>
        {
            ended();
            done.TrySetResult();
        };
        Interlocked.Exchange(ref _fate, Asked);
        // The host was stopped just before, when nothing could be ended by that.
        if (_events.IsClosed) TryFinish();
        // What becomes of it meanwhile is known by its fate.
        return _calls.TrySend(_leg.Id, opening, answer => OnAnswered(program, opening, answer))
            || Interlocked.CompareExchange(ref _fate, NotAsked, Asked) != Asked;
    }

    /// <summary>On the shard's thread, or on the one that publishes.</summary>
    private void OnAnswered(ICallProgram program, LegCommand opening, Ack answer)
    {
        if (answer.IsAccepted)
        {
            _events.Mute();
            if (_events.IsClosed) TryFinish();
        }
        else if (Interlocked.CompareExchange(ref _fate, Runs, Asked) == Asked)
            _ = Run(() => RunAsync(program, new(opening, Task.FromResult(answer)), _ended!));       // who is asked has an end
    }

    /// <summary>There is nobody to be told.</summary>
    /// <returns>False for a program that runs, or is to run.</returns>
    private bool TryFinish()
    {
        if (Interlocked.CompareExchange(ref _fate, Over, Asked) != Asked) return false;
        _events.Dispose();
        _ended!();       // who is asked has an end
        return true;
    }

    /// <summary>The thread that publishes has the leg told; the one that hears the answer goes on with the program.</summary>
    private async Task OpenAsync(ICallProgram first, LegCommand opening, Action ended)
    {
        var opened = new Opened(opening, _calls.SendAsync(_leg.Id, opening, _stop.Token).AsTask());
        // Of what has failed, too, the program hears itself. Never on the thread that publishes, however soon the answer is there.
        await ((Task)opened.Answer).ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        if (_scheduler == TaskScheduler.Default) await RunAsync(first, opened, ended);
        else await Run(() => RunAsync(first, opened, ended));
    }

    private async Task RunAsync(ICallProgram? first, Opened? opened, Action ended)
    {
        try
        {
            if (first is null) await EndAsync(HangupCause.Internal, "There is no program to command the call.");
            else await DriveAsync(first, opened);
        }
        finally
        {
            await _companions.EndAsync();
            _events.Dispose();
            ended();
            _stop.Cancel();
        }
    }

    private async Task DriveAsync(ICallProgram? program, Opened? opened)
    {
        try
        {
            for (var leg = _leg; program is not null; opened = null)
            {
                using var call = new ProgramCall(leg, _events, _hear, _companions, _calls, _clock, TellEndAsync, opened, _stop.Token);
                program = await program.RunAsync(call);
                leg = call.Leg;
            }
            if (!_isClosed) await EndAsync(HangupCause.ApiHangup, "The program that commanded the call has ended.");
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested) { /* its leg has ended, or it was told to stop */ }
        catch (FeedOverrunException) { /* the leg was hung up when that happened */ }
        catch (Exception failed)
        {
            _logger.ProgramFailed(failed, _leg.Application.Kind, _leg.Application.Target, _leg.Id);
            if (!_isClosed)
                await EndAsync(HangupCause.Internal, $"The program that commanded the call has failed: {failed.GetType().Name}.");
        }
    }

    /// <summary>On the thread that publishes, which runs nothing of a program.</summary>
    private void OnClosed(FeedEnd why)
    {
        _isClosed = true;
        if (why is not FeedEnd.Overrun && TryFinish()) return;
        // The end itself wakes who sits the leg out, and he tells the others: a hand-over between threads less for most calls.
        if (why is FeedEnd.Over && _events.IsMuted) return;
        _ = Run(async () =>
        {
            if (why is FeedEnd.Overrun)
            {
                // What waits hears of it before the leg has been hung up.
                _stop.Cancel();
                _logger.ProgramBehind(_leg.Application.Kind, _leg.Application.Target, _leg.Id, ProgramHost.MostUnread);
                await EndAsync(HangupCause.Internal,
                    $"The program that commanded the call has left {ProgramHost.MostUnread} events unread.");
            }
            await TellEndAsync();
        });
    }

    /// <summary>What waits hears of the end here. A program that hangs on to something keeps no leg by that.</summary>
    private Task TellEndAsync()
    {
        _stop.Cancel();
        return _companions.EndAsync();
    }

    /// <summary>
    /// Of the leg, or of the guest's part in it. A shard that has no room for it now is asked again, until the leg has ended.
    /// </summary>
    private async Task EndAsync(HangupCause cause, string evidence)
    {
        LegCommand end = Guest is not { } guest ? new LegCommand.Hangup { Cause = cause, Evidence = evidence }
            : new LegCommand.StopAgent
            {
                Conversation = guest, Reason = cause is HangupCause.Internal ? AgentEnd.NodeFailure : AgentEnd.Stopped,
            };
        while (await _calls.SendAsync(_leg.Id, end, CancellationToken.None) is { Refusal: Refusal.Overloaded })
            await Task.Delay(Again, _clock);
    }

    private Task Run(Func<Task> act) =>
        Task.Factory.StartNew(act, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler).Unwrap();
}
