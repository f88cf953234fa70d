namespace Ringwright.Store.Tables;

/// <summary>
/// The entries of all do-not-call lists in memory, a 64-bit keyed hash each. It may name an entry that is not there, as after a removal,
/// and never lacks one while it <see cref="IsCurrent">is current</see>. Any thread may ask.
/// </summary>
internal sealed class DoNotCallIndex
{
    private readonly Lock _lock = new();
    private HashSet<ulong> _keys = [];
    /// <summary>What came while all is being read.</summary>
    private List<ulong>? _late;
    private volatile bool _isCurrent, _isEmpty = true;
    private int _loads;

    /// <summary>False while it may lack entries: before all was read, and while what other nodes write is not heard.</summary>
    public bool IsCurrent => _isCurrent;

    /// <summary>There is nothing to ask for; the usual case, and the cheapest.</summary>
    public bool IsEmpty => _isCurrent && _isEmpty;

    public int Count
    {
        get { lock (_lock) return _keys.Count; }
    }

    public bool Has(ulong key)
    {
        lock (_lock) return _keys.Contains(key);
    }

    public void Add(ReadOnlySpan<ulong> keys)
    {
        lock (_lock)
        {
            foreach (ulong key in keys)
            {
                _keys.Add(key);
                _late?.Add(key);
            }
            _isEmpty = _keys.Count == 0;
        }
    }

    /// <summary>Entries may have come that nobody told of.</summary>
    public void Doubt()
    {
        lock (_lock)
        {
            _isCurrent = false;
            _loads++;       // what is being read may have begun before
        }
    }

    /// <summary>All is read from now on; <see cref="End"/> takes it.</summary>
    public int Begin()
    {
        lock (_lock)
        {
            _late = [];
            return ++_loads;
        }
    }

    /// <summary>False when it was doubted, or read again, meanwhile.</summary>
    public bool End(int load, HashSet<ulong> keys)
    {
        lock (_lock)
        {
            if (load != _loads) return false;
            keys.UnionWith(_late!);        // set by Begin
            (_keys, _late, _isEmpty, _isCurrent) = (keys, null, keys.Count == 0, true);
            return true;
        }
    }
}
