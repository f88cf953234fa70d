using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Calling;

/// <summary>
/// Deletes what was said in a call: recordings with what was written down of them, and what people have written of it. That there was a
/// call, between whom, when and for how much, is the ledger's, and stays as long as the account's retention says.
/// </summary>
internal sealed class CallRedaction(AgencyParts parts, AgencyCalls calls)
{
    public async ValueTask<Reply> Delete(OperationContext op)
    {
        if (await calls.FindAsync(op) is not { } call) return op.Unknown("id");
        if (call.Leg.EndedAt is null) return op.Fail(Fault.WrongState, "The call is up.");
        var account = call.Leg.Tenant;
        // One that is still being saved would be there afterwards.
        // A provider has its own.
        var begun = call.Remote is not null ? null
            : await parts.Store.Recordings.SearchAsync(account, new() { Leg = call.Leg.Id }, op.Stop);
        if (begun is not null && begun.Rows.Any(row => row.State is RecordingState.Recording))
            return op.Fail(Fault.WrongState, "A recording of the call is still being saved.");
        int recordings = 0, elsewhere = 0;
        foreach (string text in call.Facts.Recordings)
        {
            var id = Guid.Parse(text);
            if (await parts.Store.Recordings.FindAsync(account, id, op.Stop) is not { } row) continue;
            // The file goes first: should the store be away, the recording is still there to be deleted again.
            if (row.Place is null) await parts.Store.Blobs.DeleteAsync(BlobKey.OfRecording(account, id, row.Plan.Format), op.Stop);
            else elsewhere++;
            await parts.Store.RecordingTranscriptions.DeleteOfAsync(account, id, op.Stop);
            var note = op.Note("deleted", "recording", text) with { Tenant = account };
            if (await parts.Store.Recordings.DeleteAsync(account, id, note, op.Stop) is not null) recordings++;
        }
        // A client has its row before anything refers to it.
        if (call.Client is { } client) await parts.Tenancy.ClientAsync(call.Agency, client, op.Stop);
        string uuid = call.Leg.Uuid.ToString();
        var at = Times.Cut(op.Now);
        int notes = await parts.CallNotes.RedactAsync(call, uuid, at,
            op.Note("redacted", AgencyCalls.RecordType, uuid) with { Tenant = call.Agency }, op.Stop);
        return op.Ok(new JsonObject
        {
            ["id"] = uuid, ["mode"] = "redact", ["redacted_at"] = AgencyText.Time(call.Note?.RedactedAt ?? at),
            ["recordings_deleted"] = recordings, ["recordings_elsewhere"] = elsewhere, ["notes_deleted"] = notes,
        });
    }
}
