// Longer than others: each way in which a phone refers is a case of its own, by one rig.
using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>A registered phone refers whom it talks to (RFC 3515, 5589): blind, and with another of its calls.</summary>
public sealed class PhoneReferTests
{
    private static readonly IPEndPoint Far = new(IPAddress.Loopback, 5090);

    private static readonly Trunk Carrier = new()
    {
        Id = new(new Guid("00000000-0000-0000-0000-00000000000c")), Name = "carrier", Host = "127.0.0.1", Port = 5090,
        CallerIds = CallerChoice.Any
    };

    private readonly ShardRig _rig = new() { Current = World() };
    private int _cseq = 10, _byes;

    private static RoutingSnapshot World() =>
        Phones.Snapshot(trunks: [Carrier], routes: [new() { Id = Guid.Empty, Trunk = Carrier.Id, Prefix = "+" }]);

    /// <summary>A call of the phone that has been answered: what we answered it, and what we sent to the carrier.</summary>
    private sealed record Line(string Name, string Ok, string Out, LegId Phone, LegId Party);

    private string LastOut => _rig.SentLast("INVITE");

    private Line Call(string number, string name = "one")
    {
        Dial(number, name);
        string sent = LastOut;
        _rig.Receive(Response(sent, "200 OK", tag: $"far-{name.Split('@')[0]}", body: Answer), Far);
        string ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Within(name, Header(ok, "To"), "ACK", 1));
        var legs = _rig.Events.OfType<CallEvent.LegInitiated>().TakeLast(2).Select(e => e.Leg.Id).ToArray();
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegBridged>().Count(e => legs.Contains(e.Leg.Id)));
        return new(name, ok, sent, legs[0], legs[1]);
    }

    private void Dial(string number, string name) => _rig.ReceiveFrom(new(Phones.Desk, "alice1"),
        Phones.Request("INVITE", "alice1", 1, uri: $"sip:{number}@sip.example.com", body: Offer)
            .Replace("Call-ID: INVITE-alice1", $"Call-ID: {name}", StringComparison.Ordinal)
            .Replace("branch=z9hG4bK", $"branch=z9hG4bK{name}", StringComparison.Ordinal));

    private static string Within(string name, string to, string method, int cseq, string? extra = null) => $"""
        {method} sip:127.0.0.1:5060 SIP/2.0
        Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK{name}{method}{cseq};rport
        Max-Forwards: 70
        From: <sip:alice1@sip.example.com>;tag=alice1
        To: {to}
        Call-ID: {name}
        CSeq: {cseq} {method}
        Contact: <sip:alice1@127.0.0.1:5070>{(extra is null ? "" : "\n" + extra)}
        Content-Length: 0


        """;

    private string Send(Line line, string method, string? extra = null)
    {
        _rig.Receive(Within(line.Name, Header(line.Ok, "To"), method, ++_cseq, extra));
        return _rig.Sent.FindLast(text =>
            text.StartsWith("SIP/2.0", StringComparison.Ordinal) && Header(text, "CSeq") == $"{_cseq} {method}")!;
    }

    private string Refer(Line line, string target, string? extra = null) =>
        Send(line, "REFER", $"Refer-To: {target}{(extra is null ? "" : "\n" + extra)}");

    /// <summary>As another call of the phone is named in a Refer-To.</summary>
    private static string Replacing(Line other)
    {
        string tag = Header(other.Ok, "To").Split(";tag=")[1];
        return $"<sip:+4989888@sip.example.com?Replaces={other.Name}%3Bto-tag%3D{tag}%3Bfrom-tag%3Dalice1>";
    }

    /// <summary>What the phone is told, each NOTIFY answered.</summary>
    private List<string> Told()
    {
        HashSet<string> seen = [];
        while (_rig.Sent.FindLast(text => IsNotify(text) && seen.Add(Header(text, "CSeq"))) is { } one)
            _rig.Receive(Response(one, "200 OK", tag: null));
        return [.. from text in _rig.Sent.Where(IsNotify).DistinctBy(text => Header(text, "CSeq"))
                   select $"{text.Split("SIP/2.0 ")[^1][..3]} {Header(text, "Subscription-State").Split(';')[0]}"];

        static bool IsNotify(string text) => text.StartsWith("NOTIFY", StringComparison.Ordinal);
    }

    private void Respond(string invite, string status, string? body = null, string tag = "far-new") =>
        _rig.Receive(Response(invite, status, tag, body), Far);

    private CallEvent.LegEnded EndOf(LegId leg) => _rig.Events.OfType<CallEvent.LegEnded>().Single(e => e.Leg.Id == leg);

    private bool HasEnded(LegId leg) => _rig.Events.OfType<CallEvent.LegEnded>().Any(e => e.Leg.Id == leg);

    [Fact]
    public void A_blind_transfer_connects_the_party_tells_the_phone_and_hangs_it_up()
    {
        var line = Call("+4989777");
        string accepted = Refer(line, "<sip:+4989888@sip.example.com>");
        Assert.StartsWith("SIP/2.0 202", accepted, StringComparison.Ordinal);
        Assert.Equal("<sip:127.0.0.1:5060>", Header(accepted, "Contact"));
        string called = LastOut;
        Assert.StartsWith("INVITE sip:+4989888@127.0.0.1:5090", called, StringComparison.Ordinal);
        Assert.Equal(["100 active"], Told());
        Respond(called, "180 Ringing");
        Assert.Equal(["100 active", "180 active"], Told());
        Respond(called, "200 OK", Answer);
        Assert.Equal(["100 active", "180 active", "200 terminated"], Told());
        var third = _rig.Events.OfType<CallEvent.LegInitiated>().Last().Leg;
        Assert.Equal((Phones.Desk.Id, Sample.Tenant, line.Party), (third.Connection, third.Tenant,
            _rig.Events.OfType<CallEvent.LegBridged>().Last(e => e.Leg.Id == third.Id).Peer));
        Assert.Equal(_rig.Asked[^1] with { Leg = default },
            new CallAttempt
            {
                Leg = default, Direction = Direction.Outbound, Tenant = Sample.Tenant, Connection = Phones.Desk.Id, From = third.From,
                To = "+4989888", Kind = DestinationKind.Number, IsFromPhone = true,
            });

        Assert.False(HasEnded(line.Phone));
        _rig.Advance(Limits.ReferredHangup.TotalSeconds);
        Assert.Equal((HangupCause.PartnerHangup, "released"), (EndOf(line.Phone).Cause, EndOf(line.Phone).Timer));
        Assert.Contains("(REFER), who has answered", EndOf(line.Phone).Evidence, StringComparison.Ordinal);
        Assert.False(HasEnded(line.Party) || HasEnded(third.Id));
        EndAll();
    }

    [Fact]
    public void A_phone_that_hangs_up_when_it_hears_of_the_answer_ends_its_own_leg()
    {
        var line = Call("+4989777");
        Refer(line, "<sip:+4989888@sip.example.com>");
        Respond(LastOut, "200 OK", Answer);
        Told();
        Send(line, "BYE");
        Assert.Equal(HangupCause.RemoteHangup, EndOf(line.Phone).Cause);
        Assert.False(HasEnded(line.Party));
        EndAll();
    }

    [Fact]
    public void A_phone_that_hangs_up_at_once_does_not_take_the_party_with_it()
    {
        var line = Call("+4989777");
        Refer(line, "<sip:+4989888@sip.example.com>");
        string called = LastOut;
        Send(line, "BYE");
        Assert.True(HasEnded(line.Phone));
        Assert.False(HasEnded(line.Party));
        Respond(called, "180 Ringing");
        Assert.IsType<MediaCommand.Ringback>(_rig.Commands[^1]);                // who waits hears that it rings
        Respond(called, "200 OK", Answer);
        Assert.Contains(line.Party, _rig.Events.OfType<CallEvent.LegBridged>().TakeLast(2).Select(e => e.Peer));
        EndAll();
    }

    [Fact]
    public void The_tone_of_a_target_that_rang_before_the_phone_hung_up_is_heard_then()
    {
        var line = Call("+4989777");
        Refer(line, "<sip:+4989888@sip.example.com>");
        Respond(LastOut, "180 Ringing");
        Assert.DoesNotContain(_rig.Commands, command => command is MediaCommand.Ringback);
        Send(line, "BYE");
        Assert.Contains(_rig.Commands, command => command is MediaCommand.Ringback { Tone: not null });
        EndAll();
    }

    [Fact]
    public void When_the_phone_has_gone_and_the_target_fails_the_partys_end_says_so()
    {
        var line = Call("+4989777");
        Refer(line, "<sip:+4989888@sip.example.com>");
        string called = LastOut;
        Send(line, "BYE");
        Respond(called, "486 Busy Here");
        Assert.Equal((HangupCause.PartnerHangup, 486), (EndOf(line.Party).Cause, EndOf(line.Party).SipStatus));
        Assert.Contains("was not reached (486)", EndOf(line.Party).Evidence, StringComparison.Ordinal);
        Assert.Equal(1, _rig.SentOnce("BYE "));
        EndAll();
    }

    [Theory]
    [InlineData("486 Busy Here", "486 terminated")]
    [InlineData("404 Not Found", "404 terminated")]
    [InlineData("603 Decline", "603 terminated")]
    public void A_target_that_refuses_is_told_and_the_call_goes_on_as_it_was(string answer, string told)
    {
        var line = Call("+4989777");
        Refer(line, "<sip:+4989888@sip.example.com>");
        Respond(LastOut, answer);
        Assert.Equal(["100 active", told], Told());
        _rig.Advance(20);
        Assert.False(HasEnded(line.Phone) || HasEnded(line.Party));
        Assert.StartsWith("SIP/2.0 202", Refer(line, "<sip:+4989889@sip.example.com>"), StringComparison.Ordinal);       // once more
        Assert.Equal($"refer;id={_cseq}", Header(_rig.SentLast("NOTIFY"), "Event"));
        Send(line, "BYE");
        Respond(LastOut, "200 OK", Answer);
        EndAll();
    }

    [Fact]
    public void What_the_gate_refuses_is_told_and_costs_nothing()
    {
        var line = Call("+4989777");
        int legs = _rig.Kinds.Count(kind => kind == "LegInitiated");
        _rig.OutboundRefusal = Refusal.InsufficientFunds;
        Assert.StartsWith("SIP/2.0 202", Refer(line, "<sip:+4989888@sip.example.com>"), StringComparison.Ordinal);
        Assert.Equal(["100 active", "403 terminated"], Told());
        Assert.Equal(legs, _rig.Kinds.Count(kind => kind == "LegInitiated"));
        Assert.False(HasEnded(line.Phone) || HasEnded(line.Party));
        EndAll(line);
    }

    [Theory]
    [InlineData("<sip:nobody@sip.example.com>", "404 terminated"), InlineData("<sip:nobody>", "404 terminated")]
    [InlineData("<sip:eve@evil.example>", "404 terminated"), InlineData("<sip:*97>", "404 terminated")]
    // Another telephone by its address, which is nobody's number.
    [InlineData("<sip:49.89.88.8>", "404 terminated"), InlineData("<sip:[2001:db8::1]>", "404 terminated")]
    public void A_target_that_the_phone_could_not_call_is_told(string target, string told)
    {
        var line = Call("+4989777");
        Refer(line, target);
        Assert.Equal(["100 active", told], Told());
        EndAll(line);
    }

    [Theory]
    [InlineData("<sip:+4989888@sip.example.com>, <sip:+4989889@sip.example.com>", 400)]
    [InlineData("<mailto:eve@evil.example>", 416), InlineData("<sip:+49 89 888>", 400)]
    [InlineData("<sip:+4989888@sip.example.com;method=BYE>", 501)]
    public void What_is_no_transfer_is_refused_and_nobody_is_told(string target, int status)
    {
        var line = Call("+4989777");
        Assert.StartsWith($"SIP/2.0 {status}", Refer(line, target), StringComparison.Ordinal);
        Assert.Empty(Told());
        EndAll(line);
    }

    [Fact]
    public void A_second_REFER_waits_for_the_first()
    {
        var line = Call("+4989777");
        Refer(line, "<sip:+4989888@sip.example.com>");
        Assert.StartsWith("SIP/2.0 491", Refer(line, "<sip:+4989889@sip.example.com>"), StringComparison.Ordinal);
        Respond(LastOut, "486 Busy Here");
        EndAll(line);
    }

    [Fact]
    public void A_phone_that_wants_no_NOTIFY_gets_none()
    {
        var line = Call("+4989777");
        string accepted = Refer(line, "<sip:+4989888@sip.example.com>", "Refer-Sub: false\nSupported: norefersub");
        Assert.Equal("false", Header(accepted, "Refer-Sub"));
        Respond(LastOut, "200 OK", Answer);
        Assert.Equal(0, _rig.SentCount("NOTIFY"));
        _rig.Advance(3);
        Assert.True(HasEnded(line.Phone));
        EndAll();
    }

    [Fact]
    public void A_phone_that_answers_no_NOTIFY_is_served_all_the_same()
    {
        var line = Call("+4989777");
        Refer(line, "<sip:+4989888@sip.example.com>");
        Respond(LastOut, "200 OK", Answer);
        _rig.Advance(40);
        Assert.True(HasEnded(line.Phone));
        Assert.False(HasEnded(line.Party));
        Assert.Equal(1, _rig.SentOnce("NOTIFY"));
        EndAll();
    }

    [Theory, InlineData("+4989888"), InlineData("<+4989888>"), InlineData("4989888")] // without a scheme, without a host, and twice
    [InlineData("<sip:+4989888@sip.example.com>\nRefer-To: <sip:+4989888@sip.example.com>"), InlineData("<sip:4989888>")]
    [InlineData("<sip:+4989888>"), InlineData("sip:+4989888"), InlineData("\"Bob\" <sip:4989888;user=phone>"), InlineData("<tel:+4989888>")]
    public void A_Refer_To_that_is_odd_names_whom_it_names(string target)
    {
        Assert.StartsWith("SIP/2.0 202", Refer(Call("+4989777"), target), StringComparison.Ordinal);
        Assert.StartsWith("INVITE sip:+4989888@127.0.0.1:5090", LastOut, StringComparison.Ordinal);
    }

    [Fact]
    public void A_carrier_may_not_refer_and_is_told_what_it_may()
    {
        string ok = _rig.Establish();
        _rig.Receive(Inside(ok, "REFER", 2, "z9hG4bKrefer").Replace("Contact:", "Refer-To: <sip:eve@127.0.0.1>\nContact:"));
        Assert.StartsWith("SIP/2.0 405", _rig.Last, StringComparison.Ordinal);
        Assert.DoesNotContain("REFER", Header(_rig.Last, "Allow"), StringComparison.Ordinal);
        Assert.DoesNotContain("REFER", Header(ok, "Allow"), StringComparison.Ordinal);
        var line = Call("+4989777");
        Assert.EndsWith(", REFER, SUBSCRIBE", Header(line.Ok, "Allow"), StringComparison.Ordinal);
        Assert.Contains("norefersub", Header(line.Ok, "Supported"), StringComparison.Ordinal);
        Assert.DoesNotContain("REFER", Header(line.Out, "Allow"), StringComparison.Ordinal);
        // and whoever it calls may not either
        _rig.Receive(FromCallee(line.Out, "REFER", 1, tag: "far-one").Replace("CSeq", "Refer-To: <sip:+1900@x>\nCSeq"), Far);
        Assert.StartsWith("SIP/2.0 405", _rig.Last, StringComparison.Ordinal);
    }

    [Fact]
    public void A_phone_that_talks_to_an_application_has_nobody_to_refer()
    {
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"), Phones.Request("INVITE", "alice1", 1, uri: "sip:+4989456@sip.example.com", body: Offer)
            .Replace("Call-ID: INVITE-alice1", "Call-ID: app", StringComparison.Ordinal));
        Assert.True(_rig.Command(new LegCommand.Answer()).IsAccepted);
        string ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Within("app", Header(ok, "To"), "ACK", 1));
        Assert.StartsWith("SIP/2.0 403 Nobody To Refer", Refer(new("app", ok, "", default, default), "<sip:+4989888@sip.example.com>"),
            StringComparison.Ordinal);
        Assert.False(HasEnded(_rig.Leg));
    }

    [Fact]
    public void The_party_that_hangs_up_meanwhile_takes_everything_with_it()
    {
        var line = Call("+4989777");
        Refer(line, "<sip:+4989888@sip.example.com>");
        string called = LastOut;
        Respond(called, "180 Ringing");
        _rig.Receive(FromCallee(line.Out, "BYE", 1, tag: "far-one"), Far);
        Assert.True(HasEnded(line.Phone));
        Assert.Equal(1, _rig.SentOnce("CANCEL "));
        Respond(called, "487 Request Terminated");
        EndAll();
    }

    [Fact]
    public void An_attended_transfer_connects_the_two_others_and_hangs_up_on_neither()
    {
        Line one = Call("+4989777"), two = Call("+4989888", "two");
        int invites = _rig.SentOnce("INVITE");
        Assert.StartsWith("SIP/2.0 202", Refer(one, Replacing(two)), StringComparison.Ordinal);
        Assert.Equal(["100 active", "200 terminated"], Told());
        Assert.Equal(invites, _rig.SentOnce("INVITE"));
        Assert.Equal(two.Party, _rig.Events.OfType<CallEvent.LegBridged>().Last(e => e.Leg.Id == one.Party).Peer);
        Assert.Equal(one.Party, _rig.Events.OfType<CallEvent.LegBridged>().Last(e => e.Leg.Id == two.Party).Peer);
        // what the phone had with the second is over, by BYE; the first it ends itself
        Assert.Contains("REFER with Replaces", EndOf(two.Phone).Evidence, StringComparison.Ordinal);
        Send(one, "BYE");
        Assert.Equal(HangupCause.RemoteHangup, EndOf(one.Phone).Cause);
        _rig.Advance(5);
        Assert.False(HasEnded(one.Party) || HasEnded(two.Party));
        EndAll();
    }

    [Fact]
    public void A_Refer_To_with_Replaces_and_without_brackets_is_read()
    {
        Line one = Call("+4989777"), two = Call("+4989888", "two");
        Assert.StartsWith("SIP/2.0 202", Refer(one, Replacing(two).Trim('<', '>')), StringComparison.Ordinal);
        Assert.Equal(["100 active", "200 terminated"], Told());
        Assert.Equal(two.Party, _rig.Events.OfType<CallEvent.LegBridged>().Last(e => e.Leg.Id == one.Party).Peer);
        Send(one, "BYE");
        _rig.Advance(5);
        EndAll();
    }

    [Theory]
    [InlineData("<sip:+4989888@sip.example.com?Replaces=CALL%3Bto-tag%3DTAG%3Bfrom-tag%3Dalice1>")]
    [InlineData("<sip:+4989888@sip.example.com?Replaces=CALL;to-tag=TAG;from-tag=alice1>")]
    [InlineData("sip:10.0.0.5:5060?Replaces=CALL%3Bto-tag%3DTAG%3Bfrom-tag%3Dalice1")]
    [InlineData("<sip:+4989888@sip.example.com?Replaces=CALL>")]        // without the tags
    public void A_Call_ID_in_Replaces_whose_at_sign_nobody_escaped_is_read(string target)
    {
        Line one = Call("+4989777"), two = Call("+4989888", "two@10.0.0.5");
        target = target.Replace("CALL", two.Name, StringComparison.Ordinal)
            .Replace("TAG", Header(two.Ok, "To").Split(";tag=")[1], StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 202", Refer(one, target), StringComparison.Ordinal);
        Assert.Equal(["100 active", "200 terminated"], Told());
        Assert.Equal(two.Party, _rig.Events.OfType<CallEvent.LegBridged>().Last(e => e.Leg.Id == one.Party).Peer);
        Send(one, "BYE");
        _rig.Advance(5);
        EndAll();
    }

    [Theory, InlineData("+4989888", false), InlineData("token-of-a-contact", false), InlineData("+4989888", true)]
    public void A_call_that_only_rings_is_left_to_the_party_of_the_other_who_calls_in_its_place(string user, bool hangsUp)
    {
        var one = Call("+4989777");
        Dial("+4989888", "two");
        string left = LastOut;
        Respond(left, "180 Ringing", tag: "far-two");
        var two = new Line("two", _rig.SentLast("SIP/2.0 180"), left, default, default);
        Refer(one, Replacing(two).Replace("+4989888", user, StringComparison.Ordinal));
        Assert.True(left != LastOut && Header(_rig.SentLast("SIP/2.0 487"), "Call-ID") == "two");
        if (hangsUp) Send(one, "BYE");
        _rig.Receive(Response(_rig.SentLast("CANCEL "), "200 OK", tag: "far-two"), Far);
        Respond(left, "487 Request Terminated", tag: "far-two");
        string called = LastOut;
        Assert.StartsWith("INVITE sip:+4989888@127.0.0.1:5090", called, StringComparison.Ordinal);
        Told();
        Respond(called, "200 OK", Answer);
        if (!hangsUp) Assert.Equal(["100 active", "200 terminated"], Told());
        var third = _rig.Events.OfType<CallEvent.LegInitiated>().Last().Leg;
        Assert.Equal(third.Id, _rig.Events.OfType<CallEvent.LegBridged>().Last(e => e.Leg.Id == one.Party).Peer);
        _rig.Advance(Limits.ReferredHangup.TotalSeconds);
        Assert.True(HasEnded(one.Phone));
        Assert.False(HasEnded(one.Party) || HasEnded(third.Id));
        EndAll();
    }

    [Fact]
    public void A_call_that_a_program_has_answered_is_left_to_the_party_of_the_other_who_calls_there()
    {
        var one = Call("+4989777");
        Dial("+4989456", "two");
        var asked = _rig.Events.OfType<CallEvent.LegInitiated>().Last().Leg.Id;
        _rig.Command(new LegCommand.Answer(), asked);
        var two = new Line("two", _rig.SentLast("SIP/2.0 200"), "", asked, default);
        _rig.Receive(Within("two", Header(two.Ok, "To"), "ACK", 1));
        Refer(one, Replacing(two));
        var called = _rig.Events.OfType<CallEvent.LegInitiated>().Last(e => e.Leg.Direction is Direction.Inbound).Leg;
        Assert.True(HasEnded(asked) && _rig.Command(new LegCommand.Answer(), called.Id).IsAccepted);
        Assert.Equal(["100 active", "200 terminated"], Told());
        EndAll();
    }

    [Fact]
    public void A_phone_that_hangs_up_both_calls_at_once_hangs_up_on_nobody()
    {
        Line one = Call("+4989777"), two = Call("+4989888", "two");
        Refer(one, Replacing(two));
        Send(one, "BYE");
        Send(two, "BYE");
        _rig.Advance(20);
        Assert.True(HasEnded(one.Phone) && HasEnded(two.Phone));
        Assert.False(HasEnded(one.Party) || HasEnded(two.Party));
        EndAll();
    }

    [Fact]
    public void Who_waits_for_his_turn_is_not_dropped_when_the_phone_hangs_up_before_the_shards_have_spoken()
    {
        Line one = Call("+4989777"), two = Call("+4989888", "two");
        _rig.HoldsMessages = true;
        Refer(one, Replacing(two));
        Send(one, "BYE");
        _rig.ReleaseMessages();
        _rig.Advance(20);
        Assert.False(HasEnded(one.Party) || HasEnded(two.Party));
        EndAll();
    }

    [Theory]
    [InlineData("call-9%3Bto-tag%3Dx%3Bfrom-tag%3Dy")]          // nobody's
    [InlineData("nonsense")]
    [InlineData("two%3Bto-tag%3DOURS%3Bfrom-tag%3Dother")]      // the phone's tag is another
    [InlineData("else%3Bto-tag%3DOURS%3Bfrom-tag%3Dalice1")]
    public void A_dialog_that_is_not_there_is_told_and_both_calls_go_on(string replaces)
    {
        Line one = Call("+4989777"), two = Call("+4989888", "two");
        replaces = replaces.Replace("OURS", Header(two.Ok, "To").Split(";tag=")[1], StringComparison.Ordinal);
        Refer(one, $"<sip:+4989888@sip.example.com?Replaces={replaces}>");
        Assert.Equal(["100 active", "481 terminated"], Told());
        _rig.Advance(20);
        Assert.False(HasEnded(one.Phone) || HasEnded(one.Party) || HasEnded(two.Phone) || HasEnded(two.Party));
        EndAll(one, two);
    }

    [Fact]
    public void A_call_cannot_replace_itself()
    {
        var one = Call("+4989777");
        Refer(one, Replacing(one));
        Assert.Equal(["100 active", "403 terminated"], Told());
        _rig.Advance(20);
        Assert.False(HasEnded(one.Phone) || HasEnded(one.Party));
        EndAll(one);
    }

    [Fact]
    public void A_dialog_of_another_account_is_as_good_as_none()
    {
        Line one = Call("+4989777"), two = Call("+4989888", "two");
        var mine = _rig.Current.FindConnection(Sample.Tenant, Phones.Desk.Id)!;
        Assert.NotNull(mine);
        // The other call is that of another account's phone: its user is somebody else's now.
        _rig.Current = Phones.Snapshot(desk: Phones.Desk with { Tenant = Phones.Other }, trunks: [Carrier]);
        Assert.StartsWith("SIP/2.0 403", Refer(one, Replacing(two)), StringComparison.Ordinal);
        Assert.False(HasEnded(two.Phone) || HasEnded(two.Party));
        EndAll(one, two);
    }

    /// <summary>Ends the phone's calls, then all that the carrier has; nothing is left behind.</summary>
    private void EndAll(params Line[] lines)
    {
        foreach (var line in lines) Send(line, "BYE");
        Told();
        foreach (string sent in _rig.Sent.Where(text => text.StartsWith("BYE ", StringComparison.Ordinal)).ToArray())
            _rig.Receive(Response(sent, "200 OK", tag: null), Far);
        foreach (string invite in _rig.Sent.Where(text => text.StartsWith("INVITE ", StringComparison.Ordinal)).Distinct().ToArray())
            foreach (string tag in (string[])["far-one", "far-two", "far-new"])
                _rig.Receive(FromCallee(invite, "BYE", 100 + ++_byes, tag: tag), Far);
        _rig.AssertNothingLeft();
    }
}
