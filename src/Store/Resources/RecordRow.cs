using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;

namespace Ringwright.Store.Resources;

/// <summary>What every table of records has beside what the record says; Dapper reads it.</summary>
internal abstract record RecordRow
{
    public TenantId TenantId { get; init; }
    /// <summary>Null when it was not asked for.</summary>
    public JsonObject? Doc { get; init; }
    public long Revision { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A record as its table has it.</summary>
/// <param name="Documents">Of all dialects, by their names.</param>
internal sealed record Kept<T>(string Id, T Record, JsonObject Documents, long Revision, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

/// <summary>How the records of one table are read and written, whichever dialect asks, or none.</summary>
/// <param name="Table">Its name.</param>
internal sealed record RecordSql<T>(string Table, ResourceSql Statements, FaceSet<T> Faces)
{
    /// <summary>The columns of a record.</summary>
    public required Func<T, DynamicParameters> Bind { get; init; }
    public required Func<T, TenantId> TenantOf { get; init; }
    /// <summary>The parameter <c>kind</c> of the statements.</summary>
    public Func<T, string> KindOf { get; init; } = static _ => "";
    /// <summary>The password of a record, in a table that has a column <c>secret</c>.</summary>
    public Func<T, string?>? SecretOf { get; init; }
    /// <summary>Run behind an insert, in its transaction.</summary>
    public Action<IDbConnection, T>? Added { get; init; }
    /// <summary>Reads records: given what follows the name of the table.</summary>
    public required Func<IDbConnection, string, object, IEnumerable<Kept<T>>> Read { get; init; }

    /// <param name="id">As the column has it.</param>
    public Kept<T>? Find(IDbConnection db, TenantId tenant, object id) =>
        Read(db, "where tenant_id = @tenant and id = @id", new { tenant, id }).FirstOrDefault();

    /// <summary>The columns of a record and its documents.</summary>
    /// <param name="id">As the column has it.</param>
    public DynamicParameters BindAll(SecretBox box, object id, T record, JsonObject documents, long revision, DateTimeOffset createdAt,
        DateTimeOffset updatedAt)
    {
        var parameters = Bind(record);
        var tenant = TenantOf(record);
        ResourceSql.AddEnvelope(parameters, tenant, KindOf(record), id, documents, revision, createdAt, updatedAt);
        if (SecretOf is { } secretOf)
            parameters.Add("secret", secretOf(record) is { } secret
                ? box.SealText(secret, ResourceSql.PurposeOf(Statements.Noun, tenant, id.ToString()!))
                : null);
        return parameters;
    }
}
