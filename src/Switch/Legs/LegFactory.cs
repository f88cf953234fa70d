using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Bridges;

namespace Ringwright.Switch.Legs;

/// <summary>The legs of one shard that are dialled; how a caller's leg begins is <see cref="InboundSetup"/>'s business.</summary>
internal sealed class LegFactory(ShardContext shard, ShardActors actors, TransactionUser user) : IActorFactory
{
    public Actor? Make(ShardMessage.ToActor message)
    {
        switch ((LegMessage)message)
        {
            case LegMessage.Dial dial:
                return Make(dial);
            case LegMessage.Command command:
                // Our token without an actor: the leg has ended.
                bool isRepeat = shard.EndedCommands.Knows(command.Leg, command.What.CommandId, shard.Now);
                shard.Emit(new Effect.Acknowledge(command.Correlation, isRepeat ? Ack.Accepted : Refusal.AlreadyEnded));
                return null;
            case LegMessage.DialledFor dialled:
                LegBridge.Decline(shard, dialled);
                return null;
            case LegMessage.Ordered ordered:
                LegBridge.Decline(shard, ordered);
                return null;
            // The next two may be about a leg of an earlier start, or about the registration with a trunk.
            case LegMessage.RecoveryByeKept kept:
                user.OnKept(kept);
                return null;
            case LegMessage.Resolved resolved:
                user.OnResolved(resolved);
                return null;
            case LegMessage.Carry carry:
                LegTransferee.Decline(shard, carry.Referrer, 480);
                return null;
            case LegMessage.Sought sought:
                RemoteReferral.Decline(shard, sought.What, 481);
                return null;
            case LegMessage.Admitted admitted:
                return Answer(LegQueueing.Decline(shard, admitted), admitted);
            case LegMessage.Conferred conferred:
                LegConferencing.Decline(shard, conferred);
                return null;
            case LegMessage.Supervised supervised:
                LegSupervision.Decline(shard, supervised);
                return null;
            case LegMessage.SayFor order:
                LegOpposite.Decline(shard, order);
                return null;
            case LegMessage.NotAdmitted or LegMessage.FirstTaken:
                return Answer(Refusal.AlreadyEnded, (LegMessage)message);
            case LegMessage.Found or LegMessage.ReferNews or LegMessage.Withdraw or LegMessage.Committed or LegMessage.PromptReady
                or LegMessage.Dequeued or LegMessage.Unsupervised or LegMessage.Supervises or LegMessage.StopFor or LegMessage.Said
                or LegMessage.LiveAudioTold or LegMessage.Media:
                return null;
            default:
                throw new UnreachableException();
        }
    }

    private Actor? Answer(Ack ack, LegMessage message)
    {
        if (message.Asker is { } asker) shard.Emit(new Effect.Acknowledge(asker, ack));
        return null;
    }

    private Leg Make(LegMessage.Dial dial)
    {
        var leg = new Leg(shard, dial);
        // Of several only the one that is answered is joined, and the other leg can be on its way into one bridge at a time.
        if (dial.Request.Link is { JoinsOnAnswer: true } link && dial.Rivals.Count == 0)
            actors.Deliver(new BridgeMessage.Form(BridgeTerms.Of(link, dial.Leg.Id), Correlation: null));
        return leg;
    }
}
