using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>One run of a flow: carries out action by action, writes down where it is, and hangs up behind the last one.</summary>
internal sealed class FlowRunner
{
    private readonly CancellationTokenSource _interrupted = new();     // has no timer
    private readonly FlowJournal _journal;
    private FlowStep? _interruption;
    private FlowStack? _stack;
    private Guid? _onComplete;
    private string _reason = HangupReasons.Normal;
    private bool _hangsUp;

    /// <param name="call">Null for a run without one.</param>
    public FlowRunner(FlowParts parts, FlowOrder order, IProgramCall? call = null)
    {
        (Parts, Order) = (parts, order);
        _journal = new(parts, order);
        Requests = new(this);
        if (call is null) return;
        Call = new(call, parts.Time, _interrupted.Token) { Heard = Hear };
        Variables.Set("call.digits", "");
    }

    public FlowParts Parts { get; }
    public FlowOrder Order { get; }
    public TenantId Tenant => Order.Tenant;
    public FlowVariables Variables { get; } = new();
    public FlowRequests Requests { get; }

    /// <summary>Null for a run without one: then no action comes that needs it.</summary>
    public FlowCall? Call { get; }

    /// <summary>Of a call: a key in place of those before, as while something is said.</summary>
    public bool KeepsLastKeyOnly { get; set; }

    /// <summary>It takes part in conferences without being heard.</summary>
    public bool IsMuted { get; set; }

    /// <summary>Recordings that it has begun.</summary>
    public List<Guid> Recordings { get; } = [];
    /// <summary>Calls that it has placed and that end with it.</summary>
    public List<Guid> Chained { get; } = [];

    /// <summary>Cancelled when the run is over: what was chained to it ends then.</summary>
    public CancellationTokenSource Over { get; } = new();     // has no timer

    /// <summary>What is asked for is wanted for so long.</summary>
    public CancellationToken Interrupted => _interrupted.Token;

    /// <summary>Ends whatever runs, on any thread: it goes on with this. Only the first counts.</summary>
    public void Interrupt(FlowStep then)
    {
        if (Interlocked.CompareExchange(ref _interruption, then, null) is null) _interrupted.Cancel();
    }

    /// <summary>Writes down that it runs; done by <see cref="RunAsync"/> where it was not before.</summary>
    /// <returns>False when there is a run of this id.</returns>
    public async ValueTask<bool> BeginAsync()
    {
        if (!await _journal.BeginAsync()) return false;
        Parts.Host.Add(this);
        return true;
    }

    /// <summary>From its beginning to its end.</summary>
    public async Task<FlowOutcome> RunAsync()
    {
        var outcome = FlowOutcome.Failed;
        if (!_journal.IsBegun && !await BeginAsync()) return outcome;
        try
        {
            outcome = await CarryOutAsync();
            if (Call is not null && (!Order.IsPart || _hangsUp)) await HangUpAsync(outcome);
        }
        catch (LegOverException)
        {
            outcome = FlowOutcome.CallOver;
        }
        catch (Exception fault)
        {
            Parts.Log.FlowBroke(fault, Order.Id);
            // Whoever hosts the program of a call ends that.
            if (Call is not null) throw;
        }
        finally
        {
            Parts.Host.Remove(this);
            _ = Over.CancelAsync();
            await _journal.EndAsync(outcome);
            Parts.Host.Complete(Order, _onComplete, outcome);
        }
        return outcome;
    }

    /// <summary>Told to whoever looks for why: in the trace of the call, else in the log.</summary>
    public async ValueTask WarnAsync(string text)
    {
        if (Call is not null) await Call.NoteAsync(NoteKind.Warning, text);
        else Parts.Log.FlowWarns(Order.Id, text);
    }

    private async ValueTask<FlowOutcome> CarryOutAsync()
    {
        try
        {
            if (Call is not null && !Order.IsPart) await Call.SendAsync(new LegCommand.SetLabels { Labels = LabelsOf(Order) });
            if (Call is { Leg.Direction: Direction.Outbound, IsAnswered: false } && !Order.IsEarly)
                await Call.NextAsync<CallEvent.LegAnswered>();
            var script = Order.Script ?? (Order.Flow is { } flow ? await Parts.Records.FindFlowAsync(Tenant, flow, Interrupted) : null);
            if (script is null) throw new FlowFailedException("the flow is gone");
            _onComplete = script.OnComplete;
            await FlowFacts.FillAsync(this);
            _stack = new(script.Actions);
            return await StepAsync();
        }
        catch (FlowFailedException failed)
        {
            await WarnAsync($"the flow ends: {failed.Message}");
            return FlowOutcome.Failed;
        }
        catch (Exception interrupted) when (interrupted is FlowInterruptedException
            || interrupted is OperationCanceledException && _interrupted.IsCancellationRequested)
        {
            // It was set before anybody was interrupted.
            return await FollowAsync(_interruption!) ?? FlowOutcome.Stopped;
        }
    }

