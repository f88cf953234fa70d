using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Areas;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Snapshots;

/// <summary>
/// Puts the lines of a snapshot into the database, within one transaction.
/// What a line leaves out is filled in where there is one right answer.
/// </summary>
/// <param name="documentFaultOf">What is wrong with the shape of a resource that is stored as a document
/// of this kind; null when nothing is.</param>
/// <param name="freshId">Ids of 19 digits for lines that name none.</param>
internal sealed class SnapshotLoader(IDbConnection db, IEngine engine, SecretBox box, DefaultProfile profile, StoreAreas areas,
    IReadOnlyList<SnapshotKind> kinds, Func<string, JsonObject, string?> documentFaultOf, Func<long> freshId, DateTimeOffset now)
{
    private readonly Dictionary<string, StoreTable> _tables = areas.Tables.Where(t => t.IsInSnapshot)
        .ToDictionary(t => t.Kind, StringComparer.Ordinal);
    private readonly Dictionary<string, SnapshotKind> _kinds = kinds.ToDictionary(k => k.Name, StringComparer.Ordinal);
    private readonly Dictionary<string, TenantId> _tenants =
        db.Query<(string Name, string Id)>("select name, id from rw_tenant")
            .ToDictionary(t => t.Name, t => new TenantId(Guid.Parse(t.Id)), StringComparer.Ordinal);
    private readonly HashSet<TenantId> _signing = [.. db.Query<string>("select tenant_id from rw_signing_key")
        .Select(id => new TenantId(Guid.Parse(id)))];
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Lines by kind.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <exception cref="SnapshotException">The line cannot be taken.</exception>
    public void Load(SnapshotLine line)
    {
        try
        {
            if (_kinds.TryGetValue(line.Kind, out var kind)) kind.Stored.Put(db, ResourceOf(line, kind));
            else Insert(line, _tables[line.Kind]);
        }
        catch (DbException refused) when (engine.IsRefusal(refused))
        {
            throw SnapshotException.At(line.Number, engine.TroubleOf(refused) is Trouble.RefusedByReference
                ? $"this {line.Kind} refers to something that is not there: put what it needs above it"
                : $"this {line.Kind}, or one with the same name or number, is there already ({refused.Message})", refused);
        }
        catch (Exception unreadable)
            when (unreadable is FormatException or InvalidOperationException or ArgumentException or KeyNotFoundException)
        {
            throw SnapshotException.At(line.Number, $"this {line.Kind} cannot be read: {unreadable.Message}", unreadable);
        }

        _counts[line.Kind] = _counts.GetValueOrDefault(line.Kind) + 1;
    }

    /// <summary>
    /// A tenant without a signing key gets one, and one without a default profile too.
    /// A number that came with its owner is nobody's proved one, and not in the stock.
    /// </summary>
    public void Complete()
    {
        foreach (var tenant in _tenants.Values.Where(t => !_signing.Contains(t)))
            SigningKeyTable.Write(db, box, tenant, System.Security.Cryptography.RandomNumberGenerator.GetBytes(32),
                SigningKeyTable.NewWebhookSecret(), now);
        profile.WriteWhereLacking(db, now);
        db.Execute(VerifiedNumberTable.DeleteOwnedAllTenants);
        db.Execute(StockClaims.SettleAllTenants);
    }

    private void Insert(SnapshotLine line, StoreTable table)
    {
        var row = line.Value.DeepClone().AsObject();
        Fill(line, table, row);
        var columns = table.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        foreach (var (name, _) in row)
            if (!columns.ContainsKey(name))
                throw SnapshotException.At(line.Number, $"{line.Kind} has no {name}; it has {string.Join(", ", columns.Keys)}");
        foreach (var column in table.Sealed)
            if ((string?)row[column.Name] is { } open) row[column.Name] = Seal(line, column, open, row);

        if (table.Kind == "resource" && row["doc"] is JsonObject document
                && documentFaultOf(line.Text("kind") ?? "", document) is { } fault)
            throw SnapshotException.At(line.Number, $"resource.doc{fault}");

        var parameters = new DynamicParameters();
        List<string> given = [], values = [];
        foreach (var column in columns.Values)
        {
            if (row[column.Name] is { } value)
            {
                if (column.Kind is TableColumnKind.Json && value is JsonArray != table.Lists.Contains(column.Name))
                    throw line.Wrong(column.Name, table.Lists.Contains(column.Name) ? "a list" : "an object");
                parameters.Add(column.Name, SnapshotCell.Take(line, column, value));
                given.Add(column.Name);
                values.Add($"@{column.Name}");
            }
            else if (column.KeepsNull && row.ContainsKey(column.Name))
            {
                given.Add(column.Name);
                values.Add("null");
            }
            else if (column.IsRequired)
            {
                throw SnapshotException.At(line.Number, $"{line.Kind} needs {column.Name}");
            }
        }

        db.Execute($"insert into {table.Name} ({string.Join(", ", given)}) values ({string.Join(", ", values)})", parameters);
        if (table.Kind == "tenant") _tenants[(string)row["name"]!] = new(Guid.Parse((string)row["id"]!)); // both were inserted
        if (table.Kind == "signing_key") _signing.Add(new(Guid.Parse((string)row["tenant_id"]!))); // its key
    }

    /// <summary>What a person may leave out.</summary>
    private void Fill(SnapshotLine line, StoreTable table, JsonObject row)
    {
        foreach (var (name, (now, beside, says)) in table.Formerly)
            if (row.Remove(name, out var value) && value is not null) (row[now], row[beside]) = (value, says);
        bool isPlatforms = !table.Columns.Any(column => column is { Name: "tenant_id", IsRequired: true })
            && (line.Text("tenant_id") ?? line.Text("tenant")) is null;
        if (table.IsOfTenants && !isPlatforms) row["tenant_id"] = TenantOf(line).ToString();
        row.Remove("tenant");
        if (table.Kind == "tenant" && line.Text("parent") is { } above)
        {
            row.Remove("parent");
            row["parent_id"] = (_tenants.TryGetValue(above, out var parent) ? parent
                : throw SnapshotException.At(line.Number, $"there is no tenant '{above}' above this line")).ToString();
        }

        if (table.Kind == "api_key")
        {
            // The key itself in place of its hash.
            if (line.Text("key") is { } key) row["hash"] = ApiKeyTable.Hash(key);
            row.Remove("key");
            row["role"] ??= "owner";
            row["label"] ??= "snapshot";
        }

        foreach (var column in table.Columns.Where(c => c.IsRequired && row[c.Name] is null))
        {
            if (column is { Name: "id", Kind: TableColumnKind.Text }) row["id"] = Guid.CreateVersion7(now).ToString();
            else if (column is { Name: "id", Kind: TableColumnKind.Whole }) row["id"] = freshId();
            else if (column.Name is "created_at" or "updated_at") row[column.Name] = Times.Text(now);
            else if (column.Name is "revision") row["revision"] = 1L;
        }
    }

    private ResourceRow ResourceOf(SnapshotLine line, SnapshotKind kind)
    {
        var value = line.Value;
        foreach (var (name, _) in value)
            if (name is not ("id" or "tenant" or "tenant_id" or "created_at" or "updated_at" or "revision" or "body" or SnapshotLine.Columns
                    or SnapshotLine.Documents))
                throw SnapshotException.At(line.Number, $"{line.Kind} has no {name} beside its body");
        var body = value["body"] as JsonObject ?? throw line.Wrong("body", "an object");
        var (columns, documents) = (line.Object(SnapshotLine.Columns), line.Object(SnapshotLine.Documents));
        if (kind.FaultOf(body) is { } fault) throw SnapshotException.At(line.Number, $"{line.Kind}.body{fault}");
        return new()
        {
            Id = line.Text("id") ?? freshId().ToString(CultureInfo.InvariantCulture),
            Tenant = TenantOf(line),
            Body = body.DeepClone().AsObject(),
            CreatedAt = Time(line, "created_at"),
            UpdatedAt = Time(line, "updated_at"),
            Revision = value["revision"] is { } revision
                ? (long)SnapshotCell.Take(line, new("revision", TableColumnKind.Whole, IsRequired: true), revision)
                : 1,
            Beside = columns is null && documents is null ? null : new(columns ?? [], documents ?? []),
        };
    }

    private DateTimeOffset Time(SnapshotLine line, string name) =>
        line.Text(name) is not { } text ? now : SnapshotCell.ReadTime(text)
            ?? throw line.Wrong(name, "a time such as 2026-11-20T09:30:00Z");

    /// <summary>By the id, or by the name for people.</summary>
    private TenantId TenantOf(SnapshotLine line)
    {
        if (line.Text("tenant_id") is { } id) return Guid.TryParse(id, out var uuid) ? new(uuid) : throw line.Wrong("tenant_id", "a UUID");
        if (line.Text("tenant") is not { } name)
            throw SnapshotException.At(line.Number, $"{line.Kind} needs a tenant: a name, or tenant_id");
        return _tenants.TryGetValue(name, out var tenant) ? tenant
            : throw SnapshotException.At(line.Number, $"there is no tenant '{name}' above this line");
    }

    private string Seal(SnapshotLine line, SealedColumn column, string open, JsonObject row)
    {
        if (column.IsText) return box.SealText(open, column.PurposeOf(row));
        byte[] bytes = new byte[open.Length];
        return Convert.TryFromBase64String(open, bytes, out int length) ? box.Seal(bytes.AsSpan(0, length), column.PurposeOf(row))
            : throw line.Wrong(column.Name, "base64");
    }
}
