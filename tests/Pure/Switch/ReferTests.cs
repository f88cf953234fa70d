using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Dialogs;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>We refer the far end to somebody else, and it tells what became of that, or does not.</summary>
public sealed class ReferTests
{
    private static readonly LegCommand.Refer ToBob = new("sip:bob@192.0.2.9") { CommandId = "one" };

    private readonly ShardRig _rig = new();
    private string _ok = "";
    private int _cseq = 1;

    private CallEvent.ReferEnded Outcome => Assert.Single(_rig.Events.OfType<CallEvent.ReferEnded>());

    private string Refer(LegCommand.Refer? refer = null)
    {
        _ok = _rig.Establish();
        Assert.True(_rig.Command(refer ?? ToBob).IsAccepted);
        return _rig.SentLast("REFER ");
    }

    private void Accept(string refer) => _rig.Receive(Response(refer, "202 Accepted", tag: null));

    /// <summary>Gives what we answer.</summary>
    private string Notify(string? fragment, string state = "active;expires=60", string package = "refer")
    {
        _rig.Receive(Inside(_ok, "NOTIFY", ++_cseq, $"z9hG4bKnotify{_cseq}", fragment, "message/sipfrag;version=2.0")
            .Replace("Contact:", $"Event: {package}\nSubscription-State: {state}\nContact:", StringComparison.Ordinal));
        return _rig.Last;
    }

    private void HangUp() => _rig.Receive(Inside(_ok, "BYE", ++_cseq, "z9hG4bKbye"));

