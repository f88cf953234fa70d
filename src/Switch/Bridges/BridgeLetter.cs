using Ringwright.Core;

namespace Ringwright.Switch.Bridges;

/// <summary>What a bridge is told, or its shard about one that is to be.</summary>
public abstract record BridgeLetter : Letter.ToActor
{
    private BridgeLetter() { }

    /// <summary>Legs are to be bridged by an actor of this shard.</summary>
    /// <param name="Correlation">Acknowledged by the second leg, when a command waits for that.</param>
    public sealed record Form(BridgeTerms Terms, long? Correlation) : BridgeLetter
    {
        internal override ActorAddress To => new(ActorKind.Bridge, default);
        internal override long? Asker => Correlation;
    }

    /// <summary>What a leg tells its bridge.</summary>
    public sealed record Noted(BridgeId Bridge, LegId From, BridgeNote Note) : BridgeLetter
    {
        internal override ActorAddress To => new(ActorKind.Bridge, Bridge.Value);
    }
}
