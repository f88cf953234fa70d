using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.MediaHost;

/// <summary>Settings of the media plane. Each has a default that suits a laptop.</summary>
public sealed record MediaHostOptions
{
    /// <summary>The ports of each network, in the order of the networks' numbers; at least one.</summary>
    public IReadOnlyList<MediaNetwork> Networks { get; init; } = [new()];

    /// <summary>Start-up epoch, the upper half of each port id; from the node's identity.</summary>
    public uint Epoch { get; init; } = 1;

    /// <summary>Is told which pairs are bound; null where nobody asks.</summary>
    public OwnPorts? OwnPorts { get; init; }

    /// <summary>Pairs of each network bound ahead of need. The pool is refilled off the tick and never shrinks below this.</summary>
    public int WarmPairs { get; init; } = 64;

    /// <summary>Pairs that may be bound at the same time, however many the range has: each takes two descriptors.</summary>
    public int MostPairs { get; init; } = int.MaxValue;

    /// <summary>Ticks by another clock than the system's; null ticks on threads.</summary>
    public MediaStepping? Stepping { get; init; }

    /// <summary>Tick threads, each with its own shard of ports.</summary>
    public int Threads { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Sends silence while a leg has nothing to say. Many phones treat a missing stream as a broken call.</summary>
    public bool SendsSilence { get; init; } = true;

    /// <summary>RTCP report interval (RFC 3550 section 6.2).</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where recordings are written; without it nothing can be recorded.</summary>
    public string? RecordingFolder { get; init; }

    /// <summary>Where the memory of taps is (<see cref="Taps.TapFolder"/>); without it there are none.</summary>
    public string? TapFolder { get; init; }

    /// <summary>
    /// How much of a recording may wait in memory while its disk stands still; what comes then is lost, and the recording says so.
    /// </summary>
    public TimeSpan RecordBacklog { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The same for all recordings together, in bytes: an eighth of the memory that the process may have,
    /// which is used only while the disk stands still.
    /// </summary>
    public long RecordBacklogBytes { get; init; } = Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8, 64L << 20, 2L << 30);

    /// <summary>Where recordings are written to.</summary>
    internal IDisk Disk { get; init; } = LocalDisk.Instance;

    /// <summary>Prompt files kept in memory, in bytes; the least recently used go first.</summary>
    public long PromptCacheBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Port pairs of all networks. A pair's index counts through them.</summary>
    internal int Pairs => Networks.Sum(network => network.Pairs);

    /// <summary>The index of a network's first pair.</summary>
    internal int FirstOf(int network)
    {
        int first = 0;
        for (int before = 0; before < network; before++) first += Networks[before].Pairs;
        return first;
    }

    /// <summary>The network of a pair.</summary>
    internal int NetworkOf(int index)
    {
        int network = 0;
        for (; index >= Networks[network].Pairs; network++) index -= Networks[network].Pairs;
        return network;
    }

    /// <summary>The lease of a port that is bound.</summary>
    internal PortLease Lease(PortId id)
    {
        int network = NetworkOf(id.Index);
        var own = Networks[network];
        return own.Lease(id, own.PortOf(id.Index - FirstOf(network))) with { Network = network };
    }
}
