using Ringwright.Store.Audit;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Recordings;

/// <summary>
/// Deletes recordings with their files, whichever API is asked. What is in a bucket of the customer's own stays there, for it is his, and
/// the trail says where.
/// </summary>
public sealed class RecordingRemovals
{
    private readonly RecordingLogTable _log;
    private readonly RecordingTranscriptionTable _texts;
    private readonly IBlobs _blobs;

    internal RecordingRemovals(RecordingLogTable log, RecordingTranscriptionTable texts, IBlobs blobs) =>
        (_log, _texts, _blobs) = (log, texts, blobs);

    /// <param name="row">Of one that is over; it may have changed since it was read.</param>
    /// <param name="note">For the account's trail; null where nobody has asked for it.</param>
    /// <param name="isWithText">With what was written down of it; false for an API that has something else to delete that by.</param>
    /// <returns>As it was; null when it runs, or was deleted meanwhile.</returns>
    /// <exception cref="BlobStoreException">The recording is still there, to be deleted again.</exception>
    public async ValueTask<RecordingRow?> RemoveAsync(RecordingRow row, AuditNote? note, bool isWithText, CancellationToken stop)
    {
        if (row.State is RecordingState.Recording) return null;
        // The file goes first: should the store be away, nothing has changed. One that was just brought may lie here for a moment yet.
        if (row.State is RecordingState.Saved)
            await _blobs.DeleteAsync(BlobKey.OfRecording(row.Tenant, row.Id, row.Plan.Format), stop).ConfigureAwait(false);
        if (isWithText) await _texts.DeleteOfAsync(row.Tenant, row.Id, stop).ConfigureAwait(false);
        return await _log.DeleteAsync(row.Tenant, row.Id, note, stop).ConfigureAwait(false);
    }
}
