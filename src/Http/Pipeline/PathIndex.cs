namespace Ringwright.Http;

/// <summary>Says which methods a path has; asked only when routing found no operation.</summary>
internal sealed class PathIndex
{
    private readonly List<(PathTemplate Template, IReadOnlyList<string> Methods, Operation? Operation)> _entries = [];

    /// <param name="operation">Null for what is no operation of the API.</param>
    public void Add(string path, IReadOnlyList<string> methods, Operation? operation) => _entries.Add((new(path), methods, operation));

    /// <param name="path">Without the root.</param>
    public (IReadOnlyList<string> Allowed, Operation? Nearest) Find(string path)
    {
        var allowed = new SortedSet<string>(StringComparer.Ordinal);
        (PathTemplate Template, IReadOnlyList<string> Methods, Operation? Operation)? nearest = null;
        foreach (var entry in _entries)
        {
            if (!entry.Template.Matches(path)) continue;
            allowed.UnionWith(entry.Methods);
            if (nearest is null || entry.Template.Literals > nearest.Value.Template.Literals) nearest = entry;
        }

        return ([.. allowed], nearest?.Operation);
    }
}
