using Ringwright.Agency;
using Ringwright.Agency.Batches;
using Ringwright.Agency.Tables;

namespace Ringwright.Edge.Agency;

/// <summary>When a batch calls nobody more by itself, and when it goes on.</summary>
public sealed class BatchHealthTests
{
    private static readonly CountedCall Fault = new() { Cause = "remote_failure" }, Rung = new() { Cause = "ring_timeout" },
        Heard = new() { Cause = "remote_hangup", Answered = 1 }, Unwanted = new() { Cause = "api_hangup", Answered = 1, Unwanted = 1 };

    private static CountedCall[] Calls(params (int Count, CountedCall Call)[] all) =>
        [.. all.SelectMany(one => Enumerable.Repeat(one.Call, one.Count))];

    [Fact]
    public void Ten_faults_of_the_last_twenty_calls_stop_it_whatever_was_before()
    {
        // Case B15.
        Assert.Equal("circuit_open", BatchHealth.StopOf(Calls((10, Rung), (10, Fault)))?.Code);
        Assert.Equal("circuit_open", BatchHealth.StopOf(Calls((10, Fault)))?.Code);
        Assert.Null(BatchHealth.StopOf(Calls((11, Rung), (10, Fault))));
        Assert.Null(BatchHealth.StopOf(Calls((9, Fault), (11, Rung), (50, Fault))));
        // A call that was answered has had its line.
        Assert.Null(BatchHealth.StopOf(Calls((20, Fault with { Answered = 1 }))));
        Assert.Null(BatchHealth.StopOf([]));
    }

    [Fact]
    public void More_than_three_of_a_hundred_who_want_no_more_calls_stop_it_and_so_do_few_answers()
    {
        Assert.Null(BatchHealth.StopOf(Calls((3, Unwanted), (97, Heard))));
        Assert.Equal("opt_out_rate", BatchHealth.StopOf(Calls((4, Unwanted), (96, Heard)))?.Code);
        Assert.Null(BatchHealth.StopOf(Calls((4, Unwanted), (95, Heard))));
        Assert.Null(BatchHealth.StopOf(Calls((100, Heard), (4, Unwanted))));
        Assert.Equal("answer_rate", BatchHealth.StopOf(Calls((9, Heard), (191, Rung)))?.Code);
        Assert.Null(BatchHealth.StopOf(Calls((10, Heard), (190, Rung))));
        Assert.Null(BatchHealth.StopOf(Calls((199, Rung))));
    }

    [Fact]
    public void It_goes_on_by_itself_after_five_minutes_three_times_and_only_where_the_line_was_the_reason()
    {
        var noon = new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);
        var paused = new BatchRow { Status = BatchRow.Paused, FailureCode = BatchRow.CircuitOpen, PausedAt = noon };
        Assert.Equal(noon.AddMinutes(5), BatchHealth.ResumesAt(paused));
        Assert.Equal(noon.AddMinutes(5), BatchHealth.ResumesAt(paused with { CircuitResumes = 2 }));
        Assert.Null(BatchHealth.ResumesAt(paused with { CircuitResumes = 3 }));
        Assert.Null(BatchHealth.ResumesAt(paused with { FailureCode = BatchRow.Unwanted }));
        Assert.Null(BatchHealth.ResumesAt(paused with { FailureCode = null }));
        Assert.Null(BatchHealth.ResumesAt(paused with { Status = BatchRow.Processing }));
    }

    [Fact]
    public void It_rests_no_longer_because_the_clock_was_set_back()
    {
        var noon = new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);
        var paused = new BatchRow { Status = BatchRow.Paused, FailureCode = BatchRow.CircuitOpen, PausedAt = noon };
        // Another node's clock may be behind a little.
        foreach (int minutes in (int[])[-4, 0, 4]) Assert.False(BatchHealth.GoesOn(paused, "UTC", noon.AddMinutes(minutes)));
        Assert.True(BatchHealth.GoesOn(paused, "UTC", noon.AddMinutes(5)));
        Assert.True(BatchHealth.GoesOn(paused, "UTC", noon.AddMinutes(-55)));
        Assert.False(BatchHealth.GoesOn(paused with { CircuitResumes = 3 }, "UTC", noon.AddMinutes(-55)));
        Assert.False(BatchHealth.GoesOn(paused with { FailureCode = BatchRow.Capped }, "UTC", noon.AddMinutes(-55)));
    }

    [Fact]
    public void A_number_that_has_begun_its_calls_of_the_day_goes_on_the_next_day_of_the_agency()
    {
        var noon = new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);
        var paused = new BatchRow { Status = BatchRow.Paused, FailureCode = BatchRow.Capped, PausedAt = noon };
        Assert.Equal(new DateTimeOffset(2026, 1, 16, 0, 0, 0, TimeSpan.Zero), BatchHealth.ResumesAt(paused));
        Assert.Equal(new DateTimeOffset(2026, 1, 16, 5, 0, 0, TimeSpan.Zero), BatchHealth.ResumesAt(paused, "America/New_York"));
        Assert.Equal(new DateTimeOffset(2026, 1, 14, 5, 0, 0, TimeSpan.Zero),
            BatchHealth.DayOf(new(2026, 1, 15, 4, 59, 0, TimeSpan.Zero), "America/New_York"));
        // The zone of another system, which this one does not know.
        Assert.Equal(new DateTimeOffset(2026, 1, 15, 0, 0, 0, TimeSpan.Zero),
            BatchHealth.DayOf(new(2026, 1, 15, 4, 59, 0, TimeSpan.Zero), "Mars/Olympus_Mons"));
        // And with a client's minutes the next month.
        paused = paused with { FailureCode = BatchRow.OutOfMinutes };
        Assert.Equal(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero), BatchHealth.ResumesAt(paused));
        Assert.Equal(new DateTimeOffset(2026, 2, 1, 5, 0, 0, TimeSpan.Zero), BatchHealth.ResumesAt(paused, "America/New_York"));
    }

    [Fact]
    public void Settings_are_those_that_there_are()
    {
        Assert.Empty(AgencySettings.FaultsOf(new() { ["kill_switch"] = true }));
        Assert.Empty(AgencySettings.FaultsOf(new() { ["kill_switch"] = null }));
        Assert.Equal("settings/kill_switch", Assert.Single(AgencySettings.FaultsOf(new() { ["kill_switch"] = "on" })).Path);
        Assert.Equal("settings/other", Assert.Single(AgencySettings.FaultsOf(new() { ["other"] = true })).Path);
        var after = AgencySettings.Changed(new() { ["kill_switch"] = true, ["kept"] = 1 }, new() { ["kill_switch"] = null });
        Assert.Equal("""{"kept":1}""", after.ToJsonString());
        Assert.False(AgencySettings.IsKilled(after));
    }
}
