using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Bridges;

namespace Ringwright.Switch.Legs;

/// <summary>
/// The leg's part in supervision: who listens in on it, and on whom it listens in itself. Its supervisors go with it from bridge to bridge,
/// and end with it; while it is in none they hear nothing.
/// </summary>
internal sealed class LegSupervision(ShardContext shard, Leg leg)
{
    private readonly List<Supervisor> _supervisors = [];
    private Supervision? _supervises;
    private PortId? _room;

    public Refusal Judge(LegCommand command) =>
        command is LegCommand.SwitchSupervisorRole && _supervises is null ? Refusal.NotSupervising : Refusal.None;

    /// <summary>Also before it is answered: when the one whom it is to supervise is gone, it rings for nothing.</summary>
    public void Begin(Supervision? asked)
    {
        if (asked is null) return;
        _supervises = asked;
        Tell();
    }

    public void OnAnswered() => Tell();

    public void Switch(SupervisorRole role)
    {
        if (_supervises is null) return;
        _supervises = _supervises with { Role = role };
        Tell();
    }

    public void OnOrder(LegId of, SupervisorOrder order)
    {
        if (_supervises?.Of != of || leg.IsOver) return;
        switch (order)
        {
            case SupervisorOrder.Join join:
                _room = join.Room;
                Post(new MediaCommand.JoinRoom(leg.Media.Port, join.Room, join.As));
                break;
            case SupervisorOrder.Leave left:
                if (_room != left.Room) break;      // it is in another already
                _room = null;
                Post(new MediaCommand.Unbridge(leg.Media.Port));
                break;
            case SupervisorOrder.End end:
                Leave();
                leg.End(Ending.BySupervised(end.Why, leg.IsAnswered), LegInput.HangUp);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>It goes elsewhere, and what it hears is that one's business.</summary>
    public void Leave()
    {
        if (_supervises is { Of: var of }) shard.Send(of.Shard, new LegMessage.Unsupervised(of, leg.Facts.Id));
        (_supervises, _room) = (null, null);
    }

    public void OnSupervised(LegMessage.Supervised message)
    {
        int known = _supervisors.FindIndex(one => one.Leg == message.By.Leg);
        if (message.Tenant != leg.Facts.Tenant || leg.IsAnnouncement || known < 0 && _supervisors.Count >= Limits.Supervisors)
        {
            Decline(shard, message, SupervisionEnd.NotAllowed);
            return;
        }
        if (known < 0) _supervisors.Add(message.By);
        else _supervisors[known] = message.By;
        leg.Bridging.TellSupervisors([.. _supervisors]);
    }

    public void OnUnsupervised(LegId by)
    {
        if (_supervisors.RemoveAll(one => one.Leg == by) > 0) leg.Bridging.TellSupervisors([.. _supervisors]);
    }

    /// <summary>It is joined to somebody.</summary>
    public void TellBridge()
    {
        if (_supervisors.Count > 0) leg.Bridging.TellSupervisors([.. _supervisors]);
    }

    public void HangUp()
    {
        Leave();
        foreach (var supervisor in _supervisors) End(shard, supervisor.Leg, leg.Facts.Id, SupervisionEnd.CallEnded);
        _supervisors.Clear();
    }

    /// <summary>Whom it asks for is not there, or not for it.</summary>
    public static void Decline(ShardContext shard, LegMessage.Supervised message, SupervisionEnd why = SupervisionEnd.CallEnded) =>
        End(shard, message.By.Leg, message.Leg, why);

    private void Tell()
    {
        if (_supervises is not { } whom) return;
        shard.Send(whom.Of.Shard, new LegMessage.Supervised(whom.Of, leg.Facts.Tenant,
            new(leg.Facts.Id, leg.IsAnswered ? leg.Media.Port : null, whom.Role)));
    }

    private static void End(ShardContext shard, LegId supervisor, LegId of, SupervisionEnd why) =>
        shard.Send(supervisor.Shard, new LegMessage.Supervises(supervisor, of, new SupervisorOrder.End(why)));

    private void Post(MediaCommand command) => shard.Emit(new Effect.Media(command));
}
