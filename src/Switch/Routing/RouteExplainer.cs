using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Legs;

namespace Ringwright.Switch.Routing;

/// <summary>Walks a call that nobody makes through what decides calls: the front door, the gate, the routes and the target policy.</summary>
/// <param name="domain">Host of From URIs when the trunk has no other wish.</param>
public sealed class RouteExplainer(IRouting routing, IDialGate gate, TargetPolicy targets, string domain, bool isLoopbackOnly) : IRouteExplainer
{
    public RouteExplanation Explain(RouteQuestion question)
    {
        var snapshot = routing.Current;
        if (question.Source is not null) return new(null, Inbound(snapshot, question));
        var inbound = Inbound(snapshot, question);
        return new(Outbound(snapshot, question), inbound.Number is null ? null : inbound);
    }

    private OutboundExplanation Outbound(RoutingSnapshot snapshot, RouteQuestion question)
    {
        var own = snapshot.FindNumber(PartyNumber.Normalise(question.From) ?? question.From);
        var connection = own?.Connection is { } id ? snapshot.FindConnection(own.Tenant, id) : null;
        var request = new DialRequest { Tenant = own?.Tenant ?? default, Connection = connection?.Id ?? default, From = question.From, To = question.To };
        var answer = gate.Ask(Question(Direction.Outbound, request.Tenant, request.Connection, request.From, request.To));
        List<RouteCandidate> weighed = [];
        var plan = DialPlan.For(snapshot, request, SipDomains.None, weighed);
        var (refusal, detail) = answer is { IsOpen: false } ? (answer.Refusal, answer.Detail)
            : plan.Refusal is not Refusal.None ? (plan.Refusal, plan.Detail)
            : plan.Forbidden(targets) is { } verdict ? (Refusal.TargetForbidden, $"The destination is refused: {TargetPolicy.Describe(verdict)}.")
            : (Refusal.None, null);
        return new()
        {
            Tenant = own is null ? null : snapshot.FindTenant(own.Tenant),
            Connection = connection,
            Gate = answer,
            Routes = weighed,
            Targets = [.. plan.Targets.Select(t => new ExplainedTarget(t.Trunk is { } trunk ? snapshot.FindTrunk(trunk) : null, t.Host, t.Port, t.User, t.FromUri(question.From, domain)) { Transport = t.Transport })],
            Refusal = refusal,
            Detail = detail,
        };
    }

    private InboundExplanation Inbound(RoutingSnapshot snapshot, RouteQuestion question)
    {
        List<SourceCandidate> weighed = [];
        var route = InboundRoute.Find(snapshot, question.To, question.Source, weighed);
        bool isKnown = question.Source is not { } source || InboundRoute.IsKnown(snapshot, source, isLoopbackOnly);
        string from = PartyNumber.Normalise(question.From) ?? question.From;
        GateAnswer? answer = isKnown && route is { IsOpen: true, Number: { } number, Connection: { } connection }
            ? gate.Ask(Question(Direction.Inbound, number.Tenant, connection.Id, from, PartyNumber.Normalise(question.To) ?? number.Text))
            : null;
        var (verdict, status) = !isKnown ? (InboundVerdict.Stranger, 403)
            : answer is { IsOpen: false } refused ? (InboundVerdict.GateClosed, InboundSetup.StatusOf(refused.Refusal))
            : (route.Verdict, route.Status);
        return new()
        {
            Source = question.Source,
            IsKnownByLoopback = question.Source is { } address && isLoopbackOnly && IPAddress.IsLoopback(address),
            Trunk = route.Trunk,
            Trunks = weighed,
            From = from,
            Number = route.Number,
            Tenant = route.Number is { } owned ? snapshot.FindTenant(owned.Tenant) : null,
            Connection = route.Connection,
            Gate = answer,
            Verdict = verdict,
            Status = status,
        };
    }

    private static GateQuestion Question(Direction direction, TenantId tenant, ConnectionId connection, string from, string to) =>
        new() { Leg = default, Direction = direction, Tenant = tenant, Connection = connection, From = from, To = to };
}
