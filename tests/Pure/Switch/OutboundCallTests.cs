using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

public sealed class OutboundCallTests
{
    private readonly ShardRig _rig = new();

    private string LastInvite => _rig.SentLast("INVITE ");

    private string Establish()
    {
        _rig.Dial();
        string invite = LastInvite;
        _rig.Receive(Response(invite, "180 Ringing"));
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        return invite;
    }

    private void TwoTrunks() => _rig.Current = Snapshot(
        trunks: [Trunk(1, "10.0.0.1"), Trunk(2, "10.0.0.2")],
        routes: [Route(1, 10), Route(2, 20)]);

    private static Trunk Trunk(int number, string host) => new() { Id = new(TrunkGuid(number)), Name = $"t{number}", Host = host };
    private static Route Route(int number, int priority) =>
        new() { Id = TrunkGuid(number), Trunk = new(TrunkGuid(number)), Priority = priority };
    private static Guid TrunkGuid(int number) => new(number, 0, 0, new byte[8]);

    [Fact]
    public void The_INVITE_names_both_parties_and_offers_our_codecs()
    {
        _rig.Dial(Request() with { CallerName = "Acme \"Inc\"", Headers = [new("X-Order", "7"), new("Contact", "<sip:evil>")] });
        string invite = LastInvite;
        Assert.StartsWith("INVITE sip:bob@127.0.0.1:5070 SIP/2.0\r\n", invite);
        Assert.StartsWith("\"Acme \\\"Inc\\\"\" <sip:+4930123@sip.example.com>;tag=", Header(invite, "From"));
        Assert.Equal("<sip:bob@127.0.0.1:5070>", Header(invite, "To"));
        Assert.Equal("7", Header(invite, "X-Order"));
        Assert.DoesNotContain("evil", invite);
        Assert.Contains("m=audio 16386 RTP/AVP 0 8 101", invite);
        Assert.Equal(Peer, _rig.SentTo[^1]);
    }

    [Theory]
    [InlineData("200 OK"), InlineData("486 Busy Here")]
    public void A_document_is_told_of_its_INVITE_and_of_what_was_said_to_it(string status)
    {
        _rig.Dial(Request() with { Application = new(ApplicationKind.Document, "dialled:1") });
        string invite = LastInvite;
        _rig.Receive(Response(invite, status, body: status.StartsWith('2') ? Answer : null,
            extra: "X-Desk: 7\nP-Asserted-Identity: <sip:eve@example.com>"));
        if (_rig.Events[^1] is CallEvent.LegAnswered answered)
        {
            Assert.Equal([new CustomSipHeader("X-Desk", "7")], answered.Answer!.Headers);
            _rig.Receive(FromCallee(invite, "BYE", 1));
        }
        var told = _rig.Ended.Answer!;
        Assert.Equal((Header(invite, "Call-ID"), Header(invite, "Call-ID")), (told.CallId, _rig.Ended.SipCallId));
        Assert.Equal([new CustomSipHeader("X-Desk", "7")], told.Headers);
    }

    [Fact]
    public void Nobody_else_is()
    {
        Establish();
        Assert.Null(Assert.IsType<CallEvent.LegAnswered>(_rig.Events[^1]).Answer);
    }

