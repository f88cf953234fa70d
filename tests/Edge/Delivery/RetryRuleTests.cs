using Ringwright.Delivery;
using Ringwright.Egress;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Delivery;

public sealed class RetryRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);
    private static readonly IReadOnlyList<TimeSpan> Waits = new DeliveryOptions().Waits;

    [Theory]
    [InlineData(200, "p")]
    [InlineData(204, "p")]
    [InlineData(500, "p p+1 p+2 f f+1 f+2")]
    [InlineData(503, "p p+1 p+2 f f+1 f+2")]
    [InlineData(408, "p p+1 p+2 f f+1 f+2")]
    [InlineData(429, "p p+1 p+2 f f+1 f+2")]
    [InlineData(400, "p f")]
    [InlineData(404, "p f")]
    [InlineData(410, "p f")]
    [InlineData(301, "p f")]
    [InlineData(100, "p f")]
    public void The_status_decides_how_often_and_where(int status, string expected) =>
        Assert.Equal(expected, Walk(
            new() { Failure = status is >= 200 and < 300 ? EgressFailure.None : EgressFailure.HttpStatus, Status = status }, "http://f/"));

    [Theory]
    [InlineData(500, "p p+1 p+2 f f+1 f+2")]
    [InlineData(408, "p f")]
    [InlineData(429, "p f")]
    [InlineData(404, "p f")]
    public void A_format_may_take_every_answer_below_500_for_the_last(int status, string expected) => Assert.Equal(expected,
        Walk(new() { Failure = EgressFailure.HttpStatus, Status = status }, "http://f/", onServerErrorsOnly: true));

    [Theory]
    [InlineData(EgressFailure.TimedOut, "p p+1 p+2 f f+1 f+2")]
    [InlineData(EgressFailure.Connect, "p p+1 p+2 f f+1 f+2")]
    [InlineData(EgressFailure.Dns, "p p+1 p+2 f f+1 f+2")]
    [InlineData(EgressFailure.Tls, "p p+1 p+2 f f+1 f+2")]
    [InlineData(EgressFailure.Broken, "p p+1 p+2 f f+1 f+2")]
    [InlineData(EgressFailure.Forbidden, "p f")]
    [InlineData(EgressFailure.BadUrl, "p f")]
    public void No_answer_is_tried_again_and_a_forbidden_address_is_not(EgressFailure failure, string expected) =>
        Assert.Equal(expected, Walk(new() { Failure = failure }, "http://f/"));

    [Theory, InlineData(null), InlineData("")]
    public void Without_failover_the_primary_is_all_there_is(string? failover)
    {
        Assert.Equal("p p+1 p+2", Walk(new() { Failure = EgressFailure.TimedOut }, failover));
        Assert.Equal("p", Walk(new() { Failure = EgressFailure.HttpStatus, Status = 404 }, failover));
    }

    [Theory]
    [InlineData(EgressFailure.None, 200, null)]
    [InlineData(EgressFailure.HttpStatus, 302, 75300)]
    [InlineData(EgressFailure.HttpStatus, 400, 75400)]
    [InlineData(EgressFailure.HttpStatus, 404, 75404)]
    [InlineData(EgressFailure.HttpStatus, 422, 75499)]
    [InlineData(EgressFailure.HttpStatus, 500, 75500)]
    [InlineData(EgressFailure.HttpStatus, 502, 75599)]
    [InlineData(EgressFailure.Dns, null, 75001)]
    [InlineData(EgressFailure.Connect, null, 75002)]
    [InlineData(EgressFailure.TimedOut, null, 75002)]
    [InlineData(EgressFailure.Tls, null, 75003)]
    [InlineData(EgressFailure.Forbidden, null, 75000)]
    public void Each_failure_has_its_code(EgressFailure failure, int? status, int? code) =>
        Assert.Equal(code is { } only ? [only] : [], DeliveryCodes.Of(new() { Failure = failure, Status = status }));

    /// <summary>Every attempt as where and how long after the one before, when each ends the same.</summary>
    private static string Walk(EgressResult result, string? failover, bool onServerErrorsOnly = false)
    {
        var entry = new OutboxEntry
        {
            Seq = 1,
            Id = Guid.NewGuid(),
            Tenant = new(Guid.NewGuid()),
            OrderKey = "k",
            Url = "http://p/",
            FailoverUrl = failover,
            Attempts = 0,
            IsOnFailover = false,
            AttemptsOnUrl = 0,
        };
        var steps = new List<string> { "p" };
        while (RetryRule.Next(entry, result, Waits, Now, onServerErrorsOnly) is OutboxStep.Again again)
        {
            entry = entry with { Attempts = entry.Attempts + 1, IsOnFailover = again.IsOnFailover, AttemptsOnUrl = again.AttemptsOnUrl };
            double wait = (again.NextAt - Now).TotalSeconds;
            steps.Add((again.IsOnFailover ? "f" : "p") + (wait > 0 ? $"+{wait}" : ""));
            Assert.True(steps.Count < 20);
        }
        return string.Join(' ', steps);
    }
}
