using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>Hours at which accounts' texts may arrive. What a policy says is for whoever asks it to read.</summary>
public sealed class TextPolicyTable
{
    internal const string Upsert = """
        insert into rw_text_policy (tenant_id, policy, updated_at) values (@tenant, @policy, @at)
        on conflict (tenant_id) do update set policy = excluded.policy, updated_at = excluded.updated_at
        """;
    internal const string Select = "select policy from rw_text_policy where tenant_id = @tenant";
    internal const string Delete = "delete from rw_text_policy where tenant_id = @tenant";
    internal const string CountWritten = """
        select count(*) from rw_text where tenant_id = @tenant and sender = @sender and recipient = @recipient and received_at > @since
            and direction = 'inbound'
        """;

    private readonly Sql _sql;
    private readonly TimeProvider _time;

    internal TextPolicyTable(Sql sql, TimeProvider time) => (_sql, _time) = (sql, time);

    /// <summary>Null where no hours are kept.</summary>
    public ValueTask<JsonObject?> FindAsync(TenantId tenant, CancellationToken stop) =>
        _sql.ReadAsync(db => db.QuerySingleOrDefault<JsonObject>(Select, new { tenant }), stop);

    /// <summary>In place of what was said before.</summary>
    public async ValueTask SetAsync(TenantId tenant, JsonObject policy, AuditNote note, CancellationToken stop) =>
        await _sql.WriteAsync(db =>
        {
            db.Execute(Upsert, new { tenant, policy, at = _time.GetUtcNow() });
            AuditTable.Write(db, note);
            return true;
        }, stop).ConfigureAwait(false);

    /// <returns>False when none were kept.</returns>
    public ValueTask<bool> RemoveAsync(TenantId tenant, AuditNote note, CancellationToken stop) => _sql.WriteAsync(db =>
    {
        if (db.Execute(Delete, new { tenant }) == 0) return false;
        AuditTable.Write(db, note);
        return true;
    }, stop);

    /// <summary>Whether a number has written to one of the account's since then.</summary>
    public ValueTask<bool> HasWrittenAsync(TenantId tenant, string sender, string recipient, DateTimeOffset since,
        CancellationToken stop) =>
        _sql.ReadAsync(db => db.ExecuteScalar<long>(CountWritten, new { tenant, sender, recipient, since }) > 0, stop);
}
