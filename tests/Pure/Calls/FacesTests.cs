using Ringwright.Calls;

namespace Ringwright.Pure.Calls;

/// <summary>The words of each face are its contract's, and all speak of the same end.</summary>
public sealed class FacesTests
{
    private static readonly Dictionary<string, string[]> Words = new()
    {
        ["telnyx_cause"] = ["call_rejected", "normal_clearing", "originator_cancel", "timeout", "time_limit", "user_busy", "not_found",
            "unspecified"],
        ["telnyx_source"] = ["caller", "callee", "unknown"],
        ["texml"] = ["completed", "failed", "busy", "no-answer", "canceled"],
        ["twiml"] = ["completed", "failed", "busy", "no-answer", "canceled"],
        ["telefonie"] = ["completed", "failed", "busy", "no-answer", "canceled"],
        ["voipbin"] = ["normal", "failed", "busy", "cancel", "timeout", "noanswer", "dialout", "amd"],
        ["chakra"] = ["COMPLETED", "ANSWERED", "BUSY", "FAILED", "UNANSWERED", "REJECTED", "MISSED"],
        ["agency_outcome"] = ["answered", "busy", "declined", "no_answer", "none"],
        ["agency_end"] = ["unjoined", "hangup", "agent_hangup", "timeout", "connection_error", "system_error"],
        ["agency_cause"] = ["call_rejected", "normal_clearing", "originator_cancel", "timeout", "time_limit", "user_busy", "not_found",
            "unspecified"],
    };

    private static IEnumerable<CallEnd> Ends =>
        from cause in Enum.GetValues<HangupCause>()
        from direction in Enum.GetValues<Direction>()
        from isAnswered in new[] { false, true }
        select new CallEnd(cause, direction, isAnswered);

    [Fact]
    public void Each_end_has_a_word_in_each_face_and_no_other()
    {
        Assert.Equal(Words.Keys.Append("telnyx_sip").Order(), FaceTable.Names.Order());
        foreach (var (column, words) in Words)
        {
            Assert.Equal(Ends.Count(), FaceTable.Of(column).All.Count);
            Assert.All(Ends, end => Assert.Contains(FaceTable.Of(column)[end], words));
        }
        Assert.All(Ends, end => Assert.Matches("^((wire or )?[3-6]\\d\\d|200|(wire or )?unspecified)$", FaceTable.Of("telnyx_sip")[end]));
    }

    [Fact]
    public void A_call_that_nobody_answered_is_no_success_anywhere()
    {
        foreach (var end in Ends.Where(end => !end.IsAnswered))
        {
            Assert.NotEqual("normal_clearing", FaceTable.Of("telnyx_cause")[end]);
            Assert.NotEqual("completed", FaceTable.Of("texml")[end]);
            Assert.NotEqual("completed", FaceTable.Of("twiml")[end]);
            Assert.NotEqual("completed", FaceTable.Of("telefonie")[end]);
            Assert.NotEqual("normal", FaceTable.Of("voipbin")[end]);
            Assert.DoesNotContain(FaceTable.Of("chakra")[end], new[] { "COMPLETED", "ANSWERED" });
            Assert.NotEqual("answered", FaceTable.Of("agency_outcome")[end]);
            Assert.NotEqual("hangup", FaceTable.Of("agency_end")[end]);
        }
    }

    [Fact]
    public void Only_who_is_called_misses_a_call_and_only_who_calls_is_not_answered() => Assert.All(Ends, end =>
    {
        Assert.False(FaceTable.Of("chakra")[end] is "MISSED" && end.Direction is Direction.Outbound);
        Assert.False(FaceTable.Of("chakra")[end] is "UNANSWERED" && end.Direction is Direction.Inbound);
    });

    [Fact]
    public void For_an_agency_whoever_answers_has_answered_and_both_providers_have_the_same_causes() => Assert.All(Ends, end =>
    {
        Assert.Equal(end.IsAnswered, FaceTable.Of("agency_outcome")[end] is "answered");
        Assert.Equal(FaceTable.Of("telnyx_cause")[end], FaceTable.Of("agency_cause")[end]);
    });

    [Fact]
    public void Documents_and_Telefonie_have_the_same_words_both_ways()
    {
        foreach (string face in new[] { "texml", "twiml", "telefonie" })
        {
            Assert.All(Ends, end => Assert.Equal(FaceTable.Of(face)[end with { Direction = Direction.Inbound }],
                FaceTable.Of(face)[end with { Direction = Direction.Outbound }]));
        }
    }

    /// <summary>By its vendor's page of Reject.</summary>
    [Fact]
    public void TwiML_has_the_words_of_TeXML_but_for_who_is_turned_away() => Assert.All(Ends, end => Assert.Equal(
        end is { Cause: HangupCause.ApiReject, IsAnswered: false } ? "no-answer" : FaceTable.Of("texml")[end], FaceTable.Of("twiml")[end]));

    // The rows that the seeds and their specifications state.
    [Theory]
    [InlineData(HangupCause.RemoteHangup, Direction.Outbound, true, "normal_clearing completed completed normal COMPLETED")]
    [InlineData(HangupCause.RemoteHangup, Direction.Inbound, true, "normal_clearing completed completed normal ANSWERED")]
    [InlineData(HangupCause.CalleeBusy, Direction.Outbound, false, "user_busy busy busy busy BUSY")]
    [InlineData(HangupCause.RingTimeout, Direction.Outbound, false, "timeout no-answer no-answer dialout UNANSWERED")]
    [InlineData(HangupCause.RemoteTimeout, Direction.Outbound, false, "timeout no-answer no-answer noanswer UNANSWERED")]
    [InlineData(HangupCause.CalleeDeclined, Direction.Outbound, false, "call_rejected failed failed noanswer REJECTED")]
    [InlineData(HangupCause.ApiCancel, Direction.Outbound, false, "originator_cancel canceled canceled cancel FAILED")]
    [InlineData(HangupCause.CallerCancel, Direction.Inbound, false, "originator_cancel canceled canceled cancel MISSED")]
    [InlineData(HangupCause.NotFound, Direction.Outbound, false, "not_found failed failed failed FAILED")]
    [InlineData(HangupCause.MediaMismatch, Direction.Outbound, false, "unspecified failed failed failed FAILED")]
    [InlineData(HangupCause.RemoteFailure, Direction.Outbound, false, "unspecified failed failed failed FAILED")]
    [InlineData(HangupCause.TimeLimit, Direction.Outbound, true, "time_limit completed completed timeout COMPLETED")]
    [InlineData(HangupCause.NodeRestart, Direction.Outbound, true, "unspecified failed completed failed FAILED")]
    public void The_rows_that_are_stated(HangupCause cause, Direction direction, bool isAnswered, string words) => Assert.Equal(words,
        string.Join(' ', new[] { "telnyx_cause", "texml", "telefonie", "voipbin", "chakra" }
            .Select(column => FaceTable.Of(column)[new(cause, direction, isAnswered)])));
}
