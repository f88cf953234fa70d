using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>How long a far end may be silent, and how we find out that one which owes no audio is gone.</summary>
public sealed class SignsOfLifeTests
{
    private const string Answer = "v=0\no=- 2 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 41000 RTP/AVP 0\n";

    private readonly ShardRig _rig = new();
    private int _requests;

    private string Establish(string? extra = null)
    {
        _rig.Dial();
        string invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(invite, "200 OK", body: Answer, extra: extra));
        return invite;
    }

    private void Hold(string invite, string direction = "sendonly", string extra = "")
    {
        _rig.Receive(FromCallee(invite, "INVITE", ++_requests, body: Answer + $"a={direction}\n")
            .Replace("Content-Type", $"Contact: <sip:bob@127.0.0.1:5070>\n{extra}Content-Type", StringComparison.Ordinal));
        _rig.Receive(FromCallee(invite, "ACK", _requests));
    }

    private StreamPlan Plan => _rig.Commands.OfType<MediaCommand.Connect>().Last().Plan;

    private void Configure(int? talking, int? held) =>
        _rig.Current = ShardRig.Snapshot(App with { RtpTimeoutSeconds = talking, HeldRtpTimeoutSeconds = held });

    [Fact]
    public void A_party_that_talks_may_be_silent_for_a_minute_and_one_that_holds_for_ever()
    {
        string invite = Establish();
        Assert.Equal(TimeSpan.FromSeconds(60), Plan.SilenceLimit);
        Hold(invite);
        Assert.Equal((StreamDirection.ReceiveOnly, null), (Plan.Direction, Plan.SilenceLimit));
        Hold(invite, "sendrecv");
        Assert.Equal(TimeSpan.FromSeconds(60), Plan.SilenceLimit);
    }

    [Fact]
    public void A_silence_that_was_told_as_the_hold_came_ends_nothing()
    {
        string invite = Establish();
        Hold(invite);
        _rig.Media(new MediaEvent.Silent(_rig.Leg, _rig.OpenPorts.Single()));
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
    }

    [Theory]
    [InlineData(20, null, 20, null), InlineData(null, 300, 60, 300), InlineData(0, 0, null, null)]
    public void The_connection_says_how_long(int? talking, int? held, int? talks, int? holds)
    {
        Configure(talking, held);
        string invite = Establish();
        Assert.Equal(talks, (int?)Plan.SilenceLimit?.TotalSeconds);
        Hold(invite);
        Assert.Equal(holds, (int?)Plan.SilenceLimit?.TotalSeconds);
    }

    [Fact]
    public void A_trunk_s_word_counts_more_than_the_connection_s()
    {
        var trunk = new Trunk { Id = new(Guid.NewGuid()), Name = "carrier", Host = "127.0.0.1", Port = 5070, RtpTimeoutSeconds = 10 };
        _rig.Current = ShardRig.Snapshot(App with { RtpTimeoutSeconds = 20, HeldRtpTimeoutSeconds = 30 }, trunks: [trunk],
            routes: [new() { Id = Guid.NewGuid(), Trunk = trunk.Id }]);
        _rig.Dial(Request("+4989777"));
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", body: Answer));
        Assert.Equal(TimeSpan.FromSeconds(10), Plan.SilenceLimit);
    }

    [Fact]
    public void The_BYE_for_silence_says_why()
    {
        Establish();
        _rig.Media(new MediaEvent.Silent(_rig.Leg, _rig.OpenPorts.Single()));
        Assert.Equal("Q.850;cause=102;text=\"No RTP for 60 s\"", Header(_rig.SentLast("BYE "), "Reason"));
        _rig.Receive(Response(_rig.SentLast("BYE "), "200 OK", tag: null));
        Assert.Equal((HangupCause.RtpTimeout, "rtp_silence"), (_rig.Ended.Cause, _rig.Ended.Timer));
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData("481 Call/Transaction Does Not Exist", true), InlineData("408 Request Timeout", false), InlineData("200 OK", false),
        InlineData("405 Method Not Allowed", false), InlineData("500 Server Internal Error", false)]
    public void A_held_call_is_asked_every_minute_and_ends_when_the_far_end_knows_it_no_more(string answer, bool isGone)
    {
        string invite = Establish();
        Hold(invite);
        _rig.Advance(59);
        Assert.Equal(0, _rig.SentCount("OPTIONS "));
        _rig.Advance(2);
        string asked = _rig.SentLast("OPTIONS ");
        Assert.Equal((Header(invite, "Call-ID"), Header(invite, "From")), (Header(asked, "Call-ID"), Header(asked, "From")));
        _rig.Receive(Response(asked, answer, tag: null));
        Assert.Equal(isGone, _rig.Kinds.Contains("LegEnded") || _rig.SentCount("BYE ") > 0);
        if (isGone) Assert.Contains("SIP;cause=", Header(_rig.SentLast("BYE "), "Reason"), StringComparison.Ordinal);
        _rig.Advance(60);
        Assert.Equal(isGone ? 1 : 2, _rig.SentOnce("OPTIONS "));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_phone_that_is_dark_for_one_question_keeps_its_call_and_for_two_and_the_grace_loses_it(bool isBack)
    {
        string invite = Establish();
        Hold(invite);
        _rig.Advance(61);
        Refuse();
        _rig.Advance(60);
        Assert.Equal(2, _rig.SentOnce("OPTIONS "));
        if (isBack) _rig.Receive(Response(_rig.SentLast("OPTIONS "), "200 OK", tag: null));
        else Refuse();
        _rig.Advance(31);
        Assert.Equal(!isBack, _rig.SentCount("BYE ") > 0);
        if (!isBack) return;
        _rig.Advance(30);
        Refuse();
        _rig.Advance(31);
        Assert.Equal(0, _rig.SentCount("BYE "));        // what was answered begins the count anew
    }

    [Theory, InlineData("INVITE"), InlineData("UPDATE"), InlineData("INFO")]
    public void A_phone_that_comes_back_by_itself_finds_its_call_and_a_question_to_where_it_was_counts_no_more(string method)
    {
        string invite = Establish();
        Hold(invite);
        _rig.Advance(125);      // the first question is lost, the second is under way
        Assert.Equal(2, _rig.SentOnce("OPTIONS "));
        string content = method is "INFO" ? "Content-Length" : "Content-Type";
        _rig.Receive(FromCallee(invite, method, ++_requests, body: method is "INFO" ? null : Answer + "a=sendonly\n")
            .Replace(content, $"Contact: <sip:bob@127.0.0.1:5072>\n{content}", StringComparison.Ordinal));
        Assert.StartsWith("SIP/2.0 200", _rig.SentLast("SIP/2.0 "), StringComparison.Ordinal);
        if (method is "INVITE") _rig.Receive(FromCallee(invite, "ACK", _requests));
        _rig.Advance(50);       // the second question comes to nothing
        Assert.Equal(0, _rig.SentCount("BYE "));
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        _rig.Advance(10);
        if (method is not "INFO") Assert.StartsWith("OPTIONS sip:bob@127.0.0.1:5072", _rig.SentLast("OPTIONS "), StringComparison.Ordinal);
    }

    [Fact]
    public void A_phone_that_comes_back_within_the_grace_finds_its_call()
    {
        string invite = Establish();
        Hold(invite);
        _rig.Advance(175);
        Assert.Equal(2, _rig.SentOnce("OPTIONS "));
        Hold(invite, "sendrecv");
        _rig.Advance(30);
        Assert.Equal((0, StreamDirection.SendReceive), (_rig.SentCount("BYE "), Plan.Direction));
    }

    [Theory, InlineData(null), InlineData("408 Request Timeout")]
    public void A_refresh_that_meets_a_dark_phone_on_hold_is_asked_again_when_it_is_back(string? status)
    {
        string invite = Establish(extra: "Session-Expires: 600;refresher=uac\nAllow: INVITE, UPDATE, OPTIONS");
        Hold(invite, extra: "Supported: timer\nSession-Expires: 600;refresher=uas\n");
        _rig.Advance(301);
        Assert.Equal(1, _rig.SentOnce("UPDATE "));
        if (status is not null) _rig.Receive(Response(_rig.SentLast("UPDATE "), status, tag: null));
        _rig.Advance(61);       // it is asked now, though a session timer watches
        Assert.Equal((0, 1), (_rig.SentCount("BYE "), _rig.SentOnce("OPTIONS ")));
        _rig.Receive(Response(_rig.SentLast("OPTIONS "), "200 OK", tag: null));
        Assert.Equal(2, _rig.SentOnce("UPDATE "));
        _rig.Receive(Response(_rig.SentLast("UPDATE "), "200 OK", tag: null, extra: "Session-Expires: 600;refresher=uac"));
        _rig.Advance(100);
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
    }

    [Fact]
    public void Settings_say_how_often_and_how_long()
    {
        var rig = new ShardRig(probes: new() { Every = TimeSpan.FromSeconds(10), Questions = 1, Grace = TimeSpan.Zero });
        rig.Dial();
        string invite = rig.SentLast("INVITE ");
        rig.Receive(Response(invite, "200 OK", body: Answer));
        rig.Receive(FromCallee(invite, "INVITE", 1, body: Answer + "a=sendonly\n")
            .Replace("Content-Type", "Contact: <sip:bob@127.0.0.1:5070>\nContent-Type", StringComparison.Ordinal));
        rig.Receive(FromCallee(invite, "ACK", 1));
        rig.Advance(11);
        rig.Receive(Response(rig.SentLast("OPTIONS "), "408 Request Timeout", tag: null));
        Assert.Equal(1, rig.SentCount("BYE "));
    }

    private void Refuse() => _rig.Receive(Response(_rig.SentLast("OPTIONS "), "408 Request Timeout", tag: null));

    [Fact]
    public void A_held_call_whose_far_end_is_gone_without_a_word_ends()
    {
        string invite = Establish();
        Hold(invite, "inactive");
        _rig.Advance(180);      // two questions of 32 s each, the second after two minutes, and half a minute of grace
        Assert.Equal(0, _rig.SentCount("BYE "));
        _rig.Advance(5);
        Assert.Equal((HangupCause.TransportFailure, 408), (_rig.Ended.Cause, _rig.Ended.SipStatus));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_call_that_a_session_timer_watches_is_not_asked()
    {
        string invite = Establish(extra: "Session-Expires: 1800;refresher=uas\nRequire: timer");
        Hold(invite, extra: "Supported: timer\nSession-Expires: 1800;refresher=uac\n");
        _rig.Advance(200);
        Assert.Equal(0, _rig.SentCount("OPTIONS "));
    }

    [Fact]
    public void A_call_whose_audio_is_watched_is_not_asked()
    {
        Establish();
        _rig.Advance(200);
        Assert.Equal(0, _rig.SentCount("OPTIONS "));
    }

    [Fact]
    public void A_call_without_any_limit_is_asked_too()
    {
        Configure(0, 0);
        Establish();
        _rig.Advance(61);
        Assert.Equal(1, _rig.SentOnce("OPTIONS "));
    }

    [Fact]
    public void While_one_question_is_open_no_other_is_asked()
    {
        string invite = Establish();
        Hold(invite);
        _rig.Advance(91.5);
        Assert.Equal(1, _rig.SentOnce("OPTIONS "));
    }
}
