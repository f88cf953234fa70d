using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>Whether somebody who has answered is called again.</summary>
public sealed class AnsweredRetryTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(HangupCause.TimeLimit, null, true), InlineData(HangupCause.RtpTimeout, null, true)]
    [InlineData(HangupCause.ApiHangup, "timeout", true), InlineData(HangupCause.NodeRestart, null, false)]
    public void Nobody_is_but_where_a_face_wants_it_so_and_after_a_crash_nobody_at_all(HangupCause cause, string? asked, bool isCalledAgain)
    {
        var ended = new DialAttempt
        {
            Id = Guid.NewGuid(), Tenant = new(Guid.NewGuid()), Campaign = Guid.NewGuid(), List = Guid.NewGuid(), Target = Guid.NewGuid(),
            Number = "+12125550101", From = "+15550100000", Destination = 0, Try = 1, State = AttemptState.Ended, ClaimedAt = Now,
            AnsweredAt = Now, EndedAt = Now, Cause = cause, AskedReason = asked, Evidence = [],
        };
        var target = new Target
        {
            Id = ended.Target, Tenant = ended.Tenant, List = ended.List, Name = "Anna",
            Destinations = [ended.Number, null, null, null, null], Tries = [1, 0, 0, 0, 0], DueAt = Now, CreatedAt = Now, UpdatedAt = Now,
        };
        var terms = new CampaignTerms { From = [ended.From], Tries = [2, 0, 0, 0, 0], RetryInterval = TimeSpan.FromMinutes(3) };
        Assert.Null(RetryAt(retriesAnswered: false));
        Assert.Equal(isCalledAgain ? Now.AddMinutes(3) : null, RetryAt(retriesAnswered: true));

        DateTimeOffset? RetryAt(bool retriesAnswered) =>
            AttemptJudge.RetryAt(ended, target, terms, AttemptJudge.ReasonOf(ended), 1, Now, retriesAnswered);
    }
}
