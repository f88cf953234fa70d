using Ringwright.Calls;

namespace Ringwright.Store.Ledgers;

/// <summary>An event on its way into the ledger. Whoever sets its state first decides: the writer that takes it, or who refuses it while it waits.</summary>
internal sealed class LedgerEntry(CallEvent happened)
{
    private const int Queued = 0, Taken = 1, Refused = 2;

    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    public CallEvent Happened { get; } = happened;
    public Task<bool> Task => _done.Task;
    /// <summary>Set by the run that is committed.</summary>
    public bool IsWritten { get; set; }
    /// <summary>A call that is to begin: its asker would rather hear no than wait for a disk.</summary>
    public bool IsNewLeg => Happened is CallEvent.LegInitiated;

    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Queued) == Queued;

    /// <summary>Never written then.</summary>
    public void Refuse()
    {
        if (Interlocked.CompareExchange(ref _state, Refused, Queued) == Queued) Complete(false);
    }

    public void Complete(bool isCommitted) => _done.TrySetResult(isCommitted);
}
