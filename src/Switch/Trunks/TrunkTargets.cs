using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Trunks;

/// <summary>The board in the words and by the clock of who runs the node.</summary>
/// <param name="now">The shards' clock.</param>
public sealed class TrunkTargets(TrunkBoard board, WallAnchor anchor, Func<Instant> now) : ITrunkTargets
{
    public IReadOnlyList<TrunkTargetStatus> TargetsOf(TrunkId trunk) => board.Find(trunk)?.Describe(anchor, now()) ?? [];
}
