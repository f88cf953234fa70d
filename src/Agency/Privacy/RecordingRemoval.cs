using Ringwright.Store.Audit;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Privacy;

/// <summary>Deletes recordings with what was written down of them.</summary>
internal static class RecordingRemoval
{
    /// <param name="note">Of one recording; null where nobody has asked for it.</param>
    /// <returns>False for one in a bucket of the customer's own, which stays there: only what the node knows of it goes.</returns>
    public static async ValueTask<bool> DeleteAsync(AgencyParts parts, RecordingRow row, AuditNote? note, CancellationToken stop)
    {
        // The file goes first: should the store be away, the recording is still there to be deleted again.
        if (row.Place is null) await parts.Store.Blobs.DeleteAsync(BlobKey.OfRecording(row.Tenant, row.Id, row.Plan.Format), stop);
        await parts.Store.RecordingTranscriptions.DeleteOfAsync(row.Tenant, row.Id, stop);
        await parts.Store.Recordings.DeleteAsync(row.Tenant, row.Id, note, stop);
        return row.Place is null;
    }
}
