using System.Diagnostics;

namespace Ringwright.Switch.Bridges;

/// <summary>The bridges of one shard.</summary>
internal sealed class BridgeFactory(ShardContext shard) : IActorFactory
{
    public Actor? Make(Letter.ToActor letter) => (BridgeLetter)letter switch
    {
        BridgeLetter.Form form => new Bridge(shard, shard.NextBridgeId(), form.Terms),
        BridgeLetter.Noted => null,         // it is over
        _ => throw new UnreachableException(),
    };
}
