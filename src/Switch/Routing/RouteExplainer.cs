using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Trunks;

namespace Ringwright.Switch.Routing;

/// <summary>
/// Walks a call that nobody makes through what decides calls: the ingress filter, the gate, the routes and the target policy.
/// </summary>
/// <param name="domain">Host of From URIs when the trunk has no other wish.</param>
/// <param name="hosts">Which hosts of URIs mean us.</param>
/// <param name="trunkHosts">What the host names of trunks lead to.</param>
/// <param name="trunks">How the trunks stand now; null knows of no trouble.</param>
public sealed class RouteExplainer(IRouting routing, IDialGate gate, TargetPolicy targets, string domain, SipDomains hosts,
    TrunkHosts trunkHosts, Func<TrunkView>? trunks = null) : IRouteExplainer
{
    public RouteExplanation Explain(RouteQuestion question)
    {
        var snapshot = routing.Current;
        if (question.Phone is { } phone) return FromPhone(snapshot, question, phone);
        if (question.Source is { } source) return FromSource(snapshot, question, source);
        var inbound = Inbound(snapshot, question, caller: null);
        return new(Outbound(snapshot, question), inbound.Number is null ? null : inbound);
    }

    public (CallAttempt Call, GateAnswer Way) Preview(DialRequest request)
    {
        var plan = DialPlan.ForProgram(routing.Current, request, hosts, trunks: View());
        return (CallAttempts.Of(request, plan, leg: default, Direction.Outbound), plan.Judge(targets));
    }

    /// <summary>Equipment of a customer calls out, or to a number of this node; everybody else calls in.</summary>
    private RouteExplanation FromSource(RoutingSnapshot snapshot, RouteQuestion question, IPAddress source)
    {
        List<ConnectionCandidate> weighed = [];
        var place = SourcePlace.Of(snapshot, trunkHosts, source, port: null, hosts.IsLoopbackOnly);
        var caller = SourceChoice.Pick(place, question.To, static _ => false, out _, weighed);
        return caller is null ? new(null, Inbound(snapshot, question, caller: null)) { Customers = weighed }
            : FromEquipment(snapshot, question, new(caller, User: null), source) with { Customers = weighed };
    }

    /// <summary>A phone that has shown its password, wherever it is.</summary>
    private RouteExplanation FromPhone(RoutingSnapshot snapshot, RouteQuestion question, SipUser phone) =>
        snapshot.FindConnection(phone.Tenant, phone.Connection) is { IsActive: true } connection
            ? FromEquipment(snapshot, question, new(connection, phone.Name), question.Source ?? IPAddress.Loopback)
            : new(Unheard(snapshot, phone, new(DestinationKind.Number, question.To)), null);

    private RouteExplanation FromEquipment(RoutingSnapshot snapshot, RouteQuestion question, SipCaller caller, IPAddress source)
    {
        var origination = caller.Connection.Sip?.Origination ?? new();
        string called = CallRouter.WithoutPrefix(question.To, origination.TechPrefix);
        if (!origination.IsParked && Parties.Dialled(called, origination.Localization) is { } dialled
            && snapshot.FindOwnNumber(dialled) is not null)
            return new(null, Inbound(snapshot, question with { From = origination.CallerOverride ?? question.From, To = dialled },
                caller.Connection));
        string users = hosts.Names.Count > 0 ? hosts.Names[0] : hosts.Listeners.Count > 0 ? hosts.Listeners[0].ToString() : domain;
        var route = ImaginedInvite.TryMake(question.To, question.From, users, out var invite)
            ? new CallRouter(snapshot, hosts, users, key: default).FromCustomer(invite, caller, source)
            : CallRoute.Refuse(400, "not_sendable");
        return new(OfEquipment(snapshot, question, caller, route), null);
    }

    /// <summary>What the INVITE of a customer's equipment meets, by the rules that it is routed by.</summary>
    private OutboundExplanation OfEquipment(RoutingSnapshot snapshot, RouteQuestion question, SipCaller caller, CallRoute route)
    {
        List<RouteCandidate> weighed = [];
        var request = route.Onward;
        var plan = request is null ? null : DialPlan.For(snapshot, request, hosts, weighed, trunks: View());
        if (plan is { Refusal: Refusal.CallerIdNotOwned } && request is not null && route.FallbackCaller is { } number)
        {
            weighed.Clear();
            plan = DialPlan.For(snapshot, request = request with { From = number }, hosts, weighed, trunks: View());
        }
        var destination = plan?.Destination ?? new(DestinationKind.Number, route.To.Length > 0 ? route.To : question.To);
        bool isRefused = route.Connection is null;
        var answer = isRefused ? GateAnswer.Open : Ask(CallAttempts.Of(caller.Connection, request?.From ?? route.From, destination,
            staysHere: route.OnwardAs is Direction.Inbound));
        var outcome = !answer.IsOpen ? answer : plan?.Judge(targets) ?? GateAnswer.Open;
        return new()
        {
            Tenant = snapshot.FindTenant(caller.Connection.Tenant),
            Connection = caller.Connection,
            Destination = destination,
            Gate = answer,
            Routes = weighed,
            Targets = plan is null || request is null ? [] : Show(snapshot, plan, request),
            Refusal = isRefused ? Refusal.BadDestination : outcome.Refusal,
            Detail = isRefused ? $"The equipment gets {route.Status}: {route.Reason}." : outcome.Detail,
            IsParked = !isRefused && plan is null,
        };
    }

    /// <summary>The connection of the phone is switched off, or gone: its password proves nothing.</summary>
    private static OutboundExplanation Unheard(RoutingSnapshot snapshot, SipUser phone, Destination destination) => new()
    {
        Tenant = snapshot.FindTenant(phone.Tenant),
        Connection = snapshot.FindConnection(phone.Tenant, phone.Connection),
        Destination = destination,
        Gate = GateAnswer.Open,
        Routes = [],
        Targets = [],
        Refusal = Refusal.ConnectionInactive,
        Detail = "The connection of the phone is switched off: its password is not taken.",
    };

    private OutboundExplanation Outbound(RoutingSnapshot snapshot, RouteQuestion question)
    {
        var own = snapshot.FindNumber(PartyNumber.Normalise(question.From) ?? question.From);
        var connection = own?.Connection is { } id ? snapshot.FindConnection(own.Tenant, id) : null;
        var tenant = own?.Tenant ?? snapshot.FindVerifier(question.From);
        var request =
            new DialRequest { Tenant = tenant ?? default, Connection = connection?.Id ?? default, From = question.From, To = question.To };
        List<RouteCandidate> weighed = [];
        var plan = DialPlan.ForProgram(snapshot, request, hosts, weighed, trunks: View());
        var answer = Ask(CallAttempts.Of(request, plan, leg: default, Direction.Outbound) with { IsByOperator = tenant is null });
        var outcome = answer.IsOpen ? plan.Judge(targets) : answer;
        return new()
        {
            Tenant = tenant is { } whose ? snapshot.FindTenant(whose) : null,
            Connection = connection,
            Destination = plan.Destination,
            Gate = answer,
            Routes = weighed,
            Targets = Show(snapshot, plan, request),
            Refusal = outcome.Refusal,
            Detail = outcome.Detail,
        };
    }

    private InboundExplanation Inbound(RoutingSnapshot snapshot, RouteQuestion question, Connection? caller)
    {
        List<SourceCandidate> weighed = [];
        var route = InboundRoute.Find(snapshot, question.To, question.Source, weighed);
        bool isKnown = caller is not null || question.Source is not { } source
            || InboundRoute.IsKnown(snapshot, source, hosts.IsLoopbackOnly);
        string from = Parties.NumberOf(question.From, InboundRoute.CountryOf(snapshot, question.To)) ?? question.From;
        GateAnswer? answer = isKnown && route is { IsOpen: true, Number: { } number, Connection: { } connection }
            ? Ask(CallAttempts.Of(number, connection, from, CalledAt(number, question.To)))
            : null;
        var request = Onward(route, from, question.To);
        var onward = answer is { IsOpen: true } && request is not null ? DialPlan.For(snapshot, request, hosts, trunks: View()) : null;
        var (verdict, status) = !isKnown ? (InboundVerdict.Stranger, 403)
            : answer is { IsOpen: false } refused ? (InboundVerdict.GateClosed, InboundSetup.StatusOf(refused.Refusal))
            : onward is { Refusal: not Refusal.None } ? (InboundVerdict.NoTarget, 404)
            : (route.Verdict, route.Status);
        return new()
        {
            Source = question.Source,
            IsKnownByLoopback = question.Source is { } address && hosts.IsLoopbackOnly && IPAddress.IsLoopback(address),
            Trunk = route.Trunk,
            Trunks = weighed,
            From = from,
            Number = route.Number,
            Tenant = route.Number is { } owned ? snapshot.FindTenant(owned.Tenant) : null,
            Connection = route.Connection,
            Caller = caller,
            Targets = onward is null || request is null ? [] : Show(snapshot, onward, request),
            Gate = answer,
            Verdict = verdict,
            Status = status,
        };
    }

    private TrunkView View() => trunks?.Invoke() ?? default;

    private static string CalledAt(Number number, string to) =>
        number.Text == RoutingSnapshot.AnyNumber ? PartyNumber.Normalise(to) ?? number.Text : number.Text;

    /// <summary>Null for an application, which decides by itself.</summary>
    private static DialRequest? Onward(InboundRoute route, string from, string to)
    {
        if (route is not { Number: { } number, Connection: { } connection }) return null;
        var request = new DialRequest
        {
            Tenant = number.Tenant, Connection = connection.Id, From = from, BroughtCaller = from,
            To = CalledAt(number, to)
        };
        if (number.Voice.Forwarding is { IsOnFailure: false } forwarding) return request with { To = forwarding.To };
        return connection.IsEquipment ? request with { To = number.Voice.TranslatedNumber ?? request.To, IsDelivery = true } : null;
    }

    private ExplainedTarget[] Show(RoutingSnapshot snapshot, DialPlan plan, DialRequest request) =>
    [
        .. plan.Targets.Select(t => new ExplainedTarget(t.Trunk is { } trunk ? snapshot.FindTrunk(trunk) : null, t.Host, t.Port, t.User,
            t.FromUri(request, domain))
        {
            Transport = t.Transport,
            RegisteredUser = t.RegisteredUser,
            IsInside = t.IsInside,
        }),
    ];

    /// <summary>What the gate can say at once: an explanation waits for nothing.</summary>
    private GateAnswer Ask(CallAttempt call) => GateAnswer.Now(gate.AskAsync(call)) ?? GateAnswer.Silent;
}
