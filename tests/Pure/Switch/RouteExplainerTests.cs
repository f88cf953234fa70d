using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

public sealed class RouteExplainerTests
{
    private static readonly Trunk Berlin = Trunk("berlin", "192.0.2.0/24") with { FromDomain = "berlin.example.com" };
    private static readonly Trunk World = Trunk("world", "192.0.2.10/32");
    private static readonly Trunk Off = Trunk("off", "198.51.100.0/24") with { IsEnabled = false };
    private static readonly Trunk Twin = Trunk("another", "192.0.2.0/24");

    private readonly ShardRig _rig = new();

    private RouteExplanation Explain(string from, string to, string? source = null, TargetPolicy? policy = null) =>
        new RouteExplainer(_rig, _rig, policy ?? TargetPolicy.Strict, "sip.example.com", new(["sip.example.com"], []), new())
            .Explain(new(from, to, source is null ? null : IPAddress.Parse(source)));

    [Fact]
    public void Each_route_that_loses_says_why_and_the_winners_are_those_of_the_dial_plan()
    {
        Route missing = Route("+49", Trunk("gone", "10.0.0.0/8"), 50);
        _rig.Current = Snapshot(trunks: [Berlin, World, Off], routes:
        [
            Route("+", World, 1), Route("+49", Berlin, 100) with { CallerId = "+4930999" }, Route("+49", Off, 10),
            Route("+49", Berlin, 200), Route("+4989", World, 1) with { IsEnabled = false }, Route("+1", World, 1), missing,
        ]);

        var call = Explain("+4930123", "+4989456000").Outbound!;

        Assert.Equal(
        [
            ("+4989", "world", RouteOutcome.RouteDisabled), ("+49", "off", RouteOutcome.TrunkDisabled), ("+49", null,
                RouteOutcome.TrunkMissing), ("+49", "berlin", RouteOutcome.Chosen), ("+49", "berlin", RouteOutcome.TrunkAlreadyChosen),
            ("+1", "world", RouteOutcome.OtherPrefix), ("+", "world", RouteOutcome.Chosen),
        ], call.Routes.Select(r => (r.Route.Prefix, r.Trunk?.Name, r.Outcome)));
        Assert.Equal(DialPlan.For(_rig.Current, Request("+4989456000"), SipDomains.None).Targets.Select(t => t.Trunk),
            call.Targets.Select(t => t.Trunk?.Id));
        Assert.Equal(["sip:+4930999@berlin.example.com", "sip:+4930123@sip.example.com"], call.Targets.Select(t => t.CallerUri));
        Assert.Equal(Refusal.None, call.Refusal);
        Assert.Null(Explain("+4930123", "+4989456000").Inbound);
    }

    [Fact]
    public void A_dial_that_nobody_places_is_what_the_gate_would_be_asked_about_and_where_it_would_lead()
    {
        _rig.Current = Snapshot(trunks: [Berlin], routes: [Route("+49", Berlin, 1)]);
        var explainer = new RouteExplainer(_rig, _rig, TargetPolicy.Strict, "sip.example.com", new(["sip.example.com"], []), new());
        var (call, way) = explainer.Preview(Request("+4989456000"));
        Assert.Equal(("+4989456000", DestinationKind.Number, Direction.Outbound, Refusal.None),
            (call.To, call.Kind, call.Direction, way.Refusal));
        (call, way) = explainer.Preview(Request("+33123456"));
        Assert.Equal(("+33123456", Refusal.NoRoute, "no_route"), (call.To, way.Refusal, way.Rule));
    }

    [Fact]
    public void Trunks_above_the_limit_of_one_dial_are_told_as_such()
    {
        Trunk[] trunks = [.. Enumerable.Range(0, Limits.DialTargets + 1).Select(i => Trunk($"t{i}", "10.0.0.0/8"))];
        _rig.Current = Snapshot(trunks: trunks, routes: trunks.Select((trunk, i) => Route("+", trunk, i)));
        var call = Explain("+4930123", "+33123456").Outbound!;
        Assert.Equal(Limits.DialTargets, call.Targets.Count);
        Assert.Equal((RouteOutcome.TooMany, trunks[^1].Id), (call.Routes[^1].Outcome, call.Routes[^1].Trunk!.Id));
    }

