using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Calling;

/// <summary>
/// Deletes what was said in a call: recordings with what was written down of them, and what people have written of it. That there was a
/// call, between whom, when and for how much, is the ledger's, and stays as long as the account's retention says. A call that is held stays
/// whole.
/// </summary>
internal sealed class CallRedaction(AgencyParts parts, AgencyCalls calls)
{
    public async ValueTask<Reply> Delete(OperationContext op)
    {
        if (await calls.FindAsync(op) is not { } call) return op.Unknown("id");
        var (done, fault) = await RedactAsync(op, call);
        return done is null ? op.Fail(Fault.WrongState, fault!) : op.Ok(done);      // one of both is there
    }

    /// <summary>Whatever is kept of the call stays, or does not any more.</summary>
    public async ValueTask<Reply> Hold(OperationContext op)
    {
        if (await calls.FindAsync(op) is not { } call) return op.Unknown("id");
        var body = op.ReadObject();
        bool isHeld = (bool)body["held"]!;       // required
        if (AgencyText.Text(body, "because") is not { } because) return op.Fail(AgencyText.Bad("because", "Say why."));
        // A client has its row before anything refers to it.
        if (call.Client is { } client) await parts.Tenancy.ClientAsync(call.Agency, client, op.Stop);
        string uuid = call.Leg.Uuid.ToString();
        var note = op.Note(isHeld ? "held" : "released", AgencyCalls.RecordType, uuid, null, new() { ["because"] = because }) with
        {
            Tenant = call.Agency,
        };
        await parts.Kept.HoldAsync(call.Agency, call.Client, AgencyCall.DirectionOf(call.Leg), uuid, isHeld, Times.Cut(op.Now), note,
            op.Stop);
        return op.Ok(new JsonObject { ["id"] = uuid, ["legal_hold"] = isHeld });
    }

    /// <returns>What was done; or why nothing was.</returns>
    public async ValueTask<(JsonObject? Done, string? Fault)> RedactAsync(OperationContext op, AgencyCall call)
    {
        if (call.Note is { IsHeld: true }) return (null, "The call is held: somebody has said that all of it stays.");
        if (call.Leg.EndedAt is null) return (null, "The call is up.");
        var account = call.Leg.Tenant;
        // One that is still being saved would be there afterwards.
        // A provider has its own.
        var begun = call.Remote is not null ? null
            : await parts.Store.Recordings.SearchAsync(account, new() { Leg = call.Leg.Id }, op.Stop);
        if (begun is not null && begun.Rows.Any(row => row.State is RecordingState.Recording))
            return (null, "A recording of the call is still being saved.");
        int recordings = 0, elsewhere = 0;
        foreach (string text in call.Facts.Recordings)
        {
            if (await parts.Store.Recordings.FindAsync(account, Guid.Parse(text), op.Stop) is not { } row) continue;
            var note = op.Note("deleted", "recording", text) with { Tenant = account };
            // One that somebody else has deleted meanwhile is none of these.
            if (await parts.Store.RecordingRemovals.RemoveAsync(row, note, isWithText: true, op.Stop) is not { } gone) continue;
            if (gone.Place is not null) elsewhere++;
            recordings++;
        }
        // A client has its row before anything refers to it.
        if (call.Client is { } client) await parts.Tenancy.ClientAsync(call.Agency, client, op.Stop);
        string uuid = call.Leg.Uuid.ToString();
        var at = Times.Cut(op.Now);
        int notes = await parts.CallNotes.RedactAsync(call, uuid, at,
            op.Note("redacted", AgencyCalls.RecordType, uuid) with { Tenant = call.Agency }, op.Stop);
        return (new()
        {
            ["id"] = uuid, ["mode"] = "redact", ["redacted_at"] = AgencyText.Time(call.Note?.RedactedAt ?? at),
            ["recordings_deleted"] = recordings, ["recordings_elsewhere"] = elsewhere, ["notes_deleted"] = notes,
        }, null);
    }
}
