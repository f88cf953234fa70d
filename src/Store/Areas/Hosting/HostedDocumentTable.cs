using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>Documents that the node serves for accounts.</summary>
public sealed class HostedDocumentTable
{
    private const string Columns = "tenant_id, id, name, token, content, created_at, updated_at";
    internal const string Insert =
        $"insert into rw_hosted_document ({Columns}) values (@tenant, @id, @name, @token, @content, @at, @at)";
    internal const string Update = """
        update rw_hosted_document set name = @name, content = @content, updated_at = @at where tenant_id = @tenant and id = @id
        """;
    internal const string Delete = "delete from rw_hosted_document where tenant_id = @tenant and id = @id";
    internal const string Count = "select count(*) from rw_hosted_document where tenant_id = @tenant";
    internal const string SelectMany = $"""
        select {Columns} from rw_hosted_document where tenant_id = @tenant order by created_at, id limit @limit offset @offset
        """;
    internal const string Select = $"select {Columns} from rw_hosted_document where tenant_id = @tenant and id = @id";
    internal const string SelectByTokenAllTenants = $"select {Columns} from rw_hosted_document where token = @token";

    private readonly Sql _sql;

    internal HostedDocumentTable(Sql sql) => _sql = sql;

    /// <returns>False when the account has as many as it may have.</returns>
    public ValueTask<bool> AddAsync(HostedDocument document, AuditNote? note, CancellationToken stop) => _sql.WriteAsync(db =>
    {
        if (db.ExecuteScalar<long>(Count, new { tenant = document.Tenant }) >= HostedDocument.Most) return false;
        db.Execute(Insert, new
        {
            tenant = document.Tenant, id = document.Id, name = document.Name, token = document.Token, content = document.Content,
            at = document.CreatedAt,
        });
        AuditTable.Write(db, note);
        return true;
    }, stop);

    /// <param name="note">Of the document before and after.</param>
    /// <returns>As it is now; null when there is none.</returns>
    public ValueTask<HostedDocument?> ChangeAsync(TenantId tenant, Guid id, Func<HostedDocument, HostedDocument> change,
        DateTimeOffset at, Func<HostedDocument, HostedDocument, AuditNote?> note, CancellationToken stop) => _sql.WriteAsync(db =>
        {
            if (db.QuerySingleOrDefault<Row>(Select, new { tenant, id })?.ToDocument() is not { } before) return null;
            var after = change(before) with { UpdatedAt = at };
            db.Execute(Update, new { tenant, id, name = after.Name, content = after.Content, at });
            AuditTable.Write(db, note(before, after));
            return after;
        }, stop);

    /// <returns>False when there is none.</returns>
    public ValueTask<bool> RemoveAsync(TenantId tenant, Guid id, AuditNote? note, CancellationToken stop) => _sql.WriteAsync(db =>
    {
        if (db.Execute(Delete, new { tenant, id }) == 0) return false;
        AuditTable.Write(db, note);
        return true;
    }, stop);

    /// <summary>Oldest first.</summary>
    public ValueTask<HostedDocumentPage> ListAsync(TenantId tenant, int offset, int limit, CancellationToken stop) => _sql.ReadAsync(db =>
        new HostedDocumentPage(
            [.. db.Query<Row>(SelectMany, new { tenant, limit, offset }).Select(row => row.ToDocument())],
            db.ExecuteScalar<long>(Count, new { tenant })), stop);

    public ValueTask<HostedDocument?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { tenant, id })?.ToDocument(), stop);

    /// <summary>Whosever it is.</summary>
    public ValueTask<HostedDocument?> FindByTokenAsync(string token, CancellationToken stop) =>
        _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(SelectByTokenAllTenants, new { token })?.ToDocument(), stop);

    private sealed record Row
    {
        public TenantId TenantId { get; init; }
        public Guid Id { get; init; }
        public string Name { get; init; } = "";
        public string Token { get; init; } = "";
        public string Content { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }

        public HostedDocument ToDocument() => new()
        {
            Id = Id, Tenant = TenantId, Name = Name, Token = Token, Content = Content, CreatedAt = CreatedAt, UpdatedAt = UpdatedAt,
        };
    }
}
