using Ringwright.Agency.Batches;
using Ringwright.Agency.Tables;

namespace Ringwright.Edge.Agency;

/// <summary>Where a contact stands, by what the dialler has of him.</summary>
public sealed class ContactProgressTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly ContactRow Fresh = new()
    {
        Id = Guid.CreateVersion7(Noon), MaxAttempts = 3, CreatedAt = Noon, UpdatedAt = Noon,
    };
    private static readonly BatchRow Batch = new() { Status = BatchRow.Processing };
    private static readonly DialledTarget Rung = new()
    {
        Id = Fresh.Id, State = "idle", DueAt = Noon.AddHours(1), UpdatedAt = Noon, Tries = 1, Legs = 1,
        LegUuid = "leg", ClaimedAt = Noon, EndedAt = Noon.AddSeconds(9),
    };

    [Theory]
    [InlineData("ring_timeout", false, "scheduled", "no_answer", null)]
    [InlineData("callee_busy", false, "scheduled", "busy", null)]
    [InlineData("remote_failure", false, "scheduled", null, "remote_failure")]
    public void Whoever_is_called_again_waits_for_his_time(string cause, bool isAnswered, string status, string? outcome, string? error)
    {
        var after = After(Rung with { Cause = cause, Reason = cause, AnsweredAt = isAnswered ? Noon : null });
        Assert.Equal((status, outcome, error, 1, Noon.AddHours(1), null), (after.Status, after.Outcome, after.LastError, after.Attempts,
            after.NextAttemptAt, after.CompletedAt));
    }

    [Theory]
    [InlineData("remote_hangup", true, "completed", "answered", null)]
    [InlineData("time_limit", true, "completed", "answered", null)]
    [InlineData("node_restart", true, "completed", "answered", null)]
    [InlineData("callee_declined", false, "completed", "declined", null)]
    [InlineData("ring_timeout", false, "failed", "no_answer", "ring_timeout")]
    [InlineData("not_found", false, "failed", null, "not_found")]
    public void Whoever_is_done_has_come_to_what_his_last_call_came_to(string cause, bool isAnswered, string status, string? outcome,
        string? error)
    {
        var after = After(Rung with { State = "done", Cause = cause, Reason = cause, AnsweredAt = isAnswered ? Noon : null });
        Assert.Equal((status, outcome, error, null, Noon.AddSeconds(9), null), (after.Status, after.Outcome, after.LastError,
            after.BlockReason, after.CompletedAt, after.NextAttemptAt));
    }

    [Theory]
    [InlineData("idle", "machine", "scheduled", null)]
    [InlineData("done", "machine", "failed", "machine")]
    [InlineData("done", "message_left", "completed", null)]
    public void A_machine_is_called_again_unless_it_has_a_message(string state, string asked, string status, string? error)
    {
        // Case B10, of voicemail.
        var after = After(Rung with { State = state, Cause = "api_hangup", Reason = asked, Asked = asked, AnsweredAt = Noon });
        Assert.Equal((status, "voicemail", error, null), (after.Status, after.Outcome, after.LastError, after.BlockReason));
    }

    [Theory]
    [InlineData("do_not_call", "dnc")]
    [InlineData("do_not_call_by_list", "dnc_by_list")]
    [InlineData("no_consent", "no_consent")]
    [InlineData("emergency_number", "emergency_number")]
    [InlineData("country", "country_not_allowed")]
    [InlineData("unknown_time_zone", "country_not_allowed")]
    public void Whom_a_rule_forbids_was_not_called_and_no_try_counts(string reason, string block)
    {
        var after = After(Rung with { State = "done", Reason = reason, LegUuid = null, Legs = 0 });
        Assert.Equal(("failed", null, block, null, 0), (after.Status, after.Outcome, after.BlockReason, after.LastError, after.Attempts));
    }

    [Fact]
    public void Whoever_stands_behind_others_waits_like_any_and_is_put_off_like_any()
    {
        var behind = Fresh with { Priority = -100 };
        var target = new DialledTarget
        {
            Id = Fresh.Id, State = "idle", CreatedAt = Noon, DueAt = ContactDue.Of(behind), UpdatedAt = Noon,
        };
        Assert.Same(behind, ContactProgress.Of(behind, target, Batch, Noon));
        var later = ContactProgress.Of(behind, target with { DueAt = Noon.AddHours(1) }, Batch, Noon);
        Assert.Equal((ContactRow.Scheduled, Noon.AddHours(1)), (later.Status, later.NextAttemptAt!.Value));
    }

    [Theory, InlineData(5), InlineData(0), InlineData(-5)]
    public void Whoever_was_about_to_be_called_when_nobody_was_to_be_called_any_more_waits_as_before(int priority)
    {
        var called = Fresh with { Priority = priority, Status = ContactRow.Calling, Attempts = 1, LastAttemptAt = Noon };
        var target = new DialledTarget
        {
            Id = Fresh.Id, State = "idle", Reason = "requested", CreatedAt = Noon, DueAt = ContactDue.Of(called),
            UpdatedAt = Noon.AddSeconds(9),
        };
        var after = ContactProgress.Of(called, target, Batch, Noon.AddSeconds(9));
        Assert.Equal((ContactRow.Pending, null, null, null), (after.Status, after.NextAttemptAt, after.LastAttemptAt, after.LastError));
        Assert.True(after.IsUntried && after.Attempts == 0);
    }

    [Fact]
    public void Whoever_wants_to_be_called_gets_an_attempt_more_and_that_twice_at_most()
    {
        // Case B18.
        var wants = Fresh with { Status = ContactRow.Scheduled, Attempts = 3, CallbackAt = Noon.AddHours(3) };
        var (first, tries) = ContactProgress.Arranged(wants, target: null, Batch, Noon)!.Value;
        Assert.Equal((ContactRow.Scheduled, Noon.AddHours(3), 4L, 1L, ContactRow.CallbackScheduled), (first.Status,
            first.NextAttemptAt!.Value, first.MaxAttempts, first.Callbacks, first.Outcome));
        Assert.Equal(2, tries);
        var second = ContactTable.WithAnAttempt(first with { Attempts = 4 })!;
        Assert.Equal((5L, 2L), (second.MaxAttempts, second.Callbacks));
        Assert.Null(ContactTable.WithAnAttempt(second with { Attempts = 5 }));
        // One that has an attempt left needs none more.
        Assert.Equal(3L, ContactTable.WithAnAttempt(wants with { Attempts = 1 })!.MaxAttempts);
    }

    [Theory]
    [InlineData("do_not_call", "dnc", false), InlineData("do_not_call", "dnc", true)]
    [InlineData("do_not_call_by_list", "dnc_by_list", false), InlineData("do_not_call_by_list", "dnc_by_list", true)]
    public void Whoever_wants_no_more_calls_is_blocked_whether_he_was_called_before_or_not(string reason, string block, bool wasCalled)
    {
        // Case T12.
        var target = Rung with { State = "done", Reason = reason, Cause = "callee_busy" };
        var after = After(wasCalled ? target : target with { LegUuid = null, Legs = 0, Cause = null, EndedAt = null });
        Assert.Equal(("failed", block, null), (after.Status, after.BlockReason, after.LastError));
    }

    [Fact]
    public void Whom_a_window_left_over_has_failed_by_it_and_was_not_blocked()
    {
        // Case B19.
        var after = After(Rung with { State = "done", Reason = BatchRow.WindowExpired, LegUuid = null, Legs = 0, EndedAt = null });
        Assert.Equal(("failed", null, "window_expired"), (after.Status, after.BlockReason, after.LastError));
    }

    [Fact]
    public void A_call_that_is_up_keeps_what_the_last_one_came_to()
    {
        var again = Fresh with { Status = ContactRow.Scheduled, Outcome = "busy", Attempts = 1, NextAttemptAt = Noon };
        var after = ContactProgress.Of(again, Rung with { State = "progressing", Tries = 2, EndedAt = null }, Batch, Noon);
        Assert.Equal(("calling", "busy", 2, null), (after.Status, after.Outcome, after.Attempts, after.NextAttemptAt));
    }

    [Fact]
    public void Who_wants_to_be_called_is_when_the_call_is_over_by_an_attempt_more_if_need_be_and_that_twice_at_most()
    {
        var wanted = Noon.AddHours(5);
        var talking = Fresh with { Status = ContactRow.Calling, Attempts = 3, LastAttemptAt = Noon, CallbackAt = wanted };
        var answered = Rung with { State = "done", Legs = 3, Tries = 3, Cause = "remote_hangup", AnsweredAt = Noon };
        Assert.Null(ContactProgress.Arranged(talking, Rung with { State = "progressing", EndedAt = null }, Batch, Noon));
        var (after, tries) = ContactProgress.Arranged(talking, answered, Batch, Noon)!.Value;
        Assert.Equal(("scheduled", "callback_scheduled", wanted, 4, 1, 2, null), (after.Status, after.Outcome, after.NextAttemptAt,
            after.MaxAttempts, after.Callbacks, tries, after.CallbackAt));
        // It stays so until somebody calls, whatever the last call came to.
        var waits = ContactProgress.Of(after, answered with { State = "idle", Tries = 2, DueAt = wanted }, Batch, Noon.AddHours(1));
        Assert.Equal(("scheduled", "callback_scheduled"), (waits.Status, waits.Outcome));
        var busy = answered with
        {
            Legs = 4,
            ClaimedAt = wanted,
            Cause = "callee_busy",
            AnsweredAt = null,
            LegUuid = Guid.NewGuid().ToString(),
        };
        var again = ContactProgress.Of(after, busy, Batch, wanted);
        Assert.Equal(("failed", "busy", 4), (again.Status, again.Outcome, again.Attempts));
        // The look may have come between the try and its call.
        var claimed = ContactProgress.Of(after, busy with { State = "progressing", Cause = null, EndedAt = null, LegUuid = null },
            Batch, wanted);
        Assert.Equal(("calling", "callback_scheduled", wanted), (claimed.Status, claimed.Outcome, claimed.LastAttemptAt));
        Assert.Equal("busy", ContactProgress.Of(claimed, busy, Batch, wanted).Outcome);

        Assert.Null(ContactProgress.Arranged(talking with { MaxAttempts = 5, Attempts = 5, Callbacks = 2 }, answered with { Legs = 5 },
            Batch, Noon));
        Assert.Null(ContactProgress.Arranged(talking, answered, Batch with { Status = BatchRow.Failed }, Noon));
        Assert.Null(ContactProgress.Arranged(Fresh with { CallbackAt = wanted },
            Rung with { State = "done", Reason = "do_not_call", LegUuid = null, Legs = 0 }, Batch, Noon));
        var untried = ContactProgress.Arranged(Fresh with { CallbackAt = Noon.AddHours(-1) }, null, Batch, Noon)!.Value;
        Assert.Equal((Noon, 3, 0), (untried.After.NextAttemptAt, untried.After.MaxAttempts, untried.Tries));
    }

    [Fact]
    public void Nobody_of_a_batch_that_was_ended_is_called_again()
    {
        var ended = Batch with { Status = BatchRow.Failed, FailureCode = BatchRow.Cancelled };
        var after = ContactProgress.Of(Fresh, Rung with { Cause = "callee_busy", Reason = "callee_busy" }, ended, Noon);
        Assert.Equal(("failed", "busy", BatchRow.Cancelled, null), (after.Status, after.Outcome, after.LastError, after.BlockReason));
        var untried = ContactProgress.Of(Fresh, new() { Id = Fresh.Id, State = "done", Reason = BatchRow.Cancelled }, ended, Noon);
        Assert.Equal(("failed", null, BatchRow.Cancelled, null), (untried.Status, untried.Outcome, untried.LastError, untried.BlockReason));
    }

    [Fact]
    public void What_has_not_changed_is_the_same_row()
    {
        var once = After(Rung with { Cause = "callee_busy", Reason = "callee_busy" });
        Assert.Same(once, ContactProgress.Of(once, Rung with { Cause = "callee_busy", Reason = "callee_busy" }, Batch, Noon.AddHours(1)));
    }

    private static ContactRow After(DialledTarget target) => ContactProgress.Of(Fresh, target, Batch, Noon);
}
