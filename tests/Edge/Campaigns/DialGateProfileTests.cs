using Ringwright.Admission;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns;

/// <summary>What outbound voice profiles let out, and what becomes of a call that is sent on.</summary>
public sealed class DialGateProfileTests : GateRig
{
    [Fact]
    public void A_profile_takes_so_many_calls_at_once()
    {
        var gate = Gate(profileLimit: 1);
        var first = Ask("+15550001234");
        Assert.True(gate.Enter(first).IsOpen);
        var refused = gate.Enter(Ask("sip:alice@example.com"));
        Assert.Equal((Refusal.ProfileChannelLimit, "profile_channel_limit"), (refused.Refusal, refused.Rule));
        gate.Leave(first.Leg);
        Assert.True(gate.Enter(Ask("+15550001234")).IsOpen);
    }

    [Theory]
    [InlineData("+15550001234", true)]
    [InlineData("+493012345678", false)]
    [InlineData("+80012345678", false)]      // of no country
    [InlineData("+18765551234", false)]      // Jamaica under +1
    [InlineData("sip:alice@example.com", true)]
    public void A_profile_names_the_countries_that_may_be_called(string to, bool isOpen)
    {
        var gate = Gate(profile: new() { Id = 5, Tenant = TenantA, Name = "north", Destinations = ["us", "CA"] });
        var answer = gate.Enter(Ask(to));
        Assert.Equal(isOpen ? (Refusal.None, null) : (Refusal.CountryNotAllowed, "whitelisted_destinations"),
            (answer.Refusal, answer.Rule));
    }

    [Fact]
    public void A_profile_that_is_switched_off_lets_nothing_out_and_everything_in()
    {
        var gate = Gate(profile: new() { Id = 5, Tenant = TenantA, Name = "off", IsEnabled = false });
        Assert.Equal("profile_disabled", gate.Enter(Ask("+15550001234")).Rule);
        Assert.Equal("profile_disabled", gate.Enter(Ask("sip:alice@example.com")).Rule);
        Assert.True(gate.Enter(Ask(Ours) with { Direction = Direction.Inbound }).IsOpen);
    }

    [Theory]
    [InlineData("US", null, "whitelisted_destinations")]
    [InlineData("SIP", 0, null)]
    [InlineData("sip", null, null)]
    public void Beyond_loopback_SIP_URIs_of_other_hosts_need_the_profiles_permission_and_count(string destination, int? limit, string? rule)
    {
        var gate = Gate(new(),
            profile: new() { Id = 5, Tenant = TenantA, Name = "p", Destinations = [destination], ConcurrentCallLimit = limit });
        Assert.Equal(limit is 0 ? "profile_channel_limit" : rule, gate.Enter(Ask("sip:bob@example.com")).Rule);
        Assert.Equal("no_outbound_profile", gate.Enter(Ask("sip:bob@example.com") with { Connection = Equipment }).Rule);
        Assert.Equal("no_outbound_profile",
            gate.Enter(Ask("sip:bob@example.com") with { Connection = Equipment, IsFromPhone = true }).Rule);
        // Our own users need none, on a node of any kind.
        Assert.Equal(limit is 0 ? "profile_channel_limit" : null,
            gate.Enter(Ask("sip:bob@ours.example") with { Kind = DestinationKind.Here }).Rule);
        Assert.True(gate.Enter(
            Ask("sip:bob@ours.example") with { Kind = DestinationKind.Here, Connection = Equipment, IsFromPhone = true, StaysHere = true })
            .IsOpen);
    }

    [Theory]
    [InlineData("sip:+15550001234@carrier.example", DestinationKind.Number)]     // that nobody has understood
    [InlineData("sip:alice@carrier.example", DestinationKind.Nowhere)]
    [InlineData("sips:alice@carrier.example", DestinationKind.Number)]
    public void A_SIP_URI_that_is_no_place_is_refused(string to, DestinationKind kind) =>
        Assert.Equal("bad_destination", Gate().Enter(Ask(to) with { Kind = kind }).Rule);

    [Fact]
    public void A_call_that_is_sent_on_is_judged_anew_and_counted_once()
    {
        var gate = Gate(tenantLimit: 1, profileLimit: 1, outbound: 1);
        var call = Ask("+15550001234");
        Assert.True(gate.Enter(call).IsOpen);
        Assert.Equal("premium_number", gate.Move(call with { To = "+19005551234" }).Rule);
        Assert.Equal("whitelisted_destinations", gate.Move(call with { To = "+33123456789" }).Rule);
        Assert.Equal("emergency_number", gate.Move(call with { To = "+1911" }).Rule);
        Assert.True(gate.Move(call with { To = "+493012345678" }).IsOpen);
        Assert.True(gate.Move(call with { To = "sip:bob@example.com", Kind = DestinationKind.Elsewhere }).IsOpen);
        Assert.Equal(1, gate.Count);
        // One that was only an inbound call's delivery takes a channel of the tenant's, if there is one.
        Assert.Equal("tenant_channel_limit", gate.Move(Ask("+15550001234")).Rule);
        gate.Leave(call.Leg);
        var delivery = Ask("+15550001234");
        Assert.True(gate.Move(delivery).IsOpen);
        Assert.Equal(1, gate.Count);
        gate.Leave(delivery.Leg);
        Assert.True(gate.IsEmpty);
    }

