using System.Data;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;

namespace Ringwright.Store.Tables;

/// <summary>What a key may do within its tenant. A tenant's key is never an operator's key.</summary>
public enum KeyRole { Owner, Member, Reader }

/// <summary>A key without its text: only a hash is stored.</summary>
public sealed record ApiKey
{
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    /// <summary>The tenant above <see cref="Tenant"/>.</summary>
    public TenantId? Parent { get; init; }
    public required KeyRole Role { get; init; }
    public required string Label { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
    public string Detail { get; init; } = "";
    /// <summary>The first characters of its text, of a key that a customer made and may see again by them; null otherwise.</summary>
    public string? Prefix { get; init; }
    /// <summary>Good for nothing from then on; null for ever.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
    /// <summary>Null before the first change of what it is called.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

public sealed class ApiKeyTable
{
    internal const string Insert = """
        insert into rw_api_key (id, tenant_id, hash, role, label, created_at) values (@id, @tenant, @hash, @role, @label, @at)
        """;
    private const string Columns = """
        k.id, k.tenant_id, t.parent_id, k.role, k.label, k.created_at, k.revoked_at, k.detail, k.prefix, k.expires_at, k.updated_at
        """;
    // Before authentication there is no tenant to ask for: the hash says whose key it is.
    internal const string SelectByHashAllTenants =
        $"select {Columns} from rw_api_key k join rw_tenant t on t.id = k.tenant_id where hash = @hash";
    // The operator names keys by their ids alone.
    internal const string SelectAllTenants = $"select {Columns} from rw_api_key k join rw_tenant t on t.id = k.tenant_id where k.id = @id";
    internal const string SelectMany = $"""
        select {Columns} from rw_api_key k join rw_tenant t on t.id = k.tenant_id where tenant_id = @tenant order by k.created_at, k.id
        """;
    internal const string InsertMade = """
        insert into rw_api_key (id, tenant_id, hash, role, label, detail, prefix, expires_at, created_at)
        values (@id, @tenant, @hash, @role, @label, @detail, @prefix, @expires, @at)
        """;
    internal const string Rename = """
        update rw_api_key set label = @label, detail = @detail, updated_at = @at
        where tenant_id = @tenant and id = @id and revoked_at is null
        """;
    internal const string SelectHashesAllTenants =
        "select hash from rw_api_key where revoked_at is null order by created_at desc limit @limit";
    internal const string Revoke = "update rw_api_key set revoked_at = @at where tenant_id = @tenant and id = @id and revoked_at is null";

    private readonly Sql _sql;
    private readonly TimeProvider _time;

    internal ApiKeyTable(Sql sql, TimeProvider time) => (_sql, _time) = (sql, time);

    /// <summary>How the texts of keys begin, by what they were made for: an account's own, accesskeys, bearer tokens.</summary>
    public const string KeyStart = "KEY", AccesskeyStart = "ACC", TokenStart = "TOK";

    /// <summary>A fresh key text, to be shown once: its beginning, 32 hex digits, an underscore and 22 letters and digits.</summary>
    public static string NewText(string start = KeyStart) =>
        $"{start}{RandomNumberGenerator.GetHexString(32)}_"
        + $"{RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 22)}";

    /// <summary>By which a customer tells a key from others: how it begins, and eight hex digits.</summary>
    public static string PrefixOf(string keyText) => keyText[..Math.Min(keyText.Length, 11)];

    /// <summary>SHA-256 in hex. Keys are random and long, so a slow hash would add nothing.</summary>
    public static string Hash(string keyText) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(keyText)));

    /// <returns>Null when the text is already somebody's key.</returns>
    public async ValueTask<Guid?> CreateAsync(TenantId tenant, string keyText, KeyRole role, string label, CancellationToken stop)
    {
        string hash = Hash(keyText);
        return await _sql.WriteAsync(db =>
        {
            if (db.QuerySingleOrDefault<Row>(SelectByHashAllTenants, new { hash }) is not null) return (Guid?)null;
            var at = _time.GetUtcNow();
            return Write(db, tenant, keyText, role, label, at);
        }, stop).ConfigureAwait(false);
    }

