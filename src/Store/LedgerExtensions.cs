using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

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

    /// <summary>Something of a leg that the switch does not know any more. Whether it is committed nobody asks.</summary>
    public static void TellNow(this Ledger ledger, Func<Instant, CallEvent> happened, DateTimeOffset at) =>
        ledger.Append(happened(ledger.InstantOf(at)), static (_, _) => { });

    /// <summary>A saved recording is not brought to the bucket of its connection, and stays here.</summary>
    /// <param name="detail">A sentence for the trace of its call.</param>
    public static Task<bool> TellUploadFailedAsync(this Ledger ledger, LegRow leg, Guid recording, string detail, UploadFault fault,
        DateTimeOffset at) => ledger.AppendAsync(new CallEvent.RecordingFailed(recording, detail)
        {
            Leg = ledger.FactsOf(leg), At = ledger.InstantOf(at), Upload = fault,
        });

    /// <summary>The end of a transcription, in the transaction that writes it into its row.</summary>
    /// <param name="failure">As part of a sentence; then there is no text.</param>
    /// <returns>False when it was deleted meanwhile.</returns>
    public static Task<bool> TellTranscribedAsync(this Ledger ledger, LegRow leg, RecordingTranscriptionRow transcription, string text,
        string? failure, DateTimeOffset at, string? tag = null) =>
        ledger.AppendAsync(new CallEvent.RecordingTranscribed(transcription.Recording, transcription.Id, text, failure)
        {
            Leg = ledger.FactsOf(leg), At = ledger.InstantOf(at), Tag = tag,
        });
}
