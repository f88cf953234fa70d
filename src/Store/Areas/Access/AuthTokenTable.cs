using System.Data;
using System.Security.Cryptography;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// One token for each account: a key of an owner, whose hash is among the other keys, and a secret that the node signs with, so that it is
/// kept as well, sealed.
/// </summary>
public sealed class AuthTokenTable
{
    private const string Label = "auth token";
    internal const string Select = "select auth_token from rw_signing_key where tenant_id = @tenant";
    internal const string Update = "update rw_signing_key set auth_token = @sealedToken where tenant_id = @tenant";
    internal const string Revoke =
        "update rw_api_key set revoked_at = @at where tenant_id = @tenant and hash = @hash and revoked_at is null";

    private readonly Sql _sql;
    private readonly SecretBox _box;
    private readonly TimeProvider _time;

    internal AuthTokenTable(Sql sql, SecretBox box, TimeProvider time) => (_sql, _box, _time) = (sql, box, time);

    /// <returns>Null when the account has none.</returns>
    public ValueTask<string?> FindAsync(TenantId tenant, CancellationToken stop) => _sql.ReadAsync(db => Find(db, _box, tenant), stop);

    /// <summary>Makes a new one in place of the one before, which opens and signs nothing any more.</summary>
    /// <returns>The new one; null when there is no such account.</returns>
    public ValueTask<string?> ReplaceAsync(TenantId tenant, CancellationToken stop) => _sql.WriteAsync(db =>
    {
        var at = _time.GetUtcNow();
        if (Find(db, _box, tenant) is { } before) db.Execute(Revoke, new { tenant, hash = ApiKeyTable.Hash(before), at });
        if (Write(db, _box, tenant, at) is not { } token) return null;
        AuditTable.Write(db, new()
        {
            Tenant = tenant, At = at, By = AuditActor.Operator, Change = "updated", RecordType = "auth_token",
            ResourceId = tenant.ToString(),
        });
        return token;
    }, stop);

    /// <summary>The first one comes with its account, which the trail need not say twice.</summary>
    /// <returns>The token; null when there is no such account.</returns>
    internal static string? Write(IDbConnection db, SecretBox box, TenantId tenant, DateTimeOffset at)
    {
        string token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        if (db.Execute(Update, new { tenant, sealedToken = box.SealText(token, Purpose(tenant)) }) == 0) return null;
        db.Execute(ApiKeyTable.Insert, new
        {
            id = Guid.CreateVersion7(at), tenant, hash = ApiKeyTable.Hash(token), role = Names<KeyRole>.Of(KeyRole.Owner),
            label = Label, at,
        });
        return token;
    }

    internal static string Purpose(TenantId tenant) => $"auth token of {tenant}";

    private static string? Find(IDbConnection db, SecretBox box, TenantId tenant) =>
        db.QuerySingleOrDefault<string?>(Select, new { tenant }) is { } found ? box.UnsealText(found, Purpose(tenant)) : null;
}
