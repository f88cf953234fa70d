using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>What the text of a destination means, on a laptop and on a node that others reach.</summary>
public sealed class DestinationTests
{
    private static readonly Trunk Carrier = Named("carrier", "sip.carrier.example") with
    {
        Sources = [IPNetwork.Parse("203.0.113.0/28"), IPNetwork.Parse("2001:db8:77::/48")],
        Registrar = "reg.carrier.example:5070",
    };
    private static readonly Trunk Fixed = Named("fixed", "198.51.100.7") with { Port = 5070, IsEnabled = false };
    private static readonly Trunk Lab = Named("lab", "127.0.0.1") with { Port = 5062, Sources = [IPNetwork.Parse("127.0.0.0/8")] };
    private static readonly SipDomains Open = new(["sip.example.com"], [IPEndPoint.Parse("192.0.2.1:5060")]);
    private static readonly SipDomains Laptop = new(["sip.example.com"], [IPEndPoint.Parse("127.0.0.1:5060")], IsLoopbackOnly: true);

    private static readonly RoutingSnapshot Routing = Phones.Snapshot(trunks: [Carrier, Fixed, Lab]);

    private static Trunk Named(string name, string host) => new() { Id = new(Guid.NewGuid()), Name = name, Host = host };

    private static (DestinationKind, string) Settle(string to, SipDomains hosts)
    {
        var destination = Destinations.Settle(Routing, to, hosts);
        // Settled once more it is the same.
        Assert.Equal(destination, Destinations.Settle(Routing, destination.To, hosts) with { Kind = destination.Kind });
        return (destination.Kind, destination.To);
    }

    [Theory]
    [InlineData("sip:+19005551234@sip.carrier.example")]
    [InlineData("sips:+19005551234@sip.carrier.example")]
    [InlineData("SIP:+19005551234@SIP.Carrier.EXAMPLE")]
    [InlineData("sip:+19005551234@sip.carrier.example.")]
    [InlineData("sip:+19005551234@sip.carrier.example:9999")]
    [InlineData("sip:+19005551234@sip.carrier.example;transport=tcp")]
    [InlineData("sip:+19005551234@sip.carrier.example:5060;maddr=192.0.2.77;lr?Route=%3Csip:192.0.2.77%3E")]
    [InlineData("sip:19005551234@sip.carrier.example")]
    [InlineData("sip:0019005551234@sip.carrier.example")]
    [InlineData("sip:%2B19005551234@sip.carrier.example")]
    [InlineData("sip:%2b1%39005551234@sip.carrier.example")]
    [InlineData("sip:+1-900-555.1234@sip.carrier.example")]
    [InlineData("sip:+1(900)5551234@sip.carrier.example")]
    [InlineData("sip:+19005551234;npdi=yes;rn=+14155550000@sip.carrier.example")]
    [InlineData("sip:+19005551234:secret@sip.carrier.example")]
    [InlineData("sip:+19005551234;phone-context=+44@sip.carrier.example")]
    [InlineData("sip:9005551234;phone-context=+1@sip.carrier.example")]
    [InlineData("sip:+19005551234@reg.carrier.example")]
    [InlineData("sip:+19005551234@203.0.113.14:65000")]
    [InlineData("sip:+19005551234@[::ffff:203.0.113.14]")]
    [InlineData("sip:+19005551234@[::ffff:cb00:710e]:5060")]
    [InlineData("sip:+19005551234@[2001:db8:77::1]")]
    [InlineData("sip:+19005551234@198.51.100.7")]
    [InlineData("sip:+19005551234@198.51.100.7.:5060")]
    [InlineData("sip:+19005551234@sip.example.com")]
    [InlineData("sip:+19005551234@192.0.2.1:5999")]
    public void A_number_at_a_trunk_or_at_us_is_that_number_however_it_is_written(string to) =>
        Assert.Equal((DestinationKind.Number, "+19005551234"), Settle(to, Open));

    [Theory]
    [InlineData("sip:alice@sip.carrier.example")]
    [InlineData("sip:sip.carrier.example")]
    [InlineData("sip:0900123@sip.carrier.example")]
    [InlineData("sip:123;phone-context=carrier.example@sip.carrier.example")]
    [InlineData("sip:%252B19005551234@sip.carrier.example")]
    [InlineData("sip:+19005551234x@203.0.113.1")]
    public void Whatever_else_is_at_a_trunk_is_nobody(string to)
    {
        Assert.Equal((DestinationKind.Nowhere, to), Settle(to, Open));
        var plan = DialPlan.For(Routing, Request(to), Open);
        Assert.Equal((Refusal.BadDestination, Destination.NoNumber), (plan.Refusal, plan.Detail));
    }

