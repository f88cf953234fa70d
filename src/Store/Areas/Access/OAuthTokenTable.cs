using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.OAuth;

namespace Ringwright.Store.Tables;

/// <summary>Families of tokens, and the codes and refresh tokens that make them. Texts are never stored, only their SHA-256.</summary>
public sealed class OAuthTokenTable
{
    // A code or a token says itself whose it is.
    internal const string SelectCodeAllTenants = """
        select tenant_id, client_id, grant_id, redirect_uri, scopes, challenge, expires_at, family_id from rw_oauth_code where hash = @hash
        """;
    internal const string SpendCode = """
        update rw_oauth_code set family_id = @family where tenant_id = @tenant and hash = @hash and family_id is null and expires_at > @at
        """;
    internal const string DeleteCodesAllTenants = "delete from rw_oauth_code where expires_at < @before";
    internal const string InsertFamily = """
        insert into rw_oauth_family (id, tenant_id, client_id, grant_id, scopes, created_at, expires_at) values (@id, @tenant, @client, @grant, @scopes, @createdAt, @expiresAt)
        """;
    private const string Columns = """
        f.id, f.tenant_id, t.parent_id, f.client_id, f.grant_id, f.scopes, f.created_at, f.expires_at, c.scopes as client_scopes, g.last_used_at
        """;
    internal const string JoinedAllTenants = """
        join rw_tenant t on t.id = f.tenant_id join rw_oauth_client c on c.id = f.client_id left join rw_oauth_grant g on g.id = f.grant_id
        """;
    internal const string SelectFamilyAllTenants = $"select {Columns} from rw_oauth_family f {JoinedAllTenants} where f.id = @id";
    internal const string SelectByRefreshAllTenants = $"""
        select {Columns}, r.used_at from rw_oauth_refresh r join rw_oauth_family f on f.id = r.family_id {JoinedAllTenants} where r.hash = @hash
        """;
    internal const string InsertRefresh = "insert into rw_oauth_refresh (hash, tenant_id, family_id) values (@hash, @tenant, @family)";
    internal const string SpendRefresh =
        "update rw_oauth_refresh set used_at = @at where tenant_id = @tenant and hash = @hash and used_at is null";
    internal const string DeleteRefresh = "delete from rw_oauth_refresh where tenant_id = @tenant and family_id = @id";
    internal const string DeleteFamily = "delete from rw_oauth_family where tenant_id = @tenant and id = @id";
    internal const string DeleteOldRefreshAllTenants = """
        delete from rw_oauth_refresh where family_id in (select f.id from rw_oauth_family f where f.expires_at < @at)
        """;
    internal const string DeleteOldFamiliesAllTenants = "delete from rw_oauth_family where expires_at < @at";

    /// <summary>That long a code that was exchanged is known as such.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    private readonly Sql _sql;
    private readonly TimeProvider _time;

    internal OAuthTokenTable(Sql sql, TimeProvider time) => (_sql, _time) = (sql, time);

    /// <summary>A code that was made, also when it is over.</summary>
    public async ValueTask<OAuthCode?> FindCodeAsync(string code, CancellationToken stop)
    {
        string hash = OAuthText.Hash(code);
        return (await _sql.ReadAsync(db => db.QuerySingleOrDefault<CodeRow>(SelectCodeAllTenants, new { hash }),
            stop).ConfigureAwait(false))?.ToCode();
    }

    /// <summary>
    /// Exchanges the code for the family, which begins with <paramref name="refresh"/> when it has one.
    /// A code that was exchanged before ends what came from it.
    /// </summary>
    public ValueTask<OAuthExchange> RedeemAsync(string code, OAuthFamily family, string? refresh, CancellationToken stop)
    {
        string hash = OAuthText.Hash(code);
        return _sql.WriteAsync(db =>
        {
            var at = _time.GetUtcNow();
            Sweep(db, at);
            if (db.QuerySingleOrDefault<CodeRow>(SelectCodeAllTenants, new { hash }) is not { } row) return OAuthExchange.Unknown;
            if (row.FamilyId is { } earlier)
            {
                End(db, row.TenantId, earlier, row.GrantId, at);
                return OAuthExchange.Repeated;
            }
            if (db.Execute(SpendCode, new { family = family.Id, tenant = row.TenantId, hash, at }) == 0) return OAuthExchange.Unknown;
            Add(db, family, refresh);
            return OAuthExchange.Done;
        }, stop);
    }

    /// <summary>Begins a family that no person was asked for.</summary>
    public async ValueTask OpenAsync(OAuthFamily family, CancellationToken stop) => await _sql.WriteAsync(db =>
    {
        Sweep(db, _time.GetUtcNow());
        Add(db, family, refresh: null);
        return true;
    }, stop).ConfigureAwait(false);

    /// <summary>The living family with this id.</summary>
    public async ValueTask<OAuthFamily?> FindAsync(Guid id, CancellationToken stop) =>
        Living(await _sql.ReadAsync(db => db.QuerySingleOrDefault<FamilyRow>(SelectFamilyAllTenants, new { id }),
            stop).ConfigureAwait(false));

