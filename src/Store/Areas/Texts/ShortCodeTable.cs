using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A short code of an account's.</summary>
/// <param name="Code">Three to eight digits. One account of the node has it.</param>
/// <param name="Country">In which it is one: ISO 3166 alpha-2.</param>
/// <param name="Profile">Whose rules its texts follow; without one it takes no part.</param>
public sealed record ShortCode(Guid Id, TenantId Tenant, string Code, string Country, Guid? Profile, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public const int Shortest = 3, Longest = 8;

    /// <summary>It looks like one, whether anybody has it or not.</summary>
    public static bool IsOne(string text) => text.Length is >= Shortest and <= Longest && text.All(char.IsAsciiDigit);
}

/// <summary>Short codes. The operator gives them to accounts; these say on which profile one is.</summary>
public sealed class ShortCodeTable
{
    private const string Columns = "id, tenant_id, code, country, profile_id, created_at, updated_at";
    private const string Asked = "from rw_short_code where tenant_id = @tenant and (profile_id = @profile or @profile is null)";
    internal const string Insert = $"""
        insert into rw_short_code ({Columns}) values (@id, @tenant, @code, @country, null, @at, @at) on conflict (code) do nothing
        """;
    internal const string Select = $"select {Columns} from rw_short_code where tenant_id = @tenant and id = @id";
    internal const string SelectPage = $"select {Columns} {Asked} order by created_at desc, id desc limit @limit offset @offset";
    internal const string Count = $"select count(*) {Asked}";
    internal const string Update = """
        update rw_short_code set profile_id = @profile, updated_at = @at where tenant_id = @tenant and id = @id
        """;
    internal const string Delete = "delete from rw_short_code where tenant_id = @tenant and id = @id";
    internal const string SelectByCodeAllTenants = $"select {Columns} from rw_short_code where code = @code";
    internal const string SelectPageAllTenants =
        $"select {Columns} from rw_short_code order by code, id limit @limit offset @offset";
    internal const string CountAllTenants = "select count(*) from rw_short_code";

    private readonly Sql _sql;
    private readonly TimeProvider _time;

    internal ShortCodeTable(Sql sql, TimeProvider time) => (_sql, _time) = (sql, time);

    /// <summary>Whoever has it.</summary>
    public ValueTask<ShortCode?> FindAsync(string code, CancellationToken stop) => _sql.ReadAsync(db => Find(db, code), stop);

    public ValueTask<ShortCode?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        _sql.ReadAsync(db => Find(db, tenant, id), stop);

    /// <summary>Newest first.</summary>
    /// <param name="profile">Null asks for nothing.</param>
    public ValueTask<(IReadOnlyList<ShortCode> Rows, long Total)> ListAsync(TenantId tenant, string? profile, int offset, int limit,
        CancellationToken stop)
    {
        var which = new { tenant, profile, limit, offset };
        return _sql.ReadAsync<(IReadOnlyList<ShortCode>, long)>(db =>
            ([.. db.Query<Row>(SelectPage, which).Select(row => row.ToCode())], db.ExecuteScalar<long>(Count, which)), stop);
    }

    /// <summary>Of all accounts, for the operator, in the order of their digits.</summary>
    public ValueTask<(IReadOnlyList<ShortCode> Rows, long Total)> ListAllAsync(int offset, int limit, CancellationToken stop) =>
        _sql.ReadAsync<(IReadOnlyList<ShortCode>, long)>(db =>
            ([.. db.Query<Row>(SelectPageAllTenants, new { limit, offset }).Select(row => row.ToCode())],
                db.ExecuteScalar<long>(CountAllTenants)), stop);

    /// <returns>Null when an account has it already.</returns>
    public ValueTask<ShortCode?> AddAsync(TenantId tenant, string code, string country, Func<ShortCode, AuditNote> note,
        CancellationToken stop) => _sql.WriteAsync(db =>
    {
        var at = _time.GetUtcNow();
        if (db.Execute(Insert, new { id = Guid.CreateVersion7(at), tenant, code, country, at }) == 0) return null;
        var added = Find(db, code)!;        // is there now
        AuditTable.Write(db, note(added));
        return added;
    }, stop);

    /// <summary>Puts it on a profile, or off all.</summary>
    /// <param name="note">Of it before and after.</param>
    /// <returns>Null when the account has none of that id.</returns>
    public ValueTask<ShortCode?> PutAsync(TenantId tenant, Guid id, Guid? profile, Func<ShortCode, ShortCode, AuditNote> note,
        CancellationToken stop) => _sql.WriteAsync(db =>
    {
        if (Find(db, tenant, id) is not { } before) return null;
        db.Execute(Update, new { tenant, id, profile, at = _time.GetUtcNow() });
        var after = Find(db, tenant, id)!;      // is still there
        AuditTable.Write(db, note(before, after));
        return after;
    }, stop);

    /// <returns>What it was; null when nobody has it.</returns>
    public ValueTask<ShortCode?> RemoveAsync(string code, Func<ShortCode, AuditNote> note, CancellationToken stop) =>
        _sql.WriteAsync(db =>
        {
            if (Find(db, code) is not { } known) return null;
            db.Execute(Delete, new { tenant = known.Tenant, id = known.Id });
            AuditTable.Write(db, note(known));
            return known;
        }, stop);

    private static ShortCode? Find(IDbConnection db, string code) =>
        db.QuerySingleOrDefault<Row>(SelectByCodeAllTenants, new { code })?.ToCode();

    private static ShortCode? Find(IDbConnection db, TenantId tenant, Guid id) =>
        db.QuerySingleOrDefault<Row>(Select, new { tenant, id })?.ToCode();

    private sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public string Code { get; init; } = "";
        public string Country { get; init; } = "";
        public Guid? ProfileId { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }

        public ShortCode ToCode() => new(Id, TenantId, Code, Country, ProfileId, CreatedAt, UpdatedAt);
    }
}
