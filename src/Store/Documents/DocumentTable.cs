using System.Data;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Store.Documents;

/// <summary>Plain resources of any kind: what earns no table of its own, because nothing but the API reads it.</summary>
public sealed class DocumentTable
{
    internal const string Source = "rw_resource where tenant_id = @tenant and kind = @kind and deleted_at is null";
    internal const string SelectKindAllTenants =
        "select tenant_id, id, doc, created_at, updated_at from rw_resource where kind = @kind and deleted_at is null";
    // Where an API says that a resource is another account's, and where a name says whose it is.
    internal const string SelectOtherAllTenants =
        "select 1 from rw_resource where kind = @kind and id = @id and tenant_id <> @tenant and deleted_at is null limit 1";
    internal const string SelectNamedAllTenants =
        "select tenant_id, id from rw_resource_key where kind = @kind and field = @field and value = @value order by tenant_id limit 10";
    internal const string Insert = """
        insert into rw_resource (tenant_id, kind, id, doc, secret, revision, created_at, updated_at, deleted_at)
        values (@tenant, @kind, @id, @doc, @secret, @revision, @createdAt, @updatedAt, @deletedAt)
        """;
    internal const string Update = """
        update rw_resource set doc = @doc, secret = @secret, revision = revision + 1, updated_at = @updatedAt, deleted_at = @deletedAt
        where tenant_id = @tenant and kind = @kind and id = @id and revision = @revision and deleted_at is null
        """;
    internal const string SelectOne =
        "select tenant_id, id, doc, secret, revision, created_at, updated_at from rw_resource where tenant_id = @tenant and kind = @kind "
        + "and id = @id and deleted_at is null";
    internal const string Replace = """
        update rw_resource set doc = @doc, revision = revision + 1, updated_at = @updatedAt
        where tenant_id = @tenant and kind = @kind and id = @id and deleted_at is null
        """;
    internal const string Delete = "delete from rw_resource where tenant_id = @tenant and kind = @kind and id = @id and deleted_at is null";
    internal const string InsertKey =
        "insert into rw_resource_key (tenant_id, kind, field, value, id) values (@tenant, @kind, @field, @value, @id)";
    internal const string DeleteKeys = "delete from rw_resource_key where tenant_id = @tenant and kind = @kind and id = @id";

    /// <summary>
    /// Characters of a unique value that is kept as it is; of a longer one the hash is kept, because indexes take no long values.
    /// </summary>
    private const int LongestKey = 300;

    private static readonly ResourceSql Statements = new()
    {
        HasTexts = true,
        Source = Source,
        Insert = Insert,
        Update = Update,
        Detach = [DeleteKeys],
        Delete = Delete,
        Columns = new Dictionary<string, string>(),
    };

    private readonly Sql _sql;
    private readonly SecretBox _box;
    private readonly RowWriter _writer;

    internal DocumentTable(Sql sql, SecretBox box, RowWriter writer) => (_sql, _box, _writer) = (sql, box, writer.Unrouted);

    public IResourceRows Rows(DocumentKind kind)
    {
        var statements = Statements with
        {
            Noun = kind.Name,
            // The index is of this kind alone, which the product must see in the text: it does not look into parameters.
            Source = kind.Indexed.Count == 0 ? Source : $"{Source} and kind = '{kind.Name}'",
            Indexed = kind.Indexed,
            Beside = kind.Unique.Count == 0 ? null : (db, row, isNew) => WriteKeys(db, kind, row, isNew),
        };
        var view = new ResourceView<ResourceRow> { Read = row => row, Secret = kind.Secrets.Count == 0 ? null : SealedFields.Field };
        var rows = new TypedRows<ResourceRow>(_writer, _box, statements, view, kind.Name, Bind);
        return kind.Secrets.Count == 0 ? rows : new SealedFields(rows, kind.Secrets);
    }