    [Fact]
    public void A_trunk_that_does_not_take_the_caller_id_says_so_and_equipment_falls_back_on_its_number()
    {
        _rig.Current = WithEquipment([Equipment(70, "pbx")],
            [World], [Route("+", World, 1)], number: new("+4989555", Sample.Tenant, new(70)));
        var call = Explain("+4930999", "+33123456").Outbound!;
        Assert.Equal((Refusal.CallerIdNotOwned, RouteOutcome.CallerNotShown), (call.Refusal, call.Routes[0].Outcome));
        Assert.Equal("sip:+4989555@sip.example.com",
            Assert.Single(Explain("+4930999", "+33123456", "203.0.113.7").Outbound!.Targets).CallerUri);
    }

    [Fact]
    public void The_gate_is_asked_and_counts_nothing()
    {
        _rig.Current = Snapshot(trunks: [World], routes: [Route("+", World, 1)]);
        Assert.True(Explain("+4930123", "+33123456").Outbound!.Gate.IsOpen);
        _rig.GateRefusal = Refusal.PremiumDestination;
        var refused = Explain("+4930123", "+33123456").Outbound!;
        Assert.Equal((Refusal.PremiumDestination, "rule", "why"), (refused.Refusal, refused.Gate.Rule, refused.Detail));
        Assert.Single(refused.Targets);     // what the routes say is told all the same
        Assert.Empty(_rig.InGate);
    }

    [Theory]
    [InlineData("+4930123", "not a number", Refusal.BadDestination)]
    [InlineData("+4930123", "+33123456", Refusal.NoRoute)]
    [InlineData("+4930123", "sip:bob@10.1.2.3", Refusal.TargetForbidden)]
    [InlineData("+4930123", "sip:bob@example.com", Refusal.None)]
    public void What_keeps_a_dial_from_leaving_is_told(string from, string to, Refusal refusal) =>
        Assert.Equal(refusal, Explain(from, to).Outbound!.Refusal);

    [Fact]
    public void A_caller_id_of_ours_names_account_and_application()
    {
        var call = Explain("+4989456", "+33123456").Outbound!;
        Assert.Equal(("one", "app"), (call.Tenant?.Name, call.Connection?.Name));
        Assert.Equal("one", Explain("+4930123", "+33123456").Outbound!.Tenant?.Name);       // verified
        Assert.Null(Explain("+4930124", "+33123456").Outbound!.Tenant);
    }

    [Fact]
    public void The_narrowest_network_wins_and_each_other_trunk_says_why_it_lost()
    {
        _rig.Current = Snapshot(trunks: [Berlin, World, Off, Twin]);
        var narrow = Explain("+33123456", "+4989456", "192.0.2.10").Inbound!;
        Assert.Equal(
            [("world", SourceOutcome.Chosen), ("off", SourceOutcome.NoSuchSource), ("another", SourceOutcome.WiderNetwork),
                ("berlin", SourceOutcome.WiderNetwork)],
            narrow.Trunks.Select(t => (t.Trunk.Name, t.Outcome)));
        Assert.Equal(("world", InboundVerdict.Rings, 180, "app"),
            (narrow.Trunk?.Name, narrow.Verdict, narrow.Status, narrow.Connection?.Name));
        Assert.Null(Explain("+33123456", "+4989456", "192.0.2.10").Outbound);

        var tie = Explain("+33123456", "+4989456", "192.0.2.11").Inbound!;
        Assert.Equal(("another", SourceOutcome.Chosen), (tie.Trunk!.Name, tie.Trunks[0].Outcome));
        Assert.Contains(tie.Trunks, t => t is { Trunk.Name: "berlin", Outcome: SourceOutcome.LaterName });
    }

    [Fact]
    public void A_trunk_that_is_switched_off_leaves_a_stranger()
    {
        _rig.Current = Snapshot(trunks: [Off]);
        var call = Explain("+33123456", "+4989456", "198.51.100.7").Inbound!;
        Assert.Equal((InboundVerdict.Stranger, 403, SourceOutcome.TrunkDisabled),
            (call.Verdict, call.Status, call.Trunks.Single().Outcome));
        Assert.Null(call.Gate);
    }

    [Theory]
    [InlineData("+4989456", InboundVerdict.Rings, 180)]
    [InlineData("004989456", InboundVerdict.Rings, 180)]
    [InlineData("+4989457", InboundVerdict.NumberWithoutConnection, 480)]
    [InlineData("+4989458", InboundVerdict.UnknownNumber, 404)]
    [InlineData("alice", InboundVerdict.UnknownNumber, 404)]
    public void The_number_decides_as_it_does_for_an_INVITE(string to, InboundVerdict verdict, int status)
    {
        _rig.Current = Snapshot(trunks: [World]);
        var call = Explain("+33123456", to, "192.0.2.10").Inbound!;
        Assert.Equal((verdict, status), (call.Verdict, call.Status));

        _rig.Receive(Invite(to: to));
        string answer = verdict is InboundVerdict.Rings ? "SIP/2.0 180" : $"SIP/2.0 {status}";
        Assert.StartsWith(answer, _rig.Last);
    }

