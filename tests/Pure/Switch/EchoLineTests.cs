using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using Ringwright.Switch.Legs;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>A line whose calls a program commands, seen from the switch; the commands are those of the node's echo line.</summary>
public sealed class EchoLineTests
{
    private static readonly LegCommand.Answer Echoing = new() { Echoes = true };

    private readonly ShardRig _rig = new() { Current = Snapshot(App with { Application = Application.Echo, Name = "echo test line" }) };

    [Fact]
    public void The_line_answers_without_ringing_and_sends_back_what_it_hears()
    {
        _rig.Receive(Invite());
        Assert.True(_rig.Command(Echoing).IsAccepted);
        Assert.Equal(["SIP/2.0 100 Trying", "SIP/2.0 200 OK"], _rig.StartLines);
        string ok = _rig.Last;
        Assert.Contains("m=audio 16386 RTP/AVP 0 101", ok);
        Assert.Contains(_rig.Commands, c => c is MediaCommand.Echo { IsOn: true });
        Assert.Contains(_rig.Commands, c => c is MediaCommand.Connect { Plan.Codec.Name: "PCMU" });

        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        _rig.Receive(Inside(ok, "BYE", 2, "z9hG4bKbye"));
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
        Assert.Equal(["LegInitiated", "LegAnswered", "LegEnded"], _rig.Kinds);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void Its_caller_is_told_nothing_before_its_row_is_written_and_commanded()
    {
        _rig.CommitsAtOnce = false;
        _rig.Receive(Invite());
        Assert.Equal(["SIP/2.0 100 Trying"], _rig.StartLines);
        _rig.Handle(new LegMessage.Committed(_rig.Leg, true));
        Assert.Equal(["SIP/2.0 100 Trying"], _rig.StartLines);
        _rig.Command(Echoing);
        Assert.Equal(["SIP/2.0 100 Trying", "SIP/2.0 200 OK"], _rig.StartLines);
    }

    [Fact]
    public void A_caller_whom_the_gate_refuses_is_not_answered()
    {
        _rig.GateRefusal = Refusal.TenantChannelLimit;
        _rig.Receive(Invite());
        Assert.StartsWith("SIP/2.0 486", _rig.Last);
        Assert.Empty(_rig.Events);
    }

    [Fact]
    public void A_caller_without_an_offer_hears_himself_from_his_ACK_on()
    {
        _rig.Receive(Invite(body: null));
        Assert.True(_rig.Command(Echoing).IsAccepted);
        Assert.DoesNotContain(_rig.Commands, c => c is MediaCommand.Echo);
        string ok = _rig.SentLast("SIP/2.0 200");
        Assert.Contains("m=audio", ok);
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack", Answer));
        Assert.Equal(["LegInitiated", "LegAnswered"], _rig.Kinds);
        Assert.Contains(_rig.Commands, c => c is MediaCommand.Echo { IsOn: true });
    }

    [Fact]
    public void A_leg_that_is_answered_without_it_sends_nothing_back_until_it_is_told_to()
    {
        _rig.Receive(Invite());
        Assert.True(_rig.Command(new LegCommand.Answer()).IsAccepted);
        Assert.DoesNotContain(_rig.Commands, c => c is MediaCommand.Echo);
        Assert.True(_rig.Command(new LegCommand.Echo(IsOn: true)).IsAccepted);
        Assert.Contains(_rig.Commands, c => c is MediaCommand.Echo { IsOn: true });
    }

    [Fact]
    public void A_program_that_never_begins_lets_its_caller_wait_for_ten_seconds()
    {
        _rig.Receive(Invite());
        _rig.Advance(9.9);
        Assert.Equal(["SIP/2.0 100 Trying"], _rig.StartLines);
        _rig.Advance(0.2);
        Assert.Equal("first_command", Assert.Single(_rig.Events.OfType<CallEvent.LegEnded>()).Timer);
    }

    [Fact]
    public void Who_hangs_up_for_a_fault_of_the_node_says_so_to_the_caller_and_why_to_the_record()
    {
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Hangup { Cause = HangupCause.Internal, Evidence = "The program has failed." });
        Assert.StartsWith("SIP/2.0 500", _rig.SentLast("SIP/2.0 500"));
        var ended = Assert.Single(_rig.Events.OfType<CallEvent.LegEnded>());
        Assert.Equal((HangupCause.Internal, HangupParty.Local, "The program has failed."), (ended.Cause, ended.By, ended.Evidence));
    }
}
