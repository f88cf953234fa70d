using Ringwright.Delivery;
using Ringwright.Egress;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Delivery;

public sealed class LongScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);
    private static readonly EgressResult Busy = Answer(503), Gone = Answer(410), Silent = new() { Failure = EgressFailure.TimedOut };

    private DateTimeOffset _now = Start;
    private OutboxEntry _entry = new()
    {
        Seq = 1, Id = Guid.NewGuid(), Tenant = new(Guid.NewGuid()), OrderKey = "k", Url = "http://p/", Attempts = 0,
        IsOnFailover = false, AttemptsOnUrl = 0,
    };

    [Fact]
    public void It_doubles_from_a_second_to_an_hour_and_ends_after_a_day()
    {
        var times = new List<double> { 0 };
        while (Fail(Busy) is { } step) times.Add((step.NextAt - Start).TotalSeconds);
        Assert.Equal([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095, 7695, 11295], times.Take(15));
        Assert.All(times.Skip(13).SkipLast(1).Zip(times.Skip(14).SkipLast(1)), pair => Assert.Equal(3_600, pair.Second - pair.First));
        Assert.Equal(86_400, times[^1]);
        Assert.Equal(36, times.Count);
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("0", 1)]
    [InlineData("Tue, 06 Jan 2026 15:10:00 GMT", 600)]
    [InlineData("Tue, 06 Jan 2026 14:00:00 GMT", 1)]
    [InlineData("soon", 1)]
    [InlineData("-5", 1)]
    [InlineData("999999999", 86_400)]
    public void Retry_after_makes_the_wait_longer_and_never_shorter(string said, int seconds) =>
        Assert.Equal(seconds, (Fail(Answer(503, said))!.NextAt - Start).TotalSeconds);

    [Theory]
    [InlineData(null, 30)]
    [InlineData("5", 30)]
    [InlineData("120", 120)]
    [InlineData("Tue, 06 Jan 2099 15:10:00 GMT", 86_400)]
    public void Waits_of_a_formats_own_are_not_shorter_than_the_server_says(string? said, int seconds)
    {
        var result = Answer(503, said);
        var step = LongSchedule.NotBefore(RetryRule.Next(_entry, result, [TimeSpan.FromSeconds(30)], _now), result, _now);
        Assert.Equal(seconds, (Assert.IsType<OutboxStep.Again>(step).NextAt - Start).TotalSeconds);
        Assert.IsType<OutboxStep.GivenUp>(LongSchedule.NotBefore(RetryRule.Next(_entry, Gone, [TimeSpan.Zero], _now), Gone, _now));
    }

    [Fact]
    public void With_a_failover_url_each_has_its_own_time()
    {
        _entry = _entry with { FailoverUrl = "http://f/" };
        Assert.Equal("f+0 p+1 f+0 p+2 f+0 p+4 f+0", Walk(7, Busy));
    }

    [Fact]
    public void A_retry_after_of_one_url_holds_for_it_alone()
    {
        _entry = _entry with { FailoverUrl = "http://f/" };
        Fail(Answer(429, "60"));
        Assert.Equal("f+1 f+2 f+2 f+4 f+4 f+8 f+8 f+16 p+15", Walk(9, Busy));
    }

    [Fact]
    public void A_final_answer_ends_its_url_and_the_last_one_ends_all()
    {
        Assert.Null(Fail(Gone));
        _entry = _entry with { FailoverUrl = "http://f/" };
        Assert.Equal("f+0", Walk(1, Gone));
        Assert.Equal("f+2 f+4 f+8", Walk(3, Silent));
        Assert.Null(Fail(Gone));
    }

    [Fact]
    public void What_is_taken_is_delivered() =>
        Assert.IsType<OutboxStep.Delivered>(LongSchedule.Next(_entry, new() { Failure = EgressFailure.None, Status = 200 }, _now));

    /// <summary>Each attempt as where and how long after the one before.</summary>
    private string Walk(int count, EgressResult result)
    {
        var steps = new List<string>();
        for (int i = 0; i < count; i++)
        {
            var before = _now;
            var step = Fail(result);
            steps.Add(step is null ? "-" : $"{(step.IsOnFailover ? 'f' : 'p')}+{(step.NextAt - before).TotalSeconds}");
        }
        return string.Join(' ', steps);
    }

    /// <summary>Makes the next attempt at its time; null when none follows.</summary>
    private OutboxStep.Again? Fail(EgressResult result)
    {
        if (LongSchedule.Next(_entry, result, _now) is not OutboxStep.Again again) return null;
        _entry = _entry with
        {
            Attempts = _entry.Attempts + 1,
            IsOnFailover = again.IsOnFailover,
            AttemptsOnUrl = again.AttemptsOnUrl,
            NextAt = again.NextAt,
            RetryUntil = again.Until,
            OtherFrom = again.OtherFrom,
        };
        _now = again.NextAt;
        return again;
    }

    private static EgressResult Answer(int status, string? retryAfter = null) => new()
    {
        Failure = EgressFailure.HttpStatus, Status = status, Headers = retryAfter is null ? [] : [new("Retry-After", retryAfter)],
    };
}
