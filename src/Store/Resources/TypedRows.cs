using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Snapshots;
using Ringwright.Store.Tables;

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
    /// <summary>The like for columns of many values: a query of one column named <c>value</c>. A filter asks whether one of them fits.</summary>
    public IReadOnlyDictionary<string, string> Sets { get; init; } = new Dictionary<string, string>();

    /// <summary>A sealed secret opens only in its own row.</summary>
    public static string PurposeOf(string noun, TenantId tenant, string id) => $"secret of {noun} {tenant}/{id}";
}

/// <summary><see cref="IResourceRows"/> over one table: columns beside the document, filters and order run in SQL.</summary>
/// <param name="routing">Reads the table again after a write; null when it never reads it.</param>
internal sealed class TypedRows<T>(Sql sql, Routing? routing, SecretBox box, ResourceSql statements, ResourceView<T> view, string kind, Func<T, DynamicParameters> bind) : IResourceRows, IStoredRows
{
    private const string Selected = "id, doc, revision, created_at, updated_at";
    private const int FirstShown = 5;

    private readonly string _select =
        $"select {string.Join(", ", [Selected, .. view.Shown.Values.Select(c => statements.Columns[c]), .. view.Secret is null ? Array.Empty<string>() : ["secret"]])} from {statements.Source}";
    private readonly string[] _shown = [.. view.Shown.Keys];

    public ValueTask<ResourcePage> ListAsync(TenantId tenant, ResourceQuery query, CancellationToken stop)
    {
        var filters = new FilterSql(sql.Engine.Documents, statements, view.Columns);
        filters.Parameters.Add("tenant", tenant.ToString());
        filters.Parameters.Add("kind", kind);
        string where = filters.Where(query.Filters);
        string page = $"{_select}{where}{filters.OrderBy(query.Sort, query.IsDescending)} limit @limit offset @offset";
        filters.Parameters.Add("limit", query.Limit);
        filters.Parameters.Add("offset", query.Offset);
        return sql.ReadAsync(db =>
        {
            long total = db.ExecuteScalar<long>($"select count(*) from {statements.Source}{where}", filters.Parameters);
            var rows = new List<ResourceRow>();
            if (query.Offset < total)
            {
                using var reader = db.ExecuteReader(page, filters.Parameters);
                while (reader.Read()) rows.Add(ReadRow(reader, tenant));
            }
            return new ResourcePage(rows, total);
        }, stop);
    }

    public async ValueTask<ResourceRow?> FindAsync(TenantId tenant, string id, CancellationToken stop)
    {
        if (Key(id) is not { } key) return null;
        return await sql.ReadAsync(db =>
        {
            using var reader = db.ExecuteReader($"{_select} and id = @id", new { tenant, kind, id = key });
            return reader.Read() ? ReadRow(reader, tenant) : null;
        }, stop).ConfigureAwait(false);
    }

    public ValueTask<WriteOutcome> InsertAsync(ResourceRow row, AuditNote? note, CancellationToken stop)
    {
        var parameters = Bind(row);
        return WriteAsync(db =>
        {
            if (statements.Before?.Invoke(db, parameters) is { } outcome and not WriteOutcome.Done) return outcome;
            db.Execute(statements.Insert, parameters);
            statements.Beside?.Invoke(db, row, true);
            AuditTable.Write(db, Noted(note, row.Body));
            return WriteOutcome.Done;
        }, isDelete: false, stop);
    }

    public ValueTask<WriteOutcome> UpdateAsync(ResourceRow row, AuditNote? note, CancellationToken stop)
    {
        var parameters = Bind(row);
        return WriteAsync(db =>
        {
            if (statements.Before?.Invoke(db, parameters) is { } outcome and not WriteOutcome.Done) return outcome;
            if (db.Execute(statements.Update, parameters) == 1)
            {
                statements.Beside?.Invoke(db, row, false);
                AuditTable.Write(db, Noted(note, row.Body));
                return WriteOutcome.Done;
            }
            return db.ExecuteScalar<long>($"select count(*) from {statements.Source} and id = @id", parameters) == 0 ? WriteOutcome.Missing : WriteOutcome.Stale;
        }, isDelete: false, stop);
    }

