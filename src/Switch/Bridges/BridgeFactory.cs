using System.Diagnostics;
using Ringwright.Core;

namespace Ringwright.Switch.Bridges;

/// <summary>The bridges of one shard.</summary>
internal sealed class BridgeFactory(ShardContext shard) : IActorFactory
{
    public Actor? Make(ShardMessage.ToActor message)
    {
        switch ((BridgeMessage)message)
        {
            case BridgeMessage.Form { Terms.Members.Count: PairJoining.Members } form:
                return new Bridge(shard, shard.NextBridgeId(), form.Terms, new PairJoining());
            case BridgeMessage.Form form:
                Refuse(form);
                return null;
            case BridgeMessage.Noted or BridgeMessage.Media:
                return null;        // it is over
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>No command asks for such a bridge, so this is a fault of ours: whoever waits is told, and so is the log.</summary>
    private void Refuse(BridgeMessage.Form form)
    {
        string why = $"A bridge of {form.Terms.Members.Count} members was to be formed; media can join {PairJoining.Members}.";
        shard.Emit(new Effect.Failed(null, new NotSupportedException(why)));
        if (form.Correlation is { } asked) shard.Emit(new Effect.Acknowledge(asked, Refusal.WrongState));
    }
}
