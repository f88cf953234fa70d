using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Routing;

namespace Ringwright.Pure.Switch;

/// <summary>Which caller id a dial may show where.</summary>
public sealed class CallerIdTests
{
    private const string Own = "+4989456", Verified = "+4930777", Childs = "+4989500", Theirs = "+4930555",
        TheirVerified = "+4930888", Strange = "+4930999";

    private static readonly TenantId Us = Sample.Tenant, Them = Phones.Other, Child = new(new Guid("00000000-0000-0000-0000-0000000000c1"));
    private static readonly Trunk Strict = Trunk(1, CallerChoice.Owned), Lax = Trunk(2, CallerChoice.Any);
    private static readonly SipDomains Laptop = new(["sip.example.com"], []) { IsLoopbackOnly = true },
        Server = new(["sip.example.com"], []);

    private static Trunk Trunk(int n, CallerChoice choice) =>
        new() { Id = new(new Guid(n, 0, 0, new byte[8])), Name = $"t{n}", Host = $"h{n}", CallerIds = choice };

    private static Route To(Trunk trunk, string? callerId = null) => new() { Id = Guid.NewGuid(), Trunk = trunk.Id, CallerId = callerId };

    private static RoutingSnapshot Routing(params Route[] routes) => new(
        [new() { Id = Us, Name = "one" }, new() { Id = Them, Name = "two" }, new() { Id = Child, Name = "child", Parent = Us }],
        [ShardRig.App with { Subdomain = "ours" }, Phones.Desk, Phones.Desk with
        {
            Id = new(41),
            Tenant = Them,
            Subdomain = "theirs",
            Sip = new() { UserName = "their1", Password = "secret-of-their1", UriCalling = SipUriCalling.Unrestricted }
        }],
        [new(Own, Us, Sample.Connection), new(Childs, Child, null), new(Theirs, Them, null), new(RoutingSnapshot.AnyNumber, Them, null)],
        [], [Strict, Lax], routes)
    { VerifiedNumbers = [new(Us, Verified), new(Them, TheirVerified)] };

    private static DialPlan Plan(string from, string to = "+15550001234", string? brought = null, SipDomains? hosts = null,
        params Route[] routes) =>
        DialPlan.For(Routing(routes), new() { Tenant = Us, Connection = Sample.Connection, From = from, To = to, BroughtCaller = brought },
            hosts ?? Server);

    private static string Shown(DialPlan plan) =>
        plan.Refusal is Refusal.None ? string.Join(" ", plan.Targets.Select(t => t.Host)) : plan.Refusal.ToString();

    // from, by the trunk that does not let choose, by the one that does, to a foreign address on a laptop,
    // on a server, and to a user or number of ours
    [Theory]
    [InlineData(Own, true, true, true, true, true)]
    [InlineData(Verified, true, true, true, true, true)]
    [InlineData(Childs, true, true, true, true, true)]
    [InlineData(Strange, false, true, true, false, false)]
    [InlineData(Theirs, false, false, false, false, false)]
    [InlineData(TheirVerified, false, false, false, false, false)]
    [InlineData("sip:alice1@sip.example.com", false, true, true, true, true)]
    [InlineData("sip:sales@ours.sip.example.com", false, true, true, true, true)]
    [InlineData("sip:their1@sip.example.com", false, false, false, false, false)]
    [InlineData("sip:nobody@sip.example.com", false, false, false, false, false)]
    [InlineData("sip:sales@theirs.sip.example.com", false, false, false, false, false)]
    [InlineData("sip:4930555@elsewhere.example", false, false, false, false, false)]        // reads as their number
    [InlineData("sip:%2B4930555@elsewhere.example", false, false, false, false, false)]
    [InlineData("sip:bob@elsewhere.example", false, true, true, false, false)]
    [InlineData("anonymous", false, true, true, false, false)]
    public void A_caller_id_is_shown_where_the_account_may_show_it(string from, bool strict, bool lax, bool laptop, bool server, bool here)
    {
        Assert.Equal(strict ? "h1" : "CallerIdNotOwned", Shown(Plan(from, routes: To(Strict))));
        Assert.Equal(lax ? "h2" : "CallerIdNotOwned", Shown(Plan(from, routes: To(Lax))));
        Assert.Equal(laptop ? "far.example" : "CallerIdNotOwned", Shown(Plan(from, "sip:bob@far.example", hosts: Laptop)));
        Assert.Equal(server ? "far.example" : "CallerIdNotOwned", Shown(Plan(from, "sip:bob@far.example", hosts: Server)));
        foreach (var hosts in new[] { Laptop, Server })
        {
            Assert.Equal(here ? "" : "CallerIdNotOwned", Shown(Plan(from, "sip:their1@sip.example.com", hosts: hosts)));
            // it stays here, whatever routes there are
            Assert.Equal(here ? "sip.example.com" : "CallerIdNotOwned",
                Shown(Plan(from, Theirs == from ? Own : Theirs, hosts: hosts, routes: To(Lax))));
        }
    }

