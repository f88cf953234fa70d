using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Legs;

namespace Ringwright.Switch.Bridges;

/// <summary>
/// While somebody supervises a bridge, its members meet him in a room over their own joining, which stays as it is beneath it: when the
/// last supervisor has gone they hear each other by that again.
/// </summary>
internal sealed class BridgeRoom(ShardContext shard, Bridge bridge)
{
    private readonly Dictionary<LegId, (Supervisor Supervisor, LegId Of)> _in = [];
    private PortId? _room;

    /// <summary>All are joined, and who supervises them may have changed.</summary>
    public void Follow()
    {
        Dictionary<LegId, (Supervisor Supervisor, Member Of)> wanted = [];
        foreach (var member in bridge.Members)
            foreach (var supervisor in member.Supervisors)
                if (supervisor.Port is not null) wanted[supervisor.Leg] = (supervisor, member);
        foreach (var (leg, (_, of)) in _in.Where(one => !wanted.ContainsKey(one.Key)).ToArray())
        {
            _in.Remove(leg);
            Tell(leg, of, new SupervisorOrder.Leave(_room!.Value));       // who is in a room is in this one
        }
        if (wanted.Count == 0) Close();
        else if (_room is null) Open(wanted.Values);
        if (_room is { } room)
            foreach (var (supervisor, member) in wanted.Values) Admit(room, supervisor, member);
    }

    /// <summary>The bridge is over.</summary>
    public void End()
    {
        foreach (var member in bridge.Members) member.Supervisors = [];
        Follow();
    }

    /// <summary>Without being asked: the media plane gave the port up, or is gone, and so are its legs' ports.</summary>
    public void OnMedia(MediaEvent happened)
    {
        if (happened.Port != _room || happened is not (MediaEvent.Closed or MediaEvent.Lost)) return;
        Post(new MediaCommand.Close(happened.Port));
        _room = null;
        foreach (var (leg, (_, of)) in _in) Tell(leg, of, new SupervisorOrder.End(SupervisionEnd.NoMediaPort));
        _in.Clear();
    }

    private void Open(IEnumerable<(Supervisor Supervisor, Member Of)> wanted)
    {
        if (shard.Media.Lease(bridge.Address, network: 0, out var lease) is not Refusal.None)
        {
            foreach (var (supervisor, member) in wanted)
                Tell(supervisor.Leg, member.Leg, new SupervisorOrder.End(SupervisionEnd.NoMediaPort));
            return;
        }
        _room = lease.Port;
        Post(new MediaCommand.OpenRoom(lease.Port, new RoomTerms(HasComfortNoise: false)));
        foreach (var member in bridge.Members) bridge.Order(member, new BridgeOrder.Meet(lease.Port));
    }

    private void Close()
    {
        if (_room is not { } room) return;
        foreach (var member in bridge.Members) bridge.Order(member, new BridgeOrder.Part());
        Post(new MediaCommand.Close(room));
        _room = null;
    }

    private void Admit(PortId room, Supervisor supervisor, Member member)
    {
        if (_in.TryGetValue(supervisor.Leg, out var before) && before == (supervisor, member.Leg)) return;
        _in[supervisor.Leg] = (supervisor, member.Leg);
        var part = new RoomMember
        {
            WhispersTo = supervisor.Role switch
            {
                SupervisorRole.Monitor => [],
                SupervisorRole.Whisper => [member.Port!.Value],     // who is joined has entered
                SupervisorRole.None or SupervisorRole.Barge => null,
                _ => throw new UnreachableException(),
            }
        };
        Tell(supervisor.Leg, member.Leg, new SupervisorOrder.Join(room, part));
    }

    private void Tell(LegId supervisor, LegId of, SupervisorOrder order) =>
        shard.Send(supervisor.Shard, new LegMessage.Supervises(supervisor, of, order));

    private void Post(MediaCommand command) => shard.Emit(new Effect.Media(command));
}
