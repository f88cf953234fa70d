using System.Globalization;
using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Telefonie.Calling;

/// <summary>The links that calls have to their recordings: they stay as they are, and lead on whoever has a key of the account.</summary>
internal static class TelefonieRecordings
{
    public static string LinkTo(PublicLinks links, string recording) =>
        links.To($"{TelefonieDialect.Root}/recordings/recordings/{recording}/media");

    public static async ValueTask<Reply> GetMediaAsync(OperationContext op, TelefonieParts parts)
    {
        if (!Guid.TryParseExact(op.Path("recording_id"), "D", out var id)
                || await parts.Store.Recordings.FindAsync(op.Tenant, id, op.Stop) is not { } row)
            return op.Unknown("recording_id", "There is no such recording.");
        string file = string.Create(CultureInfo.InvariantCulture,
            $"{row.LegUuid}-{row.StartedAt.ToUnixTimeSeconds()}.{(row.Plan.Format is RecordFormat.Mp3 ? "mp3" : "wav")}");
        return new Reply { Status = 302 }.With("location", parts.Links.ToRecording(op.Tenant, id, file, op.Now))
            .With("cache-control", "private, no-store");
    }
}
