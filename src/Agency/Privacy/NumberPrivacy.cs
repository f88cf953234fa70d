using System.Text.Json.Nodes;
using Ringwright.Agency.Batches;
using Ringwright.Agency.Calling;
using Ringwright.Agency.Compliance;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Audit;

namespace Ringwright.Agency.Privacy;

/// <summary>
/// All that an agency has of a person's number, to be handed out; and the end of it: by whichever number of the telephone it is asked for.
/// What proves that somebody agreed, asked not to be called, or was called stays, and so do calls that are held.
/// </summary>
internal sealed class NumberPrivacy(AgencyParts parts, AgencyCalls calls, CallRedaction redaction)
{
    private const string RecordType = "phone_number";
    private const int MostCalls = 1_000, AtOnce = 200, MostRows = 1_000;

    private readonly RefusedRows _refused = new(parts);

    public async ValueTask<Reply> Export(OperationContext op)
    {
        if (NumberOf(op) is not { } number) return Wrong(op);
        var scope = AgencyScope.Of(op);
        var accounts = AgencyCalls.AccountsOf(op.Routing, scope, null);
        var numbers = OneTelephone.AllOf([number]);
        var contacts = await parts.Kept.ListContactsAsync(scope.Agency, numbers, op.Stop);
        var (found, total) = await new AgencyCallSearch(scope.Agency, accounts) { Parties = numbers, Limit = MostCalls }
            .RunAsync(parts.Store, op.Stop);
        var shown = new JsonArray();
        foreach (var some in found.Chunk(AtOnce))
            foreach (var call in await calls.ReadAsync(scope.Agency, some, op.Stop)) shown.Add((JsonNode)await ShowAsync(call, op.Stop));
        var (consents, _) = await parts.Store.Consents.ListSomeAsync(accounts, number, 0, MostRows, op.Stop);
        var (held, _) = await parts.Store.DoNotCall.ListSomeAsync(accounts, false, number, false, 0, MostRows, op.Stop);
        await parts.Store.Audit.AppendAsync(NoteOf(op, scope, "exported", number), op.Stop);
        return op.Ok(new JsonObject
        {
            ["phone_number"] = number, ["exported_at"] = AgencyText.Time(op.Now),
            ["contacts"] = new JsonArray([.. contacts.Select(one => (JsonNode)AgencyContacts.Show(one, isMasked: false, phase: null))]),
            ["calls"] = shown, ["calls_total"] = total,
            ["consents"] = new JsonArray([.. consents.Select(one => (JsonNode)AgencyConsents.Show(one, scope.Agency))]),
            ["dnc"] = new JsonArray([.. held.Select(one => (JsonNode)AgencyDoNotCall.Show(one, scope.Agency))]),
            ["import_rows"] = await _refused.ListAsync(scope.Agency, numbers, op.Stop),
        });
    }

    public async ValueTask<Reply> Erase(OperationContext op)
    {
        if (NumberOf(op) is not { } number) return Wrong(op);
        var body = op.ReadObject();
        if ((bool?)body["confirm"] is not true) return op.Fail(AgencyText.Bad("confirm", "What is erased does not come back: confirm it."));
        if (AgencyText.Text(body, "because") is not { } because) return op.Fail(AgencyText.Bad("because", "Say why."));
        var scope = AgencyScope.Of(op);
        var accounts = AgencyCalls.AccountsOf(op.Routing, scope, null);
        var note = NoteOf(op, scope, "erased", number, because);
        var numbers = OneTelephone.AllOf([number]);
        var (gone, left) = await EraseContactsAsync(op, scope, numbers);
        int rows = await _refused.EraseAsync(scope.Agency, numbers, op.Stop), redacted = 0;
        var kept = new JsonArray();
        for (int at = 0; ; at += AtOnce)
        {
            var (found, _) = await new AgencyCallSearch(scope.Agency, accounts) { Parties = numbers, Offset = at, Limit = AtOnce }
                .RunAsync(parts.Store, op.Stop);
            foreach (var call in await calls.ReadAsync(scope.Agency, found, op.Stop))
            {
                if (call.Note is { RedactedAt: not null, IsHeld: false }) continue;
                var (done, fault) = await redaction.RedactAsync(op, call);
                if (done is not null) redacted++;
                else kept.Add((JsonNode)new JsonObject { ["id"] = call.Leg.Uuid.ToString(), ["reason"] = fault });
            }
            if (found.Count < AtOnce) break;
        }
        await parts.Store.Audit.AppendAsync(note, op.Stop);
        return op.Ok(new JsonObject
        {
            ["phone_number"] = number, ["erased_at"] = AgencyText.Time(op.Now), ["contacts_deleted"] = gone, ["contacts_left"] = left,
            ["import_rows_erased"] = rows, ["calls_redacted"] = redacted, ["calls_left"] = kept,
        });
    }

    /// <returns>How many are gone, and how many are called at this moment.</returns>
    private async ValueTask<(int Gone, int Left)> EraseContactsAsync(OperationContext op, AgencyScope scope, IReadOnlyList<string> numbers)
    {
        int gone = 0, left = 0;
        foreach (var contact in await parts.Kept.ListContactsAsync(scope.Agency, numbers, op.Stop))
        {
            var batch = contact.BatchId is { } of ? await parts.Batches.FindAsync(scope.Agency, of, op.Stop) : null;
            // What came of its calls counts for the batch.
            if (batch is not null) await parts.Follower.FollowAsync(batch, op.Stop);
            var note = op.Note("deleted", WaitingContacts.RecordType, contact.Id.ToString()) with { Tenant = scope.Agency };
            if (await parts.Waiting.DeleteAsync(contact, batch, op.Now, note, op.Stop)) gone++;
            else left++;
        }
        return (gone, left);
    }

    private async ValueTask<JsonObject> ShowAsync(AgencyCall call, CancellationToken stop)
    {
        string uuid = call.Leg.Uuid.ToString();
        var begun = call.Leg.AnsweredAt ?? call.Leg.StartedAt;
        var shown = call.Write();
        shown["transcript"] = new JsonArray([.. (await parts.Turns.ListAsync(call.Agency, uuid, stop))
            .Select(turn => (JsonNode)Transcripts.Show(turn, begun))]);
        shown["analysis"] = call.Note?.Analysis?.DeepClone();
        if (call.Remote is { } told) (shown["short_summary"], shown["summary"]) = (told.ShortSummary, told.Summary);
        shown["notes"] = new JsonArray([.. (await parts.WrittenNotes.ListAsync(call.Agency, uuid, stop))
            .Select(note => (JsonNode)note.Body)]);
        return shown;
    }

    private static string? NumberOf(OperationContext op) => AgencyText.Number((string)op.ReadObject()["phone_number"]!);     // required

    private static Reply Wrong(OperationContext op) =>
        op.Fail(AgencyText.Bad("phone_number", "phone_number is a number with its country's code, such as +12125550100."));

    /// <summary>The trail says what was done, and of the number its end alone.</summary>
    private static AuditNote NoteOf(OperationContext op, AgencyScope scope, string change, string number,
        string? because = null) => op.Note(change, RecordType, E164.Mask(number), null,
            because is null ? null : new JsonObject { ["because"] = because }) with
        {
            Tenant = scope.Agency,
        };
}
