using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>A key of this API.</summary>
internal sealed record AgencyKey
{
    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public string? ClientId { get; init; }
    public string Name { get; init; } = "";
    public string Prefix { get; init; } = "";
    public string Role { get; init; } = "";
    /// <summary>The user, or the key of the account, that made it.</summary>
    public string CreatedBy { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>The rows of <c>api_keys</c>: they stay when they are revoked.</summary>
internal sealed class AgencyKeyTable(Database store)
{
    private const string Columns = """
        id, tenant_id, client_id, name, prefix, cast(role as text) as role, created_by, created_at, expires_at, revoked_at
        """;
    // Who shows a key names no account.
    internal const string SelectByHashAllTenants = $"select {Columns} from api_keys where hash = @hash and revoked_at is null";
    private const string Of = "from api_keys where tenant_id = @tenant and (@by = '' or created_by = @by)";
    internal const string SelectPage = $"select {Columns} {Of} order by created_at, id limit @limit offset @offset";
    internal const string Count = $"select count(*) {Of}";
    internal const string SelectById = $"select {Columns} from api_keys where tenant_id = @tenant and id = @id";
    internal const string Insert = """
        insert into api_keys (id, tenant_id, client_id, name, prefix, hash, role, created_by, created_at, expires_at)
        values (@id, @tenant, @client, @name, @prefix, @hash, @role, @by, @at, @expires)
        """;
    internal const string Revoke = "update api_keys set revoked_at = @at where tenant_id = @tenant and id = @id and revoked_at is null";

    public ValueTask<AgencyKey?> FindAsync(string hash, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<AgencyKey>(SelectByHashAllTenants, new { hash }), stop);

    public ValueTask<AgencyKey?> FindAsync(TenantId agency, Guid id, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<AgencyKey>(SelectById, new { tenant = agency, id }), stop);

    /// <param name="by">Who made them; the empty text for anybody.</param>
    public ValueTask<(IReadOnlyList<AgencyKey> Rows, long Total)> ListAsync(TenantId agency, string by, int offset, int limit,
        CancellationToken stop)
    {
        var which = new { tenant = agency, by, offset, limit };
        return store.Sql.ReadAsync<(IReadOnlyList<AgencyKey>, long)>(
            db => (db.Query<AgencyKey>(SelectPage, which).AsList(), db.ExecuteScalar<long>(Count, which)), stop);
    }

    /// <returns>False where its client was deleted meanwhile.</returns>
    public ValueTask<bool> AddAsync(AgencyKey key, string hash, AuditNote note, CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        if (!TenancyTable.Holds(db, key.TenantId, key.ClientId)) return false;
        db.Execute(Insert, new
        {
            id = key.Id, tenant = key.TenantId, client = key.ClientId, name = key.Name, prefix = key.Prefix, hash, role = key.Role,
            by = key.CreatedBy, at = key.CreatedAt, expires = key.ExpiresAt,
        });
        AuditTable.Write(db, note);
        return true;
    }, stop);

    /// <returns>False when it was revoked before.</returns>
    public ValueTask<bool> RevokeAsync(AgencyKey key, DateTimeOffset at, AuditNote note, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            if (db.Execute(Revoke, new { tenant = key.TenantId, id = key.Id, at }) == 0) return false;
            AuditTable.Write(db, note);
            return true;
        }, stop);
}
