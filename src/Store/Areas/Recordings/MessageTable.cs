using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A number that has voicemail, or had it, and its messages.</summary>
/// <param name="NumberId">The number's own id.</param>
/// <param name="New">Messages that nobody has heard.</param>
public sealed record ListedMailbox(VoiceMailbox Mailbox, long NumberId, bool IsEnabled, int New, int Old);

/// <summary>The messages of mailboxes: recordings that say of which number. They begin and end as those do, in the ledger.</summary>
public sealed class MessageTable
{
    private const string Kept = "tenant_id = @tenant and mailbox is not null and state = 'saved'";
    internal const string SelectOf = $"""
        select id, from_party, started_at, length_ms, heard_at from rw_recording where {Kept} and mailbox = @number
        order by created_at, id limit @limit offset @offset
        """;
    internal const string CountOf = $"select count(*) from rw_recording where {Kept} and mailbox = @number";
    internal const string Select = $"select id, from_party, started_at, length_ms, heard_at from rw_recording where {Kept} and id = @id";
    internal const string Hear =
        $"update rw_recording set heard_at = @at where {Kept} and mailbox = @number and id = @id and heard_at is null";
    internal const string Delete = $"delete from rw_recording where {Kept} and mailbox = @number and id = @id";
    internal const string CountOfConnection = $"""
        select cast(coalesce(sum(case when heard_at is null then 1 else 0 end), 0) as bigint) as unheard,
            cast(coalesce(sum(case when heard_at is null then 0 else 1 end), 0) as bigint) as heard
        from rw_recording where {Kept} and mailbox in (select text from rw_number where tenant_id = @tenant and connection_id = @connection)
        """;

    private const string OwnNumber = "n.tenant_id = m.tenant_id and n.text = m.number";
    private const string Asked = "(m.tenant_id = @tenant or @tenant is null) and (m.number = @number or @number is null)";
    private const string OfMailbox = "r.tenant_id = m.tenant_id and r.mailbox = m.number and r.state = 'saved'";
    internal const string SelectMailboxesAllTenants = $"""
        select m.tenant_id, m.number, n.id as number_id, m.is_enabled,
            (select count(*) from rw_recording r where {OfMailbox} and r.heard_at is null) as unheard,
            (select count(*) from rw_recording r where {OfMailbox} and r.heard_at is not null) as heard
        from rw_mailbox m join rw_number n on {OwnNumber} where {Asked} order by m.number limit @limit offset @offset
        """;
    internal const string CountMailboxesAllTenants = $"select count(*) from rw_mailbox m join rw_number n on {OwnNumber} where {Asked}";

    private readonly Sql _sql;
    private readonly TimeProvider _time;

    internal MessageTable(Sql sql, TimeProvider time) => (_sql, _time) = (sql, time);

    /// <summary>Those of all accounts, or of one, and of all numbers, or of one: what the operator sees.</summary>
    public ValueTask<(IReadOnlyList<ListedMailbox> Rows, long Total)> ListMailboxesAsync(TenantId? tenant, string? number, int offset,
        int limit, CancellationToken stop)
    {
        var parameters = new { tenant = tenant?.ToString(), number, offset, limit };
        return _sql.ReadAsync<(IReadOnlyList<ListedMailbox>, long)>(db => (
            [.. db.Query<MailboxRow>(SelectMailboxesAllTenants, parameters).Select(row => row.ToListed())],
            db.ExecuteScalar<long>(CountMailboxesAllTenants, parameters)), stop);
    }

    /// <summary>Oldest first.</summary>
    public ValueTask<(IReadOnlyList<VoiceMessage> Messages, long Total)> ListAsync(VoiceMailbox mailbox, int offset, int limit,
        CancellationToken stop) => _sql.ReadAsync(db =>
    {
        var key = new { tenant = mailbox.Tenant, number = mailbox.Number, offset, limit };
        IReadOnlyList<VoiceMessage> messages = [.. db.Query<Row>(SelectOf, key).Select(row => row.ToMessage())];
        return (messages, db.ExecuteScalar<long>(CountOf, key));
    }, stop);

    /// <summary>In any mailbox of the tenant.</summary>
    internal async ValueTask<bool> HasAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { tenant, id }), stop).ConfigureAwait(false) is not null;

    internal async ValueTask MarkHeardAsync(VoiceMailbox mailbox, Guid id, CancellationToken stop) => await _sql.WriteAsync(
        db => db.Execute(Hear, new { tenant = mailbox.Tenant, number = mailbox.Number, id, at = _time.GetUtcNow() }),
        stop).ConfigureAwait(false);

    /// <returns>False when there is none. The file is the caller's to delete, before.</returns>
    internal ValueTask<bool> DeleteAsync(VoiceMailbox mailbox, Guid id, AuditNote? note, CancellationToken stop) => _sql.WriteAsync(db =>
    {
        if (db.Execute(Delete, new { tenant = mailbox.Tenant, number = mailbox.Number, id }) != 1) return false;
        AuditTable.Write(db, note);
        return true;
    }, stop);

    /// <summary>Of all numbers that lead to a connection.</summary>
    internal ValueTask<(int New, int Old)> CountAsync(TenantId tenant, ConnectionId connection, CancellationToken stop) =>
        _sql.ReadAsync(db =>
        {
            var counts = db.QuerySingle<Counts>(CountOfConnection, new { tenant, connection });
            return ((int)counts.Unheard, (int)counts.Heard);
        }, stop);

    private sealed record MailboxRow
    {
        public TenantId TenantId { get; init; }
        public string Number { get; init; } = "";
        public long NumberId { get; init; }
        public bool IsEnabled { get; init; }
        public long Unheard { get; init; }
        public long Heard { get; init; }

        public ListedMailbox ToListed() => new(new(TenantId, Number), NumberId, IsEnabled, (int)Unheard, (int)Heard);
    }

    private sealed record Counts
    {
        public long Unheard { get; init; }
        public long Heard { get; init; }
    }

    private sealed record Row
    {
        public Guid Id { get; init; }
        public string FromParty { get; init; } = "";
        public DateTimeOffset StartedAt { get; init; }
        public long? LengthMs { get; init; }
        public DateTimeOffset? HeardAt { get; init; }

        public VoiceMessage ToMessage() =>
            new(Id, FromParty, StartedAt, TimeSpan.FromMilliseconds(LengthMs ?? 0), IsHeard: HeardAt is not null);
    }
}
