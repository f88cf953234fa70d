using Ringwright.Core;

namespace Ringwright.Sip.Transactions;

/// <summary>
/// Whose timer is next. An entry whose transaction has ended, or waits longer by now, is dropped when it is met.
/// </summary>
internal sealed class TransactionTimers
{
    private static readonly TimeSpan LingerGrid = TimeSpan.FromMilliseconds(100);

    private readonly PriorityQueue<Transaction, long> _due = new();

    public int Count => _due.Count;

    public Instant NextDue
    {
        get
        {
            while (_due.TryPeek(out var transaction, out long at))
            {
                if (!transaction.IsTerminated && transaction.Due.Nanos <= at) return new(at);
                _due.Dequeue();
                transaction.Queued = Instant.Never;
                Requeue(transaction);
            }
            return Instant.Never;
        }
    }

    /// <summary>One with a timer that is due, to be given back with <see cref="Requeue"/>; null when there is none.</summary>
    public Transaction? TakeDue(Instant now)
    {
        if (NextDue > now || !_due.TryDequeue(out var transaction, out _)) return null;
        transaction.Queued = Instant.Never;
        return transaction;
    }

    /// <summary>Puts the transaction into the queue when its next timer is earlier than what stands there for it.</summary>
    public void Requeue(Transaction transaction)
    {
        if (transaction.IsTerminated) return;
        var due = transaction.Due;
        if (due == Instant.Never || due >= transaction.Queued) return;
        transaction.Queued = due;
        _due.Enqueue(transaction, due.Nanos);
    }

    /// <summary>The last timer of a transaction only frees memory.</summary>
    public static Instant LingerUntil(Instant now, TimeSpan span) => span == TimeSpan.Zero ? now : (now + span).RoundedUp(LingerGrid);

    public static TransactionInput InputOf(int status) =>
        status < 200 ? TransactionInput.Provisional : status < 300 ? TransactionInput.Success : TransactionInput.Failure;
}