    [Fact]
    public void An_application_that_is_off_and_a_closed_gate_are_told_with_their_status()
    {
        _rig.Current = Snapshot(connection: App with { IsActive = false }, trunks: [World]);
        Assert.Equal((InboundVerdict.ConnectionInactive, 480), Of(Explain("+33123456", "+4989456", "192.0.2.10")));
        _rig.Current = Snapshot(trunks: [World]);
        _rig.GateRefusal = Refusal.ConnectionChannelLimit;
        Assert.Equal((InboundVerdict.GateClosed, 486), Of(Explain("+33123456", "+4989456", "192.0.2.10")));

        static (InboundVerdict, int) Of(RouteExplanation explained) => (explained.Inbound!.Verdict, explained.Inbound.Status);
    }

    [Fact]
    public void A_number_of_ours_without_a_source_is_told_both_ways()
    {
        var both = Explain("+33123456", "+4989456");
        Assert.NotNull(both.Outbound);
        Assert.Equal((InboundVerdict.Rings, null), (both.Inbound!.Verdict, both.Inbound.Trunk));
    }

    [Fact]
    public void A_source_of_a_customers_equipment_explains_its_own_call_out_and_says_why_other_connections_lost()
    {
        Connection pbx = Equipment(70, "pbx"),
            prefixed = Equipment(71, "prefixed", new() { TechPrefix = "1234", CallerOverride = "+4930777" }),
            off = Equipment(72, "off") with { IsActive = false }, secret = Equipment(73, "secret", new() { IsDigestRequired = true });
        _rig.Current = WithEquipment([pbx, prefixed, off, secret], trunks: [World with { CallerIds = CallerChoice.Any }],
            routes: [Route("+", World, 1)]);

        var plain = Explain("+4930123", "+33123456", "203.0.113.7");
        Assert.Equal([("pbx", ConnectionOutcome.Chosen), ("prefixed", ConnectionOutcome.NeedsMark), ("off", ConnectionOutcome.Disabled),
            ("secret", ConnectionOutcome.NeedsPassword)],
            plain.Customers.Select(c => (c.Connection.Name, c.Outcome)));
        Assert.Equal(("pbx", "+33123456"), (plain.Outbound!.Connection!.Name, plain.Outbound.Targets[0].User));
        Assert.Null(plain.Inbound);

        var marked = Explain("+4930123", "123433123456", "203.0.113.7");
        Assert.Equal([("pbx", ConnectionOutcome.Later), ("prefixed", ConnectionOutcome.Chosen)],
            marked.Customers.Take(2).Select(c => (c.Connection.Name, c.Outcome)));
        Assert.Equal(("+33123456", "sip:+4930777@sip.example.com"),
            (marked.Outbound!.Targets[0].User, marked.Outbound.Targets[0].CallerUri));
    }

    [Fact]
    public void A_number_of_equipment_says_where_the_call_goes_on_to()
    {
        var pbx = Equipment(70, "pbx");
        _rig.Current = WithEquipment([pbx], trunks: [World], routes: [Route("+", World, 1)],
            number: new("+4989555", Sample.Tenant, pbx.Id));
        var call = Explain("+4930123", "+4989555", "192.0.2.10").Inbound!;
        Assert.Equal((InboundVerdict.Rings, "203.0.113.7", "4989555"), (call.Verdict, call.Targets[0].Host, call.Targets[0].User));
        Assert.Null(call.Caller);
        Assert.Equal("pbx", Explain("+4930123", "+4989555", "203.0.113.7").Inbound!.Caller?.Name);

        _rig.Current = WithEquipment([pbx], trunks: [World], routes: [Route("+", World, 1)],
            number: new("+4989555", Sample.Tenant, pbx.Id) { Voice = new() { Forwarding = new("+4989666", IsOnFailure: false) } });
        Assert.Equal(("+4989666", World.Id), (Explain("+4930123", "+4989555", "192.0.2.10").Inbound!.Targets[0].User,
            Explain("+4930123", "+4989555").Inbound!.Targets[0].Trunk!.Id));

        var bare = pbx with { Id = new(90), Name = "bare" };
        _rig.Current = WithEquipment([pbx, bare], trunks: [World], routes: [], number: new("+4989555", Sample.Tenant, bare.Id));
        Assert.Equal((InboundVerdict.NoTarget, 404), (Explain("+4930123", "+4989555", "192.0.2.10").Inbound!.Verdict,
            Explain("+4930123", "+4989555", "192.0.2.10").Inbound!.Status));
    }

