namespace Ringwright.Bench.Soak.Judging;

/// <summary>One look at the node.</summary>
/// <param name="Calls">Calls that had begun by then.</param>
/// <param name="Processes">Those of the node, by role.</param>
/// <param name="Gauges">What <c>/metrics</c> said, summed over labels; empty while the node was not there.</param>
internal sealed record Sample(TimeSpan At, long Calls, IReadOnlyDictionary<string, ProcessLevels> Processes,
    IReadOnlyDictionary<string, double> Gauges);

/// <summary>What one process holds.</summary>
/// <param name="Files">Open descriptors without <paramref name="Ports"/>, the UDP sockets:
/// media ports stay bound for the next call.</param>
/// <param name="HeapMb">Of the collector after its last work; null when only the process itself knows.</param>
internal sealed record ProcessLevels(int Id, double ResidentMb, int Threads, int Files, int Ports, double? HeapMb);
