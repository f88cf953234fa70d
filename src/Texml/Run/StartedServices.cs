namespace Ringwright.Texml.Run;

/// <summary>What documents of a call have started beside it, by the names that it may be stopped by.</summary>
internal sealed class StartedServices
{
    private readonly List<Service> _all = [];

    /// <param name="Id">Of a recording; nothing of what there is one of at a time.</param>
    private sealed record Service(string Kind, string? Name, Guid? Id);

    /// <summary>There may be others of its kind.</summary>
    public void Add(string kind, string? name, Guid id) => _all.Add(new(kind, name, id));

    /// <summary>There is one of its kind.</summary>
    public void Set(string kind, string? name)
    {
        _all.RemoveAll(service => service.Kind == kind);
        _all.Add(new(kind, name, null));
    }

    /// <summary>The last one of that name, or of all when there is none.</summary>
    /// <returns>False where none was started.</returns>
    public bool TryTake(string kind, string? name, out Guid? id)
    {
        int at = _all.FindLastIndex(service => service.Kind == kind && (name is null || service.Name == name));
        id = at < 0 ? null : _all[at].Id;
        if (at >= 0) _all.RemoveAt(at);
        return at >= 0;
    }
}
