using System.Data;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Areas;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Snapshots;

/// <summary>Writes the lines of a snapshot, all as of the one moment that its connection's transaction sees.</summary>
/// <param name="db">In a transaction that only reads.</param>
/// <param name="tenants">Whose rows; null for everybody's and the node's own.</param>
internal sealed class SnapshotWriter(IDbConnection db, SecretBox box, StoreAreas areas, Stream into, IReadOnlyList<TenantId>? tenants)
{
    private static readonly JsonWriterOptions Plain =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private long _lines;

    /// <summary>Lines by kind.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Write(IReadOnlyList<SnapshotKind> kinds, DateTimeOffset at, SnapshotFiles? files)
    {
        WriteLine(SnapshotLine.Head,
            new() { ["snapshot"] = SnapshotLine.Format, ["made_at"] = Times.Text(at), ["is_whole"] = tenants is null, ["ends"] = true });
        foreach (var table in areas.BeforeResources) WriteTable(table);
        foreach (var kind in kinds)
            foreach (var tenant in tenants ?? AllTenants())
                foreach (var row in kind.Stored.ReadAll(db, tenant)) WriteLine(kind.Name, Show(row));
        foreach (var table in areas.AfterResources) WriteTable(table, files);
        WriteLine(SnapshotLine.End, new() { ["lines"] = _lines });
    }

    private void WriteTable(StoreTable table, SnapshotFiles? files = null)
    {
        if (table.TenantColumn is null && tenants is not null) return;
        var columns = table.Columns;
        using var reader = db.ExecuteReader(Statement(table, columns),
            new { tenants = new InList<string>([.. (tenants ?? []).Select(t => t.ToString())]) });
        while (reader.Read())
        {
            var row = new JsonObject();
            for (int i = 0; i < columns.Count; i++)
                if (SnapshotCell.Show(columns[i], reader.GetValue(i)) is { } value) row[columns[i].Name] = value;
                else if (columns[i].KeepsNull) row[columns[i].Name] = null;
            foreach (var column in table.Sealed)
                if ((string?)row[column.Name] is { } hidden) row[column.Name] = Open(column, hidden, row);
            foreach (var part in files?.PartsOf(table, row) ?? []) WriteLine(SnapshotLine.File, part);
            WriteLine(table.Kind, row);
        }
    }

    /// <summary>Calls that are up are left out: what they will have been is not known yet.</summary>
    private string Statement(StoreTable table, IReadOnlyList<TableColumn> columns)
    {
        List<string> conditions = [];
        if (tenants is not null && table.TenantColumn is { } tenant) conditions.Add($"{tenant} in @tenants");
        if (table.LegColumn is { } leg) conditions.Add($"({leg} is null or {leg} not in ({LegTable.SelectUpAllTenants}))");
        string where = conditions.Count == 0 ? "" : " where " + string.Join(" and ", conditions);
        return $"select {string.Join(", ", columns.Select(Selected))} from {table.Name}{where} order by {table.OrderBy}";
    }

    /// <summary>An enum of PostgreSQL's own reads as a text, and as nothing else.</summary>
    private static string Selected(TableColumn column) =>
        column.Kind is TableColumnKind.Text ? $"cast({column.Name} as text) as {column.Name}" : column.Name;

    private string Open(SealedColumn column, string hidden, JsonObject row)
    {
        byte[] secret = box.Unseal(hidden, column.PurposeOf(row));
        return column.IsText ? System.Text.Encoding.UTF8.GetString(secret) : Convert.ToBase64String(secret);
    }

    private IReadOnlyList<TenantId> AllTenants() =>
        [.. db.Query<string>("select id from rw_tenant order by created_at, id").Select(id => new TenantId(Guid.Parse(id)))];

    private static JsonObject Show(ResourceRow row)
    {
        var line = new JsonObject
        {
            ["id"] = row.Id,
            ["tenant_id"] = row.Tenant.ToString(),
            ["created_at"] = Times.Text(row.CreatedAt),
            ["updated_at"] = Times.Text(row.UpdatedAt),
            ["revision"] = row.Revision,
            ["body"] = row.Body.DeepClone(),
        };
        if (row.Beside is not { } beside) return line;
        if (beside.Columns.Count > 0) line[SnapshotLine.Columns] = beside.Columns.DeepClone();
        if (beside.Documents.Count > 0) line[SnapshotLine.Documents] = beside.Documents.DeepClone();
        return line;
    }

    private void WriteLine(string kind, JsonObject value)
    {
        using (var json = new Utf8JsonWriter(into, Plain))
        {
            json.WriteStartObject();
            json.WritePropertyName(kind);
            value.WriteTo(json);
            json.WriteEndObject();
        }

        into.WriteByte((byte)'\n');
        _lines++;
        _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
    }
}
