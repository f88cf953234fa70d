using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>A far end that gives one answer, or nonsense, to whatever we ask, for ever: how often it is asked.</summary>
public sealed class NonsenseTests
{
    private const int Forever = 1_000;

    private readonly ShardRig _rig = new();
    private int _said;

    private string[] Asked(string method) =>
        [.. _rig.Sent.Where(text => text.StartsWith(method + " ", StringComparison.Ordinal)).Distinct()];

    /// <summary>Each answer differs from the one before, as far as it can.</summary>
    private string Filled(string text) => text.Replace("{n}", $"{++_said}").Replace("{grows}", $"{1_800 + 60 * _said}");

    /// <summary>Answers every request of this method in the same way until none comes.</summary>
    private int AnswerAll(string method, string status, string? extra, IPEndPoint? source = null)
    {
        int answered = 0;
        for (int i = 0; i < Forever && Asked(method) is { Length: var asked } all; i++)
        {
            if (asked == answered)
            {
                // It may come again later.
                _rig.Advance(12);
                if (Asked(method).Length == answered) break;
                continue;
            }
            _rig.Receive(Response(all[answered++], status, extra: extra is null ? null : Filled(extra)), source);
        }
        return answered;
    }

    private string Establish()
    {
        _rig.Dial(Request() with { AuthUser = "alice", AuthPassword = "secret" });
        string invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        return invite;
    }

