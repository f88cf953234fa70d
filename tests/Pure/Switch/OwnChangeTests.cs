using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Changes of the session that we ask for: hold and resume by re-INVITE, and all that can come in between.</summary>
public sealed class OwnChangeTests
{
    private const string Answer = "v=0\no=- 2 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 41000 RTP/AVP 0\n";

    private readonly ShardRig _rig = new();

    private string Establish(DialRequest? request = null)
    {
        _rig.Dial(request);
        string invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        return invite;
    }

    private string Hold(bool isOn = true)
    {
        Assert.True(_rig.Command(new LegCommand.Hold(isOn)).IsAccepted);
        return _rig.SentLast("INVITE ");
    }

    private StreamDirection Direction => _rig.Commands.OfType<MediaCommand.Connect>().Last().Plan.Direction;

    [Fact]
    public void Hold_and_resume_go_out_as_re_INVITEs_with_rising_versions()
    {
        string invite = Establish();
        string hold = Hold();
        Assert.Contains("a=sendonly", hold);
        Assert.Equal(("2 INVITE", Header(invite, "Call-ID")), (Header(hold, "CSeq"), Header(hold, "Call-ID")));
        _rig.Receive(Response(hold, "200 OK", tag: null, body: Answer + "a=recvonly\n"));
        Assert.StartsWith("ACK ", _rig.Last);
        Assert.Equal(StreamDirection.SendOnly, Direction);
        _rig.Receive(Response(hold, "200 OK", tag: null, body: Answer + "a=recvonly\n"));
        Assert.Equal(3, _rig.SentCount("ACK "));
        string resume = Hold(false);
        Assert.Contains("a=sendrecv", resume);
        Assert.NotEqual(Line(hold, "o="), Line(resume, "o="));
        _rig.Receive(Response(resume, "200 OK", tag: null, body: Answer));
        Assert.Equal(StreamDirection.SendReceive, Direction);
        Assert.DoesNotContain("LegHeld", _rig.Kinds);
        _rig.Receive(FromCallee(invite, "BYE", 1));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void Hold_before_the_answer_is_refused_and_twice_is_one()
    {
        _rig.Dial();
        Assert.Equal(Refusal.NotYetAnswered, _rig.Command(new LegCommand.Hold(true)).Refusal);
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", body: Answer));
        string hold = Hold();
        Hold();
        Assert.Equal(2, _rig.SentOnce("INVITE "));
        _rig.Receive(Response(hold, "200 OK", tag: null, body: Answer));
        Hold();
        Assert.Equal(2, _rig.SentOnce("INVITE "));
    }

    [Fact]
    public void A_change_of_ours_keeps_the_codec_and_leaves_the_peer_free_to_ask_for_another()
    {
        string invite = Establish();
        Assert.Contains("RTP/AVP 0 8 101", invite);
        string hold = Hold();
        Assert.Contains("RTP/AVP 0 101", hold);
        _rig.Receive(Response(hold, "200 OK", tag: null, body: Answer + "a=recvonly\n"));
        _rig.Receive(FromCallee(invite, "INVITE", 1, body: Answer.Replace("RTP/AVP 0", "RTP/AVP 8"))
            .Replace("Content-Type", "Contact: <sip:bob@127.0.0.1:5070>\nContent-Type"));
        Assert.Contains("RTP/AVP 8", _rig.SentLast("SIP/2.0 200"));
        Assert.Contains("a=sendonly", _rig.SentLast("SIP/2.0 200"));
    }

    [Fact]
    public void A_wish_that_changes_while_the_first_is_under_way_follows_it()
    {
        Establish();
        string hold = Hold();
        Hold(false);
        Assert.Equal(2, _rig.SentOnce("INVITE "));
        _rig.Receive(Response(hold, "200 OK", tag: null, body: Answer + "a=recvonly\n"));
        Assert.Contains("a=sendrecv", _rig.SentLast("INVITE "));
        Assert.Equal(3, _rig.SentOnce("INVITE "));
    }

    [Fact]
    public void Glare_is_refused_either_way_and_ours_is_asked_again_after_a_while()
    {
        string invite = Establish();
        string hold = Hold();
        _rig.Receive(FromCallee(invite, "INVITE", 1));
        Assert.Equal("SIP/2.0 491 Request Pending", _rig.StartLines[^1]);
        _rig.Receive(FromCallee(invite, "ACK", 1));
        _rig.Receive(Response(hold, "491 Request Pending", tag: null));
        // RFC 3261 section 14.1: we own the Call-ID, so 2.1 to 4 s.
        _rig.Advance(2.09);
        Assert.Equal(2, _rig.SentOnce("INVITE "));
        _rig.Advance(1.95);
        Assert.Equal(3, _rig.SentOnce("INVITE "));
        Assert.Contains("a=sendonly", _rig.SentLast("INVITE "));
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", tag: null, body: Answer + "a=recvonly\n"));
        Assert.Equal(StreamDirection.SendOnly, Direction);
    }

    [Fact]
    public void The_peers_re_INVITE_comes_first_when_it_was_first()
    {
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Answer());
        string ok = _rig.SentLast("SIP/2.0 200");
        Assert.True(_rig.Command(new LegCommand.Hold(true)).IsAccepted);
        Assert.Equal(0, _rig.SentOnce("INVITE "));     // our 200 has no ACK yet
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        Assert.Contains("a=sendonly", _rig.SentLast("INVITE "));
    }

