using Ringwright.Calls;
using Ringwright.Store.Tables;
using Ringwright.Voipbin;

namespace Ringwright.Edge.Voipbin;

/// <summary>Why attempts end, in the words of the dialer's API.</summary>
public sealed class AttemptReasonTests
{
    [Theory]
    [InlineData(HangupCause.ApiHangup, true, "amd", "amd"), InlineData(HangupCause.ApiHangup, true, "busy", "busy")]
    [InlineData(HangupCause.ApiHangup, true, "api_hangup", "normal"), InlineData(HangupCause.RemoteHangup, true, "remote_hangup", "normal")]
    [InlineData(HangupCause.RemoteHangup, true, "busy", "normal"), InlineData(HangupCause.CalleeBusy, false, "callee_busy", "busy")]
    [InlineData(HangupCause.TimeLimit, true, "time_limit", "timeout"), InlineData(null, false, "do_not_call", "do_not_call")]
    [InlineData(null, false, "failed", "failed"), InlineData(null, false, null, "failed")]
    public void What_a_flow_has_hung_up_ended_for_what_it_said(HangupCause? cause, bool isAnswered, string? reason, string shown) =>
        Assert.Equal(shown, AttemptReasons.Of(new(AttemptState.Settled, cause, reason, "fail", isAnswered, Number: 1)));
}
