using System.Net;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Trunks;

namespace Ringwright.Pure.Switch;

/// <summary>How long one address of a trunk is passed over, and what ends that.</summary>
public sealed class TargetHealthTests
{
    private static readonly Instant Start = new(1_000_000_000_000);

    private TargetHealth _target = new(new(IPAddress.Loopback, 5060), SipTransport.Udp);
    private Instant _now = Start;

    private double Left => (_target.NextTry - _now).TotalSeconds;

    private void Wait(double seconds) => _now += TimeSpan.FromSeconds(seconds);

    private bool Fail(double? retryAfter = null, double sentAgo = 0, string? answered = null)
    {
        var changed = _target.Fail("Nothing answered.", retryAfter is { } said ? TimeSpan.FromSeconds(said) : null, answered,
            isAnswer: retryAfter is not null || answered is not null, _now - TimeSpan.FromSeconds(sentAgo), _now);
        _target = changed ?? _target;
        return changed is not null;
    }

    private void Probe(int? status) => _target = _target.Note(new(_now, status, status is null ? "nothing answered" : null));

    private void Hear(double sentAgo = 0) => _target = _target.Hear(_now - TimeSpan.FromSeconds(sentAgo), _now) ?? _target;

    [Fact]
    public void Each_failure_makes_the_while_twice_as_long_up_to_ten_minutes()
    {
        foreach (int seconds in (int[])[30, 60, 120, 240, 480, 600, 600])
        {
            Assert.True(Fail());
            Assert.Equal(seconds, Left);
            Wait(seconds);
        }
        for (int i = 0; i < 50; i++, Wait(600)) Assert.True(Fail());
        Assert.Equal(0, Left);
    }

    [Fact]
    public void Failures_of_calls_that_were_under_way_make_it_no_longer()
    {
        Fail();
        Wait(1);
        Assert.False(Fail(sentAgo: 4));
        Assert.Equal(29, Left);
    }

    [Fact]
    public void One_call_tries_it_when_the_while_is_over_and_another_when_that_one_says_nothing()
    {
        Fail();
        Wait(29);
        Assert.Null(_target.BeginTrial(_now));
        Wait(1);
        _target = _target.BeginTrial(_now)!;
        Assert.Null(_target.BeginTrial(_now));
        Wait(Limits.PassingOverTrial.TotalSeconds);
        Assert.NotNull(_target.BeginTrial(_now));
    }

    [Fact]
    public void What_a_call_hears_that_was_sent_before_its_503_proves_nothing()
    {
        Wait(10);
        Fail(retryAfter: 30);
        Wait(1);
        Hear(sentAgo: 5);
        Assert.True(_target.IsIll);
        Hear(sentAgo: 0.5);
        Assert.False(_target.IsIll);
    }

    /// <summary>A far end that answers each call after three seconds, one of them never.</summary>
    [Fact]
    public void Whatever_it_says_after_it_said_nothing_is_news()
    {
        Wait(10);
        Fail(sentAgo: 4);
        Wait(1);
        Hear(sentAgo: 3);
        Assert.False(_target.IsIll);
        Wait(1);
        Assert.False(Fail(sentAgo: 4));
        Assert.False(_target.IsIll);
    }

    [Fact]
    public void A_failure_of_a_call_that_was_sent_before_it_recovered_proves_nothing()
    {
        Fail();
        Wait(10);
        Probe(200);
        Wait(1);
        Assert.False(Fail(sentAgo: 5));
        Assert.True(Fail());
    }

    [Fact]
    public void Good_time_and_no_single_answer_makes_the_next_while_short_again()
    {
        Fail();
        Wait(5);
        Hear();
        Assert.False(_target.IsIll);
        Fail();
        Assert.Equal(60, Left);
        Wait(60);
        Hear();
        Wait(Limits.GoodTrunkTime.TotalSeconds);
        Fail();
        Assert.Equal(30, Left);
    }

    [Theory]
    [InlineData(200), InlineData(404), InlineData(503)]
    public void Any_answer_to_a_probe_ends_the_first_while_at_once(int status)
    {
        Fail();
        Wait(1);
        Probe(status);
        Assert.False(_target.IsIll);
    }

    [Fact]
    public void Whoever_answers_probes_and_no_calls_is_passed_over_for_half_of_each_longer_while()
    {
        Fail();
        Probe(200);
        Fail();
        Wait(29);
        Probe(200);
        Assert.True(_target.IsIll);
        Wait(1);
        Probe(200);
        Assert.False(_target.IsIll);
    }

    [Fact]
    public void A_503_counts_when_another_number_gets_it_too_and_no_call_anything_else()
    {
        Assert.True(Fail(answered: "+1"));
        Assert.False(_target.IsIll);
        Assert.False(Fail(answered: "+1"));     // the same, again and again
        Wait(3_600);
        Assert.True(Fail(answered: "+2"));
        Assert.Equal(30, Left);
        Wait(30);
        Assert.True(Fail(answered: "+2"));      // of one that is known to fail it counts at once
        Assert.Equal(60, Left);
    }

    [Fact]
    public void A_call_that_was_sent_since_and_heard_something_else_speaks_for_the_trunk()
    {
        Fail(answered: "+1");
        Wait(1);
        Hear(sentAgo: 2);                       // rang there before, and is answered now
        Wait(1);
        Hear(sentAgo: 1);
        Wait(Limits.TrunkTookCalls.TotalSeconds - 2);
        Assert.False(Fail(answered: "+2"));
        Wait(1);
        Assert.True(Fail(answered: "+2"));
        Assert.False(_target.IsIll);            // the first of two once more
        Fail(answered: "+3");
        Assert.True(_target.IsIll);
    }

    [Fact]
    public void Silence_and_a_time_that_is_said_count_at_once_whatever_others_heard()
    {
        Hear();
        Fail();
        Assert.Equal(30, Left);
        Probe(200);
        Hear();
        Fail(retryAfter: 20);
        Assert.Equal(60, Left);
    }

    [Fact]
    public void Silence_to_a_probe_says_nothing()
    {
        Probe(null);
        Assert.False(_target.IsIll);
        Fail();
        Wait(10);
        Probe(null);
        Assert.Equal(20, Left);
    }

    [Fact]
    public void Whoever_answered_probes_and_is_silent_now_costs_no_call_until_ten_minutes_are_over()
    {
        Probe(200);
        Fail();
        for (int i = 0; i < 20; i++)
        {
            Wait(25);
            Probe(null);
            Assert.Equal(Math.Min(60, 600 - 25 * (i + 1)), Left);
        }
        Wait(Left);
        Probe(null);
        Assert.Equal(40, Left);
        Wait(Left);
        Probe(null);
        Assert.NotNull(_target.BeginTrial(_now));
        Probe(200);
        Assert.False(_target.IsIll);
    }

    [Theory]
    [InlineData(5, 5), InlineData(120, 120), InlineData(86_400, 600), InlineData(0, 1)]
    public void What_Retry_After_says_holds_within_bounds_and_no_probe_ends_it(double said, double seconds)
    {
        Fail(said);
        Assert.Equal(seconds, Left);
        Probe(200);
        Assert.Equal(seconds, Left);
        Wait(seconds);
        Probe(503);
        Assert.True(_target.IsIll);
        Probe(200);
        Assert.False(_target.IsIll);
    }

    [Fact]
    public void A_Retry_After_that_was_not_true_holds_no_more_than_the_growing_while()
    {
        Fail(5);
        Wait(5);
        Fail(5);
        Assert.Equal(60, Left);
        Assert.True(Fail(200));
        Assert.Equal(200, Left);
    }
}
