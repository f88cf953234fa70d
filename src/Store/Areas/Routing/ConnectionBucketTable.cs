using System.Data;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A bucket of a customer's, to which recordings of a connection's calls go.</summary>
public sealed record ConnectionBucket
{
    /// <summary>Of a server that speaks S3, http or https; null for Amazon's in <see cref="Region"/>.</summary>
    public string? Endpoint { get; init; }
    public required string Region { get; init; }
    public required string Name { get; init; }
    public required string AccessKey { get; init; }
    /// <summary>Never logged, and sealed in the database.</summary>
    public required string Secret { get; init; }
}

/// <summary>The buckets of connections. A connection that goes takes its own with it.</summary>
public sealed class ConnectionBucketTable
{
    private const string Key = "where tenant_id = @tenant and connection_id = @connection";
    internal const string Insert = """
        insert into rw_connection_bucket (tenant_id, connection_id, endpoint, region, name, access_key, secret, created_at, updated_at)
        values (@tenant, @connection, @endpoint, @region, @name, @accessKey, @secret, @at, @at) on conflict (tenant_id, connection_id) do nothing
        """;
    internal const string Update = $"""
        update rw_connection_bucket set endpoint = @endpoint, region = @region, name = @name, access_key = @accessKey, secret = @secret,
            updated_at = @at {Key}
        """;
    internal const string Select =
        $"select tenant_id, connection_id, endpoint, region, name, access_key, secret from rw_connection_bucket {Key}";
    internal const string Count = $"select count(*) from rw_connection_bucket {Key}";
    internal const string Delete = $"delete from rw_connection_bucket {Key}";

    private readonly Sql _sql;
    private readonly SecretBox _box;
    private readonly TimeProvider _time;

    internal ConnectionBucketTable(Sql sql, SecretBox box, TimeProvider time) => (_sql, _box, _time) = (sql, box, time);

    /// <summary>Null when its recordings stay here.</summary>
    public async ValueTask<ConnectionBucket?> FindAsync(TenantId tenant, ConnectionId connection, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { tenant, connection }), stop).ConfigureAwait(false))
            ?.ToBucket(_box);

    /// <returns>False when the connection has one.</returns>
    public ValueTask<bool> AddAsync(TenantId tenant, ConnectionId connection, ConnectionBucket bucket, AuditNote? note,
        CancellationToken stop) => WriteAsync(Insert, tenant, connection, bucket, note, stop);

    /// <returns>False when the connection has none.</returns>
    public ValueTask<bool> ReplaceAsync(TenantId tenant, ConnectionId connection, ConnectionBucket bucket, AuditNote? note,
        CancellationToken stop) => WriteAsync(Update, tenant, connection, bucket, note, stop);

    /// <returns>False when there was none.</returns>
    public ValueTask<bool> DeleteAsync(TenantId tenant, ConnectionId connection, AuditNote? note, CancellationToken stop) =>
        _sql.WriteAsync(db =>
        {
            if (db.Execute(Delete, new { tenant, connection }) == 0) return false;
            AuditTable.Write(db, note);
            return true;
        }, stop);

    internal static bool Has(IDbConnection db, TenantId tenant, ConnectionId connection) =>
        db.ExecuteScalar<long>(Count, new { tenant, connection }) > 0;

    internal static string PurposeOf(TenantId tenant, long connection) => $"key of the bucket of {tenant}/{connection}";

    private ValueTask<bool> WriteAsync(string statement, TenantId tenant, ConnectionId connection, ConnectionBucket bucket,
        AuditNote? note, CancellationToken stop)
    {
        string secret = _box.SealText(bucket.Secret, PurposeOf(tenant, connection.Value));
        return _sql.WriteAsync(db =>
        {
            int written = db.Execute(statement, new
            {
                tenant,
                connection,
                endpoint = bucket.Endpoint,
                region = bucket.Region,
                name = bucket.Name,
                accessKey = bucket.AccessKey,
                secret,
                at = _time.GetUtcNow(),
            });
            if (written == 1) AuditTable.Write(db, note);
            return written == 1;
        }, stop);
    }

    private sealed record Row
    {
        public TenantId TenantId { get; init; }
        public ConnectionId ConnectionId { get; init; }
        public string? Endpoint { get; init; }
        public string Region { get; init; } = "";
        public string Name { get; init; } = "";
        public string AccessKey { get; init; } = "";
        public string Secret { get; init; } = "";

        public ConnectionBucket ToBucket(SecretBox box) => new()
        {
            Endpoint = Endpoint,
            Region = Region,
            Name = Name,
            AccessKey = AccessKey,
            Secret = box.UnsealText(Secret, PurposeOf(TenantId, ConnectionId.Value)),
        };
    }
}
