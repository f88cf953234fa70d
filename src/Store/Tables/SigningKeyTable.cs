using System.Data;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// What signs a tenant's webhooks: an Ed25519 seed (32 bytes) and the Standard Webhooks secret (<c>whsec_</c> and base64).
/// </summary>
public sealed record SigningKey(TenantId Tenant, ReadOnlyMemory<byte> Seed, string WebhookSecret);

public sealed class SigningKeyTable
{
    internal const string Insert =
        "insert into rw_signing_key (tenant_id, seed, webhook_secret, created_at) values (@tenant, @seed, @secret, @at)";
    internal const string Select = "select seed, webhook_secret as secret from rw_signing_key where tenant_id = @tenant";

    private readonly Sql _sql;
    private readonly SecretBox _box;

    internal SigningKeyTable(Sql sql, SecretBox box) => (_sql, _box) = (sql, box);

    /// <returns>Null when there is no such tenant.</returns>
    public async ValueTask<SigningKey?> FindAsync(TenantId tenant, CancellationToken stop)
    {
        var row = await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { tenant }), stop).ConfigureAwait(false);
        return row is null ? null
            : new(tenant, _box.Unseal(row.Seed, SeedPurpose(tenant)), _box.UnsealText(row.Secret, SecretPurpose(tenant)));
    }

    internal static string NewWebhookSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    internal static void Write(IDbConnection db, SecretBox box, TenantId tenant, byte[] seed, string secret, DateTimeOffset at) =>
        db.Execute(Insert,
            new { tenant, seed = box.Seal(seed, SeedPurpose(tenant)), secret = box.SealText(secret, SecretPurpose(tenant)), at });

    internal static string SeedPurpose(TenantId tenant) => $"signing seed of {tenant}";
    internal static string SecretPurpose(TenantId tenant) => $"webhook secret of {tenant}";

    private sealed record Row
    {
        public string Seed { get; init; } = "";
        public string Secret { get; init; } = "";
    }
}
