using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Routing;
using Ringwright.Testing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Calls that go to customers' equipment.</summary>
public sealed class EquipmentCallTests
{
    private readonly ShardRig _rig = new() { Current = Phones.Snapshot() };

    private void Register(int port, string user = "alice1", string? contact = null, string callId = "reg", int cseq = 1,
        string? extra = null) => _rig.ReceiveFrom(new(Phones.Desk, user),
            Phones.Request("REGISTER", user, cseq, extra: extra)
                .Replace("<sip:" + user + "@10.0.0.5:5060>", contact ?? $"<sip:{user}@127.0.0.1:{port}>")
                .Replace("REGISTER-", $"{callId}{port}-").Replace($"REGISTER{cseq};", $"{callId}{port}{cseq};"),
            new(IPAddress.Loopback, port));

    private string[] Invites => [.. _rig.Sent.Where(text => text.StartsWith("INVITE", StringComparison.Ordinal))];

    private IPEndPoint[] InvitedAt =>
        [.. _rig.Sent.Zip(_rig.SentTo).Where(p => p.First.StartsWith("INVITE", StringComparison.Ordinal)).Select(p => p.Second)];

    /// <summary>The registrations outlive the call.</summary>
    private void AssertNoCallLeft()
    {
        _rig.Advance(100);
        Assert.True(_rig.State.IsEmpty, _rig.State.ToString());
        Assert.Empty(_rig.InGate);
        Assert.Empty(_rig.OpenPorts);
        Assert.Empty(_rig.Failures);
    }

