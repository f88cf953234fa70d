using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Legs;

namespace Ringwright.Switch.Queues;

/// <summary>The queues whose names are at home on one shard.</summary>
internal sealed class QueueFactory(ShardContext shard) : IActorFactory
{
    private readonly Dictionary<(TenantId Tenant, string Name), CallQueue> _byName = [];

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
                    enter.What.MaxSize ?? enter.What.MostWaiting ?? QueueFacts.UsualMaxSize, shard.Now);
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
