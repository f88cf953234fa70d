using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Several destinations ring at once; one call comes of it.</summary>
public sealed class ParallelForkingTests
{
    private readonly ShardRig _rig = new();

    /// <summary>Dials so many, and returns their INVITEs.</summary>
    private string[] Dial(int count, DialLink? link = null)
    {
        LegId[] rivals = [.. Enumerable.Range(1, count).Select(n => DialledLeg((uint)n))];
        int before = _rig.Sent.Count;
        for (uint n = 1; n <= count; n++) _rig.Dial(Request($"sip:phone{n}@127.0.0.1:5070") with { Link = link }, n, rivals);
        return [.. _rig.Sent.Skip(before).Where(text => text.StartsWith("INVITE ", StringComparison.Ordinal))];
    }

    private void Ring(params string[] invites)
    {
        foreach (string invite in invites) _rig.Receive(Response(invite, "180 Ringing"));
    }

    private CallEvent.LegEnded EndOf(uint leg) => _rig.Events.OfType<CallEvent.LegEnded>().Single(e => e.Leg.Id == DialledLeg(leg));

    private bool IsAnswered(uint leg) => _rig.Events.OfType<CallEvent.LegAnswered>().Any(e => e.Leg.Id == DialledLeg(leg));

    /// <summary>Phones show no missed call then.</summary>
    private void AssertElsewhere() => Assert.All(_rig.Sent.Where(text => text.StartsWith("CANCEL ", StringComparison.Ordinal)),
        text => Assert.Equal("SIP;cause=200;text=\"Call completed elsewhere\"", Header(text, "Reason")));