    /// <summary>A key that the customer asked for: what <see cref="ApiKey"/> says, and its text, of which the hash is kept.</summary>
    public async ValueTask AddAsync(ApiKey key, string keyText, AuditNote note, CancellationToken stop) =>
        await _sql.WriteAsync(db =>
        {
            AuditTable.Write(db, note);
            return db.Execute(InsertMade, new
            {
                id = key.Id, tenant = key.Tenant, hash = Hash(keyText), role = Names<KeyRole>.Of(key.Role), label = key.Label,
                detail = key.Detail, prefix = key.Prefix, expires = key.ExpiresAt, at = key.CreatedAt,
            });
        }, stop).ConfigureAwait(false);

    /// <returns>False when the account has no such key, or it is revoked.</returns>
    public async ValueTask<bool> RenameAsync(ApiKey key, AuditNote note, CancellationToken stop) =>
        await _sql.WriteAsync(db =>
        {
            int changed = db.Execute(Rename,
                new { tenant = key.Tenant, id = key.Id, label = key.Label, detail = key.Detail, at = note.At });
            if (changed == 1) AuditTable.Write(db, note);
            return changed;
        }, stop).ConfigureAwait(false) == 1;

    /// <summary>The key with this text, also when revoked (<see cref="ApiKey.RevokedAt"/> says so).</summary>
    public async ValueTask<ApiKey?> FindAsync(string keyText, CancellationToken stop)
    {
        string hash = Hash(keyText);
        return (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(SelectByHashAllTenants, new { hash }), stop).ConfigureAwait(false))
            ?.ToKey();
    }

    /// <summary>The key of this id, whosesoever it is; for the operator.</summary>
    public async ValueTask<ApiKey?> FindAsync(Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(SelectAllTenants, new { id }), stop).ConfigureAwait(false))?.ToKey();

    public async ValueTask<IReadOnlyList<ApiKey>> ListAsync(TenantId tenant, CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectMany, new { tenant }), stop).ConfigureAwait(false)).Select(r => r.ToKey())];

    /// <summary>The hashes of keys that are not revoked, newest first.</summary>
    public async ValueTask<IReadOnlyList<string>> ListHashesAsync(int most, CancellationToken stop) =>
        [.. await _sql.ReadAsync(db => db.Query<string>(SelectHashesAllTenants, new { limit = most }), stop).ConfigureAwait(false)];

    /// <param name="note">Of the account's own change; null for the operator's.</param>
    public async ValueTask<WriteOutcome> RevokeAsync(TenantId tenant, Guid id, CancellationToken stop, AuditNote? note = null)
    {
        int changed = await _sql.WriteAsync(db =>
        {
            var at = _time.GetUtcNow();
            int revoked = db.Execute(Revoke, new { tenant, id, at });
            if (revoked == 1) AuditTable.Write(db, note ?? Note(tenant, id, "revoked", at));
            return revoked;
        }, stop).ConfigureAwait(false);
        return changed == 1 ? WriteOutcome.Done : WriteOutcome.Missing;
    }

    /// <summary>Keys are made and revoked by the operator, or come with an account that another one makes.</summary>
    internal static Guid Write(IDbConnection db, TenantId tenant, string keyText, KeyRole role, string label, DateTimeOffset at)
    {
        var id = Guid.CreateVersion7(at);
        db.Execute(Insert, new { id, tenant, hash = Hash(keyText), role = Names<KeyRole>.Of(role), label, at });
        AuditTable.Write(db,
            Note(tenant, id, "created", at) with { After = new JsonObject { ["role"] = Names<KeyRole>.Of(role), ["label"] = label } });
        return id;
    }

    private static AuditNote Note(TenantId tenant, Guid id, string change, DateTimeOffset at) => new()
    {
        Tenant = tenant, At = at, By = AuditActor.Operator, Change = change, RecordType = "api_key", ResourceId = id.ToString(),
    };

    private sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public TenantId? ParentId { get; init; }
        public string Role { get; init; } = "";
        public string Label { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? RevokedAt { get; init; }
        public string? Detail { get; init; }
        public string? Prefix { get; init; }
        public DateTimeOffset? ExpiresAt { get; init; }
        public DateTimeOffset? UpdatedAt { get; init; }

        public ApiKey ToKey() => new()
        {
            Id = Id, Tenant = TenantId, Parent = ParentId, Role = Names<KeyRole>.Parse(Role),
            Label = Label, CreatedAt = CreatedAt, RevokedAt = RevokedAt, Detail = Detail ?? "", Prefix = Prefix, ExpiresAt = ExpiresAt,
            UpdatedAt = UpdatedAt,
        };
    }
}