    public async ValueTask<WriteOutcome> DeleteAsync(TenantId tenant, string id, AuditNote? note, CancellationToken stop)
    {
        if (Key(id) is not { } key) return WriteOutcome.Missing;
        return await WriteAsync(db =>
        {
            var which = new { tenant, kind, id = key };
            foreach (string detach in statements.Detach) db.Execute(detach, which);
            if (db.Execute(statements.Delete, which) != 1) return WriteOutcome.Missing;
            AuditTable.Write(db, Noted(note, after: null));
            return WriteOutcome.Done;
        }, isDelete: true, stop).ConfigureAwait(false);
    }

    public IEnumerable<ResourceRow> ReadAll(IDbConnection db, TenantId tenant)
    {
        using var reader = db.ExecuteReader($"{_select} order by created_at, id", new { tenant, kind });
        while (reader.Read()) yield return ReadRow(reader, tenant);
    }

    public void Put(IDbConnection db, ResourceRow row) => db.Execute(statements.Insert, Bind(row));

    private async ValueTask<WriteOutcome> WriteAsync(Func<IDbConnection, WriteOutcome> write, bool isDelete, CancellationToken stop)
    {
        WriteOutcome outcome;
        try
        {
            outcome = await sql.WriteAsync(write, stop).ConfigureAwait(false);
        }
        catch (DbException refused) when (sql.Engine.IsRefusal(refused))
        {
            // A foreign key stops a delete because others refer to the row, and a write because what it refers to is gone.
            if (sql.Engine.TroubleOf(refused) is Trouble.RefusedByReference) return isDelete ? WriteOutcome.InUse : WriteOutcome.Missing;
            return WriteOutcome.Duplicate;
        }
        if (outcome is WriteOutcome.Done && routing is not null) await routing.ReloadAsync(stop).ConfigureAwait(false);
        return outcome;
    }

    /// <summary>The note as it is after the write. Whoever has gathered secrets into one field says himself what came of them.</summary>
    private AuditNote? Noted(AuditNote? note, JsonObject? after) => note is null ? null
        : note with { After = note.After ?? after, Masked = view.Secret is { } secret ? [.. note.Masked, secret] : note.Masked };

    private DynamicParameters Bind(ResourceRow row)
    {
        var parameters = bind(view.Read(row));
        parameters.Add("tenant", row.Tenant.ToString());
        parameters.Add("kind", kind);
        parameters.Add("id", Key(row.Id) ?? throw new ArgumentException($"'{row.Id}' is no id of this table.", nameof(row)));
        parameters.Add("doc", Document(row));
        if (view.Secret is { } secret)
            parameters.Add("secret", (string?)row.Body[secret] is { } text ? box.SealText(text, ResourceSql.PurposeOf(statements.Noun, row.Tenant, row.Id)) : null);
        parameters.Add("revision", row.Revision);
        parameters.Add("createdAt", Times.Text(row.CreatedAt));
        parameters.Add("updatedAt", Times.Text(row.UpdatedAt));
        return parameters;
    }

    private ResourceRow ReadRow(IDataReader reader, TenantId tenant)
    {
        var body = JsonNode.Parse(reader.GetString(1))!.AsObject(); // written from a JsonObject
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

    /// <summary>The id as the column has it; null when it can be none.</summary>
    private object? Key(string id)
    {
        if (statements.HasTexts) return id;
        if (statements.HasUuids) return Guid.TryParseExact(id, "D", out var uuid) ? uuid.ToString() : null;
        return long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
    }

    /// <summary>The body without its secret.</summary>
    private string Document(ResourceRow row)
    {
        if (view.Secret is not { } secret || !row.Body.ContainsKey(secret)) return row.Body.ToJsonString();
        var open = row.Body.DeepClone().AsObject();
        open.Remove(secret);
        return open.ToJsonString();
    }
}
