namespace Ringwright.Store.Engines;

/// <summary>A table of which it is told what changes in it.</summary>
/// <param name="Key">At most two columns, whose texts say what is to be read again:
/// one row, or rows that belong together. None: the whole table.</param>
internal sealed record WatchedTable(string Name, params IReadOnlyList<string> Key);

/// <summary>What is to be read again of a watched table; empty texts where its key has no such column, or the column is null.</summary>
internal readonly record struct ChangedRow(string Table, string First, string Second)
{
    /// <summary>Everything, of all tables.</summary>
    public static readonly ChangedRow All = new("", "", "");
}

/// <summary>
/// The rows that may differ from what was read of them. One is among them from the statement on that changes it,
/// which is before others can see the change, and until it was read by a transaction that began after the change was committed.
/// So whoever begins to read and then asks here reads again all that may differ at that moment.
/// </summary>
internal sealed class RowChanges
{
    /// <summary>Everything is read again when more rows than this have changed: a whole load is cheaper than so many questions.</summary>
    public const int Most = 500;

    private readonly Lock _lock = new();
    /// <summary>By the writer's transaction that is under way.</summary>
    private readonly HashSet<ChangedRow> _open = [];
    /// <summary>By transactions that are over, with the number of the moment at which that was known.</summary>
    private readonly Dictionary<ChangedRow, long> _ended = new() { [ChangedRow.All] = 0 };
    private long _now;

    /// <summary>The number of this moment, for <see cref="Forget"/>.</summary>
    public long Now
    {
        get
        {
            lock (_lock) return _now;
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (_lock) return _open.Count + _ended.Count == 0;
        }
    }

    /// <summary>By a statement of the writer's transaction.</summary>
    public void Add(ChangedRow row)
    {
        lock (_lock)
        {
            if (_open.Contains(ChangedRow.All) || !_open.Add(row) || _open.Count <= Most) return;
            _open.Clear();
            _open.Add(ChangedRow.All);
        }
    }

    /// <summary>By somebody else, and it is committed.</summary>
    public void AddEnded(ChangedRow row)
    {
        lock (_lock)
        {
            _now++;
            Note(row);
        }
    }

    /// <summary>The writer's transaction is over, whether it was committed or not.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (_open.Count == 0) return;
            _now++;
            foreach (var row in _open) Note(row);
            _open.Clear();
        }
    }

    /// <summary>All of them; some may be there twice.</summary>
    public IReadOnlyList<ChangedRow> List()
    {
        lock (_lock) return [.. _open, .. _ended.Keys];
    }

    /// <summary>What was over at the moment has been read since.</summary>
    /// <param name="moment">As <see cref="Now"/> said before the reading transaction began.</param>
    public void Forget(long moment)
    {
        lock (_lock)
        {
            foreach (var (row, at) in _ended)
                if (at <= moment) _ended.Remove(row);
        }
    }

    private void Note(ChangedRow row)
    {
        if (_ended.Count >= Most)
        {
            _ended.Clear();
            row = ChangedRow.All;
        }
        _ended[row] = _now;
    }
}
