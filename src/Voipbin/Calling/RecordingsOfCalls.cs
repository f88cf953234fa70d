using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin.Calling;

/// <summary>Recordings of the account's calls and conferences, whichever API made them, and their files.</summary>
internal static class RecordingsOfCalls
{
    public static async ValueTask<Reply> ListAsync(OperationContext op, VoipbinParts parts)
    {
        var found = await parts.Store.Recordings.SearchAsync(op.Tenant,
            new() { Created = new(null, MomentPages.Before(op.List)), Limit = op.List.Size }, op.Stop);
        var rows = found?.Rows ?? [];
        return op.Page([.. rows.Select(row => (JsonNode)RecordingView.Of(row))], rows.Count);
    }

    public static async ValueTask<Reply> GetAsync(OperationContext op, VoipbinParts parts) =>
        await FindAsync(op, parts) is { } row ? op.Ok(RecordingView.Of(row)) : await UnknownAsync(op, parts);

    /// <summary>It is gone with its file and its text: what was said on a call is not kept for somebody who wants it deleted.</summary>
    public static async ValueTask<Reply> DeleteAsync(OperationContext op, VoipbinParts parts)
    {
        if (await FindAsync(op, parts) is not { } row) return await UnknownAsync(op, parts);
        if (row.State is not RecordingState.Saved) return op.Fail(Fault.WrongState, "The recording is still being made.");
        // With what was written down of it: this API has nothing else that would delete that.
        var note = op.Note("deleted", "recording", row.Id.ToString());
        if (await parts.Store.RecordingRemovals.RemoveAsync(row, note, isWithText: true, op.Stop) is null)
            return await UnknownAsync(op, parts);
        var shown = RecordingView.Of(row);
        shown["tm_delete"] = VoipbinTime.Text(op.Now);
        return op.Ok(shown);
    }

    /// <summary>Leads to a link that needs no key and lives for some minutes.</summary>
    public static async ValueTask<Reply> GetFileAsync(OperationContext op, VoipbinParts parts)
    {
        if (await FindAsync(op, parts) is not { } row) return await UnknownAsync(op, parts);
        if (row.State is not RecordingState.Saved)
            return op.Fail(Fault.WrongState, "The recording is still being made: it has a file when its status is ended.");
        if (parts.Links is not { } links) return op.Fail(Fault.Unavailable, "No files are given here.");
        string file = $"{row.Id}.{RecordFormats.ExtensionOf(row.Plan.Format)}";
        return new Reply { Status = 302 }.With("location", links.ToRecording(op.Tenant, row.Id, file, op.Now))
            .With("cache-control", "private, no-store");
    }

    private static ValueTask<RecordingRow?> FindAsync(OperationContext op, VoipbinParts parts) =>
        parts.Store.Recordings.FindBegunAsync(op.Tenant, IdOf(op), op.Stop);

    private static Guid IdOf(OperationContext op) => Guid.Parse(op.Path("id"), CultureInfo.InvariantCulture);

    private static async ValueTask<Reply> UnknownAsync(OperationContext op, VoipbinParts parts) =>
        await parts.Store.Recordings.IsOthersAsync(op.Tenant, IdOf(op), op.Stop)
            ? op.Fail(Fault.ForeignResource, "This belongs to another account.") : op.Unknown("id", "The recording was not found.");
}
