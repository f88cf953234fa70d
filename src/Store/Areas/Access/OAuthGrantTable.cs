using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.OAuth;
using Ringwright.Store.Resources;

namespace Ringwright.Store.Tables;

/// <summary>What accounts have allowed programs. A grant that is taken back takes its codes and tokens with it.</summary>
public sealed class OAuthGrantTable
{
    private const string Columns = "id, tenant_id, client_id, scopes, created_at, last_used_at";
    internal const string InsertConsent =
        "insert into rw_oauth_consent (id, tenant_id, expires_at) values (@id, @tenant, @expiresAt) on conflict (id) do nothing";
    internal const string DeleteConsentsAllTenants = "delete from rw_oauth_consent where expires_at < @at";
    internal const string SelectByClient = $"select {Columns} from rw_oauth_grant where tenant_id = @tenant and client_id = @client";
    internal const string Insert =
        "insert into rw_oauth_grant (tenant_id, id, client_id, scopes, created_at) values (@tenant, @id, @client, @scopes, @at)";
    internal const string UpdateScopes = "update rw_oauth_grant set scopes = @scopes where tenant_id = @tenant and id = @id";
    internal const string InsertCode = """
        insert into rw_oauth_code (hash, tenant_id, client_id, grant_id, redirect_uri, scopes, challenge, expires_at)
        values (@hash, @tenant, @client, @grant, @redirectUri, @scopes, @challenge, @expiresAt)
        """;
    internal const string Count = "select count(*) from rw_oauth_grant where tenant_id = @tenant";
    internal const string SelectMany =
        $"select {Columns} from rw_oauth_grant where tenant_id = @tenant order by created_at, id limit @limit offset @offset";
    internal const string Select = $"select {Columns} from rw_oauth_grant where tenant_id = @tenant and id = @id";
    internal const string DeleteRefresh = """
        delete from rw_oauth_refresh where tenant_id = @tenant and family_id in (select f.id from rw_oauth_family f where f.grant_id = @id)
        """;
    internal const string DeleteFamilies = "delete from rw_oauth_family where tenant_id = @tenant and grant_id = @id";
    internal const string DeleteCodes = "delete from rw_oauth_code where tenant_id = @tenant and grant_id = @id";
    internal const string Delete = "delete from rw_oauth_grant where tenant_id = @tenant and id = @id";
    internal const string Touch = "update rw_oauth_grant set last_used_at = @at where tenant_id = @tenant and id = @id";

    private readonly Sql _sql;
    private readonly TimeProvider _time;

    internal OAuthGrantTable(Sql sql, TimeProvider time) => (_sql, _time) = (sql, time);

    /// <summary>Writes the grant, or adds to the one that is there, and the code. <paramref name="note"/> gets the grant.</summary>
    /// <returns>Missing when the program is gone, Duplicate when this question was answered before.</returns>
    public async ValueTask<WriteOutcome> ApproveAsync(OAuthApproval approval, Func<OAuthGrant, AuditNote> note, CancellationToken stop)
    {
        string hash = OAuthText.Hash(approval.Code);
        var outcome = await _sql.WriteAsync(db =>
        {
            var at = _time.GetUtcNow();
            var (tenant, client) = (approval.Tenant, approval.Client);
            if (db.ExecuteScalar<long>(OAuthClientTable.CountAllTenants, new { id = client }) == 0) return WriteOutcome.Missing;
            db.Execute(DeleteConsentsAllTenants, new { at });
            if (db.Execute(InsertConsent, new { id = approval.Consent, tenant, expiresAt = approval.ConsentExpiresAt }) == 0)
                return WriteOutcome.Duplicate;
            var known = db.QuerySingleOrDefault<Row>(SelectByClient, new { tenant, client })?.ToGrant();
            var grant =
                (known ?? new() { Id = Guid.CreateVersion7(at), Tenant = tenant, Client = client, Scopes = [], CreatedAt = at }) with
                {
                    Scopes = [.. (known?.Scopes ?? []).Union(approval.Scopes, StringComparer.Ordinal)],
                };
            var row = new { tenant, id = grant.Id, client, scopes = OAuthText.Join(grant.Scopes), at };
            db.Execute(known is null ? Insert : UpdateScopes, row);
            db.Execute(InsertCode, new
            {
                hash, tenant, client, grant = grant.Id, redirectUri = approval.RedirectUri, scopes = OAuthText.Join(approval.Scopes),
                challenge = approval.Challenge, expiresAt = approval.CodeExpiresAt,
            });
            AuditTable.Write(db, note(grant));
            return WriteOutcome.Done;
        }, stop).ConfigureAwait(false);
        return outcome;
    }

    /// <summary>Marks the question as answered with no.</summary>
    /// <returns>Duplicate when it was answered before.</returns>
    public async ValueTask<WriteOutcome> DenyAsync(TenantId tenant, Guid consent, DateTimeOffset expiresAt, CancellationToken stop) =>
        await _sql.WriteAsync(db => db.Execute(InsertConsent, new { id = consent, tenant, expiresAt }), stop).ConfigureAwait(false) == 1
            ? WriteOutcome.Done
            : WriteOutcome.Duplicate;

    /// <summary>Oldest first.</summary>
    public ValueTask<OAuthGrantPage> ListAsync(TenantId tenant, int offset, int limit, CancellationToken stop) =>
        _sql.ReadAsync(db => new OAuthGrantPage(
            [.. db.Query<Row>(SelectMany, new { tenant, offset, limit }).Select(row => row.ToGrant())],
            db.ExecuteScalar<long>(Count, new { tenant })), stop);

    public async ValueTask<OAuthGrant?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { tenant, id }), stop).ConfigureAwait(false))?.ToGrant();

    /// <returns>The grant as it was; null when there is none.</returns>
    public ValueTask<OAuthGrant?> DeleteAsync(TenantId tenant, Guid id, Func<OAuthGrant, AuditNote> note, CancellationToken stop) =>
        _sql.WriteAsync(db =>
        {
            var which = new { tenant, id };
            if (db.QuerySingleOrDefault<Row>(Select, which)?.ToGrant() is not { } grant) return null;
            foreach (string statement in (string[])[DeleteRefresh, DeleteFamilies, DeleteCodes, Delete]) db.Execute(statement, which);
            AuditTable.Write(db, note(grant));
            return grant;
        }, stop);

    /// <summary>Notes that a token of the grant was used.</summary>
    public async ValueTask TouchAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        await _sql.WriteAsync(db => db.Execute(Touch, new { tenant, id, at = _time.GetUtcNow() }), stop).ConfigureAwait(false);

    internal sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public Guid ClientId { get; init; }
        public string Scopes { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? LastUsedAt { get; init; }

        public OAuthGrant ToGrant() => new()
        {
            Id = Id, Tenant = TenantId, Client = ClientId, Scopes = OAuthText.Split(Scopes), CreatedAt = CreatedAt, LastUsedAt = LastUsedAt
        };
    }
}
