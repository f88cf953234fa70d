using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Keeping;

/// <summary>Removes rows by their age, account by account and in steps, so that no call waits long behind one. A row that something alive still needs stays.</summary>
internal sealed class AgedRows(Sql sql, Func<DateTimeOffset> now)
{
    /// <summary>Rows (of events: legs) that one transaction removes.</summary>
    private const int Step = 500;

    private const string SelectTenants = "select id from rw_tenant";
    /// <summary>A recording that is open will be told of with its leg's facts.</summary>
    internal const string Legs = """
        delete from rw_leg where tenant_id = @tenant and id in (
            select id from rw_leg where tenant_id = @tenant and ended_at < @before and (found_ended_at is null or found_ended_at < @before)
                and id not in (select leg_id from rw_recording where tenant_id = @tenant and state = 'recording')
            order by ended_at limit @step)
        """;
    /// <summary>All of a call at once, and nothing of one that is alive.</summary>
    internal const string Events = """
        delete from rw_ledger where tenant_id = @tenant and subject_kind = 'leg' and subject_id in (
            select subject_id from rw_ledger where tenant_id = @tenant and type = 'leg_ended' and at < @before order by at limit @step)
        """;
    internal const string Records = """
        delete from rw_call_record where tenant_id = @tenant and leg_id in (
            select leg_id from rw_call_record where tenant_id = @tenant and ended_at < @before order by ended_at limit @step)
        """;
    internal const string Uses = """
        delete from rw_feature_use where tenant_id = @tenant and feature = @feature and id in (
            select id from rw_feature_use where tenant_id = @tenant and feature = @feature and at < @before order by at limit @step)
        """;
    internal const string FailedRecordings = """
        delete from rw_recording where tenant_id = @tenant and id in (
            select id from rw_recording where tenant_id = @tenant and state = 'failed' and updated_at < @before order by updated_at limit @step)
        """;
    internal const string SelectRecordings = """
        select id, blob from rw_recording where tenant_id = @tenant and state = 'saved' and created_at < @before order by created_at limit @step
        """;
    internal const string Recording = "delete from rw_recording where tenant_id = @tenant and id = @id and state = 'saved'";

    private static readonly string[] Features = [FeatureUseTable.Recording, FeatureUseTable.MachineDetection, FeatureUseTable.Speech];

    public async Task<IReadOnlyList<TenantId>> TenantsAsync(CancellationToken stop) =>
        await sql.ReadAsync(db => db.Query<TenantId>(SelectTenants).AsList(), stop).ConfigureAwait(false);

    /// <returns>How many legs, and so on, were removed.</returns>
    public Task<long> LegsAsync(TenantId tenant, DateTimeOffset before, CancellationToken stop) => RemoveAsync(Legs, new { tenant, before, step = Step }, stop);

    public Task<long> EventsAsync(TenantId tenant, DateTimeOffset before, CancellationToken stop) => RemoveAsync(Events, new { tenant, before, step = Step }, stop);

    public async Task<long> RecordsAsync(TenantId tenant, DateTimeOffset before, CancellationToken stop)
    {
        long removed = await RemoveAsync(Records, new { tenant, before, step = Step }, stop).ConfigureAwait(false);
        foreach (string feature in Features) removed += await RemoveAsync(Uses, new { tenant, feature, before, step = Step }, stop).ConfigureAwait(false);
        return removed;
    }

    /// <param name="delete">Deletes a file. It goes first: should we die in between, the next round finds the row again.</param>
    public async Task<long> RecordingsAsync(TenantId tenant, DateTimeOffset before, Action<string> delete, CancellationToken stop)
    {
        long removed = await RemoveAsync(FailedRecordings, new { tenant, before, step = Step }, stop).ConfigureAwait(false);
        while (true)
        {
            var rows = await sql.ReadAsync(db => db.Query<Saved>(SelectRecordings, new { tenant, before, step = Step }).AsList(), stop).ConfigureAwait(false);
            if (rows.Count == 0) return removed;
            foreach (var row in rows)
                if (row.Blob is { } blob) delete(blob);
            removed += await sql.WriteAsync(db => rows.Sum(row => Remove(db, tenant, row.Id)), stop, Haste.Later).ConfigureAwait(false);
        }
    }

    private int Remove(IDbConnection db, TenantId tenant, Guid id)
    {
        int removed = db.Execute(Recording, new { tenant, id });
        if (removed > 0) AuditTable.Write(db, new() { Tenant = tenant, At = now(), By = AuditActor.Node, Change = "deleted", RecordType = "recording", ResourceId = id.ToString() });
        return removed;
    }

    private async Task<long> RemoveAsync(string statement, object parameters, CancellationToken stop)
    {
        long removed = 0;
        while (await sql.WriteAsync(db => db.Execute(statement, parameters), stop, Haste.Later).ConfigureAwait(false) is > 0 and int step) removed += step;
        return removed;
    }

    private sealed record Saved
    {
        public Guid Id { get; init; }
        public string? Blob { get; init; }
    }
}
