using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>What ends a call that came in, when neither party does.</summary>
public sealed class InboundCallEndTests
{
    private readonly ShardRig _rig = new();

    [Fact]
    public void Silence_ends_the_call_unless_it_is_held()
    {
        string ok = _rig.Establish();
        _rig.Receive(Inside(ok, "INVITE", 2, "z9hG4bKhold", Offer + "a=inactive\n"));
        _rig.Receive(Inside(ok, "ACK", 2, "z9hG4bKhold-ack"));
        _rig.Media(new MediaEvent.Silent(_rig.Leg, _rig.OpenPorts.Single()));
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        _rig.Receive(Inside(ok, "INVITE", 3, "z9hG4bKunhold", Offer));
        _rig.Receive(Inside(ok, "ACK", 3, "z9hG4bKunhold-ack"));
        _rig.Media(new MediaEvent.Silent(_rig.Leg, _rig.OpenPorts.Single()));
        Assert.Equal(HangupCause.RtpTimeout, _rig.Ended.Cause);
    }

    [Fact]
    public void A_media_plane_that_never_closes_the_port_does_not_hold_up_the_end()
    {
        string ok = _rig.Establish();
        _rig.ClosesPorts = false;
        _rig.Receive(Inside(ok, "BYE", 2, "z9hG4bKbye"));
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        _rig.Advance(Limits.MediaCloseWait.TotalSeconds);
        Assert.Null(_rig.Ended.Quality);
    }

    [Fact]
    public void A_port_that_media_gives_up_ends_the_call()
    {
        _rig.Establish();
        var port = _rig.OpenPorts.Single();
        _rig.Media(new MediaEvent.Closed(_rig.Leg, port, new(0, 0, 0, 0, 0, 1)));
        Assert.Equal(HangupCause.MediaFailure, _rig.Ended.Cause);
        Assert.Equal(1, _rig.SentCount("BYE "));
    }

    [Fact]
    public void A_port_that_is_lost_with_its_media_plane_ends_the_call_and_says_why()
    {
        _rig.Establish();
        var port = _rig.OpenPorts.Single();
        _rig.Handle(new ShardMessage.MediaLost([new(_rig.Leg, port, "The media process ended (exit code 137).")]));
        Assert.Equal((HangupCause.MediaFailure, "The media process ended (exit code 137)."), (_rig.Ended.Cause, _rig.Ended.Evidence));
        Assert.Null(_rig.Ended.Quality);
        Assert.Equal(1, _rig.SentCount("BYE "));
        Assert.Single(_rig.Commands.OfType<MediaCommand.Close>());
        _rig.Handle(new ShardMessage.MediaLost([new(_rig.Leg, port, "told again")]));
        Assert.Single(_rig.Kinds, "LegEnded");
    }

    [Fact]
    public void Ending_all_says_503_to_ringing_legs_and_BYE_to_answered_ones()
    {
        _rig.Establish();
        _rig.Receive(Invite(branch: "z9hG4bKtwo").Replace("call-1", "call-2").Replace("tag=alice", "tag=anna"));
        _rig.Handle(new ShardMessage.EndAll(HangupCause.NodeShutdown));
        Assert.Equal(1, _rig.SentCount("BYE "));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 503"));
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegEnded>().Count(e => e.Cause is HangupCause.NodeShutdown));
        _rig.AssertNothingLeft();
    }

    /// <summary>A carrier's proxy that challenges requests inside calls challenges ours in calls that it brought, too.</summary>
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.2", false)]       // the caller's own Contact, which the carrier's proxy has left as it was
    public void The_trunks_credentials_answer_a_challenge_of_the_BYE_where_the_trunk_makes_it(string contact, bool isAnswered)
    {
        _rig.Current = Snapshot(trunks:
        [
            new()
            {
                Id = new(Guid.NewGuid()), Name = "carrier", Host = "127.0.0.1", AuthUser = "line", AuthPassword = "secret",
                Sources = [IPNetwork.Parse("127.0.0.1/32")],
            },
        ]);
        _rig.Receive(Invite().Replace("alice@127.0.0.1:5070", $"alice@{contact}:5070", StringComparison.Ordinal));
        Assert.True(_rig.Command(new LegCommand.Answer()).IsAccepted);
        _rig.Receive(Inside(_rig.SentLast("SIP/2.0 200"), "ACK", 1, "z9hG4bKack"));
        _rig.Command(new LegCommand.Hangup());
        string bye = _rig.SentLast("BYE ");
        Assert.DoesNotContain("Authorization", bye, StringComparison.Ordinal);
        _rig.Receive(Response(bye, "407 Proxy Authentication Required", tag: null,
            extra: "Proxy-Authenticate: Digest realm=\"carrier\", nonce=\"xyz\""));
        Assert.Equal(isAnswered ? 2 : 1, _rig.SentCount("BYE "));
        if (isAnswered)
        {
            Assert.Contains("username=\"line\"", Header(_rig.Last, "Proxy-Authorization"));
            _rig.Receive(Response(_rig.Last, "200 OK", tag: null));
        }
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_row_that_is_never_written_ends_the_call()
    {
        _rig.Establish();
        _rig.Handle(new LegMessage.Committed(_rig.Leg, false));
        Assert.Equal(HangupCause.LedgerUnavailable, _rig.Ended.Cause);
        Assert.Equal(1, _rig.SentCount("BYE "));
        _rig.Handle(new LegMessage.Committed(_rig.Leg, false));
        Assert.Single(_rig.Events.OfType<CallEvent.LegEnded>());
    }

    [Fact]
    public void A_ringing_leg_that_everybody_forgot_ends_after_three_minutes()
    {
        _rig.Receive(Invite());
        _rig.Advance(_rig.Settings.InboundRinging.TotalSeconds - 1);
        Assert.Equal(3, _rig.SentCount("SIP/2.0 180"));
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        _rig.Advance(2);
        Assert.Equal((HangupCause.RingTimeout, 480, "ring"), (_rig.Ended.Cause, _rig.Ended.SipStatus, _rig.Ended.Timer));
        Assert.StartsWith("SIP/2.0 480", _rig.Last);
        _rig.AssertNothingLeft();
    }

    /// <summary>
    /// How long the other one may ring is for whoever dials him to say; when he is gone, the application has its time again.
    /// </summary>
    [Fact]
    public void A_caller_who_is_being_connected_waits_as_long_as_the_other_may_ring()
    {
        _rig.Receive(Invite());
        Assert.True(_rig.Command(new LegCommand.Transfer
        {
            To = "sip:bob@127.0.0.1:5070", From = "+4989456", RingTimeout = TimeSpan.FromMinutes(10)
        }).IsAccepted);
        _rig.Receive(Response(_rig.SentLast("INVITE "), "180 Ringing"));
        _rig.Advance(595);
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        _rig.Receive(Response(_rig.SentLast("INVITE "), "486 Busy Here"));
        _rig.Advance(_rig.Settings.InboundRinging.TotalSeconds - 1);
        Assert.Single(_rig.Kinds, "LegEnded");
        _rig.Advance(2);
        Assert.Equal(2, _rig.Kinds.Count(kind => kind == "LegEnded"));
        _rig.AssertNothingLeft();
    }
}