    [Fact]
    public void A_call_rings_is_answered_and_ends_with_the_callees_BYE()
    {
        string invite = Establish();
        Assert.Equal(["LegInitiated", "LegRinging", "LegAnswered"], _rig.Kinds);
        Assert.StartsWith("ACK sip:bob@127.0.0.1:5070", _rig.Last);
        Assert.Equal(41000, Assert.IsType<MediaCommand.Connect>(_rig.Commands[^1]).Plan.Remote.Default.Address.Port);
        Assert.NotNull(_rig.Events[^1].Leg.AnsweredAt);
        _rig.Receive(FromCallee(invite, "BYE", 1));
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
        Assert.Equal((HangupCause.RemoteHangup, HangupParty.Remote, 200), (_rig.Ended.Cause, _rig.Ended.By, _rig.Ended.SipStatus));
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Whether_an_idle_callee_gets_silence_is_the_dials_to_say(bool isOmitted)
    {
        _rig.Dial(ShardRig.Request() with { OmitsSilence = isOmitted });
        _rig.Receive(Response(LastInvite, "200 OK", body: Answer));
        Assert.Equal(isOmitted, Assert.IsType<MediaCommand.Connect>(_rig.Commands[^1]).Plan.OmitsSilence);
    }

    [Fact]
    public void A_dial_changes_voices()
    {
        var sound = new SoundModification(1.25) { IsOfHeard = true };
        _rig.Dial(ShardRig.Request() with { Sound = sound });
        _rig.Receive(Response(LastInvite, "200 OK", body: Answer));
        Assert.Equal(sound, Assert.IsType<MediaCommand.Connect>(_rig.Commands[^1]).Plan.Sound);
    }

    [Theory]
    [InlineData("<sip:bob@10.9.8.7>")]
    [InlineData("<sip:bob@169.254.1.1:5060>")]
    [InlineData("<sip:bob@phone.invalid>")]
    [InlineData("<sip:bob@[::1]:5070>")]
    public void A_Contact_that_we_may_not_send_to_is_still_acknowledged_where_the_answer_came_from(string contact)
    {
        _rig.Dial();
        _rig.Receive(Response(LastInvite, "200 OK", body: Answer).Replace("<sip:bob@127.0.0.1:5070>\n", contact + "\n"));
        Assert.StartsWith($"ACK {contact[1..^1]} SIP/2.0", _rig.Last);
        Assert.Equal(Peer, _rig.SentTo[^1]);
        _rig.Command(new LegCommand.Hangup());
        Assert.StartsWith($"BYE {contact[1..^1]} SIP/2.0", _rig.Last);
        Assert.Equal(Peer, _rig.SentTo[^1]);
    }

    [Fact]
    public void Digits_are_sent_as_soon_as_the_callee_answers()
    {
        _rig.Dial(Request() with { DigitsOnAnswer = "w200#" });
        _rig.Receive(Response(LastInvite, "180 Ringing"));
        Assert.Empty(_rig.Commands.OfType<MediaCommand.SendDigits>());
        _rig.Receive(Response(LastInvite, "200 OK", body: Answer));
        Assert.Equal("w200#", Assert.Single(_rig.Commands.OfType<MediaCommand.SendDigits>()).Digits);
    }

    [Fact]
    public void A_repeated_200_is_acknowledged_again()
    {
        string invite = Establish();
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Equal(2, _rig.SentCount("ACK "));
        Assert.Equal(3, _rig.Events.Count);
    }

    [Fact]
    public void Forked_200s_leave_one_call_and_the_losers_get_ACK_and_BYE()
    {
        string invite = Establish();
        _rig.Receive(Response(invite, "200 OK", tag: "other", body: Answer));
        Assert.Equal(2, _rig.SentCount("ACK "));
        Assert.Contains(";tag=other", Header(_rig.SentLast("BYE "), "To"));
        Assert.Equal(["LegInitiated", "LegRinging", "LegAnswered"], _rig.Kinds);
        _rig.Receive(Response(_rig.SentLast("BYE "), "200 OK", tag: null));
        _rig.Receive(FromCallee(invite, "BYE", 1));
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData("486 Busy Here", HangupCause.CalleeBusy, 486)]
    [InlineData("404 Not Found", HangupCause.NotFound, 404)]
    [InlineData("603 Decline", HangupCause.CalleeDeclined, 603)]
    [InlineData("480 Temporarily Unavailable", HangupCause.RemoteTimeout, 480)]
    [InlineData("500 Server Internal Error", HangupCause.RemoteFailure, 500)]
    [InlineData("401 Unauthorized", HangupCause.CalleeDeclined, 401)]
    public void A_failure_ends_the_leg_with_its_cause(string status, HangupCause cause, int code)
    {
        _rig.Dial();
        string invite = LastInvite;
        _rig.Receive(Response(invite, "180 Ringing"));
        _rig.Receive(Response(invite, status));
        Assert.StartsWith("ACK ", _rig.Last);
        Assert.Equal((cause, HangupParty.Remote, code), (_rig.Ended.Cause, _rig.Ended.By, _rig.Ended.SipStatus));
        Assert.Null(_rig.Ended.Quality);
        Assert.NotNull(_rig.Ended.Evidence);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_hangup_before_any_response_waits_with_its_CANCEL_for_the_first_one()
    {
        _rig.Dial();
        string invite = LastInvite;
        Assert.True(_rig.Command(new LegCommand.Hangup()).IsAccepted);
        Assert.Equal(0, _rig.SentCount("CANCEL "));
        _rig.Receive(Response(invite, "100 Trying", tag: null));
        Assert.Equal(1, _rig.SentCount("CANCEL "));
        _rig.Receive(Response(_rig.SentLast("CANCEL "), "200 OK"));
        _rig.Receive(Response(invite, "487 Request Terminated"));
        Assert.Equal((HangupCause.ApiCancel, HangupParty.Local, 487), (_rig.Ended.Cause, _rig.Ended.By, _rig.Ended.SipStatus));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_hangup_while_it_rings_cancels_and_ends_with_the_487()
    {
        _rig.Dial();
        string invite = LastInvite;
        _rig.Receive(Response(invite, "180 Ringing"));
        _rig.Command(new LegCommand.Hangup());
        Assert.StartsWith("CANCEL sip:bob@127.0.0.1:5070", _rig.SentLast("CANCEL "));
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        Assert.Equal(Refusal.AlreadyEnded, _rig.Command(new LegCommand.Hangup()).Refusal);
        _rig.Receive(Response(invite, "487 Request Terminated"));
        Assert.Equal(HangupCause.ApiCancel, _rig.Ended.Cause);
        _rig.Receive(Response(_rig.SentLast("CANCEL "), "200 OK"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_200_that_crosses_the_CANCEL_is_acknowledged_and_hung_up()
    {
        _rig.Dial();
        string invite = LastInvite;
        _rig.Receive(Response(invite, "180 Ringing"));
        _rig.Command(new LegCommand.Hangup());
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Equal(1, _rig.SentCount("ACK "));
        Assert.Equal(1, _rig.SentCount("BYE "));
        Assert.Equal(["LegInitiated", "LegRinging", "LegEnded"], _rig.Kinds);
        Assert.Equal(HangupCause.ApiCancel, _rig.Ended.Cause);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_far_end_that_never_answers_the_CANCEL_does_not_hold_up_the_end()
    {
        _rig.Dial();
        _rig.Receive(Response(LastInvite, "180 Ringing"));
        _rig.Command(new LegCommand.Hangup());
        _rig.Advance(Limits.CancelWait.TotalSeconds);
        Assert.Equal(HangupCause.ApiCancel, _rig.Ended.Cause);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void The_ring_timeout_cancels_and_says_487()
    {
        _rig.Dial(Request() with { RingTimeout = TimeSpan.FromSeconds(5) });
        _rig.Receive(Response(LastInvite, "180 Ringing"));
        _rig.Advance(5);
        Assert.Equal(1, _rig.SentCount("CANCEL "));
        _rig.Receive(Response(LastInvite, "487 Request Terminated"));
        Assert.Equal((HangupCause.RingTimeout, HangupParty.Local, 487), (_rig.Ended.Cause, _rig.Ended.By, _rig.Ended.SipStatus));
    }

    /// <summary>However long the way to the phone takes; what the far end says of its ringing once more changes nothing.</summary>
    [Fact]
    public void A_call_that_is_only_to_ring_is_given_up_so_long_after_it_began_to()
    {
        _rig.Dial(Request() with { RingTimeout = TimeSpan.FromSeconds(20), RingsFor = TimeSpan.FromSeconds(1.5) });
        _rig.Advance(6);
        Assert.Equal(0, _rig.SentCount("CANCEL "));
        _rig.Receive(Response(LastInvite, "180 Ringing"));
        _rig.Advance(1);
        _rig.Receive(Response(LastInvite, "180 Ringing"));
        Assert.Equal(0, _rig.SentCount("CANCEL "));
        _rig.Advance(0.5);
        Assert.Equal(1, _rig.SentCount("CANCEL "));
    }

    [Fact]
    public void The_ring_timeout_without_any_response_says_408()
    {
        _rig.Dial(Request() with { RingTimeout = TimeSpan.FromSeconds(5) });
        _rig.Advance(5 + Limits.CancelWait.TotalSeconds);
        Assert.Equal((HangupCause.RingTimeout, 408), (_rig.Ended.Cause, _rig.Ended.SipStatus));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void An_INVITE_that_nobody_answers_ends_after_timer_B()
    {
        _rig.Dial(Request() with { RingTimeout = TimeSpan.FromSeconds(60) });
        _rig.Advance(33);
        Assert.Equal(7, _rig.SentCount("INVITE "));
        Assert.Equal((HangupCause.RemoteTimeout, 408), (_rig.Ended.Cause, _rig.Ended.SipStatus));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void The_time_limit_counts_from_the_answer()
    {
        _rig.Dial(Request() with { TimeLimit = TimeSpan.FromSeconds(60) });
        string invite = LastInvite;
        _rig.Receive(Response(invite, "180 Ringing"));
        _rig.Advance(20);
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        _rig.Advance(59);
        Assert.Equal(0, _rig.SentCount("BYE "));
        _rig.Advance(1);
        Assert.Equal(1, _rig.SentCount("BYE "));
        Assert.Equal((HangupCause.TimeLimit, null), (_rig.Ended.Cause, _rig.Ended.SipStatus));
    }

    /// <summary>Said while it rings, while it is up, and when it has lasted longer already.</summary>
    [Theory, InlineData(0, 20), InlineData(10, 20), InlineData(10, 50), InlineData(25, 15)]
    public void Another_time_limit_counts_from_the_answer_too(int saidAfter, int limit)
    {
        _rig.Dial(Request() with { TimeLimit = TimeSpan.FromSeconds(30) });
        string invite = LastInvite;
        _rig.Receive(Response(invite, "180 Ringing"));
        if (saidAfter == 0) Say();
        _rig.Advance(20);
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        if (saidAfter > 0)
        {
            _rig.Advance(saidAfter);
            Say();
        }
        if (limit > saidAfter)
        {
            _rig.Advance(limit - saidAfter - 1);
            Assert.Equal(0, _rig.SentCount("BYE "));
            _rig.Advance(0.9);
        }
        // Not long enough for the BYE to be sent again.
        _rig.Advance(0.2);
        Assert.Equal(1, _rig.SentCount("BYE "));
        Assert.Equal(HangupCause.TimeLimit, _rig.Ended.Cause);
        Assert.Contains($"It may last {limit} s from its answer: another time limit was said.", _rig.Notes);

        void Say() => Assert.True(_rig.Command(new LegCommand.LimitTime(TimeSpan.FromSeconds(limit))).IsAccepted);
    }

    [Fact]
    public void An_answer_without_a_common_codec_ends_the_call_politely()
    {
        _rig.Dial();
        _rig.Receive(Response(LastInvite, "200 OK", body: Answer.Replace("RTP/AVP 0 101", "RTP/AVP 18")));
        Assert.Equal(1, _rig.SentCount("ACK "));
        Assert.Equal(1, _rig.SentCount("BYE "));
        Assert.Equal((HangupCause.MediaMismatch, 488), (_rig.Ended.Cause, _rig.Ended.SipStatus));
        _rig.AssertNothingLeft();
    }

    [Theory, InlineData("far"), InlineData(null)]
    public void The_answer_of_a_183_counts_when_the_200_has_none(string? tag)
    {
        _rig.Dial();
        string invite = LastInvite;
        _rig.Receive(Response(invite, "183 Session Progress", tag, Answer));
        Assert.Equal(183, ((CallEvent.LegRinging)_rig.Events[^1]).SipStatus);
        _rig.Receive(Response(invite, "200 OK"));
        Assert.IsType<CallEvent.LegAnswered>(_rig.Events[^1]);
    }

    [Fact]
    public void A_challenge_is_answered_once_and_a_second_one_ends_the_call()
    {
        const string challenge = "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"abc\", algorithm=MD5, qop=\"auth\"";
        _rig.Dial(Request() with { AuthUser = "me", AuthPassword = "secret" });
        string first = LastInvite;
        _rig.Receive(Response(first, "401 Unauthorized", extra: challenge));
        string second = LastInvite;
        Assert.NotEqual(Header(first, "Via"), Header(second, "Via"));
        Assert.Equal("2 INVITE", Header(second, "CSeq"));
        Assert.Equal(Header(first, "Call-ID"), Header(second, "Call-ID"));
        Assert.Contains("username=\"me\"", Header(second, "Authorization"));
        _rig.Receive(Response(second, "401 Unauthorized", extra: challenge));
        Assert.Equal(HangupCause.CalleeDeclined, _rig.Ended.Cause);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_challenged_BYE_is_sent_again_with_credentials()
    {
        _rig.Dial(Request() with { AuthUser = "me", AuthPassword = "secret" });
        _rig.Receive(Response(LastInvite, "200 OK", body: Answer));
        _rig.Command(new LegCommand.Hangup());
        _rig.Receive(Response(_rig.SentLast("BYE "), "407 Proxy Authentication Required", tag: null,
            extra: "Proxy-Authenticate: Digest realm=\"carrier\", nonce=\"xyz\""));
        Assert.Equal(2, _rig.SentCount("BYE "));
        Assert.Contains("username=\"me\"", Header(_rig.Last, "Proxy-Authorization"));
        _rig.Receive(Response(_rig.Last, "200 OK", tag: null));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_trunk_that_fails_hands_over_to_the_next_one()
    {
        TwoTrunks();
        _rig.Dial(Request("+4989777"));
        string first = LastInvite;
        Assert.StartsWith("INVITE sip:+4989777@10.0.0.1 ", first);
        _rig.Receive(Response(first, "503 Service Unavailable"));
        string second = LastInvite;
        Assert.StartsWith("INVITE sip:+4989777@10.0.0.2 ", second);
        Assert.NotEqual(Header(first, "Call-ID"), Header(second, "Call-ID"));
        _rig.Receive(Response(second, "200 OK", body: Answer), new(IPAddress.Parse("10.0.0.2"), 5060));
        Assert.Equal(new TrunkId(TrunkGuid(2)), _rig.Events[^1].Leg.Trunk);
        Assert.Single(_rig.Events.OfType<CallEvent.LegAnswered>());
    }

    [Fact]
    public void Of_each_place_that_failed_the_record_says_why()
    {
        _rig.Current = Snapshot(
            trunks: [Trunk(1, "nowhere.example"), Trunk(2, "10.0.0.1"), Trunk(3, "10.0.0.2"), Trunk(4, "10.0.0.3")],
            routes: [Route(1, 10), Route(2, 20), Route(3, 30), Route(4, 40)]);
        _rig.Dial(Request("+4989777"));
        _rig.FailLast("the far end's certificate is not good for this name");
        _rig.Receive(Response(LastInvite, "503 Service Unavailable"));
        _rig.Receive(Response(LastInvite, "401 Unauthorized", extra: "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\""));
        Assert.Collection(_rig.Notes,
            one => Assert.Equal("nowhere.example failed, the next place is tried: The name nowhere.example has no address "
                + "that calls may go to: there is no such name.", one),
            two => Assert.Matches("^UDP 10.0.0.1:5060 failed, .*the far end's certificate is not good for this name", two),
            three => Assert.Matches("^UDP 10.0.0.2:5060 failed, .*503", three));
        Assert.Equal("The far end answered the INVITE with 401: it wants a user name and password, and we have none for it.",
            _rig.Ended.Evidence);
    }

    [Fact]
    public void A_busy_callee_is_not_tried_over_another_trunk()
    {
        TwoTrunks();
        _rig.Dial(Request("+4989777"));
        _rig.Receive(Response(LastInvite, "486 Busy Here"));
        Assert.Equal(1, _rig.SentCount("INVITE "));
        Assert.Equal(HangupCause.CalleeBusy, _rig.Ended.Cause);
    }

    [Fact]
    public void A_callee_that_has_rung_is_not_tried_over_another_trunk()
    {
        TwoTrunks();
        _rig.Dial(Request("+4989777"));
        _rig.Receive(Response(LastInvite, "180 Ringing"));
        _rig.Receive(Response(LastInvite, "503 Service Unavailable"));
        Assert.Equal(1, _rig.SentCount("INVITE "));
        Assert.Equal(HangupCause.RemoteFailure, _rig.Ended.Cause);
    }

    [Fact]
    public void A_silent_trunk_is_given_up_after_four_seconds_and_what_it_says_later_is_ended()
    {
        TwoTrunks();
        _rig.Dial(Request("+4989777"));
        string first = LastInvite;
        _rig.Advance(Limits.TargetSilence.TotalSeconds);
        Assert.StartsWith("INVITE sip:+4989777@10.0.0.2 ", LastInvite);
        _rig.Receive(Response(first, "200 OK", tag: "late", body: Answer));
        Assert.Contains(";tag=late", Header(_rig.SentLast("BYE "), "To"));
        Assert.Equal(["LegInitiated"], _rig.Kinds);
        _rig.Receive(Response(LastInvite, "200 OK", body: Answer));
        Assert.Equal(["LegInitiated", "LegAnswered"], _rig.Kinds);
    }

    [Fact]
    public void When_the_last_trunk_fails_its_failure_is_the_legs()
    {
        TwoTrunks();
        _rig.Dial(Request("+4989777"));
        _rig.Receive(Response(LastInvite, "503 Service Unavailable"));
        _rig.Receive(Response(LastInvite, "502 Bad Gateway"));
        Assert.Equal((HangupCause.RemoteFailure, 502), (_rig.Ended.Cause, _rig.Ended.SipStatus));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_datagram_that_cannot_be_sent_tries_the_next_address()
    {
        _rig.Names["pbx.example"] = [new(IPAddress.Parse("10.0.0.1"), 5060), new(IPAddress.Parse("10.0.0.2"), 5060)];
        Effect.Transmit? failed = null;
        _rig.OnTransmit = sent => failed ??= sent;
        _rig.Dial(Request("sip:bob@pbx.example"));
        _rig.Handle(new ShardMessage.SendFailed(failed!.Datagram));
        Assert.Equal(IPAddress.Parse("10.0.0.2"), _rig.SentTo[^1].Address);
        Assert.Equal(2, _rig.SentCount("INVITE "));
    }

    [Fact]
    public void A_name_without_addresses_is_a_transport_failure()
    {
        _rig.Dial(Request("sip:bob@nowhere.example"));
        Assert.Equal((HangupCause.TransportFailure, null), (_rig.Ended.Cause, _rig.Ended.SipStatus));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_prompt_given_with_the_dial_plays_on_answer()
    {
        _rig.Dial(Request() with { PromptOnAnswer = new PromptSource.Url("http://a/1.wav") });
        _rig.Receive(Response(LastInvite, "200 OK", body: Answer));
        Assert.Equal(["LegInitiated", "LegAnswered", "PlaybackStarted"], _rig.Kinds);
    }

    [Fact]
    public void A_ping_sends_OPTIONS_and_brings_its_status()
    {
        _rig.Handle(new ShardMessage.Ping(1, SipFlow.Udp(Peer), "carrier.example"));
        string options = _rig.SentLast("OPTIONS ");
        Assert.Equal("<sip:carrier.example>", Header(options, "To"));
        _rig.Receive(Response(options, "200 OK"));
        Assert.Equal([200], _rig.Pings);
        _rig.Handle(new ShardMessage.Ping(2, SipFlow.Udp(Peer), "carrier.example"));
        _rig.Advance(33);
        Assert.Equal([200, null], _rig.Pings);
        _rig.AssertNothingLeft();
    }
}
