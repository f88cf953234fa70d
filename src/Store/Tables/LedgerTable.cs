using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Ledgers;

namespace Ringwright.Store.Tables;

/// <summary>
/// One event as it was committed. <paramref name="Type"/> is the event's name in snake case; <paramref name="Body"/> its JSON.
/// </summary>
public sealed record LedgerRow(long Seq, Subject Subject, string Type, DateTimeOffset At, string Body)
{
    internal EventJson Events { get; init; } = EventJson.OfLegs;

    /// <summary>The event itself. Bytes of a prompt's content are not kept, only their hash.</summary>
    public SubjectEvent ToEvent() => Events.Read(Type, Body);
}

/// <summary>Reads the ledger. Only <see cref="Ledger"/> writes it, and nothing ever changes it.</summary>
public sealed class LedgerTable
{
    private const string Select = "select seq, subject_kind, subject_id, type, at, body from rw_ledger where tenant_id = @tenant";
    private const string SelectSubjectRows = $"{Select} and subject_id = @id and subject_kind = @kind";
    internal const string SelectSubject = $"{SelectSubjectRows} order by seq";
    internal const string SelectLast = $"{SelectSubjectRows} order by seq desc limit 1";
    internal const string SelectAfter = $"{Select} and seq > @after order by seq limit @limit";

    private readonly Sql _sql;
    private readonly SubjectWriters _subjects;

    internal LedgerTable(Sql sql, SubjectWriters subjects) => (_sql, _subjects) = (sql, subjects);

    public async ValueTask<IReadOnlyList<LedgerRow>> ListAsync(TenantId tenant, Subject subject, CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectSubject, Named(tenant, subject)), stop).ConfigureAwait(false))
            .Select(r => r.ToLedgerRow(_subjects))];

    public ValueTask<IReadOnlyList<LedgerRow>> ListLegAsync(TenantId tenant, LegId leg, CancellationToken stop) =>
        ListAsync(tenant, Subject.Of(leg), stop);

    /// <summary>Null when nothing of the subject was written.</summary>
    internal async ValueTask<LedgerRow?> FindLastAsync(TenantId tenant, Subject subject, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(SelectLast, Named(tenant, subject)), stop).ConfigureAwait(false))
            ?.ToLedgerRow(_subjects);

    /// <summary>Oldest first, after a sequence number (0 for the beginning).</summary>
    public async ValueTask<IReadOnlyList<LedgerRow>> ListAsync(TenantId tenant, long after, int limit, CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectAfter, new { tenant, after, limit }), stop).ConfigureAwait(false))
            .Select(r => r.ToLedgerRow(_subjects))];

    private static object Named(TenantId tenant, Subject subject) =>
        new { tenant, kind = Names<SubjectKind>.Of(subject.Kind), id = subject.Id };

    private sealed record Row
    {
        public long Seq { get; init; }
        public string SubjectKind { get; init; } = "";
        public string SubjectId { get; init; } = "";
        public string Type { get; init; } = "";
        public DateTimeOffset At { get; init; }
        public string Body { get; init; } = "";

        public LedgerRow ToLedgerRow(SubjectWriters subjects)
        {
            var subject = SubjectText.Read(SubjectKind, SubjectId);
            return new(Seq, subject, Type, At, Body) { Events = subjects[subject.Kind].Events };
        }
    }
}
