using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Admission.Rating;

/// <summary>What becomes of a call whose next interval nobody pays for.</summary>
public enum OutOfMoney
{
    /// <summary>It is told, and ends when what it has paid for is over.</summary>
    End,
    /// <summary>The same, and its far end hears three tones.</summary>
    Tone,
    /// <summary>Nothing: it goes on, and the account owes more than it may.</summary>
    GoOn,
}

/// <summary>
/// Looks at live calls again and again: what their accounts cannot pay for any longer ends just before its next interval begins, and all
/// of an account that is switched off ends at once.
/// </summary>
/// <param name="longestSleep">While there is no call.</param>
public sealed class AccountWatch(DialGate gate, ICallControl calls, OutOfMoney what, TimeSpan longestSleep, TimeProvider time,
    ILogger log) : IAsyncDisposable
{
    /// <summary>Before the paid time is over: when a call is told of it, and when it ends, so that no second more is billed.</summary>
    public static readonly TimeSpan Told = TimeSpan.FromSeconds(10), Margin = TimeSpan.FromSeconds(1);

    /// <summary>Limits and accounts may change at any time.</summary>
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(500), Again = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    /// <summary>Calls that were told of it.</summary>
    private readonly HashSet<LegId> _told = [];
    /// <summary>Calls that were asked to end, and when: one that could not be reached is asked again.</summary>
    private readonly Dictionary<LegId, long> _ended = [];
    private Task _running = Task.CompletedTask;
    private long _lookedAt = time.GetTimestamp();
    private TimeSpan _wait;

    /// <summary>A look is due, or goes on.</summary>
    public bool HasWork => time.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= _wait;

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>One look. Public for tests that hold the clock.</summary>
    public async ValueTask LookAsync(CancellationToken stop)
    {
        foreach (var (leg, _) in _ended.Where(ended => time.GetElapsedTime(ended.Value) > Again).ToList()) _ended.Remove(leg);
        foreach (var leg in gate.LegsOfDisabled())
            await EndAsync(leg, HangupCause.AccountStopped, "The account was switched off.", stop).ConfigureAwait(false);

        var shortCalls = what is OutOfMoney.GoOn ? [] : gate.Extend();
        _told.IntersectWith(shortCalls.Select(call => call.Leg));
        foreach (var (leg, _, left, why) in shortCalls)
        {
            if (left <= Told && _told.Add(leg)) await TellAsync(leg, left, why, stop).ConfigureAwait(false);
            if (left <= Margin)
                await EndAsync(leg, HangupCause.InsufficientFunds, $"Its next interval is not paid for: {why.Detail}", stop)
                    .ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await LookAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception failed) when (failed is not OperationCanceledException)
            {
                log.LookFailed(failed);
            }
            // What begins meanwhile has its first interval paid.
            _wait = gate.Count > 0 ? Often : longestSleep;
            Volatile.Write(ref _lookedAt, time.GetTimestamp());
            var wait = time == TimeProvider.System ? SharedBeat.Wait(_wait, Environment.TickCount64, Environment.ProcessId) : _wait;
            await Task.Delay(wait, time, _stop.Token).ConfigureAwait(false);
        }
    }

    private async ValueTask TellAsync(LegId leg, TimeSpan left, GateAnswer why, CancellationToken stop)
    {
        log.OutOfMoney(leg, left.TotalSeconds, why.Rule ?? "");
        await calls.SendAsync(leg, new LegCommand.Note(NoteKind.Warning,
            $"The call ends in {Math.Max(0, (left - Margin).TotalSeconds):0} s ({why.Rule}): {why.Detail}"), stop).ConfigureAwait(false);
        if (what is OutOfMoney.Tone)
            await calls.SendAsync(leg, new LegCommand.Play
            {
                Source = new PromptSource.Content(WarningTone.Wav), IsOverlay = true, IsReported = false,
            }, stop).ConfigureAwait(false);
    }

    private async ValueTask EndAsync(LegId leg, HangupCause cause, string evidence, CancellationToken stop)
    {
        if (!_ended.TryAdd(leg, time.GetTimestamp())) return;
        log.CallEnded(leg, cause, evidence);
        await calls.SendAsync(leg, new LegCommand.Hangup { Cause = cause, Evidence = evidence }, stop).ConfigureAwait(false);
    }
}
