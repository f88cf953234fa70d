using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Activities;

namespace Ringwright.Pure.Switch;

public sealed class GatherTests
{
    private static readonly PromptSource Prompt = new PromptSource.Speech("press", "female", null, false);
    private static readonly PromptSource Wrong = new PromptSource.Speech("wrong", "female", null, false);

    private readonly RecordingHost _host = new();
    private readonly PromptQueue _queue;

    public GatherTests() => _queue = new(_host);

    private Gather Start(LegCommand.Gather command)
    {
        var gather = new Gather(_host, _queue, new(_host), command);
        gather.Start();
        return gather;
    }

    private void Keys(Gather gather, string keys)
    {
        foreach (char key in keys) gather.OnDigit(key);
    }

    /// <summary>Makes the prompt that was asked for last ready, and lets it play to its end.</summary>
    private void Hear()
    {
        _queue.OnPrepared(_host.Prepared[^1].Correlation, Sample.Prompt("/cache/p"));
        _queue.OnPlayEnded(((MediaCommand.Play)_host.Commands[^1]).Id, false);
    }

    private void Elapse(Gather gather, double seconds)
    {
        _host.Advance(TimeSpan.FromSeconds(seconds));
        gather.OnDue();
    }

    private void AssertEnded(GatherStatus status, string digits)
    {
        var ended = Assert.IsType<CallEvent.GatherEnded>(Assert.Single(_host.Events));
        Assert.Equal((status, digits), (ended.Status, ended.Digits));
    }

    [Fact]
    public void The_terminator_ends_the_gather_and_is_not_among_the_digits()
    {
        var gather = Start(new() { MaximumDigits = 4, GatherId = "g1" });
        Keys(gather, "12#");
        AssertEnded(GatherStatus.Valid, "12");
        var ended = (CallEvent.GatherEnded)_host.Events[0];
        Assert.Equal("g1", ended.GatherId);
        Assert.Equal('#', ended.FinishedBy);
        Assert.True(gather.IsEnded);
        Assert.Equal(Instant.Never, gather.NextDue);
    }

    [Fact]
    public void The_maximum_of_digits_ends_it_without_a_terminator()
    {
        Keys(Start(new() { MaximumDigits = 3 }), "1234");
        AssertEnded(GatherStatus.Valid, "123");
    }

    [Fact]
    public void Without_any_digit_it_times_out_after_the_initial_timeout()
    {
        var gather = Start(new() { InitialTimeout = TimeSpan.FromSeconds(3) });
        Elapse(gather, 2.9);
        Assert.Empty(_host.Events);
        Elapse(gather, 0.1);
        AssertEnded(GatherStatus.Timeout, "");
    }

    [Fact]
    public void Enough_digits_are_valid_when_the_next_one_does_not_come()
    {
        var gather = Start(new() { MinimumDigits = 2, InterDigitTimeout = TimeSpan.FromSeconds(1) });
        Keys(gather, "12");
        Elapse(gather, 1);
        AssertEnded(GatherStatus.Valid, "12");
    }

    [Fact]
    public void Too_few_digits_are_invalid_when_the_next_one_does_not_come()
    {
        var gather = Start(new() { MinimumDigits = 2, InterDigitTimeout = TimeSpan.FromSeconds(1) });
        Keys(gather, "1");
        Elapse(gather, 1);
        AssertEnded(GatherStatus.Invalid, "1");
    }

    [Fact]
    public void Each_digit_starts_the_inter_digit_timeout_again()
    {
        var gather = Start(new() { InterDigitTimeout = TimeSpan.FromSeconds(1), MaximumDigits = 9 });
        Keys(gather, "1");
        Elapse(gather, 0.8);
        Keys(gather, "2");
        Elapse(gather, 0.8);
        Assert.Empty(_host.Events);
        Elapse(gather, 0.2);
        AssertEnded(GatherStatus.Valid, "12");
    }

    [Fact]
    public void The_total_timeout_ends_a_slow_entry()
    {
        var gather =
            Start(new() { InterDigitTimeout = TimeSpan.FromSeconds(5), TotalTimeout = TimeSpan.FromSeconds(6), MaximumDigits = 9 });
        Elapse(gather, 3);
        Keys(gather, "1");
        Elapse(gather, 3);
        AssertEnded(GatherStatus.Valid, "1");
    }

    [Fact]
    public void Timeouts_count_from_the_end_of_the_prompt()
    {
        var gather = Start(new() { Prompt = Prompt, InitialTimeout = TimeSpan.FromSeconds(3) });
        Elapse(gather, 60);
        Assert.Empty(_host.Events);
        Hear();
        Elapse(gather, 2.9);
        Assert.Empty(_host.Events);
        Elapse(gather, 0.1);
        AssertEnded(GatherStatus.Timeout, "");
    }

