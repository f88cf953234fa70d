namespace Ringwright.Http;

/// <summary>Says which methods a path has; asked only when routing found no operation.</summary>
internal sealed class PathIndex
{
    private readonly List<(PathTemplate Template, Operation Operation)> _entries = [];

    public void Add(string path, Operation operation) => _entries.Add((new(path), operation));

    /// <param name="path">Without the root.</param>
    public (IReadOnlyList<string> Allowed, Operation? Nearest) Find(string path)
    {
        var allowed = new SortedSet<string>(StringComparer.Ordinal);
        (PathTemplate Template, Operation Operation)? nearest = null;
        foreach (var entry in _entries)
        {
            if (!entry.Template.Matches(path)) continue;
            allowed.Add(entry.Operation.Method);
            if (nearest is null || entry.Template.Literals > nearest.Value.Template.Literals) nearest = entry;
        }

        return ([.. allowed], nearest?.Operation);
    }
}
