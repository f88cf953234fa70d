using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Legs;

namespace Ringwright.Switch.Queues;

/// <summary>The queues whose names are at home on one shard.</summary>
internal sealed class QueueFactory(ShardContext shard) : IActorFactory
{
    private readonly Dictionary<(TenantId Tenant, string Name), CallQueue> _byName = [];

    /// <summary>The shard where a name is at home: all of a node agree, so there is one live queue of each name.</summary>
    public static int Home(TenantId tenant, string name, int shards)
    {
        uint hash = 2_166_136_261; // FNV-1a: of this process and the next alike
        foreach (byte b in tenant.Value.ToByteArray()) hash = (hash ^ b) * 16_777_619;
        foreach (char c in name) hash = (hash ^ c) * 16_777_619;
        return (int)(hash % (uint)shards);
    }

    public Subject AddressOf(ShardMessage.ToActor message) =>
        ((QueueMessage)message).Named is not { } named ? message.To
        : _byName.TryGetValue(named, out var queue) && !queue.IsEnded ? queue.Address : message.To;

    public Actor? Make(ShardMessage.ToActor message)
    {
        switch ((QueueMessage)message)
        {
            case QueueMessage.Enter enter when shard.EndedWith is not null:
                CallQueue.Refuse(shard, enter, Refusal.Draining);
                return null;
            case QueueMessage.Enter enter:
                var facts = new QueueFacts(shard.NextQueueId(), shard.NewGuid(), enter.Tenant, enter.What.Queue,
                    enter.What.MaxSize ?? QueueFacts.UsualMaxSize, shard.Now);
                return _byName[(enter.Tenant, enter.What.Queue)] = new CallQueue(shard, facts, Forget);
            case QueueMessage.Take take:
                shard.Send(take.Leg.Shard, new LegMessage.FirstTaken(take.Leg, null, take.What, take.Correlation));
                return null;
            case QueueMessage.Leave or QueueMessage.Committed:
                return null;        // it is over, and whoever left it knows
            default:
                throw new UnreachableException();
        }
    }

    private void Forget(CallQueue queue)
    {
        var named = (queue.Facts.Tenant, queue.Facts.Name);
        if (_byName.GetValueOrDefault(named) == queue) _byName.Remove(named);
    }
}
