using System.Data;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Snapshots;
using Ringwright.Store.Work;

namespace Ringwright.Store.Resources;

/// <summary>The statements and columns of one typed table; each statement names the tenant.</summary>
internal sealed record ResourceSql
{
    /// <summary>What a row is, for the purpose that its sealed secret carries.</summary>
    public string Noun { get; init; } = "";
    /// <summary>What follows "from": the table and its condition on the tenant.</summary>
    public required string Source { get; init; }
    public required string Insert { get; init; }
    public required string Update { get; init; }
    /// <summary>Run before the delete, in its transaction.</summary>
    public IReadOnlyList<string> Detach { get; init; } = [];
    /// <summary>The same, for what statements alone cannot do; it gets the id as the column has it.</summary>
    public Action<IDbConnection, TenantId, object>? Leaving { get; init; }
    public required string Delete { get; init; }
    /// <summary>Asked before an insert or update, in its transaction: anything but Done leaves the row as it is.</summary>
    public Func<IDbConnection, DynamicParameters, WriteOutcome>? Before { get; init; }
    /// <summary>Run behind an insert (true) or update (false), in its transaction.</summary>
    public Action<IDbConnection, ResourceRow, bool>? Beside { get; init; }
    /// <summary>Ids are UUIDs; else 64-bit numbers.</summary>
    public bool HasUuids { get; init; }
    /// <summary>Ids are any text.</summary>
    public bool HasTexts { get; init; }
    /// <summary>Columns that a view may name, as SQL that yields text, number or null.</summary>
    public required IReadOnlyDictionary<string, string> Columns { get; init; }
    /// <summary>Those of the columns that are times.</summary>
    public IReadOnlyList<string> Times { get; init; } = [];
    /// <summary>Those of the columns that are text, and are compared as they are, so that an index of theirs helps.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];
    /// <summary>Paths into the document that an index serves (see <see cref="Engines.IDocumentSql.Filter"/>).</summary>
    public IReadOnlyList<string> Indexed { get; init; } = [];
    /// <summary>
    /// The like for columns of many values: a query of one column named <c>value</c>. A filter asks whether one of them fits.
    /// </summary>
    public IReadOnlyDictionary<string, string> Sets { get; init; } = new Dictionary<string, string>();

    /// <summary>An id as the column has it; null when the text can be none.</summary>
    public object? KeyOf(string id)
    {
        if (HasTexts) return id;
        if (HasUuids) return Guid.TryParseExact(id, "D", out var uuid) ? uuid.ToString() : null;
        return long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
    }

    /// <summary>The parameters that the statements of every table have.</summary>
    /// <param name="id">As the column has it.</param>
    public static void AddEnvelope(
        DynamicParameters parameters, TenantId tenant, string kind, object id, JsonObject doc, long revision, DateTimeOffset createdAt,
        DateTimeOffset updatedAt)
    {
        parameters.Add("tenant", tenant.ToString());
        parameters.Add("kind", kind);
        parameters.Add("id", id);
        parameters.Add("doc", doc.ToJsonString());
        parameters.Add("revision", revision);
        parameters.Add("createdAt", Store.Times.Text(createdAt));
        parameters.Add("updatedAt", Store.Times.Text(updatedAt));
    }

    /// <summary>A sealed secret opens only in its own row.</summary>
    public static string PurposeOf(string noun, TenantId tenant, string id) => $"secret of {noun} {tenant}/{id}";
}

