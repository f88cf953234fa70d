using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Switch.Trunks;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>Campaigns that could call faster than their trunk lets anybody.</summary>
public sealed class TrunkRateTests() : DiallerRig(Product.Sqlite)
{
    private static readonly Trunk Slow = new() { Id = new(Guid.NewGuid()), Name = "slow", Host = "192.0.2.1", CallsPerSecond = 2 };

    private readonly TrunkBoard _board = new();
    private uint _legs;

    private static string[] Numbers(int from, int count) => [.. Enumerable.Range(from, count).Select(i => $"+121255{i:00000}")];

    /// <summary>As whoever dials by the trunk asks, for each call.</summary>
    private Dialled? Ask(DialRequest request)
    {
        var leg = LegId.Compose(1, 0, 1, Interlocked.Increment(ref _legs), 7);
        var answer = _board.Enter(leg, Slow, Direction.Outbound, Far.Now);
        return answer.IsOpen ? null : Dialled.Refused(answer.Refusal, answer.Rule, answer.Detail);
    }

    [Fact]
    public async Task All_are_called_at_the_trunks_pace_and_few_are_claimed_in_vain()
    {
        var numbers = Numbers(0, 30);
        Far.Refuses = Ask;
        var campaign = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, numbers);
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1) });
        await RunningAsync(campaign);
        await JumpUntilAsync(async () => (await FindAsync(campaign)).State is CampaignState.Stop, TimeSpan.FromMinutes(10));

        var invites = Far.Invites.ToList();
        Assert.Equal(numbers, invites.Select(invite => invite.Number).Order(StringComparer.Ordinal));
        for (int i = 2; i < invites.Count; i++)
            Assert.True(invites[i].At - invites[i - 2].At >= TimeSpan.FromMilliseconds(999), $"{i}: {invites[i].At - invites[i - 2].At}");
        // Two a second would be fifteen; each five seconds one more is tried, and waits.
        Assert.InRange(invites[^1].At - invites[0].At, TimeSpan.FromSeconds(13), TimeSpan.FromSeconds(30));
        var attempts = await AttemptsAsync(campaign);
        Assert.InRange(attempts.Count(attempt => attempt.State is AttemptState.Returned), 1, 30);
        Assert.All(await Store.Targets.ListAsync(Tenant, campaign.List, 0, 100, Stop), target => Assert.Equal(1, target.Tries[0]));
    }

    /// <summary>It counts by itself, and nobody has told the node how many a second it takes.</summary>
    [Fact]
    public async Task A_far_end_that_answers_429_gets_fewer_each_second()
    {
        var numbers = Numbers(0, 40);
        foreach (string number in numbers)
            Far.Script(number, new(null, TimeSpan.FromSeconds(0.3), HangupCause.RemoteFailure, 429), TakenCall.Busy);
        var campaign = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, numbers);
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1) });
        await RunningAsync(campaign);
        await JumpUntilAsync(async () => (await FindAsync(campaign)).State is CampaignState.Stop, TimeSpan.FromMinutes(10));

        var invites = Far.Invites.Select(invite => invite.At).ToList();
        Assert.Equal(80, invites.Count);
        var later = invites.Where(at => at - invites[0] > TimeSpan.FromSeconds(1)).ToList();
        Assert.All(later, begin => Assert.InRange(later.Count(at => at >= begin && at - begin < TimeSpan.FromSeconds(1)), 1, 12));
        Assert.All(await Store.Targets.ListAsync(Tenant, campaign.List, 0, 100, Stop), target => Assert.Equal(1, target.Tries[0]));
    }

    [Fact]
    public async Task Two_campaigns_of_one_trunk_are_both_called_to_their_end()
    {
        Far.Refuses = Ask;
        var one = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, Numbers(0, 8));
        var two = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, Numbers(100, 8));
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1) });
        foreach (var campaign in (Campaign[])[one, two]) await RunningAsync(campaign);
        await JumpUntilAsync(async () => (await Task.WhenAll(FindAsync(one), FindAsync(two))).All(c => c.State is CampaignState.Stop),
            TimeSpan.FromMinutes(10));
        Assert.Equal([.. Numbers(0, 8), .. Numbers(100, 8)], Far.Invites.Select(invite => invite.Number).Order(StringComparer.Ordinal));
    }
}
