using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>What passes between two legs before both are answered, and what a leg on the way to a bridge tells.</summary>
public sealed class EarlyMediaTests
{
    private const string Answer = "v=0\no=- 2 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 41000 RTP/AVP 0\n";

    private readonly ShardRig _rig = new() { Current = Snapshot() };

    /// <summary>A caller rings, a transfer dials somebody else. Gives the INVITE to that one.</summary>
    private string Transfer(string? offer = Offer, string? extra = null, bool hearsEarlyMedia = true)
    {
        _rig.Receive(Invite(body: offer, extra: extra));
        Assert.True(_rig.Command(
            new LegCommand.Transfer { To = "sip:bob@127.0.0.1:5070", From = "+4989456", HearsEarlyMedia = hearsEarlyMedia }).IsAccepted);
        return _rig.SentLast("INVITE ");
    }

    private (PortId Port, PortId Peer)[] Bridged => [.. _rig.Commands.OfType<MediaCommand.Bridge>().Select(c => (c.Port, c.Peer))];

    [Fact]
    public void The_caller_gets_183_with_a_description_and_both_hear_each_other()
    {
        string invite = Transfer();
        _rig.Receive(Response(invite, "183 Session Progress", body: Answer));
        string progress = _rig.SentLast("SIP/2.0 183");
        Assert.Contains("m=audio 16386", progress);
        var (caller, callee) = (PortId.Compose(1, 1), PortId.Compose(1, 2));
        Assert.Equal([(caller, callee), (callee, caller)], Bridged);
        Assert.Equal([callee, caller], _rig.Commands.OfType<MediaCommand.Connect>().Select(c => c.Port));
        // The caller is answered when the callee is, and told the same once more.
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        string ok = _rig.SentLast("SIP/2.0 200");
        Assert.Equal(Body(progress), Body(ok));
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegBridged>().Count());
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        _rig.Receive(Inside(ok, "BYE", 2, "z9hG4bKbye"));
        _rig.Receive(Response(_rig.SentLast("BYE "), "200 OK", tag: null));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void An_answer_behind_early_media_says_how_voices_change_although_all_else_was_agreed()
    {
        _rig.Receive(Response(Transfer(), "183 Session Progress", body: Answer));
        var sound = new SoundModification(2) { IsOfHeard = true };
        Assert.True(_rig.Command(new LegCommand.Answer { Sound = sound }).IsAccepted);
        Assert.Equal([null, sound], _rig.Commands.OfType<MediaCommand.Connect>().Where(c => c.Port == PortId.Compose(1, 1))
            .Select(c => c.Plan.Sound));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void An_answer_behind_early_media_says_whether_silence_is_sent(bool isOmitted)
    {
        _rig.Receive(Response(Transfer(), "183 Session Progress", body: Answer));
        Assert.True(_rig.Command(new LegCommand.Answer { OmitsSilence = isOmitted }).IsAccepted);
        Assert.Equal(isOmitted, _rig.Commands.OfType<MediaCommand.Connect>().Last(c => c.Port == PortId.Compose(1, 1)).Plan.OmitsSilence);
    }

    /// <summary>Some networks say where they will speak, and then only ring.</summary>
    [Fact]
    public void Ringing_after_early_media_is_a_tone_once_and_until_the_answer()
    {
        string invite = Transfer();
        _rig.Receive(Response(invite, "183 Session Progress", body: Answer));
        int commands = _rig.Commands.Count;
        Assert.Empty(Tones);
        for (int i = 0; i < 2; i++)
        {
            _rig.Receive(Response(invite, "180 Ringing"));
            _rig.Receive(Response(invite, "183 Session Progress", body: Answer));
        }
        Assert.Equal([true], Tones);
        Assert.Equal((commands + 1, 1), (_rig.Commands.Count, _rig.SentCount("SIP/2.0 183")));
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Equal([true, false], Tones);
    }

    [Fact]
    public void Ringing_that_has_a_description_is_early_media_and_a_tone()
    {
        string invite = Transfer();
        _rig.Receive(Response(invite, "180 Ringing", body: Answer));
        Assert.Equal((2, 1), (Bridged.Length, _rig.SentCount("SIP/2.0 183")));
        Assert.Equal([true], Tones);
        _rig.Receive(Response(invite, "486 Busy Here"));
        Assert.Equal([true, false], Tones);
    }

    [Fact]
    public void A_reliable_183_is_waited_for_before_the_answer()
    {
        string invite = Transfer(extra: "Require: 100rel");
        _rig.Receive(Inside(_rig.SentLast("SIP/2.0 180"), "PRACK", 2, "z9hG4bKone")
            .Replace("Contact:", $"RAck: {Header(_rig.SentLast("SIP/2.0 180"), "RSeq")} 1 INVITE\nContact:"));
        _rig.Receive(Response(invite, "183 Session Progress", body: Answer));
        string progress = _rig.SentLast("SIP/2.0 183");
        int before = _rig.SentCount("SIP/2.0 200");
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Equal(before, _rig.SentCount("SIP/2.0 200"));
        _rig.Receive(Inside(progress, "PRACK", 3, "z9hG4bKtwo")
            .Replace("Contact:", $"RAck: {Header(progress, "RSeq")} 1 INVITE\nContact:"));
        Assert.Equal("1 INVITE", Header(_rig.SentLast("SIP/2.0 200"), "CSeq"));
        Assert.Equal("0", Header(_rig.SentLast("SIP/2.0 200"), "Content-Length"));
    }

    [Fact]
    public void Without_an_offer_the_caller_only_rings()
    {
        _rig.Receive(Response(Transfer(offer: null), "183 Session Progress", body: Answer));
        Assert.Equal(0, _rig.SentCount("SIP/2.0 183"));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 180"));
    }

    [Fact]
    public void Where_it_is_not_wanted_nothing_is_heard()
    {
        _rig.Receive(Response(Transfer(hearsEarlyMedia: false), "183 Session Progress", body: Answer));
        Assert.Empty(Bridged);
        Assert.Equal(0, _rig.SentCount("SIP/2.0 183"));
    }

    [Fact]
    public void Of_several_that_speak_the_last_is_heard_and_the_one_that_answers_counts()
    {
        string invite = Transfer();
        _rig.Receive(Response(invite, "183 Session Progress", tag: "one", body: Answer));
        _rig.Receive(Response(invite, "183 Session Progress", tag: "two", body: Answer.Replace("41000", "41002")));
        Assert.Equal(41002, Remote());
        _rig.Receive(Response(invite, "183 Session Progress", tag: "one", body: Answer));
        Assert.Equal(41002, Remote());
        _rig.Receive(Response(invite, "200 OK", tag: "one"));
        Assert.Equal(41000, Remote());

        int Remote() =>
            _rig.Commands.OfType<MediaCommand.Connect>().Last(c => c.Port == PortId.Compose(1, 2)).Plan.Remote.Default.Address.Port;
    }

    private StreamPlan Heard => _rig.Commands.OfType<MediaCommand.Connect>().Last(c => c.Port == PortId.Compose(1, 2)).Plan;

    [Fact]
    public void Two_far_ends_that_describe_the_same_private_address_are_told_apart()
    {
        string invite = Transfer();
        _rig.Receive(Response(invite, "183 Session Progress", tag: "one", body: Answer));
        Assert.Equal((0, Peer), (Heard.Dialog, Heard.Signalling));
        _rig.Receive(Response(invite, "183 Session Progress", tag: "two", body: Answer), new(IPAddress.Loopback, 5071));
        Assert.Equal((1, 5071), (Heard.Dialog, Heard.Signalling!.Port));
        _rig.Receive(Response(invite, "200 OK", tag: "one", body: Answer));
        Assert.Equal(0, Heard.Dialog);
    }

    private static readonly string Second = Answer.Replace("o=- 2 1", "o=- 7 1").Replace("41000", "41002");

    [Theory]
    [InlineData(null, null)]
    [InlineData("Require: 100rel\nRSeq: 1", "Require: 100rel\nRSeq: 2")]
    [InlineData("Require: 100rel\nRSeq: 1", null)]
    public void A_second_far_end_under_the_tag_of_the_first_is_another(string? first, string? second)
    {
        string invite = Transfer();
        _rig.Receive(Response(invite, "183 Session Progress", body: Answer, extra: first));
        Assert.Equal((0, 41000), (Heard.Dialog, Heard.Remote.Default.Address.Port));
        _rig.Receive(Response(invite, "183 Session Progress", body: Second, extra: second));
        Assert.Equal((1, 41002), (Heard.Dialog, Heard.Remote.Default.Address.Port));
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Equal((0, 41000), (Heard.Dialog, Heard.Remote.Default.Address.Port));
    }

    [Fact]
    public void Who_answers_under_the_tag_of_another_who_described_himself_reliably_is_heard()
    {
        string invite = Transfer();
        _rig.Receive(Response(invite, "183 Session Progress", body: Answer, extra: "Require: 100rel\nRSeq: 1"));
        _rig.Receive(Response(invite, "200 OK", body: Second));
        Assert.Equal((1, 41002), (Heard.Dialog, Heard.Remote.Default.Address.Port));
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegBridged>().Count());
    }

