using Ringwright.Calls;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>What the last event of a leg says of its end: who, why, and what shows it.</summary>
public sealed class VerdictTests
{
    private readonly ShardRig _rig = new();

    private string Answered()
    {
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Answer());
        string ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        return ok;
    }

    [Fact]
    public void A_BYE_brings_its_Reason_header()
    {
        string ok = Answered();
        _rig.Receive(Inside(ok, "BYE", 2, "z9hG4bKbye").Replace("Contact:", "Reason: Q.850;cause=16;text=\"done\"\nContact:"));
        Assert.Equal((HangupCause.RemoteHangup, HangupParty.Remote, "Q.850;cause=16;text=\"done\""),
            (_rig.Ended.Cause, _rig.Ended.By, _rig.Ended.Reason));
        Assert.Null(_rig.Ended.Timer);
        Assert.Null(_rig.Ended.CommandId);
    }

    [Theory]
    [InlineData("Reason: SIP;cause=200\nReason: Q.850;cause=16;text=\"done\"", "SIP;cause=200, Q.850;cause=16;text=\"done\"")]
    [InlineData("Reason: SIP;cause=200, Q.850;cause=16", "SIP;cause=200, Q.850;cause=16")]
    [InlineData("Reason:\nReason: Q.850;cause=31;text=Normal, unspecified", "Q.850;cause=31;text=Normal, unspecified")]
    public void Of_several_reasons_all_are_told(string header, string expected)
    {
        string ok = Answered();
        _rig.Receive(Inside(ok, "BYE", 2, "z9hG4bKbye").Replace("Contact:", $"{header}\nContact:"));
        Assert.Equal(expected, _rig.Ended.Reason);
    }

    [Fact]
    public void A_long_Reason_is_cut()
    {
        string ok = Answered();
        _rig.Receive(Inside(ok, "BYE", 2, "z9hG4bKbye").Replace("Contact:", $"Reason: SIP;text=\"{new string('x', 1_000)}\"\nContact:"));
        Assert.Equal(Limits.ReasonCharacters, _rig.Ended.Reason!.Length);
    }

    [Fact]
    public void A_CANCEL_brings_its_Reason_header()
    {
        _rig.Receive(Invite());
        string cancel = Invite(body: null).Replace("INVITE sip:", "CANCEL sip:").Replace("1 INVITE", "1 CANCEL")
            .Replace("Contact:", "Reason: SIP;cause=200\nContact:");
        _rig.Receive(cancel);
        Assert.Equal((HangupCause.CallerCancel, "SIP;cause=200"), (_rig.Ended.Cause, _rig.Ended.Reason));
    }

    [Fact]
    public void A_refusal_brings_its_status_and_Reason_header()
    {
        _rig.Dial();
        _rig.Receive(Response(_rig.SentLast("INVITE"), "486 Busy Here", extra: "Reason: Q.850;cause=17"));
        Assert.Equal((HangupCause.CalleeBusy, 486, "Q.850;cause=17"), (_rig.Ended.Cause, _rig.Ended.SipStatus, _rig.Ended.Reason));
    }

    [Fact]
    public void A_hang_up_names_its_command()
    {
        Answered();
        _rig.Command(new LegCommand.Hangup { CommandId = "cmd-1" });
        Assert.Equal((HangupCause.ApiHangup, "cmd-1"), (_rig.Ended.Cause, _rig.Ended.CommandId));
    }

    [Fact]
    public void A_reject_names_its_command()
    {
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Reject(IsBusy: true) { CommandId = "cmd-2" });
        Assert.Equal((HangupCause.ApiRejectBusy, 486, "cmd-2"), (_rig.Ended.Cause, _rig.Ended.SipStatus, _rig.Ended.CommandId));
    }

    [Fact]
    public void A_timer_is_named()
    {
        _rig.Dial(Request() with { RingTimeout = TimeSpan.FromSeconds(5) });
        _rig.Receive(Response(_rig.SentLast("INVITE"), "180 Ringing"));
        _rig.Advance(10);
        Assert.Equal((HangupCause.RingTimeout, "ring"), (_rig.Ended.Cause, _rig.Ended.Timer));
    }
}
