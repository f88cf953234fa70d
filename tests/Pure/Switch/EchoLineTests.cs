using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

public sealed class EchoLineTests
{
    private readonly ShardRig _rig = new() { Current = Snapshot(App with { Kind = ConnectionKind.Echo, Name = "echo test line" }) };

    [Fact]
    public void The_line_answers_without_ringing_and_sends_back_what_it_hears()
    {
        _rig.Receive(Invite());
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
    public void It_answers_only_once_its_row_is_written()
    {
        _rig.CommitsAtOnce = false;
        _rig.Receive(Invite());
        Assert.Equal(["SIP/2.0 100 Trying"], _rig.StartLines);
        _rig.Handle(new Letter.Committed(_rig.Leg, true));
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
        string ok = _rig.SentLast("SIP/2.0 200");
        Assert.Contains("m=audio", ok);
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack", Answer));
        Assert.Equal(["LegInitiated", "LegAnswered"], _rig.Kinds);
        Assert.Contains(_rig.Commands, c => c is MediaCommand.Echo { IsOn: true });
    }
}
