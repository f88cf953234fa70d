using Ringwright.Calls;

namespace Ringwright.Store;

public static class LedgerExtensions
{
    /// <summary><see cref="ILedger.Append"/> for who waits; what follows does not run on the ledger's thread.</summary>
    public static Task<bool> AppendAsync(this ILedger ledger, SubjectEvent happened, string? recoveryBye = null)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        ledger.Append(happened, (_, isCommitted) => done.SetResult(isCommitted), recoveryBye);
        return done.Task;
    }
}
