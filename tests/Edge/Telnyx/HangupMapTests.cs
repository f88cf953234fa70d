using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Edge.Telnyx;

public sealed class HangupMapTests
{
    [Theory]
    // The remote side sent BYE after answer.
    [InlineData(HangupCause.RemoteHangup, Direction.Inbound, true, null, "normal_clearing", "caller", "200")]
    [InlineData(HangupCause.RemoteHangup, Direction.Outbound, true, null, "normal_clearing", "callee", "200")]
    [InlineData(HangupCause.RemoteHangup, Direction.Inbound, false, null, "originator_cancel", "caller", "487")]
    [InlineData(HangupCause.RemoteHangup, Direction.Outbound, false, null, "unspecified", "unknown", "unspecified")]
    // Our command.
    [InlineData(HangupCause.ApiHangup, Direction.Inbound, true, null, "normal_clearing", "callee", "unspecified")]
    [InlineData(HangupCause.ApiHangup, Direction.Outbound, true, null, "normal_clearing", "caller", "unspecified")]
    [InlineData(HangupCause.ApiHangup, Direction.Inbound, false, 480, "call_rejected", "callee", "480")]
    [InlineData(HangupCause.ApiHangup, Direction.Outbound, false, 487, "originator_cancel", "caller", "487")]
    [InlineData(HangupCause.ApiCancel, Direction.Outbound, false, 487, "originator_cancel", "caller", "487")]
    [InlineData(HangupCause.ApiReject, Direction.Inbound, false, 603, "call_rejected", "callee", "603")]
    [InlineData(HangupCause.ApiRejectBusy, Direction.Inbound, false, 486, "user_busy", "callee", "486")]
    // Before answer.
    [InlineData(HangupCause.CallerCancel, Direction.Inbound, false, 487, "originator_cancel", "caller", "487")]
    [InlineData(HangupCause.CalleeBusy, Direction.Outbound, false, 486, "user_busy", "callee", "486")]
    [InlineData(HangupCause.CalleeBusy, Direction.Outbound, false, 600, "user_busy", "callee", "600")]
    [InlineData(HangupCause.CalleeDeclined, Direction.Outbound, false, 403, "call_rejected", "callee", "403")]
    [InlineData(HangupCause.CalleeDeclined, Direction.Outbound, false, 603, "call_rejected", "callee", "603")]
    [InlineData(HangupCause.CalleeDeclined, Direction.Outbound, false, 407, "call_rejected", "callee", "407")]
    [InlineData(HangupCause.NotFound, Direction.Outbound, false, 404, "not_found", "callee", "404")]
    [InlineData(HangupCause.NotFound, Direction.Outbound, false, 604, "not_found", "callee", "604")]
    [InlineData(HangupCause.RingTimeout, Direction.Outbound, false, 487, "timeout", "caller", "487")]
    [InlineData(HangupCause.RingTimeout, Direction.Outbound, false, 408, "timeout", "caller", "408")]
    [InlineData(HangupCause.RingTimeout, Direction.Inbound, false, 480, "timeout", "callee", "480")]
    [InlineData(HangupCause.RemoteTimeout, Direction.Outbound, false, 480, "timeout", "callee", "480")]
    [InlineData(HangupCause.RemoteTimeout, Direction.Outbound, false, null, "timeout", "callee", "408")]
    [InlineData(HangupCause.FirstCommandTimeout, Direction.Inbound, false, 480, "timeout", "callee", "480")]
    // The rest.
    [InlineData(HangupCause.TimeLimit, Direction.Outbound, true, null, "time_limit", "unknown", "unspecified")]
    [InlineData(HangupCause.MediaMismatch, Direction.Outbound, false, 488, "unspecified", "unknown", "488")]
    [InlineData(HangupCause.RemoteFailure, Direction.Outbound, false, 503, "unspecified", "unknown", "503")]
    [InlineData(HangupCause.RemoteFailure, Direction.Outbound, false, null, "unspecified", "unknown", "unspecified")]
    [InlineData(HangupCause.TransportFailure, Direction.Outbound, false, 503, "unspecified", "unknown", "unspecified")]
    [InlineData(HangupCause.RtpTimeout, Direction.Inbound, true, null, "unspecified", "unknown", "unspecified")]
    [InlineData(HangupCause.MediaFailure, Direction.Inbound, true, null, "unspecified", "unknown", "unspecified")]
    [InlineData(HangupCause.NodeShutdown, Direction.Inbound, true, null, "unspecified", "unknown", "unspecified")]
    [InlineData(HangupCause.NodeRestart, Direction.Inbound, true, null, "unspecified", "unknown", "unspecified")]
    [InlineData(HangupCause.LedgerUnavailable, Direction.Inbound, true, null, "unspecified", "unknown", "unspecified")]
    [InlineData(HangupCause.Internal, Direction.Inbound, true, null, "unspecified", "unknown", "unspecified")]
    public void A_cause_has_the_words_of_the_table(HangupCause cause, Direction direction, bool isAnswered, int? sip, string word,
        string source, string sipWord)
    {
        var ended = new CallEvent.LegEnded
        {
            Leg = Samples.Facts(direction, isAnswered),
            At = new Instant(9_000_000_000),
            Cause = cause,
            By = HangupParty.Unknown,
            SipStatus = sip,
        };
        Assert.Equal(new HangupWords(word, source, sipWord), HangupMap.Of(ended));
    }

    [Fact]
    public void Every_cause_direction_and_state_has_a_row_in_the_contracts_words()
    {
        string[] causes = ["call_rejected", "normal_clearing", "originator_cancel", "timeout", "time_limit", "user_busy",
            "not_found", "unspecified"];
        foreach (var cause in Enum.GetValues<HangupCause>())
        {
            foreach (var direction in Enum.GetValues<Direction>())
            {
                foreach (bool isAnswered in new[] { false, true })
                {
                    var row = HangupMap.Rows[new(cause, direction, isAnswered)];
                    Assert.Contains(row.Cause, causes);
                    Assert.Contains(row.Source, new[] { "caller", "callee", "unknown" });
                }
            }
        }
    }
}
