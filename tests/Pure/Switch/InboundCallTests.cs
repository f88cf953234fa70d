using System.Buffers;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

public sealed class InboundCallTests
{
    private readonly ShardRig _rig = new();

    [Fact]
    public void An_INVITE_gets_100_then_its_row_then_180_and_no_200()
    {
        _rig.CommitsAtOnce = false;
        _rig.Receive(Invite());
        Assert.Equal(["SIP/2.0 100 Trying"], _rig.StartLines);
        Assert.Equal(["LegInitiated"], _rig.Kinds);
        _rig.Handle(new LegMessage.Committed(_rig.Leg, true));
        Assert.Equal(["SIP/2.0 100 Trying", "SIP/2.0 180 Ringing"], _rig.StartLines);
        _rig.Advance(30);
        Assert.Equal(0, _rig.SentCount("SIP/2.0 200"));

        var begun = (CallEvent.LegInitiated)_rig.Events[0];
        Assert.Equal(("+4930123", "+4989456", "Alice"), (begun.Leg.From, begun.Leg.To, begun.Leg.CallerName));
        Assert.Equal(("+4930123@example.net", "+4989456@127.0.0.1:5060"), (begun.Leg.FromUri, begun.Leg.ToUri));
        Assert.Equal(["PCMA", "PCMU"], begun.OfferedCodecs);
        Assert.Equal(Direction.Inbound, begun.Leg.Direction);
        Assert.NotEqual(begun.Leg.Uuid, begun.Leg.Session.Value);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Whether_an_idle_caller_gets_silence_is_the_answers_to_say(bool isOmitted)
    {
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Answer { OmitsSilence = isOmitted });
        Assert.Equal(isOmitted, Assert.IsType<MediaCommand.Connect>(_rig.Commands[0]).Plan.OmitsSilence);
    }

