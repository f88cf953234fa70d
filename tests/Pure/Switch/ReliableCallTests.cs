using Ringwright.Calls;
using Ringwright.Media.Protocol;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>RFC 3262 in the calls of a shard: reliable ringing either way.</summary>
public sealed class ReliableCallTests
{
    private const string Answer = "v=0\no=- 2 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 41000 RTP/AVP 0\n";

    private readonly ShardRig _rig = new();

    private void Prack(string ringing, int cseq, string? body = null, string? number = null) =>
        _rig.Receive(Inside(ringing, "PRACK", cseq, $"z9hG4bKprack{cseq}", body)
            .Replace("Contact:", $"RAck: {number ?? Header(ringing, "RSeq")} 1 INVITE\nContact:"));

    [Fact]
    public void A_caller_who_requires_it_gets_reliable_ringing_until_his_PRACK()
    {
        _rig.Receive(Invite(extra: "Require: 100rel"));
        string ringing = _rig.SentLast("SIP/2.0 180");
        Assert.Equal("100rel", Header(ringing, "Require"));
        _rig.Advance(2);
        Assert.Equal(3, _rig.SentCount("SIP/2.0 180"));
        Prack(ringing, 2, number: "1");
        Assert.StartsWith("SIP/2.0 481", _rig.Last);
        Prack(ringing, 3);
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
        Assert.Equal("3 PRACK", Header(_rig.Last, "CSeq"));
        _rig.Advance(20);
        Assert.Equal(3, _rig.SentCount("SIP/2.0 180"));
        Assert.True(_rig.Command(new LegCommand.Answer()).IsAccepted);
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
        _rig.Receive(Inside(_rig.Last, "ACK", 1, "z9hG4bKack"));
        _rig.Receive(Inside(ringing, "BYE", 4, "z9hG4bKbye"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void Where_he_only_can_it_is_the_connection_that_says_so()
    {
        _rig.Receive(Invite(extra: "Supported: 100rel"));
        Assert.DoesNotContain("RSeq", _rig.SentLast("SIP/2.0 180"));
        var willing = new ShardRig { Current = Snapshot(App with { Sip = new() { Delivery = new() { IsPrackEnabled = true } } }) };
        willing.Receive(Invite(extra: "Supported: 100rel"));
        Assert.Contains("RSeq", willing.SentLast("SIP/2.0 180"));
        willing.Receive(Invite(branch: "z9hG4bKtwo").Replace("call-1", "call-2"));
        Assert.DoesNotContain("RSeq", willing.SentLast("SIP/2.0 180"));
    }

    [Fact]
    public void Without_a_PRACK_the_call_is_refused_with_504()
    {
        _rig.Receive(Invite(extra: "Require: 100rel"));
        _rig.Advance(33);
        Assert.StartsWith("SIP/2.0 504", _rig.Last);
        Assert.Equal((HangupCause.TransportFailure, "prack"), (_rig.Ended.Cause, _rig.Ended.Timer));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void Without_an_offer_ours_is_in_the_ringing_and_its_answer_in_the_PRACK()
    {
        _rig.Receive(Invite(body: null, extra: "Require: 100rel"));
        string ringing = _rig.SentLast("SIP/2.0 180");
        Assert.Contains("m=audio 16386", ringing);
        // The answer must not overtake the PRACK.
        Assert.True(_rig.Command(new LegCommand.Answer()).IsAccepted);
        Assert.Equal(0, _rig.SentCount("SIP/2.0 200"));
        Prack(ringing, 2, Answer);
        Assert.Equal(2, _rig.SentCount("SIP/2.0 200"));
        Assert.Equal(("1 INVITE", "0"), (Header(_rig.Last, "CSeq"), Header(_rig.Last, "Content-Length")));
        _rig.Receive(Inside(ringing, "ACK", 1, "z9hG4bKack"));
        Assert.Equal(["LegInitiated", "LegAnswered"], _rig.Kinds);
        Assert.Equal(41000, Assert.IsType<MediaCommand.Connect>(_rig.Commands[^1]).Plan.Remote.Default.Address.Port);
        _rig.Receive(Inside(ringing, "BYE", 3, "z9hG4bKbye"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void An_answer_that_waits_for_a_PRACK_can_be_cancelled()
    {
        _rig.Receive(Invite(body: null, extra: "Require: 100rel"));
        _rig.Command(new LegCommand.Answer());
        _rig.Receive(Invite(body: null).Replace("INVITE", "CANCEL"));
        Assert.Contains("SIP/2.0 487 Request Terminated", _rig.StartLines);
        Assert.Equal(HangupCause.CallerCancel, _rig.Ended.Cause);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void An_answer_that_waits_for_a_PRACK_in_vain_is_refused()
    {
        _rig.Receive(Invite(body: null, extra: "Require: 100rel"));
        _rig.Command(new LegCommand.Answer());
        _rig.Advance(33);
        Assert.StartsWith("SIP/2.0 504", _rig.Last);
        Assert.Equal("prack", _rig.Ended.Timer);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_useless_answer_in_a_PRACK_ends_the_call()
    {
        _rig.Receive(Invite(body: null, extra: "Require: 100rel"));
        Prack(_rig.SentLast("SIP/2.0 180"), 2, Answer.Replace("41000 RTP/AVP 0", "41000 RTP/AVP 18"));
        Assert.Contains("SIP/2.0 488 Not Acceptable Here", _rig.StartLines);
        Assert.Equal(HangupCause.MediaMismatch, _rig.Ended.Cause);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void An_offer_in_a_PRACK_before_ours_is_answered_is_put_off()
    {
        _rig.Receive(Invite(extra: "Require: 100rel"));
        Prack(_rig.SentLast("SIP/2.0 180"), 2, Offer);
        Assert.StartsWith("SIP/2.0 500", _rig.Last);
        Assert.Contains("Retry-After", _rig.Last);
    }

    [Fact]
    public void Reliable_ringing_of_a_callee_is_acknowledged_once_each_and_in_order()
    {
        _rig.Dial();
        string invite = _rig.SentLast("INVITE ");
        Assert.Equal("100rel, timer", Header(invite, "Supported"));
        _rig.Receive(Response(invite, "180 Ringing", extra: "Require: 100rel\nRSeq: 5"));
        string prack = _rig.SentLast("PRACK ");
        Assert.StartsWith("PRACK sip:bob@127.0.0.1:5070", prack);
        Assert.Equal(("5 1 INVITE", "2 PRACK"), (Header(prack, "RAck"), Header(prack, "CSeq")));
        _rig.Receive(Response(invite, "180 Ringing", extra: "Require: 100rel\nRSeq: 5"));
        _rig.Receive(Response(invite, "183 Session Progress", extra: "Require: 100rel\nRSeq: 7"));
        Assert.Equal(1, _rig.SentCount("PRACK "));
        _rig.Receive(Response(prack, "200 OK", tag: null));
        _rig.Receive(Response(invite, "183 Session Progress", extra: "Require: 100rel\nRSeq: 6", body: Answer));
        Assert.Equal("6 1 INVITE", Header(_rig.SentLast("PRACK "), "RAck"));
        _rig.Receive(Response(_rig.SentLast("PRACK "), "200 OK", tag: null));
        _rig.Receive(Response(invite, "200 OK"));
        Assert.Equal(["LegInitiated", "LegRinging", "LegAnswered"], _rig.Kinds);
        Assert.Equal(41000, Assert.IsType<MediaCommand.Connect>(_rig.Commands[^1]).Plan.Remote.Default.Address.Port);
        _rig.Receive(FromCallee(invite, "BYE", 1));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_callee_may_change_the_session_by_UPDATE_before_it_answers()
    {
        _rig.Dial();
        string invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(invite, "183 Session Progress", extra: "Require: 100rel\nRSeq: 6", body: Answer));
        _rig.Receive(FromCallee(invite, "UPDATE", 1, body: Answer.Replace("41000", "41002")));
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Equal(41002, Assert.IsType<MediaCommand.Connect>(_rig.Commands[^1]).Plan.Remote.Default.Address.Port);
    }

    [Fact]
    public void A_callee_that_sends_BYE_before_it_answers_has_refused()
    {
        _rig.Dial();
        string invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(invite, "183 Session Progress"));
        _rig.Receive(FromCallee(invite, "BYE", 1));
        Assert.Contains("SIP/2.0 200 OK", _rig.StartLines);
        _rig.Receive(Response(_rig.SentLast("CANCEL "), "200 OK"));
        _rig.Receive(Response(invite, "487 Request Terminated"));
        Assert.Equal((HangupCause.RemoteFailure, HangupParty.Remote), (_rig.Ended.Cause, _rig.Ended.By));
        _rig.AssertNothingLeft();
    }
}