    [Fact]
    public void The_first_digit_interrupts_the_prompt()
    {
        var gather = Start(new() { Prompt = Prompt, MaximumDigits = 2 });
        _queue.OnPrepared(1, Sample.Prompt("/cache/p"));
        Keys(gather, "1");
        Assert.IsType<MediaCommand.StopPlay>(_host.Commands[^1]);
        Keys(gather, "2");
        AssertEnded(GatherStatus.Valid, "12");
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void A_prompt_that_is_reported_starts_and_ends_as_a_playback_does()
    {
        var gather = Start(new() { Prompt = Prompt, InvalidPrompt = Wrong, IsPromptReported = true, ValidDigits = "1", MaximumTries = 2 });
        Hear();
        Keys(gather, "9");
        _queue.OnPrepared(_host.Prepared[^1].Correlation, PromptResult.Failed(PromptFailure.NotFound, "gone"));
        _queue.OnPrepared(_host.Prepared[^1].Correlation, Sample.Prompt("/cache/p"));
        Keys(gather, "1#");

        Assert.Collection(_host.Events,
            e => Assert.Same(Prompt, Assert.IsType<CallEvent.PlaybackStarted>(e).Source),
            e => Assert.Equal((Prompt, PlayStatus.Completed),
                (Assert.IsType<CallEvent.PlaybackEnded>(e).Source, ((CallEvent.PlaybackEnded)e).Status)),
            e => Assert.Equal((Wrong, PlayStatus.FileNotFound, "gone"),
                (((CallEvent.PlaybackEnded)e).Source, ((CallEvent.PlaybackEnded)e).Status, ((CallEvent.PlaybackEnded)e).Detail)),
            e => Assert.Same(Prompt, Assert.IsType<CallEvent.PlaybackStarted>(e).Source),
            e => Assert.Equal((Prompt, PlayStatus.Cancelled), (((CallEvent.PlaybackEnded)e).Source, ((CallEvent.PlaybackEnded)e).Status)),
            e => Assert.Equal((GatherStatus.Valid, "1"),
                (Assert.IsType<CallEvent.GatherEnded>(e).Status, ((CallEvent.GatherEnded)e).Digits)));
    }

    [Fact]
    public void Two_wrong_entries_out_of_two_tries_are_invalid_and_the_invalid_prompt_was_heard()
    {
        var gather = Start(new() { Prompt = Prompt, InvalidPrompt = Wrong, ValidDigits = "12", MaximumTries = 2 });
        Hear();
        Keys(gather, "9");
        Assert.Same(Wrong, _host.Prepared[^1].Source);
        Hear();
        Assert.Same(Prompt, _host.Prepared[^1].Source);
        Hear();
        Keys(gather, "9");
        AssertEnded(GatherStatus.Invalid, "9");
    }

    [Fact]
    public void A_right_entry_after_a_wrong_one_is_valid_without_the_wrong_digits()
    {
        var gather = Start(new() { Prompt = Prompt, ValidDigits = "12", MaximumTries = 3, MaximumDigits = 1 });
        Keys(gather, "92");
        AssertEnded(GatherStatus.Valid, "2");
    }

    [Fact]
    public void Silence_in_every_try_times_out_and_the_prompt_was_heard_in_each()
    {
        var gather = Start(new() { Prompt = Prompt, InvalidPrompt = Wrong, MaximumTries = 2 });
        Hear();
        Elapse(gather, 5);
        Assert.Same(Prompt, _host.Prepared[^1].Source);
        Hear();
        Elapse(gather, 5);
        AssertEnded(GatherStatus.Timeout, "");
    }

    [Fact]
    public void A_terminator_alone_is_invalid_unless_nothing_was_asked_for()
    {
        Keys(Start(new()), "#");
        AssertEnded(GatherStatus.Invalid, "");
        _host.Events.Clear();
        Keys(Start(new() { MinimumDigits = 0 }), "#");
        AssertEnded(GatherStatus.Valid, "");
    }

    [Fact]
    public void Stopping_ends_it_once_with_the_digits_so_far()
    {
        var gather = Start(new() { Prompt = Prompt });
        Keys(gather, "12");
        gather.Stop(GatherStatus.Cancelled);
        gather.Stop(GatherStatus.CallHangup);
        AssertEnded(GatherStatus.Cancelled, "12");
    }

    [Fact]
    public void A_prompt_that_fails_or_is_stopped_does_not_stop_the_listening()
    {
        var gather = Start(new() { Prompt = Prompt, MaximumDigits = 1 });
        _queue.OnPrepared(1, PromptResult.Failed(PromptFailure.SpeechUnavailable, "none"));
        Assert.NotEqual(Instant.Never, gather.NextDue);
        Keys(gather, "1");
        AssertEnded(GatherStatus.Valid, "1");
    }

    [Fact]
    public void A_prompt_dropped_while_it_waits_behind_a_playback_starts_the_listening()
    {
        _queue.TryStart(new Playback(_host, new() { Source = new PromptSource.Url("http://a/1.wav"), IsReported = false }),
            StopWhat.Nothing);
        var gather = Start(new() { Prompt = Prompt });
        Assert.Equal(Instant.Never, gather.NextDue);
        _queue.Stop(StopWhat.All);
        Assert.NotEqual(Instant.Never, gather.NextDue);
    }

    [Fact]
    public void Prompts_inside_a_gather_are_not_reported()
    {
        var gather = Start(new() { Prompt = Prompt });
        Hear();
        Assert.Empty(_host.Events);
        gather.Stop(GatherStatus.Cancelled);
        Assert.Equal(["GatherEnded"], _host.Kinds);
    }
}
