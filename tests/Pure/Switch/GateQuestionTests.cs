using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>
/// A dial gate that does not answer at once: whoever asked waits, nobody else does, and who has gone meanwhile leaves nothing behind.
/// </summary>
public sealed class GateQuestionTests
{
    private static readonly GateAnswer Full = new(Refusal.TenantChannelLimit, "tenant_channel_limit", "no");

    private readonly ShardRig _rig = new() { GateThinks = true };

    private static string Cancel(string to = "+4989456") =>
        Invite(to, body: null).Replace("INVITE sip", "CANCEL sip").Replace("1 INVITE", "1 CANCEL");

    private static string OtherInvite => Invite(branch: "z9hG4bKtwo").Replace("call-1@", "call-2@").Replace("tag=alice", "tag=other");

    /// <summary>A caller who talks, and whose call may be transferred to a number.</summary>
    private string Establish()
    {
        _rig.GateThinks = false;
        var trunk = new Trunk { Id = new(Guid.NewGuid()), Name = "t", Host = "10.0.0.1" };
        _rig.Current = Snapshot(trunks: [trunk], routes: [new() { Id = Guid.NewGuid(), Trunk = trunk.Id }]);
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Answer());
        string ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        _rig.GateThinks = true;
        return ok;
    }

    private void Redirect(string contacts) =>
        _rig.Receive(Response(_rig.SentLast("INVITE "), "302 Moved Temporarily").Replace("<sip:bob@127.0.0.1:5070>\n", contacts + "\n"));

    private static LegCommand.Transfer ToNumber(string? id = null) => new() { To = "+4930111", CommandId = id };

    [Fact]
    public void A_caller_waits_for_the_gate_and_the_next_one_does_not_wait_for_him()
    {
        _rig.Receive(Invite());
        Assert.Equal(["SIP/2.0 100 Trying"], _rig.StartLines);
        Assert.Equal((1, 0, 0), (_rig.State.OpenQuestions, _rig.State.Actors, _rig.OpenPorts.Count));

        _rig.GateThinks = false;
        _rig.Receive(OtherInvite);
        Assert.Equal(["SIP/2.0 100 Trying", "SIP/2.0 100 Trying", "SIP/2.0 180 Ringing"], _rig.StartLines);
        Assert.Equal("call-2@example.net", Header(_rig.Last, "Call-ID"));

        _rig.AnswerGate();
        Assert.Equal("call-1@example.net", Header(_rig.SentLast("SIP/2.0 180"), "Call-ID"));
        Assert.Equal((0, 2, 2), (_rig.State.OpenQuestions, _rig.State.Actors, _rig.InGate.Count));
    }

    [Fact]
    public void What_the_gate_refuses_later_is_refused_as_what_it_refuses_at_once()
    {
        _rig.Receive(Invite());
        _rig.AnswerGate(Full);
        Assert.StartsWith("SIP/2.0 486", _rig.Last);
        Assert.Empty(_rig.Events);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_gate_that_does_not_answer_has_refused()
    {
        _rig.Receive(Invite());
        _rig.AnswerGate(GateAnswer.Silent);
        Assert.StartsWith("SIP/2.0 503", _rig.Last);
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void A_caller_who_gives_up_meanwhile_leaves_nothing_behind(bool isOpen)
    {
        _rig.Receive(Invite());
        _rig.Receive(Cancel());
        Assert.Equal((1, 1), (_rig.SentCount("SIP/2.0 200"), _rig.SentCount("SIP/2.0 487")));
        _rig.AnswerGate(isOpen ? GateAnswer.Open : Full);
        Assert.Equal((0, 0), (_rig.SentCount("SIP/2.0 18"), _rig.State.OpenQuestions));
        Assert.Empty(_rig.Events);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_node_that_drains_or_stops_meanwhile_takes_the_call_no_longer()
    {
        _rig.Receive(Invite());
        _rig.Receive(OtherInvite);
        _rig.Handle(new ShardMessage.Drain());
        _rig.AnswerGate();
        Assert.Equal(1, _rig.SentCount("SIP/2.0 503"));
        _rig.Handle(new ShardMessage.EndAll(HangupCause.NodeShutdown));
        Assert.Equal((2, 0), (_rig.SentOnce("SIP/2.0 503"), _rig.State.OpenQuestions));
        _rig.AnswerGate();
        Assert.Empty(_rig.Events);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void So_many_may_wait_and_the_next_is_refused()
    {
        for (int i = 0; i <= Limits.OpenGateQuestions; i++) _rig.Receive(Invite(branch: $"z9hG4bK{i}").Replace("call-1@", $"call-{i}@"));
        Assert.Equal(Limits.OpenGateQuestions, _rig.State.OpenQuestions);
        string refused = Assert.Single(_rig.Sent, text => text.StartsWith("SIP/2.0 503", StringComparison.Ordinal));
        Assert.Equal($"call-{Limits.OpenGateQuestions}@example.net", Header(refused, "Call-ID"));
    }

    [Fact]
    public void A_transfer_is_accepted_when_the_gate_lets_the_new_leg_in()
    {
        Establish();
        long command = _rig.Send(ToNumber("c1"));
        Assert.Null(_rig.AckOf(command));
        Assert.Equal(Refusal.DuplicateRequest, _rig.Command(ToNumber("c1")).Refusal);
        Assert.Equal(0, _rig.SentCount("INVITE "));

        _rig.AnswerGate();
        Assert.True(_rig.AckOf(command)?.IsAccepted);
        Assert.Equal("<sip:+4930111@10.0.0.1>", Header(_rig.SentLast("INVITE "), "To"));
        Assert.True(_rig.Command(ToNumber("c1")).IsAccepted);       // a repeat, which does nothing
        Assert.Equal(2, _rig.InGate.Count);
    }

    [Fact]
    public void A_transfer_that_the_gate_refuses_later_changes_nothing_and_may_be_tried_again()
    {
        Establish();
        long command = _rig.Send(ToNumber("c1"));
        _rig.AnswerGate(Full);
        Assert.Equal(Refusal.TenantChannelLimit, _rig.AckOf(command)?.Refusal);
        long again = _rig.Send(ToNumber("c1"));
        _rig.AnswerGate();
        Assert.True(_rig.AckOf(again)?.IsAccepted);
        Assert.Equal(1, _rig.SentCount("INVITE "));
    }

    [Fact]
    public void Nobody_is_dialled_for_a_caller_who_hung_up_while_the_gate_thought_about_his_transfer()
    {
        string ok = Establish();
        long command = _rig.Send(ToNumber());
        _rig.Receive(Inside(ok, "BYE", 2, "z9hG4bKbye"));
        _rig.AnswerGate();
        Assert.Equal(Refusal.AlreadyEnded, _rig.AckOf(command)?.Refusal);
        Assert.Equal(0, _rig.SentCount("INVITE "));
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void A_caller_who_is_to_go_on_waits_for_the_gate_a_second_time_and_may_give_up(bool givesUp)
    {
        var carrier = new Trunk { Id = new(Guid.Empty), Name = "carrier", Host = "127.0.0.1", Port = 5090 };
        _rig.Current = Phones.Snapshot(
            numbers: [new("+4989111", Sample.Tenant, Phones.Desk.Id) { Voice = new() { Forwarding = new("+4989999", false) } }],
            trunks: [carrier], routes: [new() { Id = Guid.Empty, Trunk = carrier.Id }]);
        _rig.Receive(Invite("+4989111"));
        _rig.AnswerGate();
        Assert.Equal((1, 0), (_rig.State.OpenQuestions, _rig.SentCount("INVITE ")));
        if (givesUp) _rig.Receive(Cancel("+4989111"));
        _rig.AnswerGate();
        Assert.Equal(givesUp ? (0, 1) : (1, 0), (_rig.SentCount("INVITE "), _rig.SentCount("SIP/2.0 487")));
        Assert.Equal((givesUp ? 0 : 2, 0), (_rig.InGate.Count, _rig.State.OpenQuestions));
        if (givesUp) _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_caller_who_is_to_go_on_is_refused_when_the_gate_says_so_later()
    {
        var carrier = new Trunk { Id = new(Guid.Empty), Name = "carrier", Host = "127.0.0.1", Port = 5090 };
        _rig.Current = Phones.Snapshot(
            numbers: [new("+4989111", Sample.Tenant, Phones.Desk.Id) { Voice = new() { Forwarding = new("+4989999", false) } }],
            trunks: [carrier], routes: [new() { Id = Guid.Empty, Trunk = carrier.Id }]);
        _rig.Receive(Invite("+4989111"));
        _rig.AnswerGate();
        _rig.AnswerGate(GateAnswer.Silent);
        Assert.Equal((0, 1), (_rig.SentCount("INVITE "), _rig.SentOnce("SIP/2.0 503")));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_call_that_is_sent_on_waits_for_the_gate_and_goes_where_it_may()
    {
        _rig.Dial();
        Redirect("<sip:one@127.0.0.1:5071>, <sip:two@127.0.0.1:5072>");
        Assert.Equal(1, _rig.SentOnce("INVITE "));
        _rig.AnswerGate(Full);
        Assert.Equal(1, _rig.SentOnce("INVITE "));
        _rig.AnswerGate();
        Assert.StartsWith("INVITE sip:two@127.0.0.1:5072 ", _rig.SentLast("INVITE "));
        Assert.Equal(2, _rig.SentOnce("INVITE "));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void A_call_that_is_hung_up_while_the_gate_thinks_goes_nowhere(bool isOpen)
    {
        // A phone that is registered needs no look-up: it would ring in the very turn.
        _rig.Current = Phones.Snapshot();
        string register = Phones.Request("REGISTER", "alice1", 1).Replace("10.0.0.5:5060>", "127.0.0.1:5071>");
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"), register, new(System.Net.IPAddress.Loopback, 5071));
        _rig.Dial();
        Redirect("<sip:alice1@sip.example.com>");
        Assert.Equal(1, _rig.State.OpenQuestions);
        _rig.ClosesPorts = false;
        Assert.True(_rig.Command(new LegCommand.Hangup()).IsAccepted);
        int kept = _rig.KeptBetween;
        _rig.AnswerGate(isOpen ? GateAnswer.Open : Full);
        Assert.Equal((1, kept), (_rig.SentOnce("INVITE "), _rig.KeptBetween));
        _rig.Advance(100);
        Assert.Equal(HangupCause.ApiCancel, _rig.Ended.Cause);
        Assert.True(_rig.State.IsEmpty, _rig.State.ToString());
        Assert.Empty(_rig.InGate);
        Assert.Empty(_rig.Failures);
    }

    [Fact]
    public void An_explanation_waits_for_nothing()
    {
        var explainer = new RouteExplainer(_rig, _rig, TargetPolicy.Strict, "sip.example.com", _rig.Settings.Hosts,
            _rig.Settings.TrunkHosts);
        Assert.Equal("gate_silent", explainer.Explain(new("+4930123", "+4989456000", null)).Outbound!.Gate.Rule);
        Assert.Equal(0, _rig.State.OpenQuestions);
    }
}
