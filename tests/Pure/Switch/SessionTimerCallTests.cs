using Ringwright.Calls;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>RFC 4028 in the calls of a shard.</summary>
public sealed class SessionTimerCallTests
{
    private const string Answer = "v=0\no=- 2 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 41000 RTP/AVP 0\n";

    private readonly ShardRig _rig = new();

    private string Inbound(string extra)
    {
        _rig.Receive(Invite(extra: extra));
        Assert.True(_rig.Command(new LegCommand.Answer()).IsAccepted);
        string ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        return ok;
    }

    private string Outbound(string extra)
    {
        _rig.Dial();
        string invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(invite, "200 OK", body: Answer, extra: extra));
        return invite;
    }

    [Fact]
    public void Too_short_an_interval_is_422_before_anything_is_taken()
    {
        _rig.Receive(Invite(extra: "Supported: timer\nSession-Expires: 60"));
        Assert.StartsWith("SIP/2.0 422", _rig.Last);
        Assert.Equal("90", Header(_rig.Last, "Min-SE"));
        Assert.Empty(_rig.Events);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_caller_who_does_not_refresh_gets_BYE()
    {
        string ok = Inbound("Supported: timer\nSession-Expires: 90;refresher=uac");
        Assert.Equal("90;refresher=uac", Header(ok, "Session-Expires"));
        _rig.Advance(59);
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        _rig.Advance(2);
        Assert.Contains("cause=408", Header(_rig.SentLast("BYE "), "Reason"));
        Assert.Equal((HangupCause.TransportFailure, "session_expires"), (_rig.Ended.Cause, _rig.Ended.Timer));
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData("UPDATE", null)]
    [InlineData("INVITE", Offer)]
    public void A_callers_refresh_keeps_the_call(string method, string? body)
    {
        string ok = Inbound("Supported: timer\nSession-Expires: 90;refresher=uac");
        for (int i = 2; i < 6; i++)
        {
            _rig.Advance(45);
            _rig.Receive(Inside(ok, method, i, $"z9hG4bKrefresh{i}", body)
                .Replace("Contact:", "Supported: timer\nSession-Expires: 90;refresher=uac\nContact:"));
            Assert.Equal("90;refresher=uac", Header(_rig.SentLast("SIP/2.0 200"), "Session-Expires"));
            if (method == "INVITE") _rig.Receive(Inside(ok, "ACK", i, $"z9hG4bKack{i}"));
        }
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        _rig.Receive(Inside(ok, "UPDATE", 7, "z9hG4bKshort").Replace("Contact:", "Supported: timer\nSession-Expires: 30\nContact:"));
        Assert.StartsWith("SIP/2.0 422", _rig.Last);
        _rig.Receive(Inside(ok, "BYE", 8, "z9hG4bKbye"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void We_refresh_by_UPDATE_where_the_far_end_takes_it()
    {
        string invite = Outbound("Session-Expires: 600;refresher=uac\nAllow: INVITE, UPDATE");
        Assert.Equal(("1800", "90"), (Header(invite, "Session-Expires"), Header(invite, "Min-SE")));
        for (int i = 1; i < 4; i++)
        {
            _rig.Advance(300);
            Assert.Equal(i, _rig.SentOnce("UPDATE "));
            Assert.Equal("600;refresher=uac", Header(_rig.Last, "Session-Expires"));
            _rig.Receive(Response(_rig.Last, "200 OK", tag: null, extra: "Session-Expires: 600;refresher=uac"));
        }
        _rig.Receive(FromCallee(invite, "BYE", 1));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void An_answer_that_bears_the_timers_of_two_is_taken_and_the_shorter_is_kept()
    {
        string invite = Outbound("Session-Expires: 1800;refresher=uac\nSession-Expires: 600\nAllow: INVITE, UPDATE");
        _rig.Advance(299);
        Assert.Equal(0, _rig.SentOnce("UPDATE "));
        _rig.Advance(2);
        Assert.Equal("600;refresher=uac", Header(_rig.SentLast("UPDATE "), "Session-Expires"));
        _rig.Receive(FromCallee(invite, "BYE", 1));
    }

    [Fact]
    public void We_refresh_by_re_INVITE_where_UPDATE_is_unknown()
    {
        string invite = Outbound("Session-Expires: 600;refresher=uac\nAllow: INVITE");
        _rig.Advance(300);
        string again = _rig.SentLast("INVITE ");
        Assert.Equal("2 INVITE", Header(again, "CSeq"));
        Assert.Contains("a=sendrecv", again);
        _rig.Receive(Response(again, "200 OK", tag: null, body: Answer, extra: "Session-Expires: 600;refresher=uac"));
        Assert.StartsWith("ACK ", _rig.Last);
        _rig.Advance(299);
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        _rig.Receive(FromCallee(invite, "BYE", 1));
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData("405 Method Not Allowed"), InlineData("501 Not Implemented"), InlineData("488 Not Acceptable Here")]
    [InlineData("400 Bad Request"), InlineData("500 Server Internal Error"), InlineData("603 Decline")]
    public void An_UPDATE_that_is_not_taken_after_all_becomes_a_re_INVITE(string status)
    {
        string invite = Outbound("Session-Expires: 600;refresher=uac\nAllow: INVITE, UPDATE");
        _rig.Advance(300);
        _rig.Receive(Response(_rig.SentLast("UPDATE "), status, tag: null));
        string again = _rig.SentLast("INVITE ");
        Assert.Equal("3 INVITE", Header(again, "CSeq"));
        _rig.Receive(Response(again, "200 OK", tag: null, body: Answer, extra: "Session-Expires: 600;refresher=uac"));
        _rig.Advance(301);
        Assert.Equal((1, 3), (_rig.SentOnce("UPDATE "), _rig.SentOnce("INVITE ")));
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        _rig.Receive(FromCallee(invite, "BYE", 1));
    }

    [Theory]
    [InlineData("491 Request Pending", null, "UPDATE ")]
    [InlineData("500 Server Internal Error", "Retry-After: 2", "UPDATE ")]
    [InlineData("401 Unauthorized", "WWW-Authenticate: Digest realm=\"far\", nonce=\"n1\"", null)]
    public void Who_asks_for_patience_or_for_a_name_gets_no_re_INVITE(string status, string? extra, string? next)
    {
        Outbound("Session-Expires: 600;refresher=uac\nAllow: INVITE, UPDATE");
        _rig.Advance(300);
        _rig.Receive(Response(_rig.SentLast("UPDATE "), status, tag: null, extra: extra));
        _rig.Advance(5);
        Assert.Equal(1, _rig.SentOnce("INVITE "));
        Assert.Equal(next is null ? 1 : 2, _rig.SentOnce("UPDATE "));
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
    }

    [Theory]
    [InlineData("481 Call/Transaction Does Not Exist")]
    [InlineData("408 Request Timeout")]
    [InlineData(null)]
    public void A_refresh_that_finds_nobody_ends_the_call(string? status)
    {
        Outbound("Session-Expires: 600;refresher=uac\nAllow: INVITE, UPDATE");
        _rig.Advance(300);
        if (status is not null) _rig.Receive(Response(_rig.SentLast("UPDATE "), status, tag: null));
        else _rig.Advance(33);
        Assert.Equal(1, _rig.SentOnce("BYE "));
        Assert.Equal(HangupCause.TransportFailure, _rig.Ended.Cause);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_refused_refresh_is_tried_again_and_the_call_ends_when_none_succeeds()
    {
        Outbound("Session-Expires: 600;refresher=uac\nAllow: INVITE, UPDATE");
        for (int i = 0; _rig.Kinds[^1] != "LegEnded" && i < 100; i++)
        {
            var (updates, invites) = (_rig.SentOnce("UPDATE "), _rig.SentOnce("INVITE "));
            _rig.Advance(10);
            if (_rig.SentOnce("UPDATE ") > updates) _rig.Receive(Response(_rig.SentLast("UPDATE "), "488 Not Acceptable Here", tag: null));
            if (_rig.SentOnce("INVITE ") > invites) _rig.Receive(Response(_rig.SentLast("INVITE "), "488 Not Acceptable Here", tag: null));
        }
        Assert.Equal(1, _rig.SentOnce("UPDATE "));
        Assert.InRange(_rig.SentOnce("INVITE "), 3, 13);
        Assert.Equal("session_expires", _rig.Ended.Timer);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_422_to_our_call_is_asked_again_with_the_interval_that_it_names()
    {
        _rig.Dial();
        string invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(invite, "422 Session Interval Too Small", extra: "Min-SE: 3600"));
        string again = _rig.SentLast("INVITE ");
        Assert.Equal(("3600", "3600", "2 INVITE", Header(invite, "Call-ID")),
            (Header(again, "Session-Expires"), Header(again, "Min-SE"), Header(again, "CSeq"), Header(again, "Call-ID")));
        _rig.Receive(Response(again, "422 Session Interval Too Small", extra: "Min-SE: 3600"));
        Assert.Equal(422, _rig.Ended.SipStatus);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_far_end_without_timers_is_left_alone()
    {
        string invite = Outbound("Allow: INVITE");
        _rig.Advance(7_200);
        Assert.Equal(1, _rig.SentOnce("INVITE "));
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        _rig.Receive(FromCallee(invite, "BYE", 1));
        _rig.AssertNothingLeft();
    }
}