    [Fact]
    public void The_first_answer_wins_and_the_others_are_cancelled()
    {
        string[] invites = Dial(3);
        Assert.Equal(3, invites.Length);
        Ring(invites);

        _rig.Receive(Response(invites[1], "200 OK", body: Answer));

        Assert.True(IsAnswered(2));
        Assert.Equal(2, _rig.SentCount("CANCEL "));
        AssertElsewhere();
        foreach (int loser in (int[])[0, 2]) _rig.Receive(Response(invites[loser], "487 Request Terminated"));
        foreach (uint loser in (uint[])[1, 3])
            Assert.Equal((HangupCause.ApiCancel, HangupParty.Local, 487), (EndOf(loser).Cause, EndOf(loser).By, EndOf(loser).SipStatus));
        Assert.Equal(1, _rig.State.LiveLegs);
        _rig.Command(new LegCommand.Hangup(), DialledLeg(2));
        _rig.Receive(Response(_rig.SentLast("BYE "), "200 OK", tag: null));
        foreach (string cancel in _rig.Sent.Where(s => s.StartsWith("CANCEL ", StringComparison.Ordinal)).ToList())
            _rig.Receive(Response(cancel, "200 OK"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_second_200_is_acknowledged_and_hung_up()
    {
        string[] invites = Dial(2);
        Ring(invites);
        _rig.Receive(Response(invites[0], "200 OK", body: Answer));
        _rig.Receive(Response(invites[1], "200 OK", tag: "late", body: Answer));

        Assert.Equal(2, _rig.SentCount("ACK "));
        Assert.Contains(";tag=late", Header(_rig.SentLast("BYE "), "To"));
        Assert.Equal(1, _rig.SentCount("BYE "));
        Assert.Single(_rig.Events.OfType<CallEvent.LegAnswered>());
        Assert.Equal(HangupCause.ApiCancel, EndOf(2).Cause);
    }

    [Fact]
    public void Two_answers_before_either_message_is_read_leave_one_call()
    {
        string[] invites = Dial(2);
        Ring(invites);
        // Both 200s lie in the mailbox before the winner's message to the loser does.
        _rig.HoldsMessages = true;
        _rig.Receive(Response(invites[0], "200 OK", body: Answer));
        _rig.Receive(Response(invites[1], "200 OK", tag: "second", body: Answer));
        _rig.ReleaseMessages();

        Assert.True(IsAnswered(1));
        Assert.False(IsAnswered(2));
        Assert.Equal(2, _rig.SentCount("ACK "));
        Assert.Contains(";tag=second", Header(_rig.SentLast("BYE "), "To"));
        Assert.Equal(HangupCause.ApiCancel, EndOf(2).Cause);
    }

    [Fact]
    public void An_answer_before_the_last_was_dialled_keeps_that_from_ringing()
    {
        LegId[] rivals = [DialledLeg(1), DialledLeg(2)];
        _rig.Dial(Request("sip:quick@127.0.0.1:5070"), 1, rivals);
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", body: Answer));

        _rig.Dial(Request("sip:late@127.0.0.1:5070"), 2, rivals);

        Assert.Equal(1, _rig.SentOnce("INVITE "));
        Assert.Equal(HangupCause.ApiCancel, EndOf(2).Cause);
    }

    [Fact]
    public void Those_that_fail_leave_the_others_ringing_and_the_last_failure_ends_it()
    {
        string[] invites = Dial(2);
        Ring(invites);
        _rig.Receive(Response(invites[0], "486 Busy Here"));
        Assert.Equal(HangupCause.CalleeBusy, EndOf(1).Cause);
        Assert.Equal(0, _rig.SentCount("CANCEL "));
        _rig.Receive(Response(invites[1], "603 Decline"));
        Assert.Equal(HangupCause.CalleeDeclined, EndOf(2).Cause);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void An_answer_whose_media_we_cannot_use_does_not_win()
    {
        string[] invites = Dial(2);
        Ring(invites);
        _rig.Receive(Response(invites[0], "200 OK",
            body: "v=0\no=- 2 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 0 RTP/AVP 0\n"));
        Assert.Equal(HangupCause.MediaMismatch, EndOf(1).Cause);
        _rig.Receive(Response(invites[1], "200 OK", body: Answer));
        Assert.True(IsAnswered(2));
    }

    [Fact]
    public void The_one_that_answers_is_joined_to_the_leg_that_they_were_dialled_for()
    {
        var caller = Caller();
        string[] invites = Dial(2, new(caller) { JoinsOnAnswer = true });
        Ring(invites);
        _rig.Receive(Response(invites[1], "200 OK", body: Answer));

        Assert.Equal([caller, DialledLeg(2)], _rig.Events.OfType<CallEvent.LegBridged>().Select(e => e.Leg.Id));
        _rig.Receive(Response(invites[0], "487 Request Terminated"));
        Assert.Equal(HangupCause.ApiCancel, EndOf(1).Cause);
    }

    /// <summary>Each by a command of its own, for the same leg.</summary>
    private string[] DialEach(int count, DialLink link)
    {
        int before = _rig.Sent.Count;
        for (uint n = 1; n <= count; n++) _rig.Dial(Request($"sip:phone{n}@127.0.0.1:5070") with { Link = link }, n);
        return [.. _rig.Sent.Skip(before).Where(text => text.StartsWith("INVITE ", StringComparison.Ordinal))];
    }

    [Fact]
    public void Those_that_are_dialled_one_by_one_for_a_leg_are_rivals_too()
    {
        var caller = Caller();
        string[] invites = DialEach(3, new(caller) { JoinsOnAnswer = true, HasRivals = true });
        Ring(invites);
        Assert.Equal(0, _rig.SentCount("CANCEL "));
        _rig.Receive(Response(invites[2], "603 Decline"));
        Assert.Equal(0, _rig.SentCount("CANCEL "));
        _rig.Receive(Response(invites[1], "200 OK", body: Answer));

        Assert.Equal([caller, DialledLeg(2)], _rig.Events.OfType<CallEvent.LegBridged>().Select(e => e.Leg.Id));
        Assert.Equal(1, _rig.SentCount("CANCEL "));
        AssertElsewhere();
        _rig.Receive(Response(invites[0], "487 Request Terminated"));
        Assert.Equal((HangupCause.ApiCancel, HangupParty.Local, 487), (EndOf(1).Cause, EndOf(1).By, EndOf(1).SipStatus));
        Assert.Equal(HangupCause.CalleeDeclined, EndOf(3).Cause);
    }

    [Fact]
    public void Of_several_whose_networks_are_heard_only_the_last_has_a_tone_in_its_place()
    {
        string[] invites = DialEach(2, new(Caller()) { JoinsOnAnswer = true, HasRivals = true, Ringback = RingTone.Usual });
        foreach (string invite in invites) _rig.Receive(Response(invite, "183 Session Progress", body: Answer));
        Ring(invites[0]);
        Assert.DoesNotContain(_rig.Commands, command => command is MediaCommand.Ringback { Tone: not null });
        Ring(invites[1]);
        Assert.Single(_rig.Commands, command => command is MediaCommand.Ringback { Tone: not null });
    }

    [Fact]
    public void The_first_that_fails_leaves_the_others_that_were_dialled_one_by_one()
    {
        var caller = Caller();
        string[] invites = DialEach(2, new(caller) { JoinsOnAnswer = true, HasRivals = true });
        Ring(invites);
        _rig.Receive(Response(invites[0], "486 Busy Here"));
        _rig.Receive(Response(invites[1], "200 OK", body: Answer));
        Assert.Equal([caller, DialledLeg(2)], _rig.Events.OfType<CallEvent.LegBridged>().Select(e => e.Leg.Id));
    }

    [Fact]
    public void A_caller_who_leaves_takes_all_along_that_were_dialled_one_by_one()
    {
        var caller = Caller();
        string[] invites = DialEach(2, new(caller) { JoinsOnAnswer = true, HasRivals = true });
        Ring(invites);
        _rig.Command(new LegCommand.Hangup(), caller);
        Assert.Equal(2, _rig.SentCount("CANCEL "));
        // They have missed a call.
        Assert.DoesNotContain("Reason:", _rig.SentLast("CANCEL "), StringComparison.Ordinal);
        foreach (string invite in invites) _rig.Receive(Response(invite, "487 Request Terminated"));
        Assert.Equal([HangupCause.PartnerHangup, HangupCause.PartnerHangup], [EndOf(1).Cause, EndOf(2).Cause]);
    }

    [Fact]
    public void Without_rivals_the_last_that_is_dialled_takes_the_place_of_the_one_before()
    {
        var caller = Caller();
        string[] invites = DialEach(1, new(caller) { JoinsOnAnswer = true });
        Ring(invites);
        _rig.Dial(Request("sip:phone2@127.0.0.1:5070") with { Link = new(caller) { JoinsOnAnswer = true } }, 2);
        Assert.Equal(1, _rig.SentCount("CANCEL "));
        _rig.Receive(Response(invites[0], "487 Request Terminated"));
        Assert.Equal(HangupCause.PartnerHangup, EndOf(1).Cause);
    }

    [Fact]
    public void One_that_is_dialled_too_late_is_withdrawn_where_it_is_not_to_take_the_leg_from_another()
    {
        var caller = Caller();
        _rig.Receive(Response(DialEach(1, new(caller) { JoinsOnAnswer = true, HasRivals = true })[0], "200 OK", body: Answer));
        var late = new DialLink(caller) { JoinsOnAnswer = true, HasRivals = true, LeavesBridged = true };
        _rig.Dial(Request("sip:phone2@127.0.0.1:5070") with { Link = late }, 2);
        string invite = _rig.SentLast("INVITE ");
        Ring(invite);
        _rig.Receive(Response(invite, "487 Request Terminated"));
        Assert.Equal(HangupCause.ApiCancel, EndOf(2).Cause);
        Assert.Equal([caller, DialledLeg(1)], _rig.Events.OfType<CallEvent.LegBridged>().Select(e => e.Leg.Id));
    }

    [Fact]
    public void A_caller_who_leaves_takes_all_that_ring_along()
    {
        var caller = Caller();
        string[] invites = Dial(2, new(caller) { JoinsOnAnswer = true });
        Ring(invites);
        _rig.Command(new LegCommand.Hangup(), caller);

        Assert.Equal(2, _rig.SentCount("CANCEL "));
        foreach (string invite in invites) _rig.Receive(Response(invite, "487 Request Terminated"));
        Assert.Equal([HangupCause.PartnerHangup, HangupCause.PartnerHangup], [EndOf(1).Cause, EndOf(2).Cause]);
    }

    [Fact]
    public void Those_that_are_dialled_for_a_caller_who_has_left_do_not_ring_on()
    {
        var caller = Caller();
        _rig.Command(new LegCommand.Hangup(), caller);
        string[] invites = Dial(2, new(caller) { JoinsOnAnswer = true });
        Ring(invites);
        foreach (string invite in invites) _rig.Receive(Response(invite, "487 Request Terminated"));
        Assert.Equal([HangupCause.PartnerHangup, HangupCause.PartnerHangup], [EndOf(1).Cause, EndOf(2).Cause]);
    }

    /// <summary>An inbound leg that is answered.</summary>
    private LegId Caller()
    {
        _rig.Receive(Invite());
        var leg = _rig.Leg;
        _rig.Command(new LegCommand.Answer(), leg);
        _rig.Receive(Inside(_rig.SentLast("SIP/2.0 200"), "ACK", 1, "z9hG4bKack"));
        return leg;
    }
}
