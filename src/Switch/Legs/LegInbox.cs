using System.Diagnostics;
using Ringwright.Core;
using Ringwright.Switch.Bridges;
using Ringwright.Switch.Conferences;

namespace Ringwright.Switch.Legs;

/// <summary>To which part of a leg each message goes, and what becomes of those that come when its call is over.</summary>
internal sealed class LegInbox(ShardContext shard, Leg leg)
{
    /// <inheritdoc cref="Actor.Handle"/>
    public Ack? Handle(LegMessage message)
    {
        switch (message)
        {
            case LegMessage.Dial dial:
                leg.Begin(dial);
                return null;
            case LegMessage.Command command:
                return leg.Commands.Handle(command.What, command.Correlation);
            case LegMessage.DialledFor dialled when leg.IsOver:
                LegBridge.Decline(shard, dialled);
                return null;
            case LegMessage.DialledFor dialled:
                leg.Bridging.OnDialled(dialled.Dialled);
                return null;
            case LegMessage.Withdraw withdraw:
                if (!leg.IsAnswered) leg.End(Ending.ByWithdrawal(withdraw.Why), LegInput.HangUp);
                return null;
            case LegMessage.Ordered ordered when leg.IsOver || leg.IsAnnouncement:
                LegBridge.Decline(shard, ordered);
                return null;
            case LegMessage.Ordered { Order: BridgeOrder.Invite { Only: { } only } } ordered when leg.Bridging.IsJoinedToOtherThan(only):
                leg.Bridging.Decline(ordered.Bridge);
                return Refusal.WrongState;
            case LegMessage.Ordered ordered:
                leg.Bridging.OnOrder(ordered.Bridge, ordered.Order);
                return Ack.Accepted;
            case LegMessage.Carry carry when leg.IsOver:
                LegTransferee.Decline(shard, carry.Referrer, 480);
                return null;
            case LegMessage.Carry carry:
                leg.OnCarry(carry);
                return null;
            case LegMessage.Sought sought:
                leg.Dialog.PeerReferral.OnSought(sought.What);
                return null;
            case LegMessage.Found found:
                leg.OnFound(found);
                return null;
            case LegMessage.ReferNews news:
                leg.Dialog.PeerReferral.OnNews(news.Status);
                return null;
            case LegMessage.Admitted admitted when leg.IsOver:
                return LegQueueing.Decline(shard, admitted);
            case LegMessage.Admitted admitted:
                return leg.Queueing.OnAdmitted(admitted);
            case LegMessage.NotAdmitted refused:
                return leg.Queueing.OnNotAdmitted(refused);
            case LegMessage.Dequeued dequeued:
                leg.Queueing.OnDequeued(dequeued);
                return null;
            case LegMessage.FirstTaken taken:
                return leg.IsOver ? Refusal.AlreadyEnded : leg.Commands.OnFirstTaken(taken);
            case LegMessage.Conferred conferred when leg.IsOver && conferred.Order is ConferenceOrder.Enter or ConferenceOrder.StayOut:
                leg.Conferencing.OnAnsweredLate(conferred);
                return null;
            case LegMessage.Conferred conferred:
                leg.Conferencing.OnOrder(conferred.Conference, conferred.Order);
                return null;
            case LegMessage.Supervised supervised when leg.IsOver:
                LegSupervision.Decline(shard, supervised);
                return null;
            case LegMessage.Supervised supervised:
                leg.Supervising.OnSupervised(supervised);
                return null;
            case LegMessage.Unsupervised unsupervised:
                leg.Supervising.OnUnsupervised(unsupervised.By);
                return null;
            case LegMessage.Supervises supervises:
                leg.Supervising.OnOrder(supervises.Of, supervises.Order);
                return null;
            case LegMessage.SayFor order when leg.IsOver:
                LegOpposite.Decline(shard, order);
                return null;
            case LegMessage.SayFor order:
                leg.Opposite.OnOrdered(order);
                return null;
            case LegMessage.StopFor stop:
                leg.Opposite.OnStop(stop);
                return null;
            case LegMessage.Said said:
                leg.Opposite.OnSaid(said.Sound, said.Ended);
                return null;
            case LegMessage.Committed committed:
                leg.OnCommitted(committed.IsCommitted);
                return null;
            case LegMessage.RecoveryByeKept kept:
                leg.RecoveryBye.OnKept(kept);
                return null;
            case LegMessage.PromptReady ready:
                leg.Activities.OnPrepared(ready.Correlation, ready.Result);
                return null;
            case LegMessage.Resolved resolved:
                leg.Outbound?.OnResolved(resolved);
                return null;
            case LegMessage.LiveAudioTold told:
                leg.Activities.LiveAudio.On(told.Order, told.News);
                leg.Outbound?.OnStream();
                return null;
            case LegMessage.Media media:
                leg.OnMedia(media.What);
                return null;
            default:
                throw new UnreachableException();
        }
    }
}
