using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>Campaigns of a node that can carry no call for a while.</summary>
public sealed class NodeRestTests() : DiallerRig(Product.Sqlite)
{
    private static readonly Guid Id = new("0193a1b2-0000-7000-8000-000000000000");

    public static TheoryData<Refusal> Aways => Depth.Rows([Refusal.MediaAway],
        [Refusal.LedgerUnavailable, Refusal.Draining, Refusal.Overloaded]);

    [Theory, MemberData(nameof(Aways))]
    public async Task One_call_is_tried_each_time_later_and_all_are_called_when_it_is_let_through(Refusal refusal)
    {
        string[] numbers = [.. Enumerable.Range(0, 20).Select(i => $"+121255503{i:00}")];
        foreach (string number in numbers) Far.Script(number, TakenCall.Talks(1));
        var back = Time.GetUtcNow() + TimeSpan.FromMinutes(1);
        int asked = 0;
        Far.Refuses = _ =>
        {
            if (Time.GetUtcNow() >= back) return null;
            Interlocked.Increment(ref asked);
            return Dialled.Refused(refusal, "away", null);
        };
        var campaign = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, numbers);
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1) });
        await RunningAsync(campaign);
        await JumpUntilAsync(async () => (await FindAsync(campaign)).State is CampaignState.Stop, TimeSpan.FromMinutes(10));

        Assert.InRange(asked, 4, 12);
        var invites = Far.Invites.ToList();
        Assert.Equal(numbers, invites.Select(invite => invite.Number).Order(StringComparer.Ordinal));
        Assert.True(invites[^1].At < back + TimeSpan.FromSeconds(45), $"{invites[^1].At - back} behind its end");
        Assert.All(await Store.Targets.ListAsync(Tenant, campaign.List, 0, 100, Stop), target => Assert.Equal(1, target.Tries[0]));
    }

    [Fact]
    public async Task One_without_a_campaign_looks_seldom_and_is_woken_by_the_first()
    {
        Far.Script(Anna, TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms(), Anna);
        var begun = Time.GetUtcNow();
        var dialler = StartDialler(parts => parts with { IdleRest = TimeSpan.FromHours(1) });
        await Eventually.TrueAsync(() => dialler.IsAtRest && Time.NextDue is not null, "it waits for time to pass");
        Assert.Equal(begun + TimeSpan.FromHours(1), Time.NextDue);
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal(Anna, Assert.Single(Far.Invites).Number);
    }

    [Fact]
    public void Of_those_that_began_together_one_counts_and_a_clock_that_is_set_back_keeps_nobody_waiting()
    {
        var now = DateTimeOffset.UnixEpoch;
        var rest = new NodeRest(Id);
        Assert.Equal(int.MaxValue, rest.Of(now));
        var first = rest.Refused(now);
        Assert.InRange(first - now, NodeRest.First, 1.25 * NodeRest.First);
        Assert.Equal(first, rest.Refused(now.AddMilliseconds(5)));
        // It began before the first refusal.
        Assert.False(rest.Took());
        Assert.Equal((0, first), (rest.Of(now), rest.Next));

        for (int tries = 0; tries < 10; tries++)
        {
            now = rest.Next;
            Assert.Equal(1, rest.Of(now));
            rest.Take(1, now);
            Assert.Equal(0, rest.Of(now));
            rest.Refused(now);
        }
        Assert.InRange(rest.Next - now, NodeRest.Longest, 1.25 * NodeRest.Longest);
        now -= TimeSpan.FromDays(1);
        Assert.Equal(0, rest.Of(now));
        Assert.InRange(rest.Next - now, NodeRest.Longest, 1.25 * NodeRest.Longest);

        now = rest.Next;
        rest.Take(1, now);
        Assert.True(rest.Took());
        Assert.Equal(int.MaxValue, rest.Of(now));
    }
}
