using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Bridges;

/// <summary>A leg that listens in on another one and on whoever that is joined to.</summary>
/// <param name="Port">Null until it is answered.</param>
public sealed record Supervisor(LegId Leg, PortId? Port, SupervisorRole Role);

/// <summary>What a supervisor is told.</summary>
public abstract record SupervisorOrder
{
    private SupervisorOrder() { }

    public sealed record Join(PortId Room, RoomMember As) : SupervisorOrder;

    /// <summary>The bridge in whose room it was is over; the one that it supervises may come into another.</summary>
    public sealed record Leave(PortId Room) : SupervisorOrder;

    public sealed record End(SupervisionEnd Why) : SupervisorOrder;
}

public enum SupervisionEnd { CallEnded, NotAllowed, NoMediaPort }
