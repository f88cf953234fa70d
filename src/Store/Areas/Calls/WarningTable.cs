using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>What was asked for and not done as asked.</summary>
/// <param name="Seq">Rises with each that is written down.</param>
/// <param name="Leg">Null for what is of no leg, or of one that is forgotten; <paramref name="Session"/> likewise.</param>
/// <param name="Url">Without its query: the document's, or the webhook's. Null where it has none.</param>
/// <param name="Line">Of the document, from 1.</param>
/// <param name="Cause">A sentence for whoever is to mend it.</param>
public sealed record AccountWarning(long Seq, DateTimeOffset At, WarningSource Source, Guid? Leg, Guid? Session, string? Url, int? Line,
    string Cause);

/// <summary>The warnings of accounts: what their documents, webhooks and commands asked for and did not get.</summary>
public sealed class WarningTable
{
    internal const string Count = "select count(*) from rw_warning where tenant_id = @tenant";
    internal const string SelectMany = """
        select w.seq, w.at, w.source, l.uuid as leg_uuid, l.session_id, w.url, w.line, w.cause from (
            select * from rw_warning where tenant_id = @tenant order by seq desc limit @limit offset @offset) w
        left join rw_leg l on l.tenant_id = w.tenant_id and l.id = w.leg_id order by w.seq desc
        """;

    private readonly Sql _sql;

    internal WarningTable(Sql sql) => _sql = sql;

    /// <summary>The newest first.</summary>
    public ValueTask<(IReadOnlyList<AccountWarning> Rows, long Total)> ListAsync(TenantId tenant, int offset, int limit,
        CancellationToken stop) => _sql.ReadAsync<(IReadOnlyList<AccountWarning>, long)>(db => (
            [.. db.Query<Row>(SelectMany, new { tenant, limit, offset }).Select(row => row.ToWarning())],
            db.ExecuteScalar<long>(Count, new { tenant })), stop);

    /// <summary>Of a document that answers no call.</summary>
    /// <param name="url">Without its query.</param>
    /// <param name="cause">A sentence for whoever is to mend it.</param>
    public async ValueTask AddAsync(TenantId tenant, DateTimeOffset at, string url, int? line, string cause, CancellationToken stop) =>
        await _sql.WriteAsync(db =>
        {
            WarningRows.Write(db, tenant, at, url, line, cause);
            return true;
        }, stop).ConfigureAwait(false);

    private sealed record Row
    {
        public long Seq { get; init; }
        public DateTimeOffset At { get; init; }
        public string Source { get; init; } = "";
        public Guid? LegUuid { get; init; }
        public Guid? SessionId { get; init; }
        public string? Url { get; init; }
        public int? Line { get; init; }
        public string Cause { get; init; } = "";

        public AccountWarning ToWarning() => new(Seq, At, Names<WarningSource>.Parse(Source), LegUuid, SessionId, Url, Line, Cause);
    }
}
