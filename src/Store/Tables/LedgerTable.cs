using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Ledgers;

namespace Ringwright.Store.Tables;

/// <summary>One event as it was committed. <paramref name="Type"/> is the event's name in snake case; <paramref name="Body"/> its JSON.</summary>
public sealed record LedgerRow(long Seq, LegId Leg, string Type, DateTimeOffset At, string Body)
{
    /// <summary>The event itself. Bytes of a prompt's content are not kept, only their hash.</summary>
    public CallEvent ToEvent() => EventJson.Read(Type, Body);
}

/// <summary>Reads the ledger. Only <see cref="Ledger"/> writes it, and nothing ever changes it.</summary>
public sealed class LedgerTable
{
    private const string SelectLegRows = "select seq, leg_id, type, at, body from rw_ledger where tenant_id = @tenant and leg_id = @leg";
    internal const string SelectLeg = $"{SelectLegRows} order by seq";
    internal const string SelectLast = $"{SelectLegRows} order by seq desc limit 1";
    internal const string SelectAfter = "select seq, leg_id, type, at, body from rw_ledger where tenant_id = @tenant and seq > @after order by seq limit @limit";

    private readonly Sql _sql;

    internal LedgerTable(Sql sql) => _sql = sql;

    public async ValueTask<IReadOnlyList<LedgerRow>> ListLegAsync(TenantId tenant, LegId leg, CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectLeg, new { tenant, leg }), stop).ConfigureAwait(false)).Select(r => r.ToLedgerRow())];

    /// <summary>Null when nothing of the leg was written.</summary>
    internal async ValueTask<LedgerRow?> FindLastAsync(TenantId tenant, LegId leg, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(SelectLast, new { tenant, leg }), stop).ConfigureAwait(false))?.ToLedgerRow();

    /// <summary>Oldest first, after a sequence number (0 for the beginning).</summary>
    public async ValueTask<IReadOnlyList<LedgerRow>> ListAsync(TenantId tenant, long after, int limit, CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectAfter, new { tenant, after, limit }), stop).ConfigureAwait(false)).Select(r => r.ToLedgerRow())];

    private sealed record Row
    {
        public long Seq { get; init; }
        public LegId LegId { get; init; }
        public string Type { get; init; } = "";
        public DateTimeOffset At { get; init; }
        public string Body { get; init; } = "";

        public LedgerRow ToLedgerRow() => new(Seq, LegId, Type, At, Body);
    }
}