    [Fact]
    public void A_far_end_that_moves_or_writes_a_new_session_for_the_same_place_is_the_same()
    {
        string invite = Transfer();
        _rig.Receive(Response(invite, "183 Session Progress", body: Answer));
        _rig.Receive(Response(invite, "183 Session Progress", body: Answer.Replace("o=- 2 1", "o=- 2 2").Replace("41000", "41004")));
        Assert.Equal((0, 41004), (Heard.Dialog, Heard.Remote.Default.Address.Port));
        _rig.Receive(Response(invite, "200 OK", body: Answer.Replace("o=- 2 1", "o=- 9 1").Replace("41000", "41004")));
        Assert.Equal((0, 41004), (Heard.Dialog, Heard.Remote.Default.Address.Port));
    }

    [Fact]
    public void Far_ends_of_one_target_are_none_of_the_next()
    {
        string invite = Transfer();
        for (int i = 0; i < Ringwright.Sip.Limits.Forks; i++)
            _rig.Receive(Response(invite, "183 Session Progress", tag: $"one{i}",
                body: Answer.Replace("o=- 2 1", $"o=- 1{i} 1").Replace("41000", $"{42000 + 2 * i}")));
        Assert.Equal((Ringwright.Sip.Limits.Forks - 1, 42030), (Heard.Dialog, Heard.Remote.Default.Address.Port));
        _rig.Receive(Response(invite, "302 Moved Temporarily").Replace("<sip:bob@127.0.0.1:5070>\n", "<sip:eve@127.0.0.1:5071>\n"));
        string next = _rig.SentLast("INVITE ");
        Assert.StartsWith("INVITE sip:eve@", next, StringComparison.Ordinal);
        _rig.Receive(Response(next, "183 Session Progress", body: Answer));
        Assert.Equal((Ringwright.Sip.Limits.Forks, 41000), (Heard.Dialog, Heard.Remote.Default.Address.Port));
        _rig.Receive(Response(next, "200 OK", body: Answer));
        Assert.Equal((Ringwright.Sip.Limits.Forks, 41000), (Heard.Dialog, Heard.Remote.Default.Address.Port));
    }