    [Theory]
    [InlineData("sip:0177.0.0.1")]
    [InlineData("sip:+19005551234@0313.0.0161.016")]
    [InlineData("sip:+19005551234@3405803790")]
    [InlineData("sip:+19005551234@203.0.28942")]
    [InlineData("sip:+19005551234@0xcb.0.0x71.0xe")]
    [InlineData("sip:+19005551234@203.000.113.014")]
    [InlineData("sip:+19005551234@sip.carrier.example..")]
    [InlineData("sip:+19005551234@203.0.113.14%00.example")]
    [InlineData("sip:+19005551234@a@sip.carrier.example")]
    public void An_address_that_programs_read_differently_is_no_destination(string to)
    {
        // It is judged as a number, which it is not.
        Assert.Equal((DestinationKind.Number, to), Settle(to, Open));
        Assert.Equal(Refusal.BadDestination, DialPlan.For(Routing, Request(to), Open).Refusal);
    }

    [Theory]
    [InlineData("sip:alice1@sip.example.com", DestinationKind.Here)]
    [InlineData("sip:alice1@192.0.2.1", DestinationKind.Here)]
    [InlineData("sip:nobody@sip.example.com", DestinationKind.Here)]
    [InlineData("sip:+19005551234@open.sip.example.com", DestinationKind.Here)]
    [InlineData("sip:+19005551234@unknown.sip.example.com", DestinationKind.Elsewhere)]
    [InlineData("sip:bob@pbx.example.net", DestinationKind.Elsewhere)]
    [InlineData("sip:+19005551234@pbx.example.net", DestinationKind.Elsewhere)]
    [InlineData("sip:bob@203.0.113.16", DestinationKind.Elsewhere)]
    [InlineData("sip:bob@[2001:db8:78::1]", DestinationKind.Elsewhere)]
    public void Users_and_subdomains_are_here_and_strange_hosts_elsewhere(string to, DestinationKind kind) =>
        Assert.Equal((kind, to), Settle(to, Open));

    [Fact]
    public void A_users_name_comes_before_a_number_at_our_own_domain()
    {
        var phone = Phones.Desk with { Sip = new() { UserName = "+493055501", Password = "a-secret-of-its-own" } };
        var routing = Phones.Snapshot(desk: phone);
        Assert.Equal(DestinationKind.Here, Destinations.Settle(routing, "sip:+493055501@sip.example.com", Open).Kind);
        Assert.Equal("+493055501",
            Assert.Single(DialPlan.For(routing, Request("sip:%2B493055501@sip.example.com"), Open).Targets).RegisteredUser);
        Assert.Equal(DestinationKind.Number, Destinations.Settle(routing, "sip:+493055502@sip.example.com", Open).Kind);
    }

    [Theory]
    [InlineData("sip:alice1@sip.former.example", DestinationKind.Here, DestinationKind.Elsewhere)]
    [InlineData("sip:alice1@SIP.Former.Example:5060;transport=tcp", DestinationKind.Here, DestinationKind.Elsewhere)]
    [InlineData("sip:nobody@sip.former.example", DestinationKind.Elsewhere, DestinationKind.Elsewhere)]
    [InlineData("sip:+19005551234@sip.former.example", DestinationKind.Elsewhere, DestinationKind.Elsewhere)]
    [InlineData("sip:alice1@other.former.example", DestinationKind.Elsewhere, DestinationKind.Elsewhere)]
    [InlineData("sip:alice1@sip.carrier.example", DestinationKind.Here, DestinationKind.Nowhere)]     // where a trunk leads there, too
    [InlineData("sip:+19005551234@sip.carrier.example", DestinationKind.Number, DestinationKind.Number)]
    public void An_accounts_own_users_are_here_by_the_hosts_that_its_programs_came_from(string to, DestinationKind own,
        DestinationKind others)
    {
        var hosts = Open with { Former = ["sip.former.example", "sip.carrier.example"] };
        Assert.Equal(own, Destinations.Settle(Routing, to, hosts, Sample.Tenant).Kind);
        // Nobody learns which names others have.
        Assert.Equal(others, Destinations.Settle(Routing, to, hosts, Phones.Other).Kind);
        if (own is DestinationKind.Here)
            Assert.Equal("alice1", Assert.Single(DialPlan.For(Routing, Request(to), hosts).Targets).RegisteredUser);
    }