    [Fact]
    public void The_call_that_stands_for_another_is_moved_while_it_lives_and_never_brought_back()
    {
        var gate = Gate(rates: "+1,1,60,60");
        var call = Ask("+15550001234");
        gate.Enter(call);
        Assert.True(gate.Move(call with { To = "+12125550123", IsStandIn = true }).IsOpen);
        gate.Leave(call.Leg);
        Assert.Equal(Refusal.AlreadyEnded, gate.Move(call with { IsStandIn = true }).Refusal);
        Assert.True(gate.IsEmpty);
    }

    [Fact]
    public void Calls_that_are_sent_on_to_a_number_of_ours_loop_like_those_that_are_dialled_there()
    {
        var gate = Gate(new() { LoopLimit = 2, IsLoopbackOnly = true });
        for (int i = 0; i < 2; i++)
        {
            var call = Ask("+15550001234") with { From = "+15550007777" };
            Assert.True(gate.Enter(call).IsOpen);
            Assert.True(gate.Move(call with { To = Ours }).IsOpen);
        }
        var third = Ask("+15550001234") with { From = "+15550007777" };
        Assert.True(gate.Enter(third).IsOpen);
        Assert.Equal("loop", gate.Move(third with { To = Ours }).Rule);
    }

    [Theory]
    [InlineData("+15550001234", false)]
    [InlineData(Ours, true)]                 // on this node
    [InlineData("sip:alice@example.com", true)]
    public void Equipment_without_a_profile_reaches_only_what_is_here(string to, bool isOpen)
    {
        var fromPhone =
            Ask(to) with { From = "+15550009999", Connection = Equipment, IsFromPhone = true, StaysHere = to is "sip:alice@example.com" };
        Assert.Equal(isOpen ? null : "no_outbound_profile", Gate().Enter(fromPhone).Rule);
    }

    [Theory]
    [InlineData("+15550001234", false, false)]
    [InlineData(Ours, false, false)]             // what an application dials leaves by a trunk, whoever has the number
    [InlineData("sip:alice@example.com", false, false)]
    [InlineData("sip:alice@example.com", true, true)]
    public void An_application_without_a_profile_reaches_only_SIP_users_of_ours(string to, bool staysHere, bool isOpen)
    {
        var gate = Gate(isApplicationBare: true);
        var answer = gate.Enter(Ask(to) with { From = "+15550009999", StaysHere = staysHere });
        Assert.Equal(isOpen ? (Refusal.None, null) : (Refusal.NoOutboundProfile, "no_outbound_profile"), (answer.Refusal, answer.Rule));
        Assert.True(gate.Enter(Ask(Ours) with { From = "+15550009999", Direction = Direction.Inbound }).IsOpen);
    }

    [Fact]
    public void A_call_that_no_connection_places_goes_by_the_default_profile_of_its_account()
    {
        var gate = Gate(profile: Spender with { Destinations = ["CA"], ConcurrentCallLimit = 1 });
        CallAttempt Other(string to) => Ask(to) with { Connection = default };
        Assert.Equal("whitelisted_destinations", gate.Enter(Other("+15550001234")).Rule);
        Assert.Equal("no_outbound_profile", gate.Enter(Other("+16045551234") with { Tenant = TenantB, From = "+16045550000" }).Rule);

        var first = Other("+16045551234");
        Assert.True(gate.Enter(first).IsOpen);
        Assert.Equal("profile_channel_limit", gate.Enter(Other("+16045551234")).Rule);
        gate.Leave(first.Leg);
        Assert.Equal("profile_disabled", Gate(profile: Spender with { IsEnabled = false }).Enter(Other("+16045551234")).Rule);
    }

    [Fact]
    public void A_connection_that_is_gone_does_not_go_by_the_default_profile() =>
        Assert.Equal("no_outbound_profile", Gate().Enter(Ask("+15550001234") with { Connection = new(77) }).Rule);

    [Fact]
    public void The_operator_tries_a_line_by_no_profile_and_by_the_rules_of_the_node()
    {
        var gate = Gate(profile: Spender with { Destinations = [], IsEnabled = false });
        CallAttempt Try(string to) => Ask(to) with { Connection = default, IsByOperator = true };
        Assert.True(gate.Enter(Try("+493012345678")).IsOpen);
        Assert.Equal("premium_number", gate.Enter(Try("+19005551234")).Rule);
        Assert.Equal("emergency_number", gate.Enter(Try("911")).Rule);
    }
}