    [Fact]
    public void A_phones_emergency_call_is_explained_as_it_is_routed()
    {
        Route emergency = Route("911", World, 1), wide = Route("+", World, 1);
        _rig.Current = WithPhone([wide, emergency]);
        var call = OfPhone("911").Outbound!;
        Assert.Equal((Refusal.None, "911", World.Id), (call.Refusal, call.Targets.Single().User, call.Targets.Single().Trunk!.Id));
        Assert.Equal("desk", call.Connection!.Name);

        // What it says of itself is not shown, and what it may not show does not keep it back.
        Assert.Equal("sip:alice@sip.example.com", OfPhone("911", from: "+4930999").Outbound!.Targets.Single().CallerUri);

        _rig.Current = WithPhone([wide]);
        call = OfPhone("911").Outbound!;
        Assert.Equal((Refusal.NoRoute, RouteOutcome.OtherPrefix), (call.Refusal, call.Routes.Single().Outcome));
    }

    [Fact]
    public void A_phones_calls_go_where_its_INVITE_would()
    {
        _rig.Current = WithPhone([Route("+", World, 1)]);
        Assert.Equal(Refusal.CallerIdNotOwned, OfPhone("+33123456", from: "+4930999").Outbound!.Refusal);
        var strange = OfPhone("nobody").Outbound!;
        Assert.Equal((Refusal.BadDestination, "The equipment gets 404: unknown_destination."), (strange.Refusal, strange.Detail));
        Assert.Equal("alice", OfPhone("alice").Outbound!.Targets.Single().RegisteredUser);

        _rig.Current = WithPhone([], new() { IsParked = true });
        var parked = OfPhone("+33123456").Outbound!;
        Assert.Equal((Refusal.None, true, 0), (parked.Refusal, parked.IsParked, parked.Targets.Count));

        _rig.Current = WithPhone([], isActive: false);
        Assert.Equal(Refusal.ConnectionInactive, OfPhone("+33123456").Outbound!.Refusal);
    }

    [Fact]
    public void Equipment_without_a_number_reaches_an_emergency_number_too()
    {
        _rig.Current = WithEquipment([Equipment(70, "pbx")], [World], [Route("112", World, 1)]);
        var call = Explain("+4930999", "112", "203.0.113.7").Outbound!;
        Assert.Equal((Refusal.None, "112"), (call.Refusal, call.Targets.Single().User));
    }

    private RouteExplanation OfPhone(string to, string from = "alice") =>
        new RouteExplainer(_rig, _rig, TargetPolicy.Strict, "sip.example.com", new(["sip.example.com"], []), new())
            .Explain(new(from, to, Source: null) { Phone = _rig.Current.Sip.FindUser("alice") });

    private static RoutingSnapshot WithPhone(Route[] routes, SipOrigination? origination = null, bool isActive = true) => new(
        [new() { Id = Sample.Tenant, Name = "tenant" }],
        [new()
        {
            Id = new(70), Tenant = Sample.Tenant, Kind = ConnectionKind.Credential, Name = "desk", IsActive = isActive,
            Sip = new()
            {
                UserName = "alice", Password = "secret", UriCalling = SipUriCalling.Internal, Origination = origination ?? new(),
            },
        }], [], [], [World], routes, SipEquipment.None);

    private static Connection Equipment(long id, string name, SipOrigination? origination = null) =>
        new()
        {
            Id = new(id), Tenant = Sample.Tenant, Kind = ConnectionKind.Ip, Name = name, Sip = new() { Origination = origination ?? new() }
        };

    /// <summary>All equipment but that of number 90 is at one address.</summary>
    private static RoutingSnapshot WithEquipment(Connection[] connections, Trunk[] trunks, Route[] routes, Number? number = null) => new(
        [new() { Id = Sample.Tenant, Name = "tenant" }], connections, number is null ? [] : [number], [], trunks, routes,
        new([], [.. connections.Where(c => c.Id.Value != 90)
            .Select((c, i) => new ConnectionAddress(i, Sample.Tenant, c.Id, IPAddress.Parse("203.0.113.7"), 5060))], []));

    private static Trunk Trunk(string name, string network) =>
        new() { Id = new(Guid.NewGuid()), Name = name, Host = "192.0.2.1", Sources = [IPNetwork.Parse(network)] };

    private static Route Route(string prefix, Trunk trunk, int priority) =>
        new() { Id = Guid.NewGuid(), Trunk = trunk.Id, Prefix = prefix, Priority = priority };
}