    [Fact]
    public void Trunks_that_do_not_take_it_are_skipped_and_the_next_is_tried()
    {
        Assert.Equal("h2", Shown(Plan(Strange, routes: [To(Strict), To(Lax)])));
        Assert.Equal("h1 h2", Shown(Plan(Own, routes: [To(Strict), To(Lax)])));
        var none = Plan(Strange, routes: To(Strict));
        Assert.Equal(Refusal.CallerIdNotOwned, none.Refusal);
        Assert.Equal(Refusal.NoRoute, Plan(Strange).Refusal);
    }

    [Theory]
    [InlineData(Strange)]
    [InlineData(Theirs)]
    public void What_a_route_puts_in_its_place_is_the_operators(string from)
    {
        var plan = Plan(from, routes: To(Strict, callerId: "+49800"));
        Assert.Equal("+49800", Assert.Single(plan.Targets).CallerId);
    }

    [Theory]
    [InlineData(Strange)]
    [InlineData(Theirs)]
    [InlineData("sip:bob@carrier.example")]
    [InlineData("anonymous")]
    public void What_the_network_brought_goes_where_the_call_goes(string caller)
    {
        Assert.Equal("h1", Shown(Plan(caller, brought: caller, routes: To(Strict))));
        Assert.Equal("far.example", Shown(Plan(caller, "sip:bob@far.example", caller)));
        Assert.Equal("", Shown(Plan(caller, "sip:their1@sip.example.com", caller)));
        Assert.Equal("CallerIdNotOwned", Shown(Plan(TheirVerified, brought: caller, routes: To(Strict))));     // and no other
    }

    [Fact]
    public void A_URI_of_ours_is_no_number_to_a_carrier_whoever_brought_it() =>
        Assert.Equal("CallerIdNotOwned",
            Shown(Plan("sip:alice1@sip.example.com", brought: "sip:alice1@sip.example.com", routes: To(Strict))));

    [Fact]
    public void The_account_above_and_the_one_below_are_family_and_no_other()
    {
        var routing = Routing();
        Assert.Equal(CallerStanding.Own, routing.StandingOf(Child, Own));
        Assert.Equal(CallerStanding.Own, routing.StandingOf(Child, Verified));
        Assert.Equal(CallerStanding.Own, routing.StandingOf(Us, Childs));
        Assert.Equal(CallerStanding.Anothers, routing.StandingOf(Them, Childs));
        Assert.Equal(CallerStanding.Anothers, routing.StandingOf(Them, Verified));
        Assert.Equal(CallerStanding.Unproved, routing.StandingOf(Them, Strange));
    }

    [Fact]
    public void A_number_that_came_to_another_account_is_no_longer_the_one_who_proved_it()
    {
        var routing = new RoutingSnapshot([new() { Id = Us, Name = "one" }, new() { Id = Them, Name = "two" }], [],
            [new(Verified, Them, null)], [], [], [])
        {
            VerifiedNumbers = [new(Us, Verified)]
        };
        Assert.Equal(CallerStanding.Anothers, routing.StandingOf(Us, Verified));
        Assert.Equal(CallerStanding.Own, routing.StandingOf(Them, Verified));
    }
}