    [Fact]
    public void A_number_of_a_registered_user_rings_his_phone_and_the_caller_is_joined_to_it()
    {
        Register(5071);
        _rig.Receive(Invite("+4989111"));
        Assert.StartsWith("INVITE sip:alice1@127.0.0.1:5071 SIP/2.0", Assert.Single(Invites));
        Assert.Equal("<sip:+4989111@sip.example.com>", Header(Invites[0], "To"));
        _rig.Receive(Response(Invites[0], "200 OK", body: Offer.Replace("8 0 101", "0 101")), new(IPAddress.Loopback, 5071));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKone"));
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegBridged>().Count());
    }

    [Theory]
    [InlineData(MediaEncryption.Required, "RTP/SAVP"), InlineData(MediaEncryption.Disabled, "RTP/AVP")]
    public void Who_dials_a_user_says_whether_his_phone_is_offered_keys(MediaEncryption asked, string profile)
    {
        Register(5071);
        _rig.Dial(ShardRig.Request("sip:alice1@sip.example.com") with { Encryption = asked });
        string invite = Assert.Single(Invites);
        Assert.Contains($" {profile} ", invite);
        Assert.Equal(asked is MediaEncryption.Required, invite.Contains("a=crypto:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void What_a_number_says_of_its_calls_sound_holds_for_the_phone_that_they_reach(bool adjusts)
    {
        var before = _rig.Current;
        var number = before.FindNumber("+4989111")!;
        _rig.Current = new([before.FindTenant(number.Tenant)!], before.Connections,
            [number with { Voice = new() { IsRtpFixed = !adjusts } }], [], before.Trunks, before.Routes);
        Register(5071);
        _rig.Receive(Invite("+4989111"));
        _rig.Receive(Response(Invites[0], "200 OK", body: Offer.Replace("8 0 101", "0 101")), new(IPAddress.Loopback, 5071));
        // the phone; the caller
        Assert.Equal([adjusts, true], _rig.Commands.OfType<MediaCommand.Connect>().Select(c => c.Plan.AdjustsRtp));
    }

    [Fact]
    public void A_user_who_is_registered_nowhere_is_480()
    {
        _rig.Receive(Invite("+4989111"));
        Assert.Empty(Invites);
        Assert.Equal((0, 1), (_rig.SentCount("SIP/2.0 18"), _rig.SentCount("SIP/2.0 480")));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_user_whose_phones_connection_is_gone_is_480_too()
    {
        Register(5071);
        Effect.Transmit? invite = null;
        _rig.OnTransmit = sent => invite = sent.Datagram.Bytes.Span.StartsWith("INVITE"u8) ? sent : invite;
        _rig.Receive(Invite("+4989111"));
        _rig.Handle(new ShardMessage.SendFailed(invite!.Datagram, Reason: "the far end refused the connection"));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 480"));
        Assert.Contains(_rig.Events.OfType<CallEvent.LegEnded>(),
            e => e.Evidence?.Contains("the far end refused the connection", StringComparison.Ordinal) is true);
        AssertNoCallLeft();
    }

    [Fact]
    public void A_caller_whose_call_to_a_phone_gets_no_row_is_503()
    {
        Register(5071);
        _rig.CommitsAtOnce = false;
        _rig.Receive(Invite("+4989111"));
        _rig.Handle(new LegMessage.Committed(_rig.Leg, true));
        var onward = _rig.Events.OfType<CallEvent.LegInitiated>().Last();
        _rig.Handle(new LegMessage.Committed(onward.Leg.Id, false));
        Assert.Empty(Invites);
        Assert.Equal(1, _rig.SentCount("SIP/2.0 503"));
        Assert.Equal((_rig.Leg, HangupCause.LedgerUnavailable), (_rig.Ended.Leg.Id, _rig.Ended.Cause));
        AssertNoCallLeft();
    }

    /// <summary>What a phone shows, and dials when somebody presses "call back".</summary>
    [Theory]
    [InlineData("sip:ada@far.example")]
    [InlineData("sip:ada.l@far.example:5070")]
    public void Who_calls_by_a_URI_is_shown_to_the_phone_as_that_URI(string caller)
    {
        Register(5071);
        _rig.Receive(Invite("+4989111").Replace("sip:+4930123@example.net", caller, StringComparison.Ordinal));
        Assert.Contains($"<{caller}>", Header(Assert.Single(Invites), "From"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_phone_does_not_learn_who_calls_when_the_caller_hides_it()
    {
        Register(5071);
        _rig.Receive(Invite("+4989111", extra: "Privacy: id"));
        Assert.StartsWith("<sip:anonymous@", Header(Assert.Single(Invites), "From"));
        Assert.DoesNotContain("+4930123", Invites[0]);
    }

    [Fact]
    public void All_phones_ring_the_first_to_answer_has_the_call_and_the_others_stop()
    {
        Register(5071);
        Register(5072);
        Register(5073);
        _rig.Receive(Invite("+4989111"));
        Assert.Equal([5071, 5072, 5073], InvitedAt.Select(a => a.Port).Order());
        foreach (string invite in Invites) _rig.Receive(Response(invite, "180 Ringing"));
        _rig.Receive(Response(Invites[1], "200 OK", body: Offer.Replace("8 0 101", "0 101")), InvitedAt[1]);
        Assert.Equal(2, _rig.SentCount("CANCEL"));
        Assert.Contains("Call completed elsewhere", _rig.SentLast("CANCEL"));
        Assert.Equal(1, _rig.SentCount("ACK"));
        foreach (int loser in (int[])[0, 2]) _rig.Receive(Response(Invites[loser], "487 Request Terminated"));
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegBridged>().Count());
    }

    [Fact]
    public void One_phone_that_is_busy_does_not_stop_the_others()
    {
        Register(5071);
        Register(5072);
        _rig.Receive(Invite("+4989111"));
        _rig.Receive(Response(Invites[1], "486 Busy Here"));
        Assert.Equal(0, _rig.SentCount("SIP/2.0 486"));
        _rig.Receive(Response(Invites[0], "486 Busy Here"));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 486"));
        AssertNoCallLeft();
    }

    [Fact]
    public void A_caller_who_gives_up_stops_all_phones()
    {
        Register(5071);
        Register(5072);
        _rig.Receive(Invite("+4989111"));
        foreach (string invite in Invites) _rig.Receive(Response(invite, "180 Ringing"));
        _rig.Receive(Invite("+4989111", body: null).Replace("INVITE", "CANCEL"));
        Assert.Equal(2, _rig.SentCount("CANCEL"));
        foreach (string invite in Invites) _rig.Receive(Response(invite, "487 Request Terminated"));
        AssertNoCallLeft();
    }

    [Fact]
    public void A_binding_that_is_taken_back_or_expired_rings_no_more()
    {
        Register(5071);
        Register(5072, extra: "Expires: 60");
        Register(5071, cseq: 2, contact: "<sip:alice1@127.0.0.1:5071>;expires=0");
        Assert.Equal(RegistrationState.Registered, _rig.Registrations.StatusOf("alice1").State);
        _rig.Advance(61);
        Assert.Equal(RegistrationState.Expired, _rig.Registrations.StatusOf("alice1").State);
        _rig.Receive(Invite("+4989111"));
        Assert.Empty(Invites);
    }

    [Theory] // where the REGISTER came from, its Contact, where calls go
    [InlineData("198.51.100.20:40000", "sip:a@10.0.0.5:5060", "198.51.100.20:40000")]
    [InlineData("198.51.100.20:40000", "sip:a@198.51.100.20:5060", "198.51.100.20:5060")]
    [InlineData("198.51.100.20:40000", "sip:a@phone.example.com", "198.51.100.20:40000")]
    [InlineData("198.51.100.20:40000", "sip:a@203.0.113.5:5060", "198.51.100.20:40000")]
    [InlineData("198.51.100.20:40000", "sip:a@198.51.100.20:5060;transport=tcp", "198.51.100.20:40000")]
    public void A_phone_is_reached_where_it_registered_from_unless_its_Contact_is_that_very_host(string source,
        string contact, string expected) =>
        Assert.Equal(IPEndPoint.Parse(expected), Reach.Of(new()
        {
            User = "a", Contact = contact, Flow = SipFlow.Udp(IPEndPoint.Parse(source)), CallId = "c", CSeq = 1,
            RegisteredAt = default, ExpiresAt = default,
        }).Remote);

    [Fact]
    public void Over_a_connection_the_connection_is_the_way()
    {
        var flow = new SipFlow(SipTransport.Tcp, IPEndPoint.Parse("198.51.100.20:40000")) { Id = new(7) };
        Assert.Equal(flow, Reach.Of(new()
        {
            User = "a", Contact = "sip:a@198.51.100.20:5060", Flow = flow, CallId = "c", CSeq = 1,
            RegisteredAt = default, ExpiresAt = default
        }));
    }

    [Theory]
    [InlineData("503 Busy", true)]
    [InlineData("408 Timeout", true)]
    [InlineData("480 Away", true)]
    [InlineData("504 Timeout", true)]
    [InlineData("486 Busy Here", false)]
    [InlineData("404 Not Found", false)]
    [InlineData("603 Decline", false)]
    [InlineData("500 Oops", false)]
    public void The_second_host_is_tried_after_what_says_that_the_first_is_out_of_order(string status, bool isTried)
    {
        _rig.Names["one.example.net"] = [new(IPAddress.Loopback, 5081)];
        _rig.Names["two.example.net"] = [new(IPAddress.Loopback, 5082)];
        _rig.Receive(Invite("+4989116"));
        Assert.StartsWith("INVITE sip:4989116@one.example.net:5060", Invites[0]);
        _rig.Receive(Response(Invites[0], status));
        Assert.Equal(isTried ? [5081, 5082] : [5081], InvitedAt.Select(a => a.Port));
        Assert.Equal(0, _rig.SentCount("SIP/2.0 18"));
        if (!isTried) return;
        _rig.Receive(Response(Invites[1], "180 Ringing"));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 180"));
    }

    [Fact]
    public void A_host_that_is_silent_for_its_time_is_passed_over()
    {
        _rig.Names["one.example.net"] = [new(IPAddress.Loopback, 5081)];
        _rig.Names["two.example.net"] = [new(IPAddress.Loopback, 5082)];
        _rig.Receive(Invite("+4989116"));
        _rig.Advance(2.9);
        Assert.DoesNotContain(InvitedAt, a => a.Port == 5082);
        _rig.Advance(0.2);
        Assert.Contains(InvitedAt, a => a.Port == 5082);
    }

    [Fact]
    public void Addresses_take_turns_where_the_connection_says_so()
    {
        var pbx = Phones.Pbx with { Sip = new() { Delivery = new() { IsRoundRobin = true } } };
        var routing = new RoutingSnapshot([], [pbx], [], [], [], [], new([], [
            new(1, Sample.Tenant, pbx.Id, IPAddress.Parse("203.0.113.1"), 5060),
            new(2, Sample.Tenant, pbx.Id, IPAddress.Parse("203.0.113.2"), 5060)], []));
        string[] First(uint turn) => [.. DialPlan.For(routing, Request() with { Connection = pbx.Id, IsDelivery = true, To = "+4989113" },
            SipDomains.None, turn: turn).Targets.Select(t => t.Host)];
        Assert.Equal(["203.0.113.1", "203.0.113.2"], First(0));
        Assert.Equal(["203.0.113.2", "203.0.113.1"], First(1));
    }

    [Fact]
    public void The_API_reaches_a_registered_user_of_its_tenant_without_a_trunk()
    {
        Register(5071);
        var plan = DialPlan.For(_rig.Current, Request("sip:alice1@sip.example.com"), new(["sip.example.com"], []));
        Assert.Equal("alice1", Assert.Single(plan.Targets).RegisteredUser);
        Assert.Equal(Refusal.NoRoute,
            DialPlan.For(_rig.Current, Request("sip:alice1@sip.example.com") with { Tenant = Phones.Other, BroughtCaller = Caller.Text },
                new(["sip.example.com"], [])).Refusal);
        Assert.Equal(Refusal.NoRoute,
            DialPlan.For(_rig.Current, Request("sip:nobody@sip.example.com"), new(["sip.example.com"], [])).Refusal);
        Assert.Null(DialPlan.For(_rig.Current, Request("sip:alice1@elsewhere.example.com"),
            new(["sip.example.com"], [])).Targets[0].RegisteredUser);
    }

    [Fact]
    public void A_forwarded_number_goes_on_to_the_other_one_and_says_so()
    {
        var carrier = new Trunk { Id = new(Guid.Empty), Name = "carrier", Host = "127.0.0.1", Port = 5090 };
        _rig.Current = Phones.Snapshot(
            numbers: [new("+4989111", Sample.Tenant, Phones.Desk.Id) { Voice = new() { Forwarding = new("+4989999", false) } }],
            trunks: [carrier], routes: [new() { Id = Guid.Empty, Trunk = carrier.Id }]);
        _rig.Receive(Invite("+4989111"));
        Assert.StartsWith("INVITE sip:+4989999@127.0.0.1:5090", Invites[0]);
        Assert.Equal("<sip:+4989111@sip.example.com>;reason=unconditional", Header(Invites[0], "Diversion"));
        Assert.Equal(0, _rig.SentCount("SIP/2.0 18"));
        _rig.Receive(Response(Invites[0], "180 Ringing"));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 180"));
    }

    [Fact]
    public void An_open_subdomain_brings_calls_to_its_application()
    {
        _rig.Receive(Invite("+4989456").Replace("INVITE sip:+4989456@127.0.0.1:5060", "INVITE sip:sales@open.sip.example.com"));
        Assert.Equal("sip:sales@open.sip.example.com", _rig.Events.Single().Leg.To);
        Assert.Equal(1, _rig.SentCount("SIP/2.0 180"));
    }

    [Fact]
    public void Registrations_of_an_earlier_start_ring_too()
    {
        var at = new DateTimeOffset(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);
        _rig.Handle(new Ringwright.Switch.ShardMessage.Restore([new()
        {
            User = "alice1", Contact = "sip:alice1@127.0.0.1:5071", Transport = SipTransport.Udp, Remote = new(IPAddress.Loopback, 5071),
            CallId = "c", CSeq = 1, RegisteredAt = at, ExpiresAt = at.AddHours(1),
        }]));
        _rig.Receive(Invite("+4989111"));
        Assert.StartsWith("INVITE sip:alice1@127.0.0.1:5071", Assert.Single(Invites));
    }

    [Fact, Failure("clock-stepped")]
    public void A_registration_from_a_clock_that_was_ahead_lasts_no_longer_than_a_new_one()
    {
        var at = new DateTimeOffset(2026, 1, 9, 15, 0, 0, TimeSpan.Zero);       // three days ahead of the rig
        _rig.Handle(new Ringwright.Switch.ShardMessage.Restore([new()
        {
            User = "alice1", Contact = "sip:alice1@127.0.0.1:5071", Transport = SipTransport.Udp, Remote = new(IPAddress.Loopback, 5071),
            CallId = "c", CSeq = 1, RegisteredAt = at, ExpiresAt = at.AddHours(1),
        }]));
        _rig.Advance(7200);
        _rig.Receive(Invite("+4989111"));
        Assert.Empty(Invites);
    }
}
