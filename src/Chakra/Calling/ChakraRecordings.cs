using Dapper;
using Ringwright.Calls;
using Ringwright.Chakra.Clicks;
using Ringwright.Http;
using Ringwright.Store.Blobs;
using Ringwright.Store.Engines;

namespace Ringwright.Chakra.Calling;

/// <summary>The sound behind <c>recordingUrl</c>: a link that people keep, which takes a token of the team.</summary>
internal sealed class ChakraRecordings(ChakraParts parts, ChakraCalls calls)
{
    internal const string SelectNewest = """
        select id from rw_recording where tenant_id = @tenant and state = 'saved' and mailbox is null and conference_id is null
            and leg_uuid in @legs order by created_at desc, id desc limit 1
        """;

    public async ValueTask<Reply> Get(OperationContext op)
    {
        if (await calls.FindAsync(op.Tenant, op.Path("id"), op.Stop) is not { HasRecording: true } call) return op.Unknown("id");
        IReadOnlyList<string> legs = ClickMerge.IsClick(call.Note) ? ClickMerge.LegsOf(call.Note) : [call.Id];
        var id = await parts.Store.Sql.ReadAsync(
            db => db.QueryFirstOrDefault<string>(SelectNewest, new { tenant = op.Tenant, legs = new InList<string>(legs) }), op.Stop);
        if (id is null || await parts.Store.Recordings.FindAsync(op.Tenant, Guid.Parse(id), op.Stop) is not { Place: null } row)
            return op.Unknown("id", "The recording is kept elsewhere, or is gone.");
        string type = RecordFormats.MediaTypeOf(row.Plan.Format);
        return await op.FileAsync(parts.Store.Blobs, BlobKey.OfRecording(op.Tenant, row.Id, row.Plan.Format), type) ?? op.Unknown("id");
    }
}
