using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Legs;

namespace Ringwright.Switch.Conferences;

/// <summary>The conferences whose names are at home on one shard.</summary>
internal sealed class ConferenceFactory(ShardContext shard) : IActorFactory
{
    private readonly Dictionary<(TenantId Tenant, string Name), Conference> _byName = [];
    /// <summary>Those of UUIDs for which there is a next one; of many the last.</summary>
    private readonly Queue<Guid> _spent = new();

    public Subject AddressOf(ShardMessage.ToActor message) =>
        message is ConferenceMessage.Create { What.JoinsExisting: true } create && Find(create) is { } live ? live.Address : message.To;

    public Actor? Make(ShardMessage.ToActor message)
    {
        switch ((ConferenceMessage)message)
        {
            case ConferenceMessage.Create create:
                return Make(create);
            case ConferenceMessage.Join join:
                Refuse(shard, join.Leg.Id, join.What.Conference, Refusal.ConferenceEnded, join.Correlation);
                return null;
            case ConferenceMessage.Command command:
                shard.Emit(new Effect.Acknowledge(command.Correlation, Refusal.ConferenceEnded));
                return null;
            case ConferenceMessage.Depart or ConferenceMessage.Relabelled or ConferenceMessage.Talking or ConferenceMessage.Sounded
                or ConferenceMessage.Committed or ConferenceMessage.PromptReady or ConferenceMessage.Media:
                return null;        // it is over, and whoever took part knows
            default:
                throw new UnreachableException();
        }
    }

    public static void Refuse(ShardContext shard, LegId leg, ConferenceId conference, Refusal why, long? correlation) =>
        shard.Send(leg.Shard, new LegMessage.Conferred(leg, conference, new ConferenceOrder.StayOut(why, correlation)));

    private Conference? Make(ConferenceMessage.Create create)
    {
        var id = shard.NextConferenceId();
        var lease = default(PortLease);
        var refusal = shard.EndedWith is not null ? Refusal.Draining
            : Find(create) is not null ? Refusal.ConferenceNameTaken
            : shard.Media.Lease(Subject.Of(id), network: 0, out lease);
        if (refusal is not Refusal.None)
        {
            Refuse(shard, create.Leg.Id, id, refusal, create.Correlation);
            return null;
        }
        var facts = new ConferenceFacts(id, UuidOf(create.What), create.Leg.Tenant, create.What.Name, shard.Now,
            ConferenceParty.Of(create.Leg));
        return _byName[(create.Leg.Tenant, create.What.Name)] = new Conference(shard, facts, create, lease.Port, Forget);
    }

    /// <summary>No two conferences have one.</summary>
    private Guid UuidOf(LegCommand.CreateConference what)
    {
        if (what.Next is not { } next) return what.Uuid;
        if (_spent.Contains(what.Uuid)) return next;
        if (_spent.Count == Limits.SpentConferences) _spent.Dequeue();
        _spent.Enqueue(what.Uuid);
        return what.Uuid;
    }

    /// <summary>The live one of that name.</summary>
    private Conference? Find(ConferenceMessage.Create create) =>
        _byName.TryGetValue((create.Leg.Tenant, create.What.Name), out var live) && !live.IsEnded ? live : null;

    private void Forget(Conference conference)
    {
        var named = (conference.Facts.Tenant, conference.Facts.Name);
        if (_byName.GetValueOrDefault(named) == conference) _byName.Remove(named);
    }
}
