using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Legs;

namespace Ringwright.Switch.Routing;

/// <summary>
/// What the dial gate is asked about calls, put together here alone: of a dial, of an INVITE that came in,
/// and of a call that somebody redirects.
/// </summary>
public static class CallAttempts
{
    /// <summary>A leg that is to be dialled.</summary>
    /// <param name="direction">As what it counts: a leg that is dialled for an incoming call is a part of that.</param>
    public static CallAttempt Of(DialRequest request, DialPlan plan, LegId leg, Direction direction) => new()
    {
        Leg = leg,
        Direction = direction,
        Tenant = request.Tenant,
        Connection = request.Connection,
        From = request.From,
        To = plan.Destination.To,
        Kind = plan.Destination.Kind,
        IsByOperator = request.IsByOperator,
        WaitsForRoom = request.WaitsForRoom,
        IsFromPhone = request.IsFromPhone,
        StaysHere = plan.StaysHere,
        IsOnNet = plan.IsOnNet,
    };

    /// <summary>A leg that has come in; a call out when a customer's equipment places it.</summary>
    /// <param name="staysHere">Where it goes on to is no call out.</param>
    /// <param name="isOnNet">It comes from another leg of this node.</param>
    public static CallAttempt Of(LegFacts leg, bool staysHere, bool isOnNet) => new()
    {
        Leg = leg.Id,
        Direction = leg.IsPlacedByCustomer ? Direction.Outbound : Direction.Inbound,
        Tenant = leg.Tenant,
        Connection = leg.Connection,
        From = leg.From,
        To = leg.To,
        // A phone's call to what is no number stays here: at a SIP user of ours, or with the application that it is parked at.
        Kind = E164.TryParse(leg.To, out _) || ShortNumber.Is(leg.To) ? DestinationKind.Number : DestinationKind.Here,
        IsFromPhone = leg.IsPlacedByCustomer,
        StaysHere = staysHere,
        IsOnNet = isOnNet,
    };

    /// <summary>A call to a number of this node, which nobody makes.</summary>
    public static CallAttempt Of(Number number, Connection connection, string from, string to) =>
        new() { Leg = default, Direction = Direction.Inbound, Tenant = number.Tenant, Connection = connection.Id, From = from, To = to };

    /// <summary>A call of a customer's equipment, which nobody makes.</summary>
    public static CallAttempt Of(Connection equipment, string from, Destination to, bool staysHere) => new()
    {
        Leg = default,
        Direction = Direction.Outbound,
        Tenant = equipment.Tenant,
        Connection = equipment.Id,
        From = from,
        To = to.To,
        Kind = to.Kind,
        IsFromPhone = true,
        StaysHere = staysHere,
    };

    /// <summary>A dialled leg that is to go somewhere else.</summary>
    public static CallAttempt Of(LegFacts leg, LegMessage.Dial dial, Destination to, bool isOnNet) => new()
    {
        Leg = dial.AtGate ?? leg.Id,
        IsStandIn = dial.AtGate is not null,
        Direction = Direction.Outbound,
        Tenant = leg.Tenant,
        Connection = leg.Connection,
        From = leg.From,
        To = to.To,
        Kind = to.Kind,
        IsByOperator = dial.Request.IsByOperator,
        StaysHere = to.Kind is DestinationKind.Here,
        IsOnNet = isOnNet,
    };
}
