using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
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
    [InlineData(HangupCause.RemoteHangup, false, "remote_hangup", "noanswer")]
    public void What_a_flow_has_hung_up_ended_for_what_it_said(HangupCause? cause, bool isAnswered, string? reason, string shown) =>
        Assert.Equal(shown, AttemptReasons.Of(new(AttemptState.Settled, cause, reason, "fail", isAnswered, Number: 1)));

    [Theory]
    [InlineData("busy"), InlineData("noanswer"), InlineData("dialout"), InlineData("failed"), InlineData("cancel"), InlineData("amd")]
    public void A_rule_for_a_reason_holds_for_all_that_is_told_so(string reason)
    {
        var told = FaceTable.Of("voipbin").All.Where(row => row is { Key: { IsAnswered: false, Direction: Direction.Outbound } }
            && row.Value == reason && row.Key.Cause is not HangupCause.NodeRestart).Select(row => SnakeName.Of(row.Key.Cause));
        // And where a flow says so.
        Assert.Equal(told.Append(reason).Order(StringComparer.Ordinal), AttemptReasons.CausesOf(reason).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_rule_counts_all_that_is_told_so_together()
    {
        var rules = RetryRules.Read(JsonNode.Parse("""[{"reason":"noanswer","interval":1000,"max":2}]""")!.AsArray());
        Assert.True(rules.Count > 2);
        Assert.All(rules, rule => Assert.Equal("noanswer", rule.Group));
    }

    [Fact]
    public void What_has_nobody_called_again_has_no_rule()
    {
        Assert.Empty(AttemptReasons.CausesOf("normal"));
        Assert.Empty(AttemptReasons.CausesOf("timeout"));
        Assert.Empty(AttemptReasons.CausesOf("bored"));
        Assert.Equal(AttemptReasons.CausesOf("noanswer"), AttemptReasons.CausesOf("no_answer"));
    }
}