    [Fact]
    public void Progress_is_followed_to_its_end_and_then_the_call_is_hung_up()
    {
        string refer = Refer(ToBob with { Headers = [new("X-Why", "shift")] });
        Assert.Equal("<sip:bob@192.0.2.9>", Header(refer, "Refer-To"));
        Assert.Equal(Header(refer, "From").Split(";tag=")[0], Header(refer, "Referred-By"));
        Assert.Equal("shift", Header(refer, "X-Why"));
        Assert.Equal("<sip:127.0.0.1:5060>", Header(refer, "Contact"));
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.ReferStarted);
        Accept(refer);
        Assert.StartsWith("SIP/2.0 200", Notify("SIP/2.0 100 Trying\n"));
        Assert.StartsWith("SIP/2.0 200", Notify("SIP/2.0 180 Ringing\n"));
        Assert.Single(_rig.Events.OfType<CallEvent.ReferStarted>());
        Assert.StartsWith("SIP/2.0 200", Notify("SIP/2.0 200 OK\n", "terminated;reason=noresource"));
        Assert.Equal(200, Outcome.SipStatus);
        Assert.Equal(0, _rig.SentCount("BYE "));
        _rig.Advance(Limits.ReferredHangup.TotalSeconds);
        _rig.Receive(Response(_rig.SentLast("BYE "), "200 OK", tag: null));
        Assert.Equal((HangupCause.ApiHangup, "one"), (_rig.Ended.Cause, _rig.Ended.CommandId));
        Assert.Contains("NOTIFY said 200", _rig.Ended.Evidence, StringComparison.Ordinal);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void The_far_end_may_hang_up_itself_when_it_is_through()
    {
        Accept(Refer());
        Notify("SIP/2.0 200 OK\n", "terminated;reason=noresource");
        HangUp();
        Assert.Equal(HangupCause.RemoteHangup, _rig.Ended.Cause);
        Assert.Equal(0, _rig.SentCount("BYE "));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_target_that_refuses_fails_the_refer_and_the_call_goes_on()
    {
        Accept(Refer());
        Notify("SIP/2.0 100 Trying\n");
        Notify("SIP/2.0 404 Not Found\n", "terminated;reason=noresource");
        Assert.Equal(404, Outcome.SipStatus);
        Assert.StartsWith("SIP/2.0 481", Notify("SIP/2.0 200 OK\n", "terminated"));     // it has ended
        _rig.Advance(30);
        Assert.Equal(["LegInitiated", "LegAnswered", "ReferStarted", "ReferEnded"], _rig.Kinds);
        Assert.True(_rig.Command(ToBob with { CommandId = "two" }).IsAccepted);          // and may be tried again
        Assert.Equal(2, _rig.SentOnce("REFER "));
        HangUp();
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData("603 Decline", 603)]
    [InlineData("405 Method Not Allowed", 405)]
    [InlineData("481 Call/Transaction Does Not Exist", 481)]
    [InlineData("302 Moved", 302)]
    public void A_far_end_that_does_not_do_it_fails_the_refer_without_a_start(string answer, int status)
    {
        _rig.Receive(Response(Refer(), answer, tag: null));
        Assert.Equal(status, Outcome.SipStatus);
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.ReferStarted);
        HangUp();
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void No_answer_fails_the_refer_and_the_call_goes_on()
    {
        Refer();
        _rig.Advance(40);
        Assert.Equal((408, "Nothing answered the REFER."), (Outcome.SipStatus, Outcome.Evidence));
        HangUp();
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("SIP/2.0 180 Ringing\n")]
    public void Who_takes_it_and_tells_nothing_more_is_waited_for_a_minute(string? last)
    {
        Accept(Refer());
        if (last is not null) Notify(last, "active");
        _rig.Advance(59);
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.ReferEnded);
        _rig.Advance(2);
        Assert.Equal(408, Outcome.SipStatus);
        HangUp();
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void Who_tells_for_ever_is_heard_for_five_minutes_and_so_many_times()
    {
        Accept(Refer());
        for (int i = 0; i < 11 && !_rig.Events.OfType<CallEvent.ReferEnded>().Any(); i++)
        {
            Assert.StartsWith("SIP/2.0 200", Notify("SIP/2.0 180 Ringing\n", "active;expires=2000000000"));
            _rig.Advance(30);
        }
        Assert.Equal(408, Outcome.SipStatus);
        Assert.InRange(_cseq, 10, 12);
        var leg = _rig.Leg;
        _rig.Events.Clear();
        Assert.True(_rig.Command(ToBob with { CommandId = "two" }, leg).IsAccepted);
        Accept(_rig.SentLast("REFER "));
        for (int i = 0; i <= Limits.ReferNotifies; i++) Notify("SIP/2.0 180 Ringing\n");
        Assert.Contains($"{Limits.ReferNotifies} NOTIFYs", Outcome.Evidence, StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 481", Notify("SIP/2.0 180 Ringing\n"));
    }

    [Theory]
    [InlineData("terminated;reason=timeout", 408)]
    [InlineData("terminated;reason=giveup", 487)]
    [InlineData("terminated", 487)]
    public void Notifications_that_end_without_an_outcome_fail_the_refer(string state, int status)
    {
        Accept(Refer());
        Notify(null, state);
        Assert.Equal(status, Outcome.SipStatus);
        HangUp();
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_NOTIFY_may_overtake_the_202()
    {
        string refer = Refer();
        Notify("SIP/2.0 100 Trying\n");
        Notify("SIP/2.0 200 OK\n", "terminated;reason=noresource");
        Accept(refer);
        Assert.Equal(200, Outcome.SipStatus);
        Assert.Single(_rig.Events.OfType<CallEvent.ReferStarted>());
        _rig.Advance(5);
        Assert.Equal(HangupCause.ApiHangup, _rig.Ended.Cause);
    }

    [Fact]
    public void A_call_that_ends_meanwhile_ends_the_refer_first()
    {
        Accept(Refer());
        HangUp();
        Assert.Equal(["LegInitiated", "LegAnswered", "ReferStarted", "ReferEnded", "LegEnded"], _rig.Kinds);
        Assert.Equal(487, Outcome.SipStatus);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_refer_before_the_answer_waits_for_it()
    {
        _rig.Receive(Invite());
        Assert.True(_rig.Command(ToBob).IsAccepted);
        Assert.Equal(Refusal.WrongState, _rig.Command(ToBob with { CommandId = "two" }).Refusal);
        Assert.True(_rig.Command(new LegCommand.Answer()).IsAccepted);
        Assert.Equal(0, _rig.SentCount("REFER "));                      // no ACK yet
        _ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Inside(_ok, "ACK", 1, "z9hG4bKack"));
        Assert.Equal(1, _rig.SentCount("REFER "));
    }

    [Fact]
    public void A_refer_of_a_call_that_nobody_answers_fails_with_it()
    {
        _rig.Receive(Invite());
        Assert.True(_rig.Command(ToBob).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.Reject(IsBusy: true)).IsAccepted);
        Assert.Equal(["LegInitiated", "ReferEnded", "LegEnded"], _rig.Kinds);
    }

    [Fact]
    public void A_called_party_is_referred_behind_our_ACK()
    {
        _rig.Dial();
        var leg = _rig.Events[0].Leg.Id;
        Assert.True(_rig.Command(ToBob, leg).IsAccepted);
        Assert.Equal(0, _rig.SentCount("REFER "));
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", body: Answer));
        Assert.Equal(["INVITE", "ACK", "REFER"], _rig.StartLines.Select(line => line.Split(' ')[0]));
        Assert.StartsWith("REFER sip:bob@127.0.0.1:5070", _rig.Last, StringComparison.Ordinal);
    }

    [Fact]
    public void A_challenge_is_answered_with_the_credentials_of_the_command()
    {
        string refer = Refer(ToBob with { AuthUser = "me", AuthPassword = "secret" });
        string challenge = "WWW-Authenticate: Digest realm=\"far\", nonce=\"n1\", algorithm=MD5, qop=\"auth\"";
        _rig.Receive(Response(refer, "401 Unauthorized", tag: null, extra: challenge));
        string again = _rig.SentLast("REFER ");
        Assert.Contains("Authorization: Digest username=\"me\", realm=\"far\"", again, StringComparison.Ordinal);
        Accept(again);
        Notify("SIP/2.0 200 OK\n", "terminated", package: $"refer;id={Header(again, "CSeq").Split(' ')[0]}");
        Assert.Equal(200, Outcome.SipStatus);
    }

    [Fact]
    public void Without_credentials_a_challenge_fails_it()
    {
        _rig.Receive(Response(Refer(), "407 Proxy Authentication Required", tag: null,
            extra: "Proxy-Authenticate: Digest realm=\"far\", nonce=\"n1\""));
        Assert.Equal(407, Outcome.SipStatus);
    }

    [Theory]
    [InlineData("refer", 481)]      // of no REFER
    [InlineData("presence", 489)]
    [InlineData("", 489)]
    public void A_NOTIFY_that_nobody_asked_for_is_refused(string package, int status)
    {
        _ok = _rig.Establish();
        Assert.StartsWith($"SIP/2.0 {status}", Notify("SIP/2.0 200 OK\n", package: package));
        Assert.Equal(["LegInitiated", "LegAnswered"], _rig.Kinds);
    }

    [Theory]
    [InlineData("SIP/2.0 200 OK\n", null, 200)]
    [InlineData("SIP/2.0 486 Busy Here\n", "terminated;reason=noresource", 486)]
    [InlineData(null, "terminated;reason=timeout", 408)]
    public void A_NOTIFY_that_does_not_say_what_it_is_about_is_about_the_REFER(string? fragment, string? state, int status)
    {
        Accept(Refer());
        string notify = Inside(_ok, "NOTIFY", 2, "z9hG4bKnotify", fragment, "message/sipfrag");
        if (state is not null) notify = notify.Replace("Contact:", $"Subscription-State: {state}\nContact:", StringComparison.Ordinal);
        _rig.Receive(notify);
        Assert.StartsWith("SIP/2.0 200", _rig.Last, StringComparison.Ordinal);
        Assert.Equal(status, Outcome.SipStatus);
        _rig.Receive(notify.Replace("CSeq: 2", "CSeq: 3", StringComparison.Ordinal)
            .Replace("z9hG4bKnotify", "z9hG4bKlate", StringComparison.Ordinal));
        Assert.StartsWith("SIP/2.0 481", _rig.Last, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, null, "application/sdp", 489)]
    [InlineData(false, "SIP/2.0 200 OK\n", "message/sipfrag", 489)]
    [InlineData(true, "Messages-Waiting: yes\n", "application/simple-message-summary", 489)]
    public void A_NOTIFY_that_says_a_state_and_not_of_what_is_of_no_REFER_by_itself(bool isReferred, string? body, string type, int status)
    {
        if (isReferred) Accept(Refer());
        else _ok = _rig.Establish();
        _rig.Receive(Inside(_ok, "NOTIFY", 2, "z9hG4bKnotify", body, type)
            .Replace("Contact:", "Subscription-State: active\nContact:", StringComparison.Ordinal));
        Assert.StartsWith($"SIP/2.0 {status}", _rig.Last, StringComparison.Ordinal);
        Assert.Contains("Allow-Events: ", _rig.Last, StringComparison.Ordinal);
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.ReferEnded);
    }

    [Fact]
    public void A_NOTIFY_of_an_earlier_REFER_is_not_taken_for_the_next()
    {
        string first = Refer();
        _rig.Receive(Response(first, "603 Decline", tag: null));
        Assert.True(_rig.Command(ToBob with { CommandId = "two" }).IsAccepted);
        Accept(_rig.SentLast("REFER "));
        Assert.StartsWith("SIP/2.0 481", Notify("SIP/2.0 200 OK\n", package: $"refer;id={Header(first, "CSeq").Split(' ')[0]}"));
        Assert.Single(_rig.Events.OfType<CallEvent.ReferEnded>());
    }

    [Theory]
    [InlineData("SIP/2.0 200 OK\r\nTo: <sip:bob>\r\n", 200)]
    [InlineData("sip/2.0 486 Busy", 486)]
    [InlineData("SIP/2.0 100", 100)]
    [InlineData("SIP/2.0 99 Low", null)]
    [InlineData("SIP/2.0 700 High", null)]
    [InlineData("SIP/2.0 2000 OK", null)]
    [InlineData("INVITE sip:bob SIP/2.0", null)]
    [InlineData("SIP/2.0 2", null)]
    [InlineData("", null)]
    public void A_fragment_is_read_for_its_status(string text, int? status) =>
        Assert.Equal(status, Sipfrag.StatusOf(System.Text.Encoding.ASCII.GetBytes(text)));
}