    /// <summary>All resources of a kind, without their secrets, for what watches over all tenants.</summary>
    public ValueTask<IReadOnlyList<ResourceRow>> ListOfAllTenantsAsync(string kind, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<ResourceRow>>(
            db => [.. db.Query<Row>(SelectKindAllTenants, new { kind }).Select(row => row.ToResource())], stop);

    /// <summary>Whether an account other than this one has a resource of the kind with this id.</summary>
    public async ValueTask<bool> IsOthersAsync(string kind, TenantId tenant, string id, CancellationToken stop) =>
        await _sql.ReadAsync(db => db.QueryFirstOrDefault<long?>(SelectOtherAllTenants, new { kind, tenant, id }), stop) is not null;

    /// <summary>
    /// The text of what is at a path of one resource, without the rest of it, which may be long; null when nothing is there.
    /// </summary>
    public ValueTask<string?> FindTextAsync(string kind, TenantId tenant, string id, IReadOnlyList<string> path, CancellationToken stop)
    {
        var documents = _sql.Engine.Documents;
        string statement = $"select {documents.Text("@path")} from {Source} and id = @id";
        return _sql.ReadAsync(
            db => db.ExecuteScalar<string?>(statement, new { tenant, kind, id, path = documents.PathOf(path) }), stop);
    }

    /// <summary>Whoever has a resource of the kind with this unique value; ten at most.</summary>
    public async ValueTask<IReadOnlyList<(TenantId Tenant, string Id)>> FindNamedAsync(string kind, string field, string value,
        CancellationToken stop)
    {
        string? kept = KeyOf(new JsonObject { [field] = value }, field);
        return [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectNamedAllTenants, new { kind, field, value = kept }).ToList(), stop))
            .Select(row => (row.TenantId, row.Id))];
    }

    /// <summary>A resource with its secrets, within a transaction.</summary>
    internal ResourceRow? Find(IDbConnection db, DocumentKind kind, TenantId tenant, string id)
    {
        if (db.Query<Row>(SelectOne, new { tenant, kind = kind.Name, id }).FirstOrDefault() is not { } row) return null;
        var found = row.ToResource();
        if (row.Secret is { } hidden)
            foreach (var (name, value) in JsonNode.Parse(_box.UnsealText(hidden, ResourceSql.PurposeOf(kind.Name, tenant, id)))!.AsObject())
                found.Body[name] = value?.DeepClone();
        return found;
    }

    /// <summary>Writes a document beside another row, whatever it was before; of a kind without secrets and unique values.</summary>
    internal static void Put(IDbConnection db, DocumentKind kind, ResourceRow row)
    {
        var parameters = Bind(row);
        ResourceSql.AddEnvelope(parameters, row.Tenant, kind.Name, row.Id, row.Body, row.Revision, row.CreatedAt, row.UpdatedAt);
        if (db.Execute(Replace, parameters) == 0) db.Execute(Insert, parameters);
    }

    /// <summary>The same only where nobody has changed it since the revision that the row names.</summary>
    internal static bool TryPut(IDbConnection db, DocumentKind kind, ResourceRow row)
    {
        var parameters = Bind(row);
        ResourceSql.AddEnvelope(parameters, row.Tenant, kind.Name, row.Id, row.Body, row.Revision, row.CreatedAt, row.UpdatedAt);
        return db.Execute(Update, parameters) == 1;
    }

    /// <summary>Those below a resource that goes, with their unique values and their jobs.</summary>
    internal static void DeleteBelow(IDbConnection db, IDocumentSql documents, TenantId tenant, ChildRows below)
    {
        string those = Those(documents, below);
        var which = new { tenant, kind = below.Kind, path = documents.PathOf([below.Field]), parent = below.Parent };
        string theirs = $"tenant_id = @tenant and kind = @kind and id in (select id from rw_resource where {those})";
        if (below.HasJobs)
            db.Execute($"delete from rw_job where tenant_id = @tenant and id in (select id from rw_resource where {those})", which);
        db.Execute($"delete from rw_resource_key where {theirs}", which);
        db.Execute($"delete from rw_resource where {those}", which);
    }

    /// <summary>As an index is declared, which the product must see in the text.</summary>
    internal static string Those(IDocumentSql documents, ChildRows below) => below.IsIndexed
        ? $"tenant_id = @tenant and kind = '{below.Kind}' and deleted_at is null and {documents.Filter(below.Field)} = @parent"
        : $"tenant_id = @tenant and kind = @kind and {documents.Text("@path")} = @parent";

    private static DynamicParameters Bind(ResourceRow row)
    {
        var parameters = new DynamicParameters();
        parameters.Add("secret", null);     // laid over when the kind has secrets
        parameters.Add("deletedAt", row.DeletedAt is { } at ? Times.Text(at) : null);
        return parameters;
    }

    private static void WriteKeys(IDbConnection db, DocumentKind kind, ResourceRow row, bool isNew)
    {
        if (!isNew) db.Execute(DeleteKeys, new { tenant = row.Tenant, kind = kind.Name, id = row.Id });
        if (row.DeletedAt is not null || (kind.DeletedField is { } deleted && row.Body.ContainsKey(deleted))) return;
        foreach (string field in kind.Unique)
            if (KeyOf(row.Body, field) is { Length: > 0 } value)
                db.Execute(InsertKey, new { tenant = row.Tenant, kind = kind.Name, field, value, id = row.Id });
    }

    private static string? KeyOf(JsonObject body, string path)
    {
        JsonNode? node = body;
        foreach (string name in path.Split('.')) node = (node as JsonObject)?[name];
        string? value = node?.ToString();
        return value is { Length: > LongestKey } ? "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)))
            : value;
    }

    private sealed record Row
    {
        public TenantId TenantId { get; init; }
        public string Id { get; init; } = "";
        public string Doc { get; init; } = "{}";
        public string? Secret { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }

        public ResourceRow ToResource() =>
            new() { Id = Id, Tenant = TenantId, Body = JsonNode.Parse(Doc)!.AsObject(), CreatedAt = CreatedAt, UpdatedAt = UpdatedAt };
    }
}
