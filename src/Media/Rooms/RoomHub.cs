using Ringwright.Media.Protocol;

namespace Ringwright.Media.Rooms;

/// <summary>
/// One room over all media threads. Each thread has a part with its own members, and the parts hear each other by wires. Whoever runs the
/// shards makes the hub for <see cref="MediaCommand.OpenRoom"/>, and gives each shard its part.
/// </summary>
public sealed class RoomHub
{
    private readonly RoomPart[] _parts;
    private readonly RoomWire?[] _wires;
    private volatile bool _isGone;

    /// <param name="threads">Media threads: a part for each.</param>
    public RoomHub(RoomTerms terms, int threads)
    {
        Terms = terms;
        _wires = new RoomWire?[threads * threads];
        _parts = [.. Enumerable.Range(0, threads).Select(thread => new RoomPart(this, thread))];
    }

    internal RoomTerms Terms { get; }

    internal int Threads => _parts.Length;

    /// <summary>The room's port is closed: its members hear nothing, and nobody hears them.</summary>
    public bool IsGone => _isGone;

    /// <summary>To be used on that thread only.</summary>
    public RoomPart Part(int thread) => _parts[thread];

    /// <summary>Called when the room's port closes, or by whoever finds that it will not open.</summary>
    public void End() => _isGone = true;

    /// <summary>Somebody on that thread may want to hear.</summary>
    internal bool IsWanted(int thread) => _parts[thread].IsWanted;

    /// <summary>For the writing thread, which makes it when it first has something to say.</summary>
    internal RoomWire WireTo(int writer, int reader)
    {
        ref var wire = ref _wires[writer * Threads + reader];
        if (wire is null) Volatile.Write(ref wire, new());
        return wire!;       // the writer alone writes it
    }

    /// <summary>For the reading thread; null until the writer has had something to say.</summary>
    internal RoomWire? WireFrom(int writer, int reader) => Volatile.Read(ref _wires[writer * Threads + reader]);
}
