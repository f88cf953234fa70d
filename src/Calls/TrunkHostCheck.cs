namespace Ringwright.Calls;

/// <summary>
/// Looks where a trunk's names lead when it is added or changed, so that a slip is found before calls go there. Implemented in Net.
/// </summary>
public interface ITrunkHostCheck
{
    /// <summary>Takes seconds at most, also where name servers are silent.</summary>
    ValueTask<TrunkHostFinding> CheckAsync(Trunk trunk, CancellationToken stop);
}

/// <param name="Says">A sentence; null when nothing is wrong.</param>
/// <param name="IsRefused">No call can ever go there; else it may come right by itself, as a name does that is yet to be published.</param>
public readonly record struct TrunkHostFinding(string? Says, bool IsRefused)
{
    public static TrunkHostFinding Good => default;
}