    private async ValueTask<FlowOutcome> StepAsync()
    {
        while (_stack!.Take(CanRun) is { } action)
        {
            _interrupted.Token.ThrowIfCancellationRequested();
            if (!await _journal.StepAsync(action)) return FlowOutcome.Stopped;
            if (Call is not null) await Call.NoteAsync(NoteKind.Step, $"{action.Type} ({action.Id})");
            if (await FollowAsync(await RunAsync(action)) is { } outcome) return outcome;
        }
        return FlowOutcome.Finished;
    }

    private bool CanRun(FlowAction action) => FlowActions.Find(action.Type) is { } known
        && (known.Media is FlowMedia.Any || known.Media is FlowMedia.Call == Call is not null);

    private async ValueTask<FlowStep> RunAsync(FlowAction action)
    {
        var known = FlowActions.Find(action.Type)!.Action!;     // or it would not have been taken, and not have been saved
        var option = Variables.Fill(action.Option);
        FlowStep? step = FlowOptionCheck.FaultOf(known, option, isFilled: true) is { } fault ? new FlowStep.Failed(fault)
            : known.LackOf(Parts, new(option)) is { } lack ? new FlowStep.Failed(lack) : null;
        if (step is null)
        {
            if (Call is not null && FlowActions.Find(action.Type)!.Media is FlowMedia.Call && action.Type is not "hangup")
                await Call.AnswerAsync();
            step = await known.RunAsync(this, new(option, action.Option));
        }
        if (step is not FlowStep.Failed failed) return step;
        if (known.EndsOnFailure) throw new FlowFailedException($"{action.Type}: {failed.Why}");
        await WarnAsync($"{action.Type}: {failed.Why}");
        return FlowStep.Next;
    }

    /// <returns>Null when it goes on.</returns>
    private async ValueTask<FlowOutcome?> FollowAsync(FlowStep step)
    {
        switch (step)
        {
            case FlowStep.Onward:
                _stack!.Onward();
                return null;
            case FlowStep.Jump jump:
                _stack!.JumpTo(jump.Target);
                return null;
            case FlowStep.Nested nested:
                _stack!.Push(nested.Actions);
                return null;
            case FlowStep.Finish:
                return _interruption is null ? FlowOutcome.Finished : FlowOutcome.Stopped;
            case FlowStep.Hangup hangup:
                (_reason, _hangsUp) = (hangup.Reason, true);
                return FlowOutcome.Finished;
            case FlowStep.Failed failed:
                await WarnAsync(failed.Why);
                return FlowOutcome.Failed;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>By which whoever shows the call finds the run.</summary>
    private static Labels LabelsOf(FlowOrder order) =>
        Labels.Of(("voipbin.activeflow", order.Id.ToString()), ("voipbin.flow", order.Flow?.ToString()));

    /// <summary>What the end means is written down before it comes.</summary>
    private async ValueTask HangUpAsync(FlowOutcome outcome)
    {
        var call = Call!;       // asked before
        if (call.Ended is not null) return;
        if (_reason != HangupReasons.Normal && call.IsAnswered && Order.Attempt is { } attempt)
            await Parts.Records.AskReasonAsync(Tenant, attempt, _reason);
        bool isDeclined = call.Leg is { Direction: Direction.Inbound, AnsweredAt: null };
        LegCommand end = isDeclined ? new LegCommand.Reject(_reason is HangupReasons.Busy)
            : new LegCommand.Hangup { Evidence = $"The flow has ended: {outcome.ToString().ToLowerInvariant()}, {_reason}." };
        await call.SendAsync(end with { Labels = Labels.Of((HangupReasons.Label, _reason)) });
        await call.OverAsync(FlowLimits.Ending);
    }

    private void Hear(object happened)
    {
        if (happened is CallEvent.DigitReceived digit) Variables.AddDigit(digit.Digit, KeepsLastKeyOnly);
    }

    /// <summary>There is such an action in the list that it carries out, or in one that this lies within.</summary>
    public bool Has(Func<FlowAction, bool> which) => _stack!.Has(which);

    /// <summary>Of the stack, which only an action that jumps back asks for.</summary>
    public bool TryTakeLoop(int most) => _stack!.TryTakeLoop(most);
}
