using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>Paces that campaigns share: all of a node, those of one account, and those that show one number.</summary>
public sealed class SharedRateTests() : DiallerRig(Product.Sqlite)
{
    private const string Other = "+15550100001";
    /// <summary>Timers know whole milliseconds.</summary>
    private static readonly TimeSpan Half = TimeSpan.FromMilliseconds(499), Second = TimeSpan.FromMilliseconds(999);

    private static string[] Numbers(int from, int count) => [.. Enumerable.Range(from, count).Select(i => $"+121255{i:00000}")];

    private async Task DoneAsync(params Campaign[] campaigns)
    {
        foreach (var campaign in campaigns) await RunningAsync(campaign);
        await JumpUntilAsync(async () => (await Task.WhenAll(campaigns.Select(FindAsync))).All(one => one.State is CampaignState.Stop),
            TimeSpan.FromMinutes(10));
    }

    private static void AreApart(IEnumerable<DateTimeOffset> times, TimeSpan least)
    {
        var all = times.ToList();
        for (int i = 1; i < all.Count; i++) Assert.True(all[i] - all[i - 1] >= least, $"{i}: {all[i] - all[i - 1]}");
    }

    [Fact]
    public async Task Campaigns_of_one_account_begin_together_so_many_a_second_and_take_turns()
    {
        var (first, second) = (Numbers(0, 6), Numbers(100, 6));
        var one = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, first);
        var two = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, second);
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1), AccountCallsPerSecond = 2 });
        await DoneAsync(one, two);
        var invites = Far.Invites.ToList();
        Assert.Equal(12, invites.Count);
        AreApart(invites.Select(invite => invite.At), Half);
        // Neither waits for the end of the other.
        Assert.InRange(invites.Take(6).Count(invite => first.Contains(invite.Number)), 2, 4);
    }

    [Fact]
    public async Task Children_begin_together_what_the_account_above_them_may()
    {
        var above = Tenant;
        var campaigns = new List<Campaign> { await CampaignAsync(Terms() with { CallsPerSecond = 50 }, Numbers(0, 3)) };
        for (int i = 1; i <= 3; i++)
        {
            // No other has its name.
            Tenant = (await Store.Tenants.CreateAsync($"child {i}", TenantLimits.None, above, Stop))!.Tenant.Id;
            campaigns.Add(await CampaignAsync(Terms() with { CallsPerSecond = 50 }, Numbers(100 * i, 3)));
        }
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1), AccountCallsPerSecond = 2 });
        await DoneAsync([.. campaigns]);
        var invites = Far.Invites.ToList();
        Assert.Equal(12, invites.Count);
        AreApart(invites.Select(invite => invite.At), Half);
        // None waits for the end of another.
        Assert.Equal(4, invites.Take(6).Select(invite => invite.Number[..^2]).Distinct().Count());
    }

    [Fact]
    public async Task A_child_begins_what_children_may_and_the_account_above_it_is_not_one()
    {
        var above = Tenant;
        var own = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, Numbers(0, 6));
        // No other has its name.
        Tenant = (await Store.Tenants.CreateAsync("child", TenantLimits.None, above, Stop))!.Tenant.Id;
        var first = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, Numbers(100, 3));
        var second = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, Numbers(200, 3));
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1), ChildCallsPerSecond = 1 });
        await DoneAsync(own, first, second);
        var invites = Far.Invites.ToLookup(invite => Numbers(0, 6).Contains(invite.Number), invite => invite.At);
        Assert.Equal((6, 6), (invites[true].Count(), invites[false].Count()));
        AreApart(invites[false], Second);
        Assert.True(invites[true].Last() - invites[true].First() < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Campaigns_of_all_accounts_begin_together_what_the_node_may()
    {
        var (first, second) = (Numbers(0, 4), Numbers(100, 4));
        var one = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, first);
        Tenant = await Test.TenantAsync("stranger");
        var two = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, second);
        // The slower of the two holds.
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1), CallsPerSecond = 2, AccountCallsPerSecond = 10 });
        await DoneAsync(one, two);
        var invites = Far.Invites.ToList();
        Assert.Equal(8, invites.Count);
        AreApart(invites.Select(invite => invite.At), Half);
        Assert.InRange(invites.Take(4).Count(invite => first.Contains(invite.Number)), 1, 3);
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task A_number_is_shown_so_many_times_a_second_and_others_do_not_wait_for_it()
    {
        var campaign = await CampaignAsync(Terms() with { CallsPerSecond = 50, From = [Caller, Other] }, Numbers(0, 30));
        var beside = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, Numbers(100, 3));
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1), CallerCallsPerSecond = 1 });
        await DoneAsync(campaign, beside);
        var invites = Far.Invites.ToList();
        Assert.Equal(33, invites.Count);
        var byCaller = invites.ToLookup(invite => invite.From, invite => invite.At);
        Assert.Equal([Caller, Other], byCaller.Select(of => of.Key).Order());
        foreach (var times in byCaller) AreApart(times, Second);
        // Both at a time, and not one behind the other.
        Assert.True(byCaller[Other].First() < byCaller[Caller].Last());
        Assert.True(byCaller[Caller].First() < byCaller[Other].Last());
    }
}
