using System.Net;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Calls that customers' equipment places.</summary>
public sealed class PhoneCallTests
{
    private static readonly Trunk Carrier = new()
    {
        Id = new(new Guid("00000000-0000-0000-0000-00000000000c")), Name = "carrier", Host = "127.0.0.1", Port = 5090,
        CallerIds = CallerChoice.Any
    };

    private readonly ShardRig _rig = new() { Current = World() };

    private static RoutingSnapshot World(SipConnection? desk = null, string prefix = "+", IEnumerable<Connection>? more = null,
        IEnumerable<Number>? numbers = null) => Phones.Snapshot(
            Phones.Desk with { Sip = desk ?? Phones.Desk.Sip }, numbers,
            [Carrier], [new() { Id = Guid.Empty, Trunk = Carrier.Id, Prefix = prefix }], more);

    private void Call(string number, string? extra = null, Connection? from = null) =>
        _rig.ReceiveFrom(new(from ?? _rig.Current.FindConnection(Sample.Tenant, Phones.Desk.Id)!, "alice1"),     // World has it
            Phones.Request("INVITE", "alice1", 1, uri: $"sip:{number}@sip.example.com", body: Offer, extra: extra));

    private string Out => _rig.SentLast("INVITE");

    private void Respond(string status, string? body = null) =>
        _rig.Receive(Response(Out, status, body: body), new(IPAddress.Loopback, 5090));

