using Dapper;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Agency.Tables;

/// <summary>A request that must not be done twice, and what was answered to it.</summary>
internal sealed record RequestKey
{
    public Guid Id { get; init; }
    public string RequestHash { get; init; } = "";
    /// <summary>Null while it is being done.</summary>
    public long? Status { get; init; }
    public string? Reply { get; init; }
}

/// <summary>The rows of <c>idempotency_keys</c>.</summary>
internal sealed class RequestKeyTable(Database store)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    internal const string DeleteOld = "delete from idempotency_keys where tenant_id = @tenant and created_at < @old";
    internal const string Insert = """
        insert into idempotency_keys (id, tenant_id, account_id, name, request_hash, created_at)
        values (@id, @tenant, @account, @key, @hash, @at) on conflict (tenant_id, account_id, name) do nothing
        """;
    internal const string Select = """
        select id, request_hash, status, reply from idempotency_keys where tenant_id = @tenant and account_id = @account and name = @key
        """;
    internal const string Finish = "update idempotency_keys set status = @status, reply = @reply where tenant_id = @tenant and id = @id";
    internal const string Delete = "delete from idempotency_keys where tenant_id = @tenant and id = @id";

    /// <returns>Null when the key is the caller's from now on; else what is known of it.</returns>
    public ValueTask<RequestKey?> TakeAsync(Guid id, TenantId agency, TenantId account, string key, string hash, DateTimeOffset at,
        CancellationToken stop) => store.Sql.WriteAsync(db =>
        {
            db.Execute(DeleteOld, new { tenant = agency, old = at - Kept });
            return db.Execute(Insert, new { id, tenant = agency, account, key, hash, at }) > 0 ? null
                : db.QueryFirst<RequestKey>(Select, new { tenant = agency, account, key });
        }, stop);

    public async ValueTask FinishAsync(Guid id, TenantId agency, int status, string reply, CancellationToken stop) =>
        await store.Sql.WriteAsync(db => db.Execute(Finish, new { tenant = agency, id, status, reply }), stop);

    /// <summary>Nothing was done: the same may be asked again.</summary>
    public async ValueTask ForgetAsync(Guid id, TenantId agency, CancellationToken stop) =>
        await store.Sql.WriteAsync(db => db.Execute(Delete, new { tenant = agency, id }), stop);
}