    /// <summary>The living family that this refresh token belongs to, whether it was used or not.</summary>
    public async ValueTask<(OAuthFamily? Family, bool IsUsed)> FindByRefreshAsync(string refresh, CancellationToken stop)
    {
        string hash = OAuthText.Hash(refresh);
        var row = await _sql.ReadAsync(db => db.QuerySingleOrDefault<FamilyRow>(SelectByRefreshAllTenants, new { hash }),
            stop).ConfigureAwait(false);
        return (Living(row), row?.UsedAt is not null);
    }

    /// <summary>
    /// Puts <paramref name="next"/> in the place of <paramref name="refresh"/>. One that was used before ends its family.
    /// </summary>
    public ValueTask<OAuthExchange> RotateAsync(string refresh, string next, CancellationToken stop)
    {
        var (hash, nextHash) = (OAuthText.Hash(refresh), OAuthText.Hash(next));
        return _sql.WriteAsync(db =>
        {
            var at = _time.GetUtcNow();
            if (Living(db.QuerySingleOrDefault<FamilyRow>(SelectByRefreshAllTenants, new { hash })) is not { } family)
                return OAuthExchange.Unknown;
            if (db.Execute(SpendRefresh, new { tenant = family.Tenant, hash, at }) == 0)
            {
                End(db, family.Tenant, family.Id, family.Grant, at);
                return OAuthExchange.Repeated;
            }
            db.Execute(InsertRefresh, new { hash = nextHash, tenant = family.Tenant, family = family.Id });
            return OAuthExchange.Done;
        }, stop);
    }

    /// <summary>Ends all tokens of the family.</summary>
    public async ValueTask EndAsync(TenantId tenant, Guid family, CancellationToken stop) => await _sql.WriteAsync(db =>
    {
        var which = new { tenant, id = family };
        db.Execute(DeleteRefresh, which);
        return db.Execute(DeleteFamily, which);
    }, stop).ConfigureAwait(false);

    private static void Add(IDbConnection db, OAuthFamily family, string? refresh)
    {
        var tenant = family.Tenant;
        db.Execute(InsertFamily, new
        {
            id = family.Id, tenant, client = family.Client, grant = family.Grant, scopes = OAuthText.Join(family.Scopes),
            createdAt = family.CreatedAt, expiresAt = family.ExpiresAt
        });
        if (refresh is not null) db.Execute(InsertRefresh, new { hash = OAuthText.Hash(refresh), tenant, family = family.Id });
    }

    /// <summary>Somebody used a code or a refresh token that another had used: neither may go on.</summary>
    private static void End(IDbConnection db, TenantId tenant, Guid family, Guid? grant, DateTimeOffset at)
    {
        var which = new { tenant, id = family };
        db.Execute(DeleteRefresh, which);
        if (db.Execute(DeleteFamily, which) == 0) return;
        AuditTable.Write(db, new()
        {
            Tenant = tenant, At = at, By = AuditActor.Node, Change = "tokens_ended", RecordType = "oauth_grant",
            ResourceId = (grant ?? family).ToString()
        });
    }

    private static void Sweep(IDbConnection db, DateTimeOffset at)
    {
        db.Execute(DeleteCodesAllTenants, new { before = at - Remembered });
        db.Execute(DeleteOldRefreshAllTenants, new { at });
        db.Execute(DeleteOldFamiliesAllTenants, new { at });
    }

    private OAuthFamily? Living(FamilyRow? row) => row is null || row.ExpiresAt <= _time.GetUtcNow() ? null : row.ToFamily();

    internal sealed record CodeRow
    {
        public TenantId TenantId { get; init; }
        public Guid ClientId { get; init; }
        public Guid GrantId { get; init; }
        public string RedirectUri { get; init; } = "";
        public string Scopes { get; init; } = "";
        public string? Challenge { get; init; }
        public DateTimeOffset ExpiresAt { get; init; }
        public Guid? FamilyId { get; init; }

        public OAuthCode ToCode() => new()
        {
            Tenant = TenantId, Client = ClientId, Grant = GrantId, RedirectUri = RedirectUri, Scopes = OAuthText.Split(Scopes),
            Challenge = Challenge, ExpiresAt = ExpiresAt,
        };
    }

    internal sealed record FamilyRow
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public TenantId? ParentId { get; init; }
        public Guid ClientId { get; init; }
        public Guid? GrantId { get; init; }
        public string Scopes { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset ExpiresAt { get; init; }
        public string ClientScopes { get; init; } = "";
        public DateTimeOffset? LastUsedAt { get; init; }
        public DateTimeOffset? UsedAt { get; init; }

        public OAuthFamily ToFamily() => new()
        {
            Id = Id,
            Tenant = TenantId,
            Parent = ParentId,
            Client = ClientId,
            Grant = GrantId,
            Scopes = OAuthText.Split(Scopes),
            CreatedAt = CreatedAt,
            ExpiresAt = ExpiresAt,
            ClientScopes = OAuthText.Split(ClientScopes),
            LastUsedAt = LastUsedAt,
        };
    }
}