/// <summary><see cref="IResourceRows"/> over one table: columns beside the document, filters and order run in SQL.</summary>
/// <param name="records">Of a table whose rows belong to no dialect: its documents are those of all dialects.
/// Null when the document is the body.</param>
internal sealed class TypedRows<T>(RowWriter writer, SecretBox box, ResourceSql statements, ResourceView<T> view, string kind,
    Func<T, DynamicParameters> bind, RecordSql<T>? records = null) : IResourceRows, IStoredRows
{
    private const string Selected = "id, doc, revision, created_at, updated_at";
    private const int FirstShown = 5;
    private const string Secret = "secret";

    private readonly string _select = "select "
        + string.Join(", ", [
            Selected,
            .. view.Shown.Values.Select(c => statements.Columns[c]),
            .. view.Secret is null ? Array.Empty<string>() : [Secret],
        ])
        + $" from {statements.Source}";
    private readonly string[] _shown = [.. view.Shown.Keys];

    public ValueTask<ResourcePage> ListAsync(TenantId tenant, ResourceQuery query, CancellationToken stop)
    {
        var (count, page, parameters) = Lists(tenant, query);
        return writer.Sql.ReadAsync(db =>
        {
            long total = db.ExecuteScalar<long>(count, parameters);
            var rows = new List<ResourceRow>();
            if (query.Offset < total)
            {
                using var reader = db.ExecuteReader(page, parameters);
                while (reader.Read()) rows.Add(ReadRow(reader, tenant));
            }
            return new ResourcePage(rows, total);
        }, stop);
    }

    /// <summary>The statements of a list: how many there are, and the page.</summary>
    internal (string Count, string Page, DynamicParameters Parameters) Lists(TenantId tenant, ResourceQuery query)
    {
        var filters = new FilterSql(writer.Sql.Engine.Documents, statements, view.Columns, records is null ? "" : view.Dialect);
        filters.Parameters.Add("tenant", tenant.ToString());
        filters.Parameters.Add("kind", kind);
        string where = writer.Sql.Folded(filters.Where(query.Filters, query.AnyOf));
        string page = $"{_select}{where}{filters.OrderBy(query)} limit @limit offset @offset";
        filters.Parameters.Add("limit", query.Limit);
        filters.Parameters.Add("offset", query.Offset);
        return ($"select count(*) from {statements.Source}{where}", page, filters.Parameters);
    }

    public async ValueTask<ResourceRow?> FindAsync(TenantId tenant, string id, CancellationToken stop)
    {
        if (statements.KeyOf(id) is not { } key) return null;
        return await writer.Sql.ReadAsync(db =>
        {
            using var reader = db.ExecuteReader($"{_select} and id = @id", new { tenant, kind, id = key });
            return reader.Read() ? ReadRow(reader, tenant) : null;
        }, stop).ConfigureAwait(false);
    }

    public ValueTask<WriteOutcome> InsertAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop)
    {
        var parameters = Bind(row, view.Read(row), before: null);
        return writer.RunAsync(row.Tenant, db =>
        {
            if (statements.Before?.Invoke(db, parameters) is { } outcome and not WriteOutcome.Done) return (outcome, null);
            db.Execute(statements.Insert, parameters);
            statements.Beside?.Invoke(db, row, true);
            return (WriteOutcome.Done, Noted(work, row.Body));
        }, isDelete: false, stop);
    }

    public ValueTask<WriteOutcome> UpdateAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop)
    {
        var read = view.Read(row);
        var parameters = records is null ? Bind(row, read, before: null) : null;
        return writer.RunAsync(row.Tenant, db =>
        {
            if (records is not null)
            {
                // What another dialect says of the record is read and written in one transaction.
                if (statements.KeyOf(row.Id) is not { } key || records.Find(db, row.Tenant, key) is not { } kept)
                    return (WriteOutcome.Missing, null);
                if (kept.Revision != row.Revision) return (WriteOutcome.Stale, null);
                parameters = Bind(row, view.Keep(kept.Record, read), kept.Documents);
            }
            // bound before or just now
            if (statements.Before?.Invoke(db, parameters!) is { } outcome and not WriteOutcome.Done) return (outcome, null);
            if (db.Execute(statements.Update, parameters) == 1)
            {
                statements.Beside?.Invoke(db, row, false);
                return (WriteOutcome.Done, Noted(work, row.Body));
            }
            return (db.ExecuteScalar<long>($"select count(*) from {statements.Source} and id = @id", parameters) == 0 ? WriteOutcome.Missing
                : WriteOutcome.Stale, null);
        }, isDelete: false, stop);
    }

    public async ValueTask<WriteOutcome> DeleteAsync(TenantId tenant, string id, UnitOfWork? work, CancellationToken stop)
    {
        if (statements.KeyOf(id) is not { } key) return WriteOutcome.Missing;
        return await writer.RunAsync(tenant,
            db => (RowWriter.Delete(db, statements, tenant, kind, key), Noted(work, after: null)), isDelete: true,
            stop).ConfigureAwait(false);
    }

    public IEnumerable<ResourceRow> ReadAll(IDbConnection db, TenantId tenant)
    {
        List<ResourceRow> rows = [];
        using (var reader = db.ExecuteReader($"{_select} order by created_at, id", new { tenant, kind }))
            while (reader.Read()) rows.Add(ReadRow(reader, tenant));
        return records is null ? rows : rows.Select(row => row with { Beside = BesideOf(db, row) });
    }

    public void Put(IDbConnection db, ResourceRow row)
    {
        var record = view.Read(row);
        var parameters = Bind(row, record, before: null);
        if (records is not null)
        {
            var documents = row.Beside?.Documents.DeepClone().AsObject() ?? [];
            documents[view.Dialect] = OpenBody(row);
            parameters.Add("doc", records.Faces.Complete(record, documents, row.CreatedAt).ToJsonString());
        }
        if (row.Beside is { Columns: var columns })
        {
            string[] own = [.. bind(record).ParameterNames.Where(name => name is not Secret)];
            foreach (var (name, value) in columns)
                parameters.Add(own.Contains(name) ? name : throw new FormatException($"it has no column '{name}'"), PlainValues.Of(value));
        }
        db.Execute(statements.Insert, parameters);
    }

    /// <summary>What a snapshot would lose if it had the body alone.</summary>
    private RowBeside? BesideOf(IDbConnection db, ResourceRow row)
    {
        // only called where there are records, with the id of a row
        if (records!.Find(db, row.Tenant, statements.KeyOf(row.Id)!) is not { } kept) return null;
        kept.Documents.Remove(view.Dialect);
        var (columns, read) = (bind(kept.Record), bind(view.Read(row)));
        var others = new JsonObject();
        foreach (string name in columns.ParameterNames)
            if (name is not Secret && !Equals(columns.Get<object?>(name), read.Get<object?>(name)))
                others[name] = PlainValues.Show(columns.Get<object?>(name));
        return others.Count == 0 && kept.Documents.Count == 0 ? null : new(others, kept.Documents);
    }

    /// <summary>The note as it is after the write. Whoever has gathered secrets into one field says himself what came of them.</summary>
    private UnitOfWork? Noted(UnitOfWork? work, JsonObject? after) => work?.Note is not { } note ? work
        : work with
        {
            Note = note with { After = note.After ?? after, Masked = view.Secret is { } secret ? [.. note.Masked, secret] : note.Masked }
        };

    /// <param name="before">The documents of all dialects until now, in a table that has them.</param>
    private DynamicParameters Bind(ResourceRow row, T record, JsonObject? before)
    {
        object id = statements.KeyOf(row.Id) ?? throw new ArgumentException($"'{row.Id}' is no id of this table.", nameof(row));
        var parameters = bind(record);
        var documents = records is null ? OpenBody(row) : records.Faces.Follow(record, before, row.CreatedAt, view.Dialect, OpenBody(row));
        ResourceSql.AddEnvelope(parameters, row.Tenant, kind, id, documents, row.Revision, row.CreatedAt, row.UpdatedAt);
        string? secret = view.Secret is { } field ? (string?)row.Body[field] : records?.SecretOf?.Invoke(record);
        if (view.Secret is not null || records?.SecretOf is not null)
            parameters.Add(Secret,
                secret is null ? null : box.SealText(secret, ResourceSql.PurposeOf(statements.Noun, row.Tenant, row.Id)));
        return parameters;
    }

    private ResourceRow ReadRow(IDataReader reader, TenantId tenant)
    {
        var body = JsonNode.Parse(reader.GetString(1))!.AsObject(); // written from a JsonObject
        if (records is not null)
        {
            var documents = body;
            body = documents[view.Dialect] as JsonObject ?? [];
            documents.Remove(view.Dialect);
        }
        for (int i = 0; i < _shown.Length; i++)
        {
            body.Remove(_shown[i]);
            JsonNode? value = reader.GetValue(FirstShown + i) switch
            {
                string text => JsonValue.Create(text),
                // As if read with the body, so that it converts to any number type.
                long or int => JsonNode.Parse(Convert.ToString(reader.GetValue(FirstShown + i), CultureInfo.InvariantCulture)!),
                _ => null,
            };
            if (value is not null) body[_shown[i]] = value;
        }
        string id = Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!; // a number or text
        if (view.Secret is { } secret && reader.GetValue(FirstShown + _shown.Length) is string hidden)
            body[secret] = box.UnsealText(hidden, ResourceSql.PurposeOf(statements.Noun, tenant, id));
        return new()
        {
            Id = id,
            Tenant = tenant,
            Body = body,
            Revision = reader.GetInt64(2),
            CreatedAt = Times.Read(reader.GetValue(3)),
            UpdatedAt = Times.Read(reader.GetValue(4)),
        };
    }

    /// <summary>The body without its secret; in an object of its own where it becomes part of another.</summary>
    private JsonObject OpenBody(ResourceRow row)
    {
        bool hasSecret = view.Secret is { } name && row.Body.ContainsKey(name);
        if (records is null && !hasSecret) return row.Body;
        var open = row.Body.DeepClone().AsObject();
        if (hasSecret) open.Remove(view.Secret!); // just asked for
        return open;
    }
}