    [Theory]
    [InlineData("sip:+19005551234@127.0.0.1:5062", DestinationKind.Number)]
    [InlineData("sip:+19005551234@127.0.0.1:5060", DestinationKind.Number)]      // ourselves
    [InlineData("sip:+19005551234@127.0.0.1", DestinationKind.Number)]
    [InlineData("sip:+19005551234@127.0.0.1:5063", DestinationKind.Elsewhere)]   // a softphone beside the lab
    [InlineData("sip:bob@127.0.0.2:5062", DestinationKind.Elsewhere)]            // among the lab's sources
    [InlineData("sip:+19005551234@198.51.100.7", DestinationKind.Elsewhere)]     // another port
    [InlineData("sip:+19005551234@198.51.100.7:5070", DestinationKind.Number)]
    [InlineData("sip:+19005551234@sip.carrier.example", DestinationKind.Number)]
    [InlineData("sip:+19005551234@sip.carrier.example:5061", DestinationKind.Elsewhere)]
    [InlineData("sip:+19005551234@203.0.113.14", DestinationKind.Elsewhere)]
    public void On_a_laptop_a_trunk_is_its_own_host_and_port(string to, DestinationKind kind) =>
        Assert.Equal(kind, Settle(to, Laptop).Item1);

    [Fact]
    public void What_is_a_number_takes_the_routes_of_the_number()
    {
        var routing = Phones.Snapshot(trunks: [Carrier, Fixed with { IsEnabled = true }],
            routes: [new() { Id = Guid.Empty, Trunk = Fixed.Id, Prefix = "+1" }]);
        var plan = DialPlan.For(routing, Request("sip:19005551234@sip.carrier.example;transport=tcp"), Open);
        Assert.Equal(("198.51.100.7", "+19005551234", Fixed.Id), (plan.Targets[0].Host, plan.Targets[0].User, plan.Targets[0].Trunk));
        Assert.Equal(new(DestinationKind.Number, "+19005551234"), plan.Destination);
        Assert.Equal(Refusal.NoRoute, DialPlan.For(routing, Request("sip:+4930123@sip.carrier.example"), Open).Refusal);
    }

    [Theory]
    [InlineData(CalledFormat.E164, null, "+4989113")]
    [InlineData(CalledFormat.E164, "+19005551234", "+19005551234")]
    [InlineData(CalledFormat.National, "+19005551234", "+19005551234")]
    [InlineData(CalledFormat.UserName, null, null)]
    public void Equipment_at_a_trunk_is_called_by_number_and_by_nothing_else(CalledFormat format, string? translated, string? number)
    {
        var pbx = Phones.Pbx with
        {
            Sip = new() { UserName = "pbx", Password = "a-secret-of-its-own", Delivery = new() { CalledFormat = format } }
        };
        var routing = new RoutingSnapshot([],
            [pbx], [], [], [Carrier], [], new([], [new(1, Sample.Tenant, pbx.Id, IPAddress.Parse("203.0.113.9"), 5060)], []));
        var plan = DialPlan.For(routing, Request() with { Connection = pbx.Id, IsDelivery = true, To = translated ?? "+4989113" }, Open);
        if (number is null) Assert.Equal(Refusal.NoRoute, plan.Refusal);
        else Assert.Equal((new(DestinationKind.Number, number), number, Carrier.Id),
            (plan.Destination, Assert.Single(plan.Targets).User, plan.Targets[0].Trunk!.Value));
        Assert.Equal(DestinationKind.Here,
            DialPlan.For(routing, Request() with { Connection = pbx.Id, IsDelivery = true, To = "+4989113" }, Laptop).Destination.Kind);
    }

    [Fact]
    public void A_subdomain_leads_to_its_equipment_and_not_to_strangers()
    {
        var pbx = Phones.Pbx with { Id = new(99), Subdomain = "office" };
        var routing = Phones.Snapshot(more: [pbx],
            equipment: new([], [new(1, Sample.Tenant, pbx.Id, IPAddress.Parse("198.51.100.9"), 5060)], []));
        Assert.Equal(("198.51.100.9", "front"), (DialPlan.For(routing, Request("sip:front@office.sip.example.com"), Open).Targets[0].Host,
            DialPlan.For(routing, Request("sip:front@office.sip.example.com"), Open).Targets[0].User));
        Assert.Equal(Refusal.NoRoute, DialPlan.For(routing,
            Request("sip:front@office.sip.example.com") with { Tenant = Phones.Other, BroughtCaller = Request("").From }, Open).Refusal);
        Assert.Equal(Refusal.NoRoute, DialPlan.For(routing, Request("sip:front@open.sip.example.com"), Open).Refusal);
    }
}