    [Theory]
    [InlineData("401 Unauthorized", "WWW-Authenticate: Digest realm=\"t\", nonce=\"{n}\", stale=true", 1 + Limits.DigestAnswers)]
    [InlineData("407 Proxy Authentication Required", "Proxy-Authenticate: Digest realm=\"t{n}\", nonce=\"{n}\"", 1 + Limits.DigestAnswers)]
    [InlineData("422 Session Interval Too Small", "Min-SE: {grows}", 1 + Ringwright.Sip.Limits.SessionRaises)]
    [InlineData("422 Session Interval Too Small", "Min-SE: 4294967295", 1)]
    [InlineData("302 Moved Temporarily", "Contact: <sip:next{n}@127.0.0.1:5070>", 1 + Limits.Redirections)]
    [InlineData("491 Request Pending", null, 1)]
    [InlineData("500 Server Internal Error", "Retry-After: 0", 1)]
    [InlineData("503 Service Unavailable", "Retry-After: 0", 1)]
    [InlineData("423 Interval Too Brief", "Min-Expires: {n}", 1)]
    [InlineData("420 Bad Extension", "Unsupported: timer", 1)]
    [InlineData("415 Unsupported Media Type", "Accept: text/plain", 1)]
    [InlineData("488 Not Acceptable Here", null, 1)]
    [InlineData("494 Security Agreement Required", "Security-Server: x", 1)]
    public void A_dial_that_always_gets_the_same_answer_ends(string status, string? extra, int invites)
    {
        _rig.Dial(Request() with { AuthUser = "alice", AuthPassword = "secret" });
        Assert.Equal(invites, AnswerAll("INVITE", status, extra));
        Assert.Contains("LegEnded", _rig.Kinds);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_dial_sends_a_bounded_number_of_INVITEs_whatever_its_targets_say()
    {
        var trunks = Enumerable.Range(1, Limits.DialTargets)
            .Select(n => new Trunk
            {
                Id = new(new Guid(n, 0, 0, new byte[8])), Name = "t", Host = $"h{n}", AuthUser = "alice", AuthPassword = "secret"
            }).ToArray();
        foreach (var trunk in trunks)
            _rig.Names[trunk.Host] = [.. Enumerable.Range(0, Limits.DialTargets)
                .Select(i => new IPEndPoint(IPAddress.Loopback, 6_000 + i))];
        _rig.Current = Snapshot(trunks: trunks, routes: trunks.Select(t => new Route { Id = Guid.NewGuid(), Trunk = t.Id }));
        _rig.Dial(Request("+4989777"));
        int answered = 0;
        while (Asked("INVITE") is { Length: var asked } all && answered < asked && answered < Forever)
        {
            string invite = all[answered++];
            bool isNew = !invite.Contains("Authorization: ", StringComparison.Ordinal);
            _rig.Receive(Response(invite, isNew ? "401 Unauthorized" : "503 Service Unavailable",
                extra: isNew ? Filled("WWW-Authenticate: Digest realm=\"t\", nonce=\"{n}\"") : null));
        }
        Assert.Equal(Limits.Invites, answered);
        Assert.Contains("LegEnded", _rig.Kinds);
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData("401 Unauthorized", "WWW-Authenticate: Digest realm=\"t\", nonce=\"{n}\", stale=true", 1 + Limits.DigestAnswers)]
    [InlineData("422 Session Interval Too Small", "Min-SE: {grows}", 1 + Ringwright.Sip.Limits.SessionRaises)]
    [InlineData("491 Request Pending", null, 1 + Limits.ChangeRepeats)]
    [InlineData("500 Server Internal Error", "Retry-After: 0", 1 + Limits.ChangeRepeats)]
    [InlineData("503 Service Unavailable", "Retry-After: 10", 1 + Limits.ChangeRepeats)]
    [InlineData("503 Service Unavailable", "Retry-After: 11", 1)]
    [InlineData("302 Moved Temporarily", null, 1)]
    [InlineData("405 Method Not Allowed", null, 1)]
    [InlineData("488 Not Acceptable Here", null, 1)]
    public void A_change_inside_a_call_that_always_gets_the_same_answer_is_given_up_and_the_call_goes_on(string status,
        string? extra, int asked)
    {
        string invite = Establish();
        Assert.True(_rig.Command(new LegCommand.Hold(true)).IsAccepted);
        Assert.Equal(asked, AnswerReinvites(status, extra));
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        _rig.Receive(FromCallee(invite, "BYE", 1));
        _rig.AssertNothingLeft();
    }

    private int AnswerReinvites(string status, string? extra)
    {
        int answered = 1;
        for (int i = 0; i < Forever; i++)
        {
            var all = Asked("INVITE");
            if (all.Length > answered)
                _rig.Receive(Response(all[answered++], status, tag: null, extra: extra is null ? null : Filled(extra)));
            else
            {
                _rig.Advance(12);
                if (Asked("INVITE").Length == answered) break;
            }
        }
        return answered - 1;
    }

    [Theory]
    [InlineData("UPDATE")]
    [InlineData("INVITE")]
    public void A_refresh_that_is_always_refused_is_tried_a_bounded_number_of_times_before_the_session_ends(string method)
    {
        _rig.Dial();
        string allow = method == "UPDATE" ? "Allow: INVITE, ACK, BYE, UPDATE" : "Allow: INVITE, ACK, BYE";
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", body: Answer, extra: $"{allow}\nSession-Expires: 1800;refresher=uac"));
        int before = Asked(method).Length, answered = before;
        for (int i = 0; i < 2_000; i++)
        {
            var all = Asked(method);
            if (all.Length > answered)
                _rig.Receive(Response(all[answered++], "500 Server Internal Error", tag: null, extra: "Retry-After: 0"));
            _rig.Advance(1);
        }
        Assert.InRange(answered - before, 1, 15 * (1 + Limits.ChangeRepeats));
        Assert.Equal("session_expires", _rig.Ended.Timer);
    }

    [Theory]
    [InlineData("INFO"), InlineData("BYE")]
    public void Any_other_request_is_authorised_twice_at_most(string method)
    {
        Establish();
        Assert.True(_rig.Command(method == "INFO" ? new LegCommand.SendInfo("text/plain", "x") : new LegCommand.Hangup()).IsAccepted);
        Assert.Equal(1 + Limits.DigestAnswers,
            AnswerAll(method, "401 Unauthorized", "WWW-Authenticate: Digest realm=\"t\", nonce=\"{n}\", stale=true"));
    }

    [Fact]
    public void A_PRACK_is_authorised_twice_at_most()
    {
        _rig.Dial(Request() with { AuthUser = "alice", AuthPassword = "secret" });
        _rig.Receive(Response(_rig.SentLast("INVITE "), "183 Session Progress", extra: "Require: 100rel\nRSeq: 5"));
        Assert.Equal(1 + Limits.DigestAnswers,
            AnswerAll("PRACK", "401 Unauthorized", "WWW-Authenticate: Digest realm=\"t\", nonce=\"{n}\", stale=true"));
    }

    [Fact]
    public void An_answer_without_tag_that_we_cannot_use_is_acknowledged_and_hung_up()
    {
        _rig.Dial();
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", tag: null,
            body: "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nt=0 0\nm=video 4000 RTP/AVP 96\n"));
        Assert.Equal((1, 1), (_rig.SentOnce("ACK "), _rig.SentOnce("BYE ")));
        Assert.DoesNotContain(";tag=", Header(_rig.SentLast("ACK "), "To"));
        Assert.Equal(HangupCause.MediaMismatch, _rig.Events.OfType<CallEvent.LegEnded>().Single().Cause);
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData("")]
    [InlineData(";tag=late")]
    public void An_answer_without_tag_that_we_can_use_is_a_call_and_its_far_end_may_hang_up(string tag)
    {
        _rig.Dial();
        string invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(invite, "200 OK", tag: null, body: Answer));
        Assert.Contains("LegAnswered", _rig.Kinds);
        Assert.DoesNotContain(";tag=", Header(_rig.SentLast("ACK "), "To"));
        _rig.Receive(FromCallee(invite, "BYE", 1).Replace(";tag=far", tag));
        Assert.Equal(HangupCause.RemoteHangup, _rig.Ended.Cause);
        _rig.AssertNothingLeft();
    }
}
