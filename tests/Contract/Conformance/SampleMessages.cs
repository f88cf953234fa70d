using System.Text;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Blobs;

namespace Ringwright.Contract.Conformance;

/// <summary>Messages in mailboxes, as the ledger writes those that callers have left.</summary>
internal static class SampleMessages
{
    /// <summary>What the file of each holds.</summary>
    public const string Sound = "RIFF, and what was said";

    private static int _count;

    /// <param name="number">Of the node's first account, with voicemail.</param>
    /// <returns>The message's id.</returns>
    public static async Task<string> LeaveAsync(Database store, string number)
    {
        var stop = TestContext.Current.CancellationToken;
        var owner = (await store.Tenants.ListAsync(stop)).Single(tenant => tenant.Name == "default").Id;
        var id = Guid.NewGuid();
        await store.Blobs.PutAsync(BlobKey.OfRecording(owner, id, RecordFormat.Wav), Encoding.UTF8.GetBytes(Sound), stop);
        await store.Sql.WriteAsync(db => db.Execute("""
            insert into rw_recording (id, tenant_id, leg_id, leg_uuid, session_id, connection_id, from_party, to_party, plan, mailbox,
                state, started_at, length_ms, created_at, updated_at)
            values (@id, @owner, @leg, @id, @id, 0, '+15550199001', @number, '{}', @number, 'saved', @at, 2500, @at, @at)
            """, new
        {
            id, owner, leg = LegId.Compose(1, 0, 1, (uint)Interlocked.Increment(ref _count), 1), number,
            at = TimeProvider.System.GetUtcNow(),
        }), stop);
        return id.ToString();
    }
}