    [Theory]
    [InlineData("488 Not Acceptable Here")]
    [InlineData("500 Server Internal Error")]
    [InlineData("603 Decline")]
    public void A_refusal_leaves_the_session_as_it_was(string status)
    {
        string invite = Establish();
        int commands = _rig.Commands.Count;
        _rig.Receive(Response(Hold(), status, tag: null));
        _rig.Advance(60);
        Assert.Equal(2, _rig.SentOnce("INVITE "));
        Assert.Equal(commands, _rig.Commands.Count);
        _rig.Receive(FromCallee(invite, "INVITE", 1).Replace("Content-Length: 0", "Contact: <sip:bob@127.0.0.1:5070>\nContent-Length: 0"));
        Assert.Contains("a=sendrecv", _rig.SentLast("SIP/2.0 200"));
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
    }

    [Fact]
    public void A_busy_far_end_that_says_when_is_asked_again_then()
    {
        Establish();
        _rig.Receive(Response(Hold(), "500 Server Internal Error", tag: null, extra: "Retry-After: 3"));
        _rig.Advance(2.9);
        Assert.Equal(2, _rig.SentOnce("INVITE "));
        _rig.Advance(0.2);
        Assert.Equal(3, _rig.SentOnce("INVITE "));
    }

    [Theory]
    [InlineData("481 Call/Transaction Does Not Exist", 481)]
    [InlineData("408 Request Timeout", 408)]
    [InlineData(null, 408)]
    public void A_far_end_that_knows_no_such_call_ends_it(string? status, int code)
    {
        Establish();
        string hold = Hold();
        if (status is not null) _rig.Receive(Response(hold, status, tag: null));
        else _rig.Advance(33);
        Assert.Equal(1, _rig.SentOnce("BYE "));
        Assert.Equal((HangupCause.TransportFailure, code), (_rig.Ended.Cause, _rig.Ended.SipStatus));
        _rig.AssertNothingLeft();
    }

    [Theory, InlineData("408 Request Timeout"), InlineData(null)]
    public void A_held_party_that_is_dark_is_resumed_when_it_is_heard_again(string? status)
    {
        Establish();
        _rig.Receive(Response(Hold(), "200 OK", tag: null, body: Answer + "a=recvonly\n"));
        string resume = Hold(false);
        if (status is not null) _rig.Receive(Response(resume, status, tag: null));
        else _rig.Advance(33);
        Assert.Equal((0, 3), (_rig.SentCount("BYE "), _rig.SentOnce("INVITE ")));
        _rig.Advance(status is null ? 28 : 61);
        _rig.Receive(Response(_rig.SentLast("OPTIONS "), "200 OK", tag: null));
        Assert.Equal(4, _rig.SentOnce("INVITE "));
        Assert.Contains("a=sendrecv", _rig.SentLast("INVITE "), StringComparison.Ordinal);
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", tag: null, body: Answer));
        Assert.Equal(StreamDirection.SendReceive, Direction);
    }

    [Fact]
    public void A_challenge_inside_the_call_is_answered()
    {
        _rig.Dial(Request() with { AuthUser = "alice", AuthPassword = "secret" });
        _rig.Receive(Response(_rig.SentLast("INVITE "), "407 Proxy Authentication Required",
            extra: "Proxy-Authenticate: Digest realm=\"t\", nonce=\"n1\""));
        string invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        string hold = Hold();
        Assert.Contains("nonce=\"n1\"", hold);
        _rig.Receive(Response(hold, "407 Proxy Authentication Required", tag: null,
            extra: "Proxy-Authenticate: Digest realm=\"t\", nonce=\"n2\", stale=true"));
        string again = _rig.SentLast("INVITE ");
        Assert.Contains("nonce=\"n2\"", again);
        Assert.Equal(("4 INVITE", Line(hold, "o=")), (Header(again, "CSeq"), Line(again, "o=")));
        _rig.Receive(Response(again, "200 OK", tag: null, body: Answer + "a=recvonly\n"));
        Assert.Equal(StreamDirection.SendOnly, Direction);
        _rig.Receive(FromCallee(invite, "BYE", 1));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_hang_up_while_the_re_INVITE_is_under_way_leaves_nothing()
    {
        Establish();
        string hold = Hold();
        _rig.Receive(Response(hold, "100 Trying", tag: null));
        _rig.Command(new LegCommand.Hangup());
        Assert.Equal((1, 1), (_rig.SentOnce("BYE "), _rig.SentOnce("CANCEL ")));
        _rig.Receive(Response(_rig.SentLast("BYE "), "200 OK", tag: null));
        _rig.Receive(Response(hold, "200 OK", tag: null, body: Answer));
        Assert.StartsWith("ACK ", _rig.Last);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void The_answer_may_name_a_new_target()
    {
        Establish();
        _rig.Receive(Response(Hold(), "200 OK", tag: null, body: Answer)
            .Replace("<sip:bob@127.0.0.1:5070>\n", "<sip:bob@127.0.0.1:5072>\n"));
        Assert.StartsWith("ACK sip:bob@127.0.0.1:5072", _rig.Last);
        _rig.Command(new LegCommand.Hangup());
        Assert.StartsWith("BYE sip:bob@127.0.0.1:5072", _rig.Last);
    }

    [Fact]
    public void A_re_INVITE_that_is_never_answered_is_cancelled_and_the_call_goes_on()
    {
        string invite = Establish();
        string hold = Hold();
        _rig.Receive(Response(hold, "100 Trying", tag: null));
        _rig.Advance(33);
        Assert.Equal(1, _rig.SentOnce("CANCEL "));
        _rig.Receive(Response(_rig.SentLast("CANCEL "), "200 OK", tag: null));
        _rig.Receive(Response(hold, "487 Request Terminated", tag: null));
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        _rig.Receive(FromCallee(invite, "BYE", 1));
        _rig.AssertNothingLeft();
    }

    private static string Line(string message, string start) =>
        message.Split("\r\n").First(line => line.StartsWith(start, StringComparison.Ordinal));
}