    [Fact]
    public void A_call_to_the_world_goes_out_by_a_route_and_is_joined_when_it_is_answered()
    {
        Call("+4989777");
        Assert.StartsWith("INVITE sip:+4989777@127.0.0.1:5090 SIP/2.0", Out);
        Assert.Equal(["LegInitiated", "LegInitiated"], _rig.Kinds);
        Assert.True(_rig.Events[0].Leg is { IsPlacedByCustomer: true, Direction: Direction.Inbound, To: "+4989777" });
        Assert.Equal(_rig.Events[0].Leg.Session, _rig.Events[1].Leg.Session);
        Respond("180 Ringing");
        Assert.Equal(0, _rig.SentCount("SIP/2.0 200"));
        Respond("200 OK", Offer.Replace("8 0 101", "0 101"));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 200"));
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegBridged>().Count());
    }

    /// <summary>By which exchanges and PBXs on ISDN tell a number that does not exist from a line that is down.</summary>
    [Theory]
    [InlineData("Q.850;cause=1;text=\"Unallocated (unassigned) number\"", "Q.850;cause=1")]
    [InlineData("SIP;cause=404\nReason: Q.850 ;cause=\"27\"", "Q.850;cause=27")]
    [InlineData("Q.850;cause=128", null), InlineData("Q.850;cause=0", null), InlineData("Q.850;text=\"cause=3\"", null)]
    [InlineData("SIP;cause=17", null)]
    public void What_a_gateway_says_of_a_refusal_in_the_words_of_ISDN_reaches_the_caller(string said, string? told)
    {
        Call("+4989777");
        _rig.Receive(Response(Out, "404 Not Found", extra: $"Reason: {said}"), new(IPAddress.Loopback, 5090));
        string refusal = _rig.SentLast("SIP/2.0 404");
        Assert.Equal(told, refusal.Contains("\r\nReason: ", StringComparison.Ordinal) ? Header(refusal, "Reason") : null);
    }

    /// <summary>Until then he has our 100, and no phone anywhere rings.</summary>
    [Theory]
    [InlineData("180 Ringing")]
    [InlineData("181 Call Is Being Forwarded")]
    [InlineData("183 Session Progress")]
    public void The_phone_hears_that_it_rings_when_the_far_end_says_so_and_once(string status)
    {
        Call("+4989777");
        _rig.Receive(Response(Out, "100 Trying", tag: null), new(IPAddress.Loopback, 5090));
        Assert.Equal((1, 0), (_rig.SentCount("SIP/2.0 100"), _rig.SentCount("SIP/2.0 18")));
        Respond(status);
        Respond("180 Ringing");
        Assert.Equal((1, 1), (_rig.SentCount("SIP/2.0 180"), _rig.SentCount("SIP/2.0 18")));
        _rig.Advance(61);
        Assert.Equal(2, _rig.SentCount("SIP/2.0 180"));
    }

    [Fact]
    public void A_far_end_that_refuses_at_once_was_never_heard_to_ring()
    {
        Call("+4989777");
        Respond("486 Busy Here");
        Assert.Equal((0, 1), (_rig.SentCount("SIP/2.0 18"), _rig.SentCount("SIP/2.0 486")));
    }

    [Fact]
    public void One_that_says_nothing_at_all_neither()
    {
        Call("+4989777");
        _rig.Advance(95);
        Assert.Equal(0, _rig.SentCount("SIP/2.0 18"));
        Assert.NotEqual(0, _rig.SentCount("SIP/2.0 408"));
    }

    [Fact]
    public void A_far_end_that_answers_without_ringing_is_joined_all_the_same()
    {
        Call("+4989777");
        Respond("200 OK", Offer.Replace("8 0 101", "0 101"));
        Assert.Equal((0, 1), (_rig.SentCount("SIP/2.0 18"), _rig.SentCount("SIP/2.0 200")));
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegBridged>().Count());
    }

    [Fact]
    public void A_far_ends_announcement_is_heard_and_does_not_become_ringing_by_its_repetition()
    {
        Call("+4989777");
        Respond("183 Session Progress", Offer.Replace("8 0 101", "0 101"));
        Respond("180 Ringing");
        Assert.Contains("m=audio", _rig.SentLast("SIP/2.0 183"));
        _rig.Advance(61);
        Assert.Equal((0, 2), (_rig.SentCount("SIP/2.0 180"), _rig.SentCount("SIP/2.0 183")));
    }

    /// <summary>He must not wait in silence: his phone makes the tone.</summary>
    [Fact]
    public void A_caller_without_an_offer_who_can_hear_no_announcement_is_told_that_it_rings()
    {
        _rig.ReceiveFrom(new(_rig.Current.FindConnection(Sample.Tenant, Phones.Desk.Id)!, "alice1"),
            Phones.Request("INVITE", "alice1", 1, uri: "sip:+4989777@sip.example.com")); // World has it
        Respond("183 Session Progress", Offer.Replace("8 0 101", "0 101"));
        Assert.Equal((1, 0), (_rig.SentCount("SIP/2.0 180"), _rig.SentCount("SIP/2.0 183")));
    }

    [Fact]
    public void After_a_redirection_it_rings_when_the_one_who_was_named_does()
    {
        Call("+4989777");
        string first = Out;
        _rig.Receive(Response(first, "302 Moved Temporarily").Replace("<sip:bob@127.0.0.1:5070>", "<sip:next@127.0.0.1:5071>"),
            new(IPAddress.Loopback, 5090));
        Assert.NotEqual(first, Out);
        Assert.Equal(0, _rig.SentCount("SIP/2.0 18"));
        _rig.Receive(Response(Out, "180 Ringing"), new(IPAddress.Loopback, 5071));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 180"));
    }

    [Theory]
    [InlineData("486 Busy Here", 486)]
    [InlineData("404 Not Found", 404)]
    [InlineData("603 Decline", 603)]
    [InlineData("480 Away", 480)]
    [InlineData("500 Oops", 500)]
    public void What_the_far_end_answers_is_what_the_phone_hears(string status, int expected)
    {
        Call("+4989777");
        Respond(status);
        Assert.Equal(1, _rig.SentCount($"SIP/2.0 {expected}"));
        Assert.Equal(expected, _rig.Events.OfType<CallEvent.LegEnded>().Single(e => e.Leg.Direction is Direction.Inbound).SipStatus);
    }

    [Fact]
    public void A_refusal_of_our_own_password_is_not_passed_on()
    {
        Call("+4989777");
        Respond("401 Unauthorized");
        Assert.Equal(1, _rig.SentCount("SIP/2.0 403"));
    }

    [Fact]
    public void A_caller_who_gives_up_ends_the_other_leg()
    {
        Call("+4989777");
        Respond("180 Ringing");
        _rig.ReceiveFrom(null!, Phones.Request("CANCEL", "alice1", 1, uri: "sip:+4989777@sip.example.com").Replace("CANCEL1", "INVITE1")
            .Replace("CANCEL-", "INVITE-")); // as the ingress filter lets it through
        Assert.Equal(1, _rig.SentCount("CANCEL"));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 487"));
    }

    [Theory]
    [InlineData("SIP;cause=200;text=\"Call completed elsewhere\"", true)]
    [InlineData("Q.850;cause=26, sip ;cause=200", true)]
    [InlineData("Q.850;cause=26", true)]
    [InlineData("SIP;cause=200;text=Call completed elsewhere", true)]
    [InlineData("Q.850;cause=16;text=Normal call clearing, SIP;cause=\"200\";text=\"Call completed elsewhere", true)]
    [InlineData("Q.850;cause=16\nReason: SIP ; text=elsewhere (Bob's phone) ; cause = 200", true)]
    [InlineData("SIP;cause=487", false)]
    [InlineData("SIP;text=cause 200;cause=480", false)]
    [InlineData("Q.850;cause=16", false)]
    public void Who_rings_for_a_caller_whom_somebody_else_has_answered_has_missed_nothing(string reason, bool isElsewhere)
    {
        Call("+4989777");
        Respond("180 Ringing");
        _rig.ReceiveFrom(null!, Phones.Request("CANCEL", "alice1", 1, uri: "sip:+4989777@sip.example.com", extra: $"Reason: {reason}")
            .Replace("CANCEL1", "INVITE1").Replace("CANCEL-", "INVITE-"));
        string cancel = _rig.SentLast("CANCEL");
        Assert.Equal(isElsewhere, cancel.Contains("\r\nReason: ", StringComparison.Ordinal));
        if (isElsewhere) Assert.Equal("SIP;cause=200;text=\"Call completed elsewhere\"", Header(cancel, "Reason"));
    }

    /// <summary>Bytes that are no UTF-8 are three each when they are written again.</summary>
    [Theory]
    [InlineData(2_700, true)]
    [InlineData(2_800, false)]
    public void A_header_that_would_become_longer_than_a_line_stays_behind_and_the_call_goes_on(int length, bool isPassed)
    {
        string invite = Phones.Request("INVITE", "alice1", 1, uri: "sip:+4989777@sip.example.com", body: Offer,
            extra: $"X-Long: {new string('\u00fc', length)}\nX-Short: kept");
        _rig.Handle(new ShardMessage.Received(Encoding.Latin1.GetBytes(invite.ReplaceLineEndings("\r\n")), SipFlow.Udp(ShardRig.Peer))
        {
            Caller = new(Phones.Desk, "alice1"),
        });
        Assert.Equal("kept", Header(Out, "X-Short"));
        Assert.Equal(isPassed, Out.Contains("\r\nX-Long: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_header_that_is_too_much_beside_those_before_it_stays_behind_and_the_call_goes_on()
    {
        // 8,106 bytes each when they are written again.
        string six = string.Join('\n', Enumerable.Range(1, 6).Select(i => $"X-Long{i}: {new string('\u00fc', 2_699)}"));
        string invite = Phones.Request("INVITE", "alice1", 1, uri: "sip:+4989777@sip.example.com", body: Offer,
            extra: $"{six}\nX-Short: kept");
        _rig.Handle(new ShardMessage.Received(Encoding.Latin1.GetBytes(invite.ReplaceLineEndings("\r\n")), SipFlow.Udp(ShardRig.Peer))
        {
            Caller = new(Phones.Desk, "alice1"),
        });
        Assert.Equal("kept", Header(Out, "X-Short"));
        Assert.Contains("\r\nX-Long5: ", Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\nX-Long6: ", Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_who_answers_in_time_is_480()
    {
        Call("+4989777");
        Respond("180 Ringing");
        _rig.Advance(95);
        Assert.NotEqual(0, _rig.SentCount("SIP/2.0 480"));        // and again until it is acknowledged
    }

    [Theory]
    // the connection's number, for a phone that says only its name
    [InlineData(null, "<sip:+4989111@")]
    [InlineData("P-Asserted-Identity: <sip:+4989222@x>", "<sip:+4989222@")]
    [InlineData("P-Asserted-Identity: <sip:+4989222@x>\nP-Preferred-Identity: <tel:+4989333>", "<sip:+4989333@")]
    [InlineData("Remote-Party-ID: \"Desk\" <sip:+4989444@x>;party=calling", "<sip:+4989444@")]
    [InlineData("P-Asserted-Identity: <sip:+4989222@x>\nPrivacy: id", "<sip:anonymous@")]
    public void The_caller_is_who_the_identity_headers_say(string? headers, string expected)
    {
        Call("+4989777", headers);
        Assert.Contains(expected, Header(Out, "From"));
    }

    [Fact]
    public void The_connections_override_stands_above_the_headers()
    {
        _rig.Current = World(Phones.Desk.Sip! with { Origination = new() { CallerOverride = "+4989000" } });        // it has one
        Call("+4989777", "P-Asserted-Identity: <sip:+4989222@x>");
        Assert.Contains("<sip:+4989000@", Header(Out, "From"));
    }

    [Theory]
    [InlineData("P-Asserted-Identity: <sip:2125550100@x>", null, "+12125550100")]
    [InlineData("P-Preferred-Identity: <tel:2125550101>", null, "+12125550101")]
    [InlineData("Remote-Party-ID: <sip:12125550101@x>;party=calling", null, "+12125550101")]
    [InlineData(null, "(212) 555-0101", "+12125550101")]
    public void Equipment_writes_its_own_numbers_as_it_dials(string? headers, string? given, string expected)
    {
        var sip = Phones.Desk.Sip! with { Origination = new() { Localization = "US", CallerOverride = given } };        // it has one
        _rig.Current = World(sip,
            numbers: [new("+12125550100", Sample.Tenant, Phones.Desk.Id), new("+12125550101", Sample.Tenant, Phones.Desk.Id)]);
        Call("+4989777", headers);
        Assert.Contains($"<sip:{expected}@", Header(Out, "From"));
    }

    [Theory]
    [InlineData("2125550100", "+12125550100")]
    [InlineData("12125550100", "+12125550100")]
    [InlineData("0114989777", "+4989777")]
    [InlineData("212-555-0100", "+12125550100")]
    [InlineData("(212)555.0100", "+12125550100")]
    [InlineData("212%20555%200100", "+12125550100")]
    [InlineData("011-49-89777", "+4989777")]
    [InlineData("+49%2089%20777", "+4989777")]
    [InlineData("004989777", "+4989777")]
    [InlineData("12125550100%E2%80%AC", "+12125550100")]        // what nobody sees in a number that was copied: U+202C
    [InlineData("%E2%80%AD%2B49%C2%A089%E2%80%91777%E2%80%AC", "+4989777")]
    [InlineData("(%2B49)%2089777", "+4989777")]
    [InlineData("212%E2%88%92555%E2%88%920100", "+12125550100")]        // U+2212, as typesetters write it
    public void Numbers_are_dialled_as_people_dial_them(string dialled, string expected)
    {
        _rig.Current = World(Phones.Desk.Sip! with { Origination = new() { Localization = "US" } });        // it has one
        Call(dialled);
        Assert.StartsWith($"INVITE sip:{expected}@", Out);
    }

    [Fact]
    public void An_emergency_call_goes_out_by_a_route_that_names_it_and_by_no_other()
    {
        Call("911");
        Assert.Equal(0, _rig.SentCount("INVITE"));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 404"));
        _rig.Advance(40);
        _rig.Current = World(prefix: "911");
        Call("911");
        Assert.StartsWith("INVITE sip:911@127.0.0.1:5090", Out);
    }

    [Theory]
    [InlineData("9-1-1")]
    [InlineData("%E2%80%AA911%E2%80%AC")]
    public void A_short_number_is_the_same_whatever_stands_in_it(string dialled)
    {
        _rig.Current = World(prefix: "911");
        Call(dialled);
        Assert.StartsWith("INVITE sip:911@127.0.0.1:5090", Out);
    }

    [Fact]
    public void A_call_to_a_number_of_ours_stays_in_the_house()
    {
        Call("+4989456");
        Assert.Equal(0, _rig.SentCount("INVITE"));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 180"));
        Assert.Equal((Sample.Connection, false), (_rig.Events.Single().Leg.Connection, _rig.Events[0].Leg.IsPlacedByCustomer));
    }

    [Fact]
    public void A_parked_call_waits_for_commands()
    {
        _rig.Current = World(Phones.Desk.Sip! with { Origination = new() { IsParked = true } });        // it has one
        Call("+4989777");
        Assert.Equal(0, _rig.SentCount("INVITE"));
        Assert.True(_rig.Events.Single().Leg.IsPlacedByCustomer);
        Assert.True(_rig.Command(new LegCommand.Answer()).IsAccepted);
        Assert.Equal(1, _rig.SentCount("SIP/2.0 200"));
    }

    [Theory]
    [InlineData(SipUriCalling.Disabled, true, false)]
    [InlineData(SipUriCalling.Internal, true, true)]
    [InlineData(SipUriCalling.Internal, false, false)]
    [InlineData(SipUriCalling.Unrestricted, false, true)]
    public void Who_may_call_a_user_by_name_is_the_users_choice(SipUriCalling preference, bool isSameTenant, bool reaches)
    {
        var owner = isSameTenant ? Sample.Tenant : Phones.Other;
        var called = new Connection
        {
            Id = new(31), Tenant = owner, Kind = ConnectionKind.Credential, Name = "bob",
            Sip = new() { UserName = "bobby", Password = "secret-of-bobby", UriCalling = preference },
        };
        _rig.Current = World(more: [called]);
        Register("bobby", 5071, called);
        Call("bobby");
        Assert.Equal(reaches ? 1 : 0, _rig.SentCount("INVITE"));
        // Another account's name is met as one that nobody has.
        Assert.Equal(reaches || !isSameTenant ? 0 : 1, _rig.SentCount("SIP/2.0 403"));
        Assert.Equal(reaches || isSameTenant ? 0 : 1, _rig.SentCount("SIP/2.0 404 Not Found"));
        if (reaches) Assert.Equal(owner, _rig.Events[1].Leg.Tenant);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("sleeper")]
    public void A_name_that_nobody_has_is_not_found(string name)
    {
        Call(name);
        Assert.Equal(1, _rig.SentCount("SIP/2.0 404"));
    }

    [Fact]
    public void Only_what_customers_may_say_goes_on_to_the_other_side()
    {
        Call("+4989777", "X-Order: 7\nUser-to-User: 68656c6c6f;encoding=hex\nP-Asserted-Identity: <sip:+4989222@x>\nX-Company-Token: abcd");
        Assert.Equal("7", Header(Out, "X-Order"));
        Assert.DoesNotContain("P-Asserted-Identity", Out);
        Assert.DoesNotContain("Token", Out);
    }

    [Fact]
    public void The_token_that_proves_equipment_is_in_no_event()
    {
        Call("+4989777", "X-Company-Token: abcd\nX-Order: 7", from: Phones.Tokened);
        Assert.Equal(["X-Order"], _rig.Events[0].Leg.Headers.Select(h => h.Name));
        Assert.All(_rig.Events, e => Assert.DoesNotContain(e.Leg.Headers, h => h.Value == "abcd"));
    }

    [Fact]
    public void A_tech_prefix_is_taken_off()
    {
        Call("77774989777", from: Phones.Prefixed);
        Assert.StartsWith("INVITE sip:+4989777@", Out);
    }

    [Theory]
    [InlineData(Refusal.NoOutboundProfile, "no_outbound_profile", "403 Connection has no Outbound Profile assigned D38")]
    [InlineData(Refusal.CountryNotAllowed, "whitelisted_destinations", "403 Dialed number is not included in whitelisted countries D13")]
    [InlineData(Refusal.ProfileChannelLimit, "profile_channel_limit", "403 OB profile channel limit exceeded D2")]
    [InlineData(Refusal.SpendLimit, "daily_spend_limit", "403 Forbidden")]
    public void A_closed_gate_says_the_vendors_words_where_there_are_some(Refusal refusal, string rule, string status)
    {
        (_rig.GateRefusal, _rig.GateRule) = (refusal, rule);
        Call("+4989777");
        Assert.Equal(1, _rig.SentCount($"SIP/2.0 {status}\r\n"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_closed_gate_is_403_for_limits_and_nothing_is_left()
    {
        _rig.GateRefusal = Refusal.ConnectionChannelLimit;
        Call("+4989777");
        Assert.Equal(1, _rig.SentCount("SIP/2.0 403"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void When_either_side_hangs_up_nothing_is_left()
    {
        Call("+4989777");
        Respond("200 OK", Offer.Replace("8 0 101", "0 101"));
        _rig.Receive(FromCallee(Out, "BYE", 2), new(IPAddress.Loopback, 5090));
        Assert.Equal(1, _rig.SentCount("ACK"));
        _rig.AssertNothingLeft();
    }

    private void Register(string user, int port, Connection connection) => _rig.ReceiveFrom(new(connection, user),
        Phones.Request("REGISTER", user, 1).Replace("10.0.0.5:5060>", $"127.0.0.1:{port}>"), new(IPAddress.Loopback, port));
}
