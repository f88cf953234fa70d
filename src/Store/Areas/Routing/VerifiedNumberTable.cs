using System.Data;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

public enum ProvedBy { Call, Operator }

/// <summary>A number of the public network that an account has proved to be its own.</summary>
public sealed record ProvedNumber(TenantId Tenant, string Text, ProvedBy By, DateTimeOffset At)
{
    /// <summary>What the account calls it; null where it has said nothing.</summary>
    public string? Name { get; init; }
    /// <summary>When it was last called something else.</summary>
    public DateTimeOffset? NamedAt { get; init; }
}

/// <summary>
/// Numbers that accounts may show without having them on this node.
/// What somebody has here is in <see cref="NumberTable"/>, and never in this one.
/// </summary>
public sealed class VerifiedNumberTable
{
    private const string Columns = "tenant_id, text, proved_by, verified_at, friendly_name, named_at";
    internal const string Insert = """
        insert into rw_verified_number (tenant_id, text, proved_by, verified_at, friendly_name) values (@tenant, @text, @by, @at, @name)
        on conflict (tenant_id, text) do nothing
        """;
    internal const string Select = $"select {Columns} from rw_verified_number where tenant_id = @tenant and text = @text";
    internal const string Count = "select count(*) from rw_verified_number where tenant_id = @tenant";
    internal const string SelectPage =
        $"select {Columns} from rw_verified_number where tenant_id = @tenant order by verified_at, text limit @limit offset @offset";
    internal const string Rename =
        "update rw_verified_number set friendly_name = @name, named_at = @at where tenant_id = @tenant and text = @text";
    internal const string Delete = "delete from rw_verified_number where tenant_id = @tenant and text = @text";
    internal const string SelectAllTenants = $"select {Columns} from rw_verified_number order by verified_at, text, tenant_id";
    internal const string SelectByTextAllTenants =
        $"select {Columns} from rw_verified_number where text = @text order by verified_at, tenant_id";
    // A number that came to this node is its owner's, whoever proved it before.
    internal const string DeleteOwnedAllTenants = "delete from rw_verified_number where text in (select text from rw_number)";

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly TimeProvider _time;

    internal VerifiedNumberTable(Sql sql, Routing routing, TimeProvider time) => (_sql, _routing, _time) = (sql, routing, time);

    /// <summary>Oldest first.</summary>
    public ValueTask<(IReadOnlyList<ProvedNumber> Rows, long Total)> ListAsync(TenantId tenant, int offset, int limit,
        CancellationToken stop) =>
        _sql.ReadAsync<(IReadOnlyList<ProvedNumber>, long)>(db =>
            ([.. db.Query<Row>(SelectPage, new { tenant, limit, offset }).Select(r => r.ToNumber())],
                db.ExecuteScalar<long>(Count, new { tenant })), stop);

    /// <summary>Of all tenants, for the operator.</summary>
    public ValueTask<IReadOnlyList<ProvedNumber>> ListAllAsync(CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<ProvedNumber>>(db => [.. db.Query<Row>(SelectAllTenants).Select(r => r.ToNumber())], stop);

    public ValueTask<ProvedNumber?> FindAsync(TenantId tenant, string text, CancellationToken stop) =>
        _sql.ReadAsync(db => Find(db, tenant, text), stop);

    /// <summary>By the operator's word.</summary>
    /// <returns>Null when somebody has the number on this node.</returns>
    public async ValueTask<ProvedNumber?> AddAsync(TenantId tenant, string text, Func<ProvedNumber, AuditNote> note, CancellationToken stop)
    {
        var added = await _sql.WriteAsync(db => Write(db, tenant, text, ProvedBy.Operator, _time.GetUtcNow(), note),
            stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return added;
    }

    /// <returns>What it is now; null when it is none.</returns>
    public ValueTask<ProvedNumber?> RenameAsync(TenantId tenant, string text, string name, Func<ProvedNumber, ProvedNumber, AuditNote> note,
        CancellationToken stop) =>
        _sql.WriteAsync<ProvedNumber?>(db =>
        {
            if (Find(db, tenant, text) is not { } before) return null;
            db.Execute(Rename, new { tenant, text, name, at = _time.GetUtcNow() });
            var after = Find(db, tenant, text)!; // is there still
            AuditTable.Write(db, note(before, after));
            return after;
        }, stop);

    /// <returns>What it was; null when it was none.</returns>
    public async ValueTask<ProvedNumber?> RemoveAsync(TenantId tenant, string text, Func<ProvedNumber, AuditNote> note,
        CancellationToken stop)
    {
        var removed = await _sql.WriteAsync(db =>
        {
            if (Find(db, tenant, text) is not { } known) return null;
            db.Execute(Delete, new { tenant, text });
            AuditTable.Write(db, note(known));
            return known;
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return removed;
    }

    /// <param name="name">What the account calls it; null for nothing. One that is proved already keeps its own.</param>
    /// <returns>Null when somebody has the number on this node.</returns>
    internal static ProvedNumber? Write(IDbConnection db, TenantId tenant, string text, ProvedBy by, DateTimeOffset at,
        Func<ProvedNumber, AuditNote> note, string? name = null)
    {
        if (db.ExecuteScalar<long>(NumberTable.CountTextAllTenants, new { text }) > 0) return null;
        bool isNew = db.Execute(Insert, new { tenant, text, by = Names<ProvedBy>.Of(by), at, name }) > 0;
        var number = Find(db, tenant, text)!; // is there now
        if (isNew) AuditTable.Write(db, note(number));
        return number;
    }

    private static ProvedNumber? Find(IDbConnection db, TenantId tenant, string text) =>
        db.QuerySingleOrDefault<Row>(Select, new { tenant, text })?.ToNumber();

    internal sealed record Row
    {
        public TenantId TenantId { get; init; }
        public string Text { get; init; } = "";
        public string ProvedBy { get; init; } = "";
        public DateTimeOffset VerifiedAt { get; init; }
        public string? FriendlyName { get; init; }
        public DateTimeOffset? NamedAt { get; init; }

        public ProvedNumber ToNumber() => new(TenantId, Text, Names<ProvedBy>.Parse(ProvedBy), VerifiedAt)
        {
            Name = FriendlyName, NamedAt = NamedAt,
        };
    }
}
