using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>How a far end takes a call.</summary>
/// <param name="Answers">After so long; null never.</param>
/// <param name="Ends">After so long, counted from the INVITE.</param>
internal sealed record TakenCall(TimeSpan? Answers, TimeSpan Ends, HangupCause Cause, int? SipStatus = null)
{
    public static readonly TakenCall Busy = new(null, Of(0.5), HangupCause.CalleeBusy, 486);
    public static readonly TakenCall Silent = new(null, Of(5), HangupCause.RingTimeout);
    public static TakenCall Talks(double seconds, HangupCause cause = HangupCause.RemoteHangup) => new(Of(1), Of(1 + seconds), cause);
    private static TimeSpan Of(double seconds) => TimeSpan.FromSeconds(seconds);
}

/// <summary>
/// The engine as the dialler sees it, and everybody who can be called. Legs are real rows of a real ledger: the INVITE counts as sent when
/// the first row is committed, as it is in the product.
/// </summary>
internal sealed class Callees(Ledger ledger, FakeTimeProvider time) : ICallControl
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<TakenCall>> _scripts = new();
    private static uint _counter = 10_000;
    private int _held;

    /// <summary>In their order, by number.</summary>
    public ConcurrentQueue<(string Number, DateTimeOffset At, string From)> Invites { get; } = new();

    /// <summary>Asked before the leg's first row; null lets it through.</summary>
    public Func<DialRequest, Dialled?> Refuses { get; set; } = _ => null;

    /// <summary>Waited for behind the question and before the first row.</summary>
    public Func<Task> BeforeRow { get; set; } = static () => Task.CompletedTask;

    /// <summary>A call waits there.</summary>
    public bool IsHeld => Volatile.Read(ref _held) > 0;

    /// <summary>Those who have hung up, of which nothing is written yet.</summary>
    public int Ending { get; private set; }

    public int Up { get; private set; }
    public int MostUp { get; private set; }

    /// <summary>How one call after the other is taken; the last for all that follow.</summary>
    public void Script(string number, params TakenCall[] calls) => _scripts[number] = new(calls);

    public IEnumerable<DateTimeOffset> InvitesTo(string number) => Invites.Where(one => one.Number == number).Select(one => one.At);

    public async ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop)
    {
        if (Refuses(request) is { } refused) return refused;
        Interlocked.Increment(ref _held);
        await BeforeRow();
        Interlocked.Decrement(ref _held);
        uint counter = Interlocked.Increment(ref _counter);
        var facts = new Script(request.Tenant, counter).Facts with
        {
            To = request.To,
            From = request.From,
            Labels = request.Labels,
            StartedAt = Now,
            Application = request.Application,
        };
        if (!await AppendAsync(new CallEvent.LegInitiated { Leg = facts, At = Now, CommandId = request.CommandId, Dialled = request.To }))
            return Dialled.Refused(Refusal.LedgerUnavailable, "ledger_unavailable", null);
        Invites.Enqueue((request.To, time.GetUtcNow(), request.From));
        _ = LiveAsync(facts, NextOf(request.To));
        return Dialled.Accepted(facts);
    }

    public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop) => throw new NotSupportedException();

    public Task<bool> AppendAsync(CallEvent happened)
    {
        var told = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        ledger.Append(happened, (_, isCommitted) => told.SetResult(isCommitted));
        return told.Task;
    }

    public Instant Now => Edge.Store.Script.Anchor.ToInstant(time.GetUtcNow());

    private TakenCall NextOf(string number)
    {
        if (!_scripts.TryGetValue(number, out var script)) return TakenCall.Busy;
        return script.Count > 1 && script.TryDequeue(out var taken) ? taken : script.TryPeek(out taken) ? taken : TakenCall.Busy;
    }

    private async Task LiveAsync(LegFacts facts, TakenCall taken)
    {
        lock (_scripts) MostUp = Math.Max(MostUp, ++Up);
        if (taken.Answers is { } answers)
        {
            await Task.Delay(answers, time);
            facts = facts with { AnsweredAt = Now };
            await AppendAsync(new CallEvent.LegAnswered { Leg = facts, At = Now, Codec = "PCMU", SampleRate = 8000 });
        }
        await Task.Delay(taken.Ends - (taken.Answers ?? TimeSpan.Zero), time);
        // Whoever hangs up is gone before it is written: behind that the next call may come at once.
        lock (_scripts) (Up, Ending) = (Up - 1, Ending + 1);
        await AppendAsync(new CallEvent.LegEnded
        {
            Leg = facts, At = Now, Cause = taken.Cause, By = HangupParty.Remote, SipStatus = taken.SipStatus,
            Evidence = "So it was written.",
        });
        lock (_scripts) Ending--;
    }
}
