using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Calls by a trunk that we register with go where we are registered, and as its registrar says (RFC 3608).</summary>
public sealed class RegisteredWayTests
{
    private const string Host = "reg.example.net";

    private static readonly IPEndPoint First = IPEndPoint.Parse("217.0.146.1:5060");
    private static readonly IPEndPoint Second = IPEndPoint.Parse("217.0.146.2:5060");

    private static readonly Trunk Carrier = new()
    {
        Id = new(new Guid("00000000-0000-0000-0000-00000000000d")), Name = "carrier", Host = Host, AuthUser = "+4989777",
        AuthPassword = "secret", Registers = true,
    };

    private uint _counter = 1_000;

    private static ShardRig Rig(Trunk trunk)
    {
        var rig = new ShardRig { Current = Snapshot(trunks: [trunk], routes: [new Route { Id = trunk.Id.Value, Trunk = trunk.Id }]) };
        rig.Names[Host] = [First, Second];
        rig.FireAt(rig.Now);
        return rig;
    }

    private static void Answer(ShardRig rig, string status, string? extra = null) =>
        rig.ReceiveBy(rig.SentBy[rig.Sent.FindLastIndex(IsRegister)], Response(rig.Sent.FindLast(IsRegister)!, status, extra: extra));

    private static void Accept(ShardRig rig, string? route = null) =>
        Answer(rig, "200 OK", "Expires: 60" + (route is null ? "" : $"\nService-Route: {route}"));

    private static bool IsRegister(string text) => text.StartsWith("REGISTER ", StringComparison.Ordinal);

    /// <summary>Registered at the second address, since the first one has refused.</summary>
    private static ShardRig AtSecond(string? route = null)
    {
        var rig = Rig(Carrier);
        Answer(rig, "503 Service Unavailable");
        rig.Advance(11);
        Accept(rig, route);
        return rig;
    }

    /// <summary>The registration is refreshed, and the registrar says this.</summary>
    private static void Refresh(ShardRig rig, string status, string? extra = null)
    {
        int before = rig.Sent.Count(IsRegister);
        for (int i = 0; i < 60 && rig.Sent.Count(IsRegister) == before; i++) rig.Advance(1);
        Answer(rig, status, extra);
    }

    /// <summary>The INVITEs of a call that nobody answers, and where they go.</summary>
    private List<(string Text, IPEndPoint To)> Dial(ShardRig rig)
    {
        string to = $"+4930{++_counter}";
        rig.Dial(Request(to), _counter);
        rig.Advance(Limits.TargetSilence.TotalSeconds);
        List<(string Text, IPEndPoint To)> invites = [];
        for (int i = 0; i < rig.Sent.Count; i++)
            if (rig.Sent[i].StartsWith($"INVITE sip:{to}@", StringComparison.Ordinal)) invites.Add((rig.Sent[i], rig.SentTo[i]));
        return invites;
    }

    private static string? RouteOf(string request) =>
        request.Contains("\r\nRoute: ", StringComparison.Ordinal) ? Header(request, "Route") : null;

    [Fact]
    public void A_call_goes_first_to_the_address_that_took_the_registration()
    {
        var invites = Dial(AtSecond());
        Assert.Equal([Second, First], invites.Select(invite => invite.To).Distinct());
        Assert.All(invites, invite => Assert.Null(RouteOf(invite.Text)));
    }

    [Fact]
    public void A_trunk_that_has_not_taken_us_is_called_in_the_order_of_its_records()
    {
        var rig = Rig(Carrier);
        Answer(rig, "503 Service Unavailable");
        Assert.Equal([First, Second], Dial(rig).Select(invite => invite.To).Distinct());
    }

