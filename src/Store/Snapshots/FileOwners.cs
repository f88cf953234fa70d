using Ringwright.Core;

namespace Ringwright.Store.Snapshots;

/// <summary>Whose the files of a snapshot are: a line of a file does not say so, the row that names it does.</summary>
internal sealed class FileOwners
{
    private readonly Dictionary<string, SnapshotLine> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _tenants = new(StringComparer.Ordinal);

    /// <summary>Takes any line.</summary>
    public void Note(SnapshotLine line)
    {
        if (line.Kind == "tenant" && line.Text("name") is { } name && line.Text("id") is { } id) _tenants[name] = id;
        else if (line.Kind is "media" or "recording" && SnapshotFiles.PathOf(line.Kind, line.Value) is { } path) _rows[path] = line;
    }

    /// <param name="known">Ids of the tenants that are there already, by name.</param>
    /// <exception cref="SnapshotException">No row names the file, or nobody can say yet whose it is.</exception>
    public TenantId Of(string path, IReadOnlyDictionary<string, TenantId> known)
    {
        if (!_rows.TryGetValue(path, out var row))
            throw new SnapshotException($"no media or recording of the snapshot has the file {path}");
        string? name = row.Text("tenant"), id = row.Text("tenant_id") ?? (name is null ? null : _tenants.GetValueOrDefault(name));
        if (Guid.TryParse(id, out var owner)) return new(owner);
        return name is not null && known.TryGetValue(name, out var there) ? there
            : throw SnapshotException.At(row.Number, $"a {row.Kind} with a file needs a tenant_id, or a tenant with an id");
    }
}
