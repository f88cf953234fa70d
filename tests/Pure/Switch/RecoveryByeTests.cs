using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>What the shard of the next start says to far ends of calls that the last one left alive, told by their rows alone.</summary>
public sealed class RecoveryByeTests
{
    private readonly ShardRig _rig = new();

    /// <summary>The process dies here; another begins with what the leg's row says.</summary>
    private ShardRig Restart(bool isAnswered = false, TimeSpan ago = default, TrunkId? trunk = null,
        ShardRig? after = null, bool commits = true)
    {
        var next = new ShardRig(seed: 99) { Current = _rig.Current, CommitsAtOnce = commits };
        foreach (var (name, found) in _rig.Names) next.Names[name] = found;
        var facts = _rig.Events[0].Leg;
        next.Handle(new ShardMessage.SendRecoveryByes(
            [new(facts with { AnsweredAt = isAnswered ? next.Now - ago : null, Trunk = trunk }, (after ?? _rig).RecoveryByes[facts.Id])]));
        return next;
    }

    private string DialAndRing()
    {
        _rig.Dial();
        string invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(invite, "180 Ringing"));
        return invite;
    }

    private string AnswerInbound()
    {
        _rig.Receive(Invite());
        Assert.True(_rig.Command(new LegCommand.Answer()).IsAccepted);
        return _rig.SentLast("SIP/2.0 200");
    }

    [Fact]
    public void A_phone_that_rings_gets_the_CANCEL_of_its_INVITE()
    {
        string invite = DialAndRing();
        var next = Restart();
        string cancel = Assert.Single(next.Sent);
        Assert.StartsWith("CANCEL sip:bob@127.0.0.1:5070 SIP/2.0\r\n", cancel);
        foreach (string name in new[] { "Via", "From", "To", "Call-ID" }) Assert.Equal(Header(invite, name), Header(cancel, name));
        Assert.Equal("1 CANCEL", Header(cancel, "CSeq"));
        next.Receive(Response(cancel, "200 OK"));
        Assert.Empty(next.Said);
        next.Receive(Response(invite, "487 Request Terminated"));
        Assert.StartsWith("ACK ", next.Last);
        Assert.Null(Assert.Single(next.Said).Trouble);
        next.AssertNothingLeft();
    }

    [Fact]
    public void An_answer_that_the_dead_process_never_saw_is_acknowledged_and_ended()
    {
        string invite = DialAndRing();
        var next = Restart();
        next.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Equal(["CANCEL", "ACK", "BYE"], next.StartLines.Select(line => line.Split(' ')[0]));
        Assert.Equal("1002 BYE", Header(next.Last, "CSeq"));
        next.Receive(Response(next.Last, "200 OK"));
        Assert.Single(next.Said);
        next.AssertNothingLeft();
    }

    [Fact]
    public void That_answer_is_written_before_it_is_acknowledged_and_the_start_after_ends_it_again()
    {
        string invite = DialAndRing();
        var next = Restart(commits: false);
        next.Receive(Response(invite, "200 OK", body: Answer));
        next.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Equal((1, 1), (next.KeptBetween, next.Sent.Count));
        next.Handle(new LegMessage.RecoveryByeKept(_rig.Leg, next.LastKept, true));
        Assert.Equal(["CANCEL", "ACK", "BYE"], next.StartLines.Select(line => line.Split(' ')[0]));
        Assert.Empty(next.Said);

        // It dies before the BYE has its answer.
        var last = Restart(after: next);
        Assert.Equal(["ACK", "BYE"], last.StartLines.Select(line => line.Split(' ')[0]));
        Assert.Equal(("2002 BYE", Header(next.Last, "To")), (Header(last.Last, "CSeq"), Header(last.Last, "To")));
        Assert.Empty(last.Said);
        last.Receive(Response(last.Last, "200 OK"));
        Assert.Null(Assert.Single(last.Said).Trouble);
        last.AssertNothingLeft();
    }

    [Fact]
    public void An_answer_that_cannot_be_written_is_ended_all_the_same()
    {
        string invite = DialAndRing();
        var next = Restart(commits: false);
        next.Receive(Response(invite, "200 OK", body: Answer));
        next.Handle(new LegMessage.RecoveryByeKept(_rig.Leg, next.LastKept, false));
        next.Receive(Response(next.SentLast("BYE "), "200 OK"));
        Assert.Single(next.Said);
        next.AssertNothingLeft();
    }

    [Fact]
    public void The_ACK_waits_for_the_row_of_the_answer()
    {
        string invite = DialAndRing();
        _rig.CommitsAtOnce = false;
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Equal(0, _rig.SentCount("ACK "));
        Assert.Equal("LegAnswered", _rig.Kinds[^1]);
        _rig.Handle(new LegMessage.Committed(_rig.Leg, true));
        Assert.Equal(1, _rig.SentCount("ACK "));
        _rig.Advance(5);
        Assert.Equal(1, _rig.SentCount("ACK "));
    }

    [Fact]
    public void A_row_that_does_not_come_costs_no_call()
    {
        string invite = DialAndRing();
        _rig.CommitsAtOnce = false;
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        _rig.Advance(2.1);
        Assert.Equal(1, _rig.SentCount("ACK "));
    }

    [Fact]
    public void A_hangup_before_the_row_of_the_answer_acknowledges_it_first()
    {
        string invite = DialAndRing();
        _rig.CommitsAtOnce = false;
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        Assert.True(_rig.Command(new LegCommand.Hangup()).IsAccepted);
        Assert.Equal(["ACK", "BYE"], _rig.StartLines[^2..].Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void An_answered_callee_gets_BYE_with_a_CSeq_that_leaps()
    {
        string invite = DialAndRing();
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        var next = Restart(isAnswered: true);
        Assert.Equal(["ACK", "BYE"], next.StartLines.Select(line => line.Split(' ')[0]));
        Assert.Equal("1002 BYE", Header(next.Last, "CSeq"));
        Assert.EndsWith(";tag=far", Header(next.Last, "To"));
        Assert.Contains("cause=500", Header(next.Last, "Reason"));
        next.Receive(Response(next.Last, "200 OK"));
        Assert.Null(Assert.Single(next.Said).Trouble);
        // The far end never got the first ACK.
        next.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Equal(2, next.SentCount("ACK "));
        next.AssertNothingLeft();
    }

    [Fact]
    public void A_caller_who_waits_is_refused()
    {
        _rig.Receive(Invite());
        string ringing = _rig.SentLast("SIP/2.0 180");
        var next = Restart();
        string refusal = Assert.Single(next.Sent);
        Assert.StartsWith("SIP/2.0 500 ", refusal);
        foreach (string name in new[] { "Via", "From", "To", "Call-ID", "CSeq" })
            Assert.Equal(Header(ringing, name), Header(refusal, name));
        Assert.Empty(next.Said);
        next.Receive(Invite());
        Assert.Equal(["SIP/2.0 500 Server Internal Error", "SIP/2.0 500 Server Internal Error"], next.StartLines);
        next.Receive(Inside(refusal, "ACK", 1, "z9hG4bKone"));
        next.Advance(10);
        Assert.Equal(0, next.SentCount("BYE "));
        Assert.Null(Assert.Single(next.Said).Trouble);
        next.AssertNothingLeft();
    }

    [Fact]
    public void A_caller_who_does_not_acknowledge_the_refusal_gets_BYE()
    {
        AnswerInbound();
        var next = Restart();
        next.Advance(3.9);
        Assert.Equal(0, next.SentCount("BYE "));
        next.Advance(0.2);
        string bye = next.SentLast("BYE sip:alice@127.0.0.1:5070");
        Assert.Equal("1001 BYE", Header(bye, "CSeq"));
        next.Receive(Response(bye, "200 OK"));
        next.Advance(40);
        Assert.Single(next.Said);
        next.AssertNothingLeft();
    }

    [Fact]
    public void A_caller_who_acknowledges_an_answer_gets_BYE_at_once()
    {
        string ok = AnswerInbound();
        var next = Restart();
        next.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        Assert.StartsWith("BYE ", next.Last);
    }

    [Fact]
    public void An_answered_caller_gets_BYE()
    {
        string ok = AnswerInbound();
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        var next = Restart(isAnswered: true, ago: TimeSpan.FromMinutes(1));
        string bye = Assert.Single(next.Sent);
        Assert.StartsWith("BYE sip:alice@127.0.0.1:5070", bye);
        Assert.Equal(Header(ok, "To"), Header(bye, "From"));
        next.Receive(Response(bye, "481 Call Does Not Exist"));
        Assert.Single(next.Sent);
        Assert.Single(next.Said);
        next.AssertNothingLeft();
    }

    [Fact]
    public void A_caller_who_never_got_the_answer_is_refused()
    {
        AnswerInbound();
        var next = Restart(isAnswered: true, ago: TimeSpan.FromSeconds(1));
        next.Receive(Response(next.SentLast("BYE "), "481 Call Does Not Exist"));
        Assert.StartsWith("SIP/2.0 500 ", next.Last);
    }

    [Fact]
    public void A_caller_who_never_got_the_answer_and_has_asked_again_is_a_new_call()
    {
        AnswerInbound();
        var next = Restart(isAnswered: true, ago: TimeSpan.FromSeconds(1));
        string bye = next.SentLast("BYE ");
        next.Receive(Invite());
        next.Receive(Response(bye, "481 Call Does Not Exist"));
        Assert.Equal((0, 0), (next.SentCount("SIP/2.0 500 "), next.Failures.Count));
        Assert.Single(next.Events.OfType<CallEvent.LegInitiated>());
        Assert.Single(next.Said);
    }

    [Fact]
    public void The_trunks_credentials_answer_a_challenge_of_the_BYE()
    {
        var trunk = new Trunk { Id = new(Guid.NewGuid()), Name = "t", Host = "127.0.0.1", AuthUser = "line", AuthPassword = "secret" };
        string ok = AnswerInbound();
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        _rig.Current = Snapshot(trunks: [trunk]);
        var next = Restart(isAnswered: true, trunk: trunk.Id);
        next.Receive(Response(next.SentLast("BYE "), "407 Proxy Authentication Required", tag: null,
            extra: "Proxy-Authenticate: Digest realm=\"carrier\", nonce=\"xyz\""));
        Assert.Equal("1002 BYE", Header(next.Last, "CSeq"));
        Assert.Contains("username=\"line\"", Header(next.Last, "Proxy-Authorization"));
        next.Receive(Response(next.Last, "200 OK"));
        Assert.Null(Assert.Single(next.Said).Trouble);
        next.AssertNothingLeft();
    }

    [Fact]
    public void A_peer_that_has_moved_gets_BYE_where_it_is_now()
    {
        string ok = AnswerInbound();
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        _rig.Receive(Inside(ok, "INVITE", 2, "z9hG4bKtwo", Offer).Replace("<sip:alice@127.0.0.1:5070>", "<sip:alice@127.0.0.1:5090>"));
        Assert.Equal(1, _rig.KeptBetween);
        var next = Restart(isAnswered: true);
        Assert.StartsWith("BYE sip:alice@127.0.0.1:5090", next.Last);
        Assert.Equal(5090, next.SentTo[^1].Port);
    }

    [Fact]
    public void A_callee_that_has_moved_may_still_repeat_its_answer()
    {
        string invite = DialAndRing();
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        int kept = _rig.KeptBetween;
        _rig.Receive(FromCallee(invite, "UPDATE", 7).Replace("Content-Length", "Contact: <sip:bob@127.0.0.1:5090>\nContent-Length"));
        Assert.Equal(kept + 1, _rig.KeptBetween);
        var next = Restart(isAnswered: true);
        Assert.StartsWith("BYE sip:bob@127.0.0.1:5090", next.Last);
        next.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Equal(2, next.SentCount("ACK "));
    }

    [Fact]
    public void Over_TLS_the_name_that_was_dialled_is_looked_up_again()
    {
        var trunk = new Trunk { Id = new(Guid.NewGuid()), Name = "t", Host = "far.example", Transport = SipTransport.Tls };
        _rig.Current = Snapshot(trunks: [trunk], routes: [new() { Id = Guid.NewGuid(), Trunk = trunk.Id, Prefix = "+" }]);
        _rig.Names["far.example"] = [Peer];
        _rig.Dial(Request("+4989777"));
        string invite = _rig.SentLast("INVITE ");
        Assert.Equal(SipTransport.Tls, _rig.SentBy[^1].Transport);
        _rig.ReceiveBy(_rig.SentBy[^1], Response(invite, "200 OK", body: Answer));

        var next = Restart(isAnswered: true, trunk: trunk.Id);
        Assert.Equal(["ACK", "BYE"], next.StartLines.Select(line => line.Split(' ')[0]));
        Assert.All(next.SentBy, flow => Assert.Equal((SipTransport.Tls, Peer), (flow.Transport, flow.Remote)));
        next.ReceiveBy(next.SentBy[^1], Response(next.Last, "200 OK"));
        Assert.Null(Assert.Single(next.Said).Trouble);
    }

    [Fact]
    public void Over_TLS_a_far_end_that_cannot_be_reached_is_named()
    {
        var trunk = new Trunk { Id = new(Guid.NewGuid()), Name = "t", Host = "far.example", Transport = SipTransport.Tls };
        _rig.Current = Snapshot(trunks: [trunk], routes: [new() { Id = Guid.NewGuid(), Trunk = trunk.Id, Prefix = "+" }]);
        _rig.Names["far.example"] = [Peer];
        _rig.Dial(Request("+4989777"));
        _rig.ReceiveBy(_rig.SentBy[^1], Response(_rig.SentLast("INVITE "), "200 OK", body: Answer));
        var next = Restart(isAnswered: true, trunk: trunk.Id);
        next.FailLast("the certificate is not for far.example");
        next.Advance(33);
        Assert.Equal("the certificate is not for far.example", Assert.Single(next.Said).Trouble);
        next.AssertNothingLeft();
    }

    [Fact]
    public void A_far_end_that_says_nothing_is_given_up_and_named()
    {
        AnswerInbound();
        var next = Restart(isAnswered: true);
        next.Advance(33);
        Assert.Contains("BYE", Assert.Single(next.Said).Trouble);
        next.AssertNothingLeft();
    }

    [Fact]
    public void A_text_that_nobody_can_read_is_done_with()
    {
        _rig.Handle(new ShardMessage.SendRecoveryByes([new(Sample.Facts(Direction.Inbound), "?")]));
        Assert.NotNull(Assert.Single(_rig.Said).Trouble);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void An_INVITE_that_nobody_can_read_is_not_said_to_be_done()
    {
        DialAndRing();
        _rig.RecoveryByes[_rig.Leg] = _rig.RecoveryByes[_rig.Leg].Replace("INVITE sip:", "sip:");
        Assert.Contains("cannot be read", Assert.Single(Restart().Said).Trouble);
        string caller = AnswerAnother();
        _rig.RecoveryByes[_rig.Leg] = caller.Replace("INVITE sip:", "sip:");
        Assert.Contains("cannot be read", Assert.Single(Restart().Said).Trouble);
    }

    /// <summary>What the row of a call that came in says.</summary>
    private static string AnswerAnother()
    {
        var rig = new ShardRig();
        rig.Receive(Invite());
        return rig.RecoveryByes[rig.Leg];
    }

    [Fact]
    public void The_first_row_of_a_call_to_an_address_speaks_of_its_INVITE_already()
    {
        var identity = new NodeIdentity(1, 7, new byte[32]);
        var request = Request();
        var plan = DialPlan.For(_rig.Current, request, SipDomains.None);
        var names = InviteNames.Mint(identity, 0, 5, 77);
        string? recoveryBye = new InitialInvite(_rig.Settings).RecoveryBye(request, plan, names);
        _rig.Dial(request, names: names, recoveryBye: recoveryBye);
        string invite = _rig.SentLast("INVITE ");
        Assert.Equal((0, names.CallId), (_rig.KeptBetween, Header(invite, "Call-ID")));
        _rig.RecoveryByes[_rig.Leg] = recoveryBye!;
        string cancel = Assert.Single(Restart().Sent);
        Assert.Equal(Header(invite, "Via"), Header(cancel, "Via"));
        Assert.Equal(Header(invite, "From"), Header(cancel, "From"));
    }

    [Fact]
    public void Any_other_INVITE_waits_for_its_row()
    {
        _rig.CommitsAtOnce = false;
        _rig.Names["far.example"] = [Peer];
        _rig.Dial(Request("sip:bob@far.example"));
        Assert.Empty(_rig.Sent);
        Assert.Equal(1, _rig.KeptBetween);
        _rig.Handle(new LegMessage.RecoveryByeKept(_rig.Leg, _rig.LastKept, true));
        Assert.Equal(1, _rig.SentCount("INVITE "));
    }

    [Fact]
    public void A_leg_that_is_hung_up_before_the_row_of_its_INVITE_dials_nobody()
    {
        _rig.CommitsAtOnce = false;
        _rig.Dial();
        _rig.Command(new LegCommand.Hangup());
        _rig.Handle(new LegMessage.RecoveryByeKept(_rig.Leg, _rig.LastKept, true));
        Assert.Equal(0, _rig.SentCount("INVITE "));
        Assert.Equal(HangupCause.ApiCancel, _rig.Ended.Cause);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_leg_whose_INVITE_gets_no_row_ends_without_it()
    {
        _rig.CommitsAtOnce = false;
        _rig.Dial();
        _rig.Handle(new LegMessage.RecoveryByeKept(_rig.Leg, _rig.LastKept, false));
        Assert.Equal(0, _rig.SentCount("INVITE "));
        Assert.Equal(HangupCause.LedgerUnavailable, _rig.Ended.Cause);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_leg_does_not_wait_for_ever_for_the_row_of_its_INVITE()
    {
        _rig.CommitsAtOnce = false;
        _rig.Dial();
        _rig.Advance(3.9);
        Assert.Equal(["LegInitiated"], _rig.Kinds);
        _rig.Advance(0.2);
        Assert.Equal(HangupCause.LedgerUnavailable, _rig.Ended.Cause);
        // It is written at last.
        _rig.Handle(new LegMessage.RecoveryByeKept(_rig.Leg, _rig.LastKept, true));
        Assert.Equal(0, _rig.SentCount("INVITE "));
        _rig.AssertNothingLeft();
    }
}
