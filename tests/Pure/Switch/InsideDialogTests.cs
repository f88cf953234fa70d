using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>What a peer may ask inside the dialog of an answered call.</summary>
public sealed class InsideDialogTests
{
    private readonly ShardRig _rig = new();

    /// <summary>INVITE, 180, answer, 200, ACK. Gives the 200.</summary>
    private string Establish()
    {
        _rig.Receive(Invite());
        Assert.True(_rig.Command(new LegCommand.Answer()).IsAccepted);
        string ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        return ok;
    }

    [Fact]
    public void Hold_and_unhold_by_re_INVITE_are_told_and_answered()
    {
        string ok = Establish();
        _rig.Receive(Inside(ok, "INVITE", 2, "z9hG4bKhold", Offer + "a=sendonly\n"));
        string held = _rig.SentLast("SIP/2.0 200");
        Assert.Contains("a=recvonly", held);
        Assert.True(((CallEvent.LegHeld)_rig.Events[^1]).IsHeld);
        Assert.Equal(StreamDirection.ReceiveOnly, ((MediaCommand.Connect)_rig.Commands[^1]).Plan.Direction);
        _rig.Receive(Inside(ok, "ACK", 2, "z9hG4bKhold-ack"));
        _rig.Receive(Inside(ok, "INVITE", 3, "z9hG4bKunhold", Offer));
        Assert.False(((CallEvent.LegHeld)_rig.Events[^1]).IsHeld);
        _rig.Receive(Inside(ok, "ACK", 3, "z9hG4bKunhold-ack"));
        _rig.Advance(40);
        _rig.Receive(Inside(ok, "BYE", 4, "z9hG4bKbye"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_re_INVITE_that_we_cannot_take_leaves_the_call_as_it_was()
    {
        string ok = Establish();
        _rig.Receive(Inside(ok, "INVITE", 2, "z9hG4bKbad", Offer.Replace("RTP/AVP", "RTP/SAVP")));
        Assert.StartsWith("SIP/2.0 488", _rig.Last);
        Assert.Equal(["LegInitiated", "LegAnswered"], _rig.Kinds);
        _rig.Receive(Inside(ok, "INVITE", 3, "z9hG4bKgood", Offer));
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
    }

    [Fact]
    public void A_re_INVITE_without_an_offer_gets_ours_and_its_answer_counts()
    {
        string ok = Establish();
        _rig.Receive(Inside(ok, "INVITE", 2, "z9hG4bKempty"));
        Assert.Contains("m=audio 16386", _rig.Last);
        _rig.Receive(Inside(ok, "ACK", 2, "z9hG4bKempty-ack", Offer.Replace("40000", "40002")));
        Assert.Equal(40002, ((MediaCommand.Connect)_rig.Commands[^1]).Plan.Remote.Default.Address.Port);
    }

    [Fact]
    public void A_re_INVITE_before_the_ACK_is_put_off()
    {
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Answer());
        _rig.Receive(Inside(_rig.SentLast("SIP/2.0 200"), "INVITE", 2, "z9hG4bKearly", Offer));
        Assert.StartsWith("SIP/2.0 491", _rig.Last);
    }

    [Fact]
    public void An_UPDATE_with_an_offer_changes_the_session()
    {
        string ok = Establish();
        _rig.Receive(Inside(ok, "UPDATE", 2, "z9hG4bKupdate", Offer.Replace("40000", "40004")));
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
        Assert.Equal(40004, ((MediaCommand.Connect)_rig.Commands[^1]).Plan.Remote.Default.Address.Port);
        _rig.Receive(Inside(ok, "UPDATE", 3, "z9hG4bKrefresh"));
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
    }

    [Fact]
    public void OPTIONS_and_INFO_inside_the_dialog_are_answered_and_an_INFO_digit_counts()
    {
        string ok = Establish();
        _rig.Receive(Inside(ok, "OPTIONS", 2, "z9hG4bKoptions"));
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
        Assert.Contains("Allow: INVITE", _rig.Last);
        Assert.Equal(Header(ok, "Contact"), Header(_rig.Last, "Contact"));
        _rig.Receive(Inside(ok, "INFO", 3, "z9hG4bKinfo", "Signal=5\nDuration=160\n", "application/dtmf-relay"));
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
        Assert.Equal('5', ((CallEvent.DigitReceived)_rig.Events[^1]).Digit);
    }

    [Theory]
    [InlineData("REFER", 405)]
    [InlineData("MESSAGE", 405)]
    [InlineData("NOTIFY", 489)]
    [InlineData("SUBSCRIBE", 489)]
    [InlineData("PUBLISH", 405)]
    [InlineData("PRACK", 481)]
    [InlineData("FROBNICATE", 501)]
    public void What_we_do_not_do_is_refused_and_the_call_goes_on(string method, int status)
    {
        string ok = Establish();
        _rig.Receive(Inside(ok, method, 2, "z9hG4bKother").Replace("Contact:", "Refer-To: <sip:eve@127.0.0.1>\nContact:"));
        Assert.StartsWith($"SIP/2.0 {status}", _rig.Last);
        Assert.Equal(["LegInitiated", "LegAnswered"], _rig.Kinds);
        _rig.Receive(Inside(ok, "BYE", 3, "z9hG4bKbye"));
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
    }

    [Fact]
    public void An_INFO_with_a_body_is_told_as_it_is()
    {
        string ok = Establish();
        _rig.Receive(Inside(ok, "INFO", 2, "z9hG4bKxml", "<a/>", "application/media_control+xml"));
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
        var told = Assert.IsType<CallEvent.InfoReceived>(_rig.Events[^1]);
        Assert.Equal(("application/media_control+xml", "<a/>"), (told.ContentType, told.Body));

        int events = _rig.Events.Count;
        _rig.Receive(Inside(ok, "INFO", 3, "z9hG4bKlarge", new string('a', Limits.InfoBytes), "text/plain"));
        Assert.Equal(events + 1, _rig.Events.Count);
        _rig.Receive(Inside(ok, "INFO", 4, "z9hG4bKlarger", new string('a', Limits.InfoBytes + 1), "text/plain"));
        Assert.StartsWith("SIP/2.0 413", _rig.Last);
        _rig.Receive(Inside(ok, "INFO", 5, "z9hG4bKcoded", "zip", "text/plain").Replace("Contact:", "Content-Encoding: gzip\nContact:"));
        Assert.StartsWith("SIP/2.0 415", _rig.Last);
        Assert.Equal(events + 1, _rig.Events.Count);
    }

    /// <summary>50,000 events that nobody has written down yet would end all calls of the node.</summary>
    [Fact]
    public void Who_asks_without_end_is_put_off_and_nothing_is_told_of_it()
    {
        string ok = Establish();
        int cseq = 1, before = _rig.Events.Count;
        for (int i = 0; i < 100; i++)
        {
            Ask("INFO", "Signal=5\nDuration=160\n", "application/dtmf-relay");
            Ask("INFO", "<a/>", "text/plain");
            Ask("UPDATE", Offer + (i % 2 == 0 ? "a=sendonly\n" : ""), "application/sdp");
        }
        Assert.InRange(_rig.Events.Count - before, Limits.RequestsAtOnce / 2, Limits.RequestsAtOnce);
        Assert.StartsWith("SIP/2.0 503", _rig.Last);
        Assert.Contains("Retry-After: 1", _rig.Last);
        before = _rig.Events.Count;
        _rig.Advance(1);
        Ask("INFO", "<a/>", "text/plain");
        Assert.Equal(before + 1, _rig.Events.Count);
        Ask("BYE", null, "text/plain");
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
        _rig.AssertNothingLeft();

        void Ask(string method, string? body, string type) => _rig.Receive(Inside(ok, method, ++cseq, $"z9hG4bK{cseq}", body, type));
    }

    [Fact]
    public void A_body_is_sent_in_an_INFO_of_the_dialog()
    {
        string ok = Establish();
        Assert.True(_rig.Command(new LegCommand.SendInfo("application/json", "{\"seat\":12}")).IsAccepted);
        string info = _rig.SentLast("INFO ");
        Assert.Equal(Header(ok, "Call-ID"), Header(info, "Call-ID"));
        Assert.Equal("application/json", Header(info, "Content-Type"));
        Assert.EndsWith("\r\n\r\n{\"seat\":12}", info);
        _rig.Receive(Response(info, "501 Not Implemented", tag: null));
        Assert.Equal(["LegInitiated", "LegAnswered"], _rig.Kinds);
        _rig.Receive(Inside(ok, "BYE", 3, "z9hG4bKbye"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_body_before_the_answer_is_refused()
    {
        _rig.Receive(Invite());
        Assert.Equal(Refusal.NotYetAnswered, _rig.Command(new LegCommand.SendInfo("text/plain", "a")).Refusal);
    }

    [Fact]
    public void An_INFO_of_a_package_is_refused_and_one_without_content_is_not()
    {
        string ok = Establish();
        _rig.Receive(Inside(ok, "INFO", 3, "z9hG4bKpackage", "Signal=5\n", "application/dtmf-relay")
            .Replace("Contact:", "Info-Package: foo\nContact:"));
        Assert.StartsWith("SIP/2.0 469", _rig.Last);
        _rig.Receive(Inside(ok, "INFO", 4, "z9hG4bKempty"));
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
    }

    /// <summary>ISUP of SIP-I, advice of charge, packed statistics, an extension, a count that began anew.</summary>
    [Theory]
    [InlineData(6, "application/isup; version=itu-t92+", ""), InlineData(6, "application/vnd.etsi.aoc+xml", "")]
    [InlineData(6, "text/plain", "Content-Encoding: gzip\n"), InlineData(6, "application/sdp", "Require: sec-agree\n")]
    [InlineData(6, "sdp", ""), InlineData(1, "application/sdp", "")]
    public void Who_hangs_up_has_hung_up_whatever_he_says_by_it(int cseq, string type, string extra)
    {
        string ok = Establish();
        _rig.Receive(Inside(ok, "OPTIONS", 5, "z9hG4bKfive"));
        _rig.Receive(Inside(ok, "BYE", cseq, "z9hG4bKbye", "<a/>", type).Replace("Contact:", $"{extra}Contact:"));
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
        Assert.Equal(HangupCause.RemoteHangup, _rig.Ended.Cause);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void An_old_CSeq_and_an_unknown_dialog_are_refused()
    {
        string ok = Establish();
        _rig.Receive(Inside(ok, "OPTIONS", 5, "z9hG4bKfive"));
        _rig.Receive(Inside(ok, "OPTIONS", 4, "z9hG4bKfour"));
        Assert.StartsWith("SIP/2.0 500", _rig.Last);
        _rig.Receive(Inside(ok, "BYE", 6, "z9hG4bKforeign").Replace("tag=alice", "tag=mallory"));
        Assert.StartsWith("SIP/2.0 481", _rig.Last);
        Assert.Equal(["LegInitiated", "LegAnswered"], _rig.Kinds);
    }

    [Theory] // terminals behind a trunk, by a report to Asterisk
    [InlineData("BYE", "call-1@example.net", true), InlineData("BYE", "call-2@example.net", false)]
    [InlineData("UPDATE", "call-1@example.net", false)]
    public void Who_leaves_out_his_tag_hangs_up_all_the_same(string method, string callId, bool isOver)
    {
        string ok = Establish();
        _rig.Receive(Inside(ok, method, 2, "z9hG4bKtagless").Replace(";tag=alice", "", StringComparison.Ordinal)
            .Replace("call-1@example.net", callId, StringComparison.Ordinal));
        Assert.StartsWith(isOver ? "SIP/2.0 200" : "SIP/2.0 481", _rig.Last);
        Assert.Equal(isOver ? "LegEnded" : "LegAnswered", _rig.Kinds[^1]);
    }

    [Fact]
    public void A_request_for_a_leg_that_is_gone_is_481()
    {
        string ok = Establish();
        _rig.Receive(Inside(ok, "BYE", 2, "z9hG4bKbye"));
        _rig.AssertNothingLeft();
        // Nothing is kept of it: whoever has a tag of ours says as much by it as he likes.
        foreach (string method in new[] { "BYE", "UPDATE", "OPTIONS" })
        {
            _rig.Receive(Inside(ok, method, 3, $"z9hG4bK{method}"));
            Assert.StartsWith("SIP/2.0 481", _rig.Last);
            Assert.True(_rig.State.IsEmpty, _rig.State.ToString());
        }
        _rig.Receive(Inside(ok, "BYE", 3, "z9hG4bKBYE"));
        Assert.StartsWith("SIP/2.0 481", _rig.Last);
        int before = _rig.SentCount("SIP/2.0 481");
        _rig.Receive(Inside(ok, "INVITE", 4, "z9hG4bKINVITE"));
        Assert.Equal(before + 1, _rig.SentCount("SIP/2.0 481"));
        // Who has heard our 100 does not repeat it.
        _rig.Advance(1);
        Assert.Equal(before + 2, _rig.SentCount("SIP/2.0 481"));
        _rig.Receive(Inside(ok, "ACK", 4, "z9hG4bKINVITE"));
        _rig.Advance(6);
        Assert.Equal(before + 2, _rig.SentCount("SIP/2.0 481"));
        _rig.AssertNothingLeft();
    }
}