    [Fact]
    public void Who_answers_is_heard_also_when_he_described_himself_reliably_and_another_spoke_since()
    {
        string invite = Transfer();
        _rig.Receive(Response(invite, "183 Session Progress", tag: "one", body: Answer, extra: "Require: 100rel\nRSeq: 1"));
        _rig.Receive(Response(invite, "183 Session Progress", tag: "two", body: Answer.Replace("41000", "41002")));
        Assert.Equal(41002, Heard.Remote.Default.Address.Port);
        _rig.Receive(Response(invite, "200 OK", tag: "one"));
        Assert.Equal(41000, Heard.Remote.Default.Address.Port);
    }

    [Fact]
    public void A_callee_who_refuses_after_early_media_leaves_the_caller_ringing()
    {
        string invite = Transfer();
        _rig.Receive(Response(invite, "183 Session Progress", body: Answer));
        _rig.Receive(Response(invite, "486 Busy Here"));
        Assert.Contains(_rig.Commands, c => c is MediaCommand.Unbridge && c.Port == PortId.Compose(1, 1));
        Assert.True(_rig.Command(new LegCommand.Answer()).IsAccepted);
        string ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        _rig.Receive(Inside(ok, "BYE", 2, "z9hG4bKbye"));
        _rig.AssertNothingLeft();
    }