    [Fact]
    public void An_answer_changes_voices_from_the_first_packet_on_and_in_every_later_description()
    {
        var sound = new SoundModification(0.8) { IsOfSaid = true };
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Answer { Sound = sound });
        Assert.Equal(sound, Assert.IsType<MediaCommand.Connect>(_rig.Commands[0]).Plan.Sound);
        string ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        _rig.Receive(Inside(ok, "INVITE", 2, "z9hG4bKre", Offer));
        var connects = _rig.Commands.OfType<MediaCommand.Connect>().ToList();
        Assert.Equal(2, connects.Count);
        Assert.Equal(sound, connects[1].Plan.Sound);
    }

    [Fact]
    public void A_call_is_answered_talks_and_ends_with_the_callers_BYE()
    {
        string ok = _rig.Establish();
        Assert.Contains("m=audio 16386 RTP/AVP 0 101", ok);
        Assert.Equal("<sip:127.0.0.1:5060>", Header(ok, "Contact"));
        var connect = Assert.IsType<MediaCommand.Connect>(_rig.Commands[0]);
        Assert.Equal(("PCMU", 40000, true),
            (connect.Plan.Codec.Name, connect.Plan.Remote.Default.Address.Port, connect.Plan.Remote.Default.IsTrusted));

        _rig.Receive(Inside(ok, "BYE", 2, "z9hG4bKbye"));
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
        Assert.Equal(["LegInitiated", "LegAnswered", "LegEnded"], _rig.Kinds);
        Assert.Equal(new SipOrigin(Header(ok, "Call-ID"), "127.0.0.1", User: null),
            Assert.IsType<CallEvent.LegInitiated>(_rig.Events[0]).Origin);
        Assert.Equal((HangupCause.RemoteHangup, HangupParty.Remote, 200), (_rig.Ended.Cause, _rig.Ended.By, _rig.Ended.SipStatus));
        Assert.Equal(4.3, _rig.Ended.Quality!.Mos);
        Assert.All(_rig.Events, e => Assert.Equal(_rig.Events[0].Leg.StartedAt, e.Leg.StartedAt));
        Assert.Equal(Refusal.AlreadyEnded, _rig.Command(new LegCommand.Hangup()).Refusal);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_hangup_command_sends_BYE_and_a_second_one_is_refused()
    {
        _rig.Establish();
        Assert.True(_rig.Command(new LegCommand.Hangup()).IsAccepted);
        Assert.StartsWith("BYE sip:alice@127.0.0.1:5070 SIP/2.0", _rig.Last);
        Assert.Equal((HangupCause.ApiHangup, HangupParty.Local, null), (_rig.Ended.Cause, _rig.Ended.By, _rig.Ended.SipStatus));
        Assert.Equal(Refusal.AlreadyEnded, _rig.Command(new LegCommand.Hangup()).Refusal);
        _rig.Receive(Response(_rig.Last, "200 OK"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void The_200_is_repeated_until_its_ACK_comes()
    {
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Answer());
        _rig.Advance(3.6);
        Assert.Equal(4, _rig.SentCount("SIP/2.0 200"));     // at 0, 0.5, 1.5, 3.5
        _rig.Receive(Inside(_rig.SentLast("SIP/2.0 200"), "ACK", 1, "z9hG4bKack"));
        _rig.Advance(30);
        Assert.Equal(4, _rig.SentCount("SIP/2.0 200"));
        Assert.Equal(["LegInitiated", "LegAnswered"], _rig.Kinds);
    }

    [Fact]
    public void A_lost_ACK_ends_in_a_BYE_and_leaves_nothing_behind()
    {
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Answer());
        _rig.Advance(33);
        Assert.Single(_rig.Sent.Distinct(), text => text.StartsWith("BYE ", StringComparison.Ordinal));
        Assert.Equal(HangupCause.TransportFailure, _rig.Ended.Cause);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_hangup_before_the_ACK_sends_its_BYE_after_the_ACK()
    {
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Answer());
        string ok = _rig.SentLast("SIP/2.0 200");
        _rig.Command(new LegCommand.Hangup());
        Assert.Equal(0, _rig.SentCount("BYE "));
        Assert.Equal(HangupCause.ApiHangup, _rig.Ended.Cause);
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        Assert.Equal(1, _rig.SentCount("BYE "));
        _rig.Receive(Response(_rig.Last, "200 OK"));
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData(false, null, "SIP/2.0 603 Decline", HangupCause.ApiReject)]
    [InlineData(true, null, "SIP/2.0 486 Busy Here", HangupCause.ApiRejectBusy)]
    [InlineData(false, 404, "SIP/2.0 404 Not Found", HangupCause.ApiReject)]
    public void Reject_answers_with_its_status(bool isBusy, int? status, string line, HangupCause cause)
    {
        _rig.Receive(Invite());
        Assert.True(_rig.Command(new LegCommand.Reject(isBusy) { Status = status }).IsAccepted);
        Assert.StartsWith(line, _rig.Last);
        Assert.Equal(cause, _rig.Ended.Cause);
        _rig.Receive(Inside(_rig.Last, "ACK", 1, "z9hG4bKone"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_hangup_before_the_answer_declines()
    {
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Hangup());
        Assert.StartsWith("SIP/2.0 603", _rig.Last);
        Assert.Equal((HangupCause.ApiReject, 603), (_rig.Ended.Cause, _rig.Ended.SipStatus));
    }

    [Fact]
    public void A_CANCEL_gets_200_and_the_INVITE_487()
    {
        _rig.Receive(Invite());
        _rig.Receive(Invite(body: null).Replace("INVITE sip", "CANCEL sip").Replace("1 INVITE", "1 CANCEL"));
        Assert.Equal(["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"], _rig.StartLines[^2..]);
        Assert.Equal((HangupCause.CallerCancel, HangupParty.Remote, 487), (_rig.Ended.Cause, _rig.Ended.By, _rig.Ended.SipStatus));
        _rig.Receive(Inside(_rig.Last, "ACK", 1, "z9hG4bKone"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_CANCEL_before_the_commit_ends_the_leg_and_the_commit_says_nothing_more()
    {
        _rig.CommitsAtOnce = false;
        _rig.Receive(Invite());
        _rig.Receive(Invite(body: null).Replace("INVITE sip", "CANCEL sip").Replace("1 INVITE", "1 CANCEL"));
        _rig.Handle(new LegMessage.Committed(_rig.Leg, true));
        Assert.Equal(["LegInitiated", "LegEnded"], _rig.Kinds);
        Assert.Equal(0, _rig.SentCount("SIP/2.0 180"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_BYE_on_the_early_dialog_counts_as_giving_up()
    {
        _rig.Receive(Invite());
        _rig.Receive(Inside(_rig.Last, "BYE", 2, "z9hG4bKbye"));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 487"));
        Assert.Equal(HangupCause.CallerCancel, _rig.Ended.Cause);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_repeated_INVITE_makes_no_second_leg()
    {
        _rig.Receive(Invite());
        _rig.Receive(Invite());
        Assert.Single(_rig.Events);
        Assert.Equal(2, _rig.SentCount("SIP/2.0 180"));
    }

    [Fact]
    public void An_answer_that_overtakes_the_commit_is_taken()
    {
        _rig.CommitsAtOnce = false;
        _rig.Receive(Invite());
        Assert.True(_rig.Command(new LegCommand.Answer()).IsAccepted);
        _rig.Handle(new LegMessage.Committed(_rig.Leg, true));
        Assert.Equal(["SIP/2.0 100 Trying", "SIP/2.0 200 OK"], _rig.StartLines);
    }

    [Fact]
    public void A_ledger_that_refuses_the_first_row_refuses_the_call_without_a_trace()
    {
        _rig.CommitsAtOnce = false;
        _rig.Receive(Invite());
        _rig.Handle(new LegMessage.Committed(_rig.Leg, false));
        Assert.StartsWith("SIP/2.0 503", _rig.Last);
        Assert.Equal(["LegInitiated"], _rig.Kinds);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void An_INVITE_without_an_offer_gets_ours_in_the_200_and_is_answered_by_the_ACK()
    {
        _rig.Receive(Invite(body: null));
        _rig.Command(new LegCommand.Answer());
        string ok = _rig.SentLast("SIP/2.0 200");
        Assert.Contains("m=audio 16386 RTP/AVP 0 8 9 101", ok);
        Assert.Equal(["LegInitiated"], _rig.Kinds);
        Assert.Equal(Refusal.NotYetAnswered, _rig.Command(new LegCommand.StopGather()).Refusal);
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack", Offer.Replace("8 0 101", "8 101")));
        Assert.Equal(["LegInitiated", "LegAnswered"], _rig.Kinds);
        Assert.Equal("PCMA", ((CallEvent.LegAnswered)_rig.Events[1]).Codec);
    }

    [Fact]
    public void An_ACK_without_the_answer_that_was_due_ends_the_call()
    {
        _rig.Receive(Invite(body: null));
        _rig.Command(new LegCommand.Answer());
        _rig.Receive(Inside(_rig.SentLast("SIP/2.0 200"), "ACK", 1, "z9hG4bKack"));
        Assert.Equal(1, _rig.SentCount("BYE "));
        Assert.Equal(HangupCause.MediaMismatch, _rig.Ended.Cause);
        _rig.Receive(Response(_rig.SentLast("BYE "), "200 OK"));
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData("+4900000", "SIP/2.0 404")]
    [InlineData("+4989457", "SIP/2.0 480")]
    public void A_number_that_leads_nowhere_is_refused(string number, string line)
    {
        _rig.Receive(Invite(number));
        Assert.StartsWith(line, _rig.Last);
        Assert.Empty(_rig.Events);
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData("4989456")]
    [InlineData("004989456")]
    [InlineData("+49-89-456")]
    public void A_number_may_be_written_in_other_ways(string written)
    {
        _rig.Receive(Invite(written));
        Assert.Equal("+4989456", _rig.Events[0].Leg.To);
    }

    [Fact]
    public void An_inactive_connection_refuses()
    {
        _rig.Current = Snapshot(App with { IsActive = false });
        _rig.Receive(Invite());
        Assert.StartsWith("SIP/2.0 480", _rig.Last);
    }

    [Fact]
    public void A_catch_all_number_takes_any_number_as_it_was_dialled()
    {
        _rig.Current = Snapshot(numbers: [new(RoutingSnapshot.AnyNumber, Sample.Tenant, Sample.Connection)]);
        _rig.Receive(Invite("+15550027777"));
        Assert.Equal("+15550027777", _rig.Events[0].Leg.To);
    }

    [Fact]
    public void A_channel_limit_is_busy_and_missing_ports_are_503()
    {
        _rig.GateRefusal = Refusal.ConnectionChannelLimit;
        _rig.Receive(Invite());
        Assert.StartsWith("SIP/2.0 486", _rig.Last);
        _rig.GateRefusal = Refusal.None;
        _rig.HasPorts = false;
        _rig.Receive(Invite(branch: "z9hG4bKtwo").Replace("call-1", "call-2"));
        Assert.StartsWith("SIP/2.0 503", _rig.Last);
        Assert.Empty(_rig.Events);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void While_media_is_being_restarted_a_caller_hears_so_and_when_to_try_again()
    {
        _rig.IsUp = false;
        _rig.Receive(Invite());
        Assert.StartsWith("SIP/2.0 503 Media Is Being Restarted\r\n", _rig.Last);
        Assert.Contains("Retry-After: 5\r\n", _rig.Last);
        Assert.Empty(_rig.Events);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void An_offer_that_we_cannot_use_is_488_and_frees_what_was_taken()
    {
        _rig.Receive(Invite(body: Offer.Replace("8 0 101", "18").Replace("a=rtpmap:8 PCMA/8000\n", "")
            .Replace("a=rtpmap:0 PCMU/8000\n", "")));
        Assert.StartsWith("SIP/2.0 488", _rig.Last);
        Assert.Contains("Warning: 305", _rig.Last);
        _rig.AssertNothingLeft();
    }

    [Theory, InlineData("a=candidate:1 1 UDP 1 192.0.2.1 4 typ host\n generation 0"), InlineData("m=audio x RTP/AVP 0")]
    public void An_offer_with_a_line_that_nobody_can_read_is_400_and_says_so(string line)
    {
        _rig.Receive(Invite(body: Offer + line + "\n"));
        Assert.StartsWith("SIP/2.0 400 Bad Session Description\r\n", _rig.Last);
        _rig.AssertNothingLeft();
    }

    [Theory, InlineData("L16"), InlineData("PCMU"), InlineData(null)]
    public void An_offer_of_a_codec_that_nobody_prefers_reaches_the_application_that_may_name_it(string? named)
    {
        _rig.Receive(Invite(body: Offer.Replace("8 0 101", "96 101").Replace("a=rtpmap:8 PCMA/8000\n", "a=rtpmap:96 L16/16000\n")
            .Replace("a=rtpmap:0 PCMU/8000\n", "")));
        Assert.Equal(["L16"], ((CallEvent.LegInitiated)_rig.Events[0]).OfferedCodecs);
        _rig.Command(new LegCommand.Answer { PreferredCodecs = named is null ? [] : [named] });
        string ok = _rig.SentLast("SIP/2.0 200");
        Assert.Contains("a=rtpmap:96 L16/16000\r\n", ok);
        Assert.Contains("a=rtpmap:101 telephone-event/8000\r\n", ok);
    }

    [Fact]
    public void An_extension_that_we_do_not_have_is_420()
    {
        _rig.Receive(Invite(extra: "Require: 100rel, precondition"));
        Assert.StartsWith("SIP/2.0 420", _rig.Last);
        Assert.Contains("Unsupported: precondition", _rig.Last);
    }

    [Fact]
    public void A_full_ledger_and_a_draining_node_take_no_new_calls_but_keep_the_old_ones()
    {
        _rig.Receive(Invite());
        _rig.IsReady = false;
        _rig.Receive(Invite(branch: "z9hG4bKtwo").Replace("call-1", "call-2"));
        Assert.StartsWith("SIP/2.0 503", _rig.Last);
        Assert.Contains("Retry-After: 5", _rig.Last);
        _rig.IsReady = true;
        _rig.Handle(new ShardMessage.Drain());
        _rig.Receive(Invite(branch: "z9hG4bKthree").Replace("call-1", "call-3"));
        Assert.StartsWith("SIP/2.0 503", _rig.Last);
        _rig.Receive(Invite());     // the first one, repeated
        Assert.StartsWith("SIP/2.0 180", _rig.Last);
        Assert.Single(_rig.Events);
    }

    [Fact]
    public void Without_a_first_command_the_leg_times_out()
    {
        _rig.Current = Snapshot(App with { FirstCommandTimeout = TimeSpan.FromSeconds(30) });
        _rig.Receive(Invite());
        _rig.Advance(31);
        Assert.StartsWith("SIP/2.0 480", _rig.Last);
        Assert.Equal(HangupCause.FirstCommandTimeout, _rig.Ended.Cause);
    }

    [Fact]
    public void Any_command_stops_the_first_command_timeout()
    {
        _rig.Current = Snapshot(App with { FirstCommandTimeout = TimeSpan.FromSeconds(30) });
        _rig.Receive(Invite());
        Assert.True(_rig.Command(new LegCommand.SetLabels { Labels = Labels.Of(("a", "1")) }).IsAccepted);
        _rig.Advance(60);
        Assert.DoesNotContain("LegEnded", _rig.Kinds);
        Assert.Equal(2, _rig.SentCount("SIP/2.0 180"));     // repeated after a minute
    }

    [Fact]
    public void Custom_headers_come_in_and_go_out_and_others_do_not()
    {
        _rig.Receive(Invite(extra: "X-Order: 7\nUser-to-User: abc\nSubject: hello"));
        Assert.Equal([new("X-Order", "7"), new("User-to-User", "abc")], _rig.Events[0].Leg.Headers);
        _rig.Command(
            new LegCommand.Answer { Headers = [new("X-Reply", "yes\r\nContact: <sip:evil>"), new("Via", "x"), new("Bad Name", "y")] });
        string ok = _rig.SentLast("SIP/2.0 200");
        Assert.Contains("X-Reply: yesContact: <sip:evil>\r\n", ok);
        Assert.DoesNotContain("Bad Name", ok);
    }

    /// <summary>Bytes over which whoever reads them stumbles.</summary>
    private sealed class Unreadable : MemoryManager<byte>
    {
        public ReadOnlyMemory<byte> Take() => CreateMemory(1);

        public override Span<byte> GetSpan() => throw new InvalidOperationException("a fault");

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing) { }
    }

    [Fact]
    public void A_fault_of_ours_over_one_message_is_told_and_the_next_is_answered()
    {
        string options = Invite(body: null).Replace("INVITE", "OPTIONS");
        _rig.Handle(new ShardMessage.Received(new Unreadable().Take(), SipFlow.Udp(Peer)));
        Assert.Single(_rig.Failures);
        _rig.Receive(options);
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
    }

    [Fact]
    public void Requests_outside_dialogs_are_answered_by_kind()
    {
        string Other(string method) => Invite(body: null, branch: $"z9hG4bK{method}").Replace("INVITE", method).Replace("call-1", method);
        _rig.Receive(Other("OPTIONS"));
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
        Assert.StartsWith("<sip:", Header(_rig.Last, "Contact"));
        _rig.Receive(Other("OPTIONS").Replace("bKOPTIONS", "bKrequire").Replace("OPTIONS@", "require@")
            .Replace("Max-Forwards", "Require: teleport\nMax-Forwards"));
        Assert.StartsWith("SIP/2.0 420", _rig.Last);
        _rig.Receive(Other("OPTIONS").Replace("bKOPTIONS", "bKmail").Replace("OPTIONS@", "mail@")
            .Replace("OPTIONS sip:+4989456@127.0.0.1:5060 ", "OPTIONS mailto:a@example.net "));
        Assert.StartsWith("SIP/2.0 416", _rig.Last);
        _rig.Receive(Other("REGISTER"));
        Assert.StartsWith("SIP/2.0 403", _rig.Last);
        _rig.Receive(Other("BYE"));
        Assert.StartsWith("SIP/2.0 481", _rig.Last);
        _rig.Receive(Other("SUBSCRIBE"));
        Assert.StartsWith("SIP/2.0 405", _rig.Last);
        _rig.Receive(Other("REFER"));
        Assert.StartsWith("SIP/2.0 405", _rig.Last);
        _rig.Receive(Other("FROBNICATE"));
        Assert.StartsWith("SIP/2.0 501", _rig.Last);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void Custom_headers_have_a_bound()
    {
        _rig.Receive(Invite(extra: string.Join('\n', Enumerable.Range(0, Limits.CustomHeaders + 1).Select(i => $"X-H{i}: {i}"))));
        Assert.Equal(Limits.CustomHeaders, _rig.Events[0].Leg.Headers.Count);
    }
}