    [Theory]
    [InlineData("<sip:mavodi-0-272-3@217.0.146.2:5060;transport=UDP;lr;mpcftk=0-269>", "217.0.146.2:5060")]
    [InlineData("<sip:orig@217.0.147.133:5080;lr>", "217.0.147.133:5080")]
    [InlineData("<sip:orig@217.0.147.133:5080;lr>, <sip:orig@scscf.ims.example.net;lr>", "217.0.147.133:5080")]
    [InlineData("sip:orig@217.0.147.133:5080;lr", "217.0.147.133:5080")]
    // Behind the one that took us: an address that nobody reaches from here, and a name.
    [InlineData("<sip:172.26.192.111:9999;lr>", "217.0.146.2:5060")]
    [InlineData("<sip:orig@scscf.ims.example.net:6060;lr>", "217.0.146.2:5060")]
    [InlineData("<sip:orig@217.0.147.133:5061;transport=tls;lr>", "217.0.146.2:5060")]
    public void A_call_bears_the_routes_of_the_registrar_and_goes_to_the_first_of_them_where_that_may_be(string routes, string to)
    {
        var (text, first) = Dial(AtSecond(routes))[0];
        Assert.Equal(to, first.ToString());
        var lines = text.Split("\r\n").Where(line => line.StartsWith("Route: ", StringComparison.Ordinal));
        Assert.Equal(routes.StartsWith('<') ? routes : $"<{routes}>", string.Join(", ", lines.Select(line => line["Route: ".Length..])));
        Assert.StartsWith($"INVITE sip:+4930{_counter}@{Host} SIP/2.0", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_address_of_the_trunk_gets_no_route_that_leads_to_the_first()
    {
        var invites = Dial(AtSecond("<sip:orig@217.0.146.2;lr>"));
        Assert.Equal(First, invites[^1].To);
        Assert.Null(RouteOf(invites[^1].Text));
    }

    [Fact]
    public void A_registrar_elsewhere_gives_routes_and_the_trunks_host_stays_where_calls_go()
    {
        var rig = Rig(Carrier with { Registrar = "217.0.150.1" });
        Accept(rig, "<sip:172.26.192.111:9999;lr>");
        var invites = Dial(rig);
        Assert.Equal([First, Second], invites.Select(invite => invite.To).Distinct());
        Assert.All(invites, invite => Assert.Equal("<sip:172.26.192.111:9999;lr>", RouteOf(invite.Text)));
    }

    /// <summary>A route that stayed kept all calls from going out.</summary>
    [Theory]
    [InlineData("200 OK", "Expires: 60")]
    [InlineData("200 OK", "Expires: 60\nService-Route: what is none")]
    [InlineData("403 Forbidden", null)]
    public void What_the_registrar_says_last_counts(string status, string? extra)
    {
        var rig = AtSecond("<sip:orig@217.0.147.133:5080;lr>");
        Refresh(rig, status, extra);
        var (text, to) = Dial(rig)[0];
        Assert.Null(RouteOf(text));
        Assert.Equal(status == "200 OK" ? Second : First, to);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void More_routes_than_anybody_has_are_none(int count, bool areTaken)
    {
        var rig = AtSecond(string.Join(", ", Enumerable.Range(1, count).Select(hop => $"<sip:p{hop}.example.net;lr>")));
        Assert.Equal(areTaken, RouteOf(Dial(rig)[0].Text) is not null);
    }

    [Fact]
    public void A_call_that_asks_for_TCP_does_not_go_by_UDP_to_another_place()
    {
        var rig = AtSecond("<sip:orig@217.0.147.133:5080;lr>");
        rig.Dial(Request("+4930999") with { Transport = SipTransport.Tcp });
        Assert.Equal((SipTransport.Tcp, First), (rig.SentBy[^1].Transport, rig.SentBy[^1].Remote));
    }

    [Fact]
    public void A_challenged_call_bears_its_route_again()
    {
        var rig = AtSecond("<sip:orig@217.0.146.2;lr>");
        rig.Dial(Request("+4930999"));
        rig.Receive(Response(rig.SentLast("INVITE "), "407 Proxy Authentication Required",
            extra: "Proxy-Authenticate: Digest realm=\"carrier\", nonce=\"n\""), Second);
        Assert.Equal("2 INVITE", Header(rig.SentLast("INVITE "), "CSeq"));
        Assert.Equal("<sip:orig@217.0.146.2;lr>", RouteOf(rig.SentLast("INVITE ")));
        Assert.Equal("<sip:orig@217.0.146.2;lr>", RouteOf(rig.SentLast("ACK ")));
    }
}