    /// <summary>An answered caller, and a call to somebody who does not answer yet.</summary>
    private (LegId Caller, LegId Callee, string Invite) AnsweredAndDialled()
    {
        _rig.Receive(Invite());
        var caller = _rig.Leg;
        _rig.Command(new LegCommand.Answer());
        _rig.Receive(Inside(_rig.SentLast("SIP/2.0 200"), "ACK", 1, "z9hG4bKack"));
        var callee = _rig.Dial().Id;
        return (caller, callee, _rig.SentLast("INVITE "));
    }

    /// <summary>True where a tone begins, false where it ends.</summary>
    private bool[] Tones =>
        [.. _rig.Commands.OfType<MediaCommand.Ringback>().Where(c => c.Port == PortId.Compose(1, 1)).Select(c => c.Tone == RingTone.Usual)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_ring_tone_is_played_from_the_ringing_to_the_answer(bool ringsFirst)
    {
        var (caller, callee, invite) = AnsweredAndDialled();
        if (ringsFirst) _rig.Receive(Response(invite, "180 Ringing"));
        Assert.True(_rig.Command(new LegCommand.Bridge(callee) { Ringback = RingTone.Usual }, caller).IsAccepted);
        if (!ringsFirst) Assert.Empty(Tones);
        if (!ringsFirst) _rig.Receive(Response(invite, "180 Ringing"));
        Assert.Equal([true], Tones);
        _rig.Receive(Response(invite, "180 Ringing"));
        Assert.Single(Tones);
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Equal([true, false], Tones);
        Assert.Equal(2, Bridged.Length);
    }

    [Fact]
    public void A_ring_tone_ends_with_a_refusal_and_was_never_there_for_a_bridge_without_one()
    {
        var (caller, callee, invite) = AnsweredAndDialled();
        _rig.Command(new LegCommand.Bridge(callee) { Ringback = RingTone.Usual }, caller);
        _rig.Receive(Response(invite, "180 Ringing"));
        _rig.Receive(Response(invite, "486 Busy Here"));
        Assert.Equal([true, false], Tones);
        var again = _rig.Dial(counter: 2_000).Id;
        _rig.Command(new LegCommand.Bridge(again), caller);
        _rig.Receive(Response(_rig.SentLast("INVITE "), "180 Ringing"));
        Assert.Equal(2, Tones.Length);
    }

    [Fact]
    public void The_time_limit_of_a_transfer_is_that_of_the_new_leg_and_takes_the_caller_along()
    {
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Transfer { To = "sip:bob@127.0.0.1:5070", From = "+4989456", TimeLimit = TimeSpan.FromSeconds(45) });
        _rig.Advance(20);
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", body: Answer));
        _rig.Receive(Inside(_rig.SentLast("SIP/2.0 200"), "ACK", 1, "z9hG4bKack"));
        _rig.Advance(44);
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        _rig.Advance(2);
        Assert.Equal([(Direction.Outbound, HangupCause.TimeLimit), (Direction.Inbound, HangupCause.PartnerHangup)],
            _rig.Events.OfType<CallEvent.LegEnded>().Select(e => (e.Leg.Direction, e.Cause)));
        Assert.Equal(2, _rig.SentOnce("BYE "));
    }

    [Fact]
    public void A_bridge_command_is_answered_by_the_other_leg_whatever_its_state()
    {
        _rig.Receive(Invite());
        var first = _rig.Leg;
        _rig.Receive(Invite(branch: "z9hG4bKtwo").Replace("call-1", "call-2").Replace("tag=alice", "tag=anna"));
        var second = _rig.Events[^1].Leg.Id;
        Assert.True(_rig.Command(new LegCommand.Bridge(second), first).IsAccepted);
        Assert.Equal(Refusal.WrongState, _rig.Command(new LegCommand.Bridge(first), first).Refusal);
        _rig.Command(new LegCommand.Hangup(), second);
        Assert.Equal(Refusal.AlreadyEnded, _rig.Command(new LegCommand.Bridge(second), first).Refusal);
        Assert.Equal(Refusal.AlreadyEnded, _rig.Command(new LegCommand.Bridge(LegId.Compose(1, 0, 7, 99, 9)), first).Refusal);
        Assert.Equal(0, _rig.State.Bridges);
    }

    private static string Body(string message) => message[message.IndexOf("\r\n\r\n", StringComparison.Ordinal)..];
}
