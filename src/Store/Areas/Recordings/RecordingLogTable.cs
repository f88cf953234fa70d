using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>Conditions, joined by AND; null asks for nothing.</summary>
public sealed record RecordingLogQuery
{
    /// <summary>Of this call, or of a conference that it made.</summary>
    public Guid? LegUuid { get; init; }
    public RecordingState? State { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; } = 50;
}

/// <summary>
/// Recordings whatever became of them: those that run, those that are kept, and those that came to nothing. Messages of mailboxes are not
/// among them.
/// </summary>
public sealed class RecordingLogTable
{
    private const string Asked = """
        from rw_recording where tenant_id = @tenant and mailbox is null and (leg_uuid = @leg or @leg is null)
            and (state = @state or @state is null)
        """;
    internal const string SelectPage = $"""
        select {RecordingTable.Columns} {Asked} order by created_at desc, id desc limit @limit offset @offset
        """;
    internal const string Count = $"select count(*) {Asked}";
    internal const string SelectOne =
        $"select {RecordingTable.Columns} from rw_recording where tenant_id = @tenant and id = @id and mailbox is null";
    internal const string DeleteOver =
        "delete from rw_recording where tenant_id = @tenant and id = @id and state <> 'recording' and mailbox is null";

    private readonly Sql _sql;

    internal RecordingLogTable(Sql sql) => _sql = sql;

    /// <summary>Newest first.</summary>
    public ValueTask<RecordingPage> ListAsync(TenantId tenant, RecordingLogQuery query, CancellationToken stop)
    {
        var parameters = new
        {
            tenant, leg = query.LegUuid?.ToString(), state = query.State is { } state ? Names<RecordingState>.Of(state) : null,
            limit = query.Limit, offset = query.Offset,
        };
        return _sql.ReadAsync(db => new RecordingPage(
            [.. db.Query<RecordingTable.Row>(SelectPage, parameters).Select(row => row.ToRecording())],
            db.ExecuteScalar<long>(Count, parameters)), stop);
    }

    public async ValueTask<RecordingRow?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<RecordingTable.Row>(SelectOne, new { tenant, id }), stop)
            .ConfigureAwait(false))?.ToRecording();

    /// <summary>The row alone: <see cref="Database.RecordingRemovals"/> deletes the file, too.</summary>
    /// <returns>The row as it was; null when there was none, or it runs.</returns>
    internal async ValueTask<RecordingRow?> DeleteAsync(TenantId tenant, Guid id, AuditNote? note, CancellationToken stop) =>
        await _sql.WriteAsync<RecordingRow?>(db =>
        {
            var row = db.QuerySingleOrDefault<RecordingTable.Row>(SelectOne, new { tenant, id })?.ToRecording();
            if (row is null || db.Execute(DeleteOver, new { tenant, id }) != 1) return null;
            AuditTable.Write(db, Told(note, row.Place));
            return row;
        }, stop).ConfigureAwait(false);

    /// <summary>The note says where the file stays that is in the customer's own bucket.</summary>
    internal static AuditNote? Told(AuditNote? note, RecordingPlace? place) =>
        note is null || place is null ? note : note with { After = place.ToldLeft() };
}
