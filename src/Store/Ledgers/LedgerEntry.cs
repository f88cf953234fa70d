using Ringwright.Calls;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Ledgers;

/// <summary>An event on its way into the ledger. Whoever sets its state first decides: the writer that takes it, or who refuses it while it waits.</summary>
/// <param name="told">Hears on the thread that decides.</param>
internal sealed class LedgerEntry(CallEvent happened, string? goodbye, Action<CallEvent, bool> told)
{
    private const int Queued = 0, Taken = 1, Refused = 2;

    private int _state;

    public CallEvent Happened { get; } = happened;
    public string? Goodbye => goodbye;
    /// <summary>Set by the run that is committed.</summary>
    public bool IsWritten { get; set; }
    /// <summary>A call that is to begin: its asker would rather hear no than wait for a disk.</summary>
    public bool IsNewLeg => Happened is CallEvent.LegInitiated;

    /// <summary>
    /// A call begins: its INVITE or its ringing waits. An outbound leg's ACK waits for the row of its answer, and at load that may take until the next
    /// commit: the far end asks again only after half a second. For everything else only webhooks wait.
    /// </summary>
    public Haste Haste => IsNewLeg ? Haste.Now : Haste.Soon;

    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Queued) == Queued;

    /// <summary>Never written then.</summary>
    public void Refuse()
    {
        if (Interlocked.CompareExchange(ref _state, Refused, Queued) == Queued) Complete(false);
    }

    public void Complete(bool isCommitted) => told(Happened, isCommitted);
}
