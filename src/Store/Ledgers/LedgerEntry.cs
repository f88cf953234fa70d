using Ringwright.Calls;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Ledgers;

/// <summary>
/// An event on its way into the ledger. Whoever sets its state first decides: the writer that takes it, or who withdraws it while it waits;
/// then the writer that knows what became of it, or who withdraws it while that is not known.
/// </summary>
/// <param name="told">Hears on the thread that decides.</param>
internal sealed class LedgerEntry(SubjectEvent happened, string? recoveryBye, Action<SubjectEvent, bool> told)
{
    private const int Queued = 0, Taken = 1, Refused = 2, Withdrawn = 3, Told = 4;

    private int _state;

    public SubjectEvent Happened { get; } = happened;
    public string? RecoveryBye => recoveryBye;
    /// <summary>Set by the run that is committed.</summary>
    public bool IsWritten { get; set; }
    /// <summary>A call that is to begin: its asker would rather hear no than wait for a disk.</summary>
    public bool IsNew => Begins(Happened);

    /// <summary>
    /// A call begins, and its INVITE or its ringing waits; or a room, and who goes into it waits. An outbound leg's ACK waits for the row
    /// of its answer, and at load that may take until the next commit: the far end asks again only after half a second.
    /// For everything else only webhooks wait.
    /// </summary>
    public CommitPriority Priority => Happened.Stage is LifeStage.First ? CommitPriority.Now : CommitPriority.Soon;

    /// <summary>Only of a call: a room or a queue begins for calls that are up, and its row waits as whatever happens in them.</summary>
    public static bool Begins(SubjectEvent happened) => happened is CallEvent && happened.Stage is LifeStage.First;

    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Queued) == Queued;

    /// <summary>
    /// Its asker was told no while the writer had it: no further run writes it, and what was written all the same has to be ended.
    /// </summary>
    public bool IsWithdrawn => Volatile.Read(ref _state) == Withdrawn;

    /// <summary>Tells no, once and for all. While it is queued: it is never written then.</summary>
    /// <returns>False when something was told already.</returns>
    public bool Withdraw()
    {
        if (Interlocked.CompareExchange(ref _state, Refused, Queued) != Queued
            && Interlocked.CompareExchange(ref _state, Withdrawn, Taken) != Taken) return false;
        told(Happened, false);
        return true;
    }

    /// <summary>For the writer that has taken it.</summary>
    /// <returns>False when no was told already.</returns>
    public bool Complete(bool isCommitted)
    {
        if (Interlocked.CompareExchange(ref _state, Told, Taken) != Taken) return false;
        told(Happened, isCommitted);
        return true;
    }
}
