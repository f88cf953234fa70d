using System.Text.Json.Nodes;
using Ringwright.Agency.Calling;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Talking;

/// <summary>
/// Recordings of calls in which somebody did not want to be recorded: deleted once the call is over, whoever began them and when. A call
/// that is held keeps them.
/// </summary>
internal sealed class RefusedRecordings(AgencyParts parts)
{
    private const int Most = 100;

    /// <summary>So long after the call's end something may still be written down; what takes longer is lost, or stands still.</summary>
    private static readonly TimeSpan Saving = TimeSpan.FromMinutes(10);

    /// <returns>False where one is still being saved, or the store of files is away: the call is to be looked at again.</returns>
    public async ValueTask<bool> AreGoneAsync(EndedTalk talk, DateTimeOffset now, CancellationToken stop)
    {
        var account = talk.ClientId is { } client ? new TenantId(Guid.Parse(client)) : talk.TenantId;
        var leg = (await parts.Store.Legs.ListByUuidsAsync(account, [talk.CallId], stop)).FirstOrDefault();
        if (leg is null || !RecordingConsent.IsRefusedOn(leg.Labels)) return true;
        if ((await parts.CallNotes.ListAsync(talk.TenantId, [talk.CallId], stop)).Any(note => note.IsHeld)) return true;
        var page = await parts.Store.Recordings.SearchAsync(account, new() { Leg = leg.Id, Limit = Most }, stop);
        if (page is null || page.Rows.Count == 0) return true;
        if (page.Rows.Any(row => row.State is RecordingState.Recording) && leg.EndedAt > now - Saving) return false;
        try
        {
            foreach (var row in page.Rows)
                await parts.Store.RecordingRemovals.RemoveAsync(row, NoteOf(account, row.Id, now), isWithText: true, stop);
        }
        catch (BlobStoreException)
        {
            return false;
        }
        await parts.Kept.UnrecordAsync(talk.TenantId, talk.ClientId, AgencyCall.DirectionOf(leg), talk.CallId, now, stop);
        return true;
    }

    private static AuditNote NoteOf(TenantId account, Guid recording, DateTimeOffset at) => new()
    {
        Tenant = account, At = at, By = AuditActor.Node, Change = "deleted", RecordType = "recording", ResourceId = recording.ToString(),
        After = new JsonObject { ["deleted_because"] = "recording_refused" },
    };
}
