using Ringwright.Campaigns.Dialling;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>What campaigns of one node have in common.</summary>
public sealed class SharedPaceTests() : DiallerRig(Product.Sqlite)
{
    private static string[] Numbers(int from, int count) => [.. Enumerable.Range(from, count).Select(i => $"+121255{i:00000}")];

    [Fact, Depth("CampaignDiallerTests have hours that shut, and a rate that several campaigns share")]
    public async Task Campaigns_together_leave_room_for_who_calls_in()
    {
        var numbers = Numbers(0, 20);
        foreach (string number in numbers) Far.Script(number, TakenCall.Talks(4));
        var one = await CampaignAsync(Terms() with { CallsPerSecond = 20 }, numbers[..10]);
        var two = await CampaignAsync(Terms() with { CallsPerSecond = 20 }, numbers[10..]);
        StartDialler(parts => parts with { MostCalls = 3 });
        await RunningAsync(one);
        await RunningAsync(two);
        await StoppedAsync(one);
        await StoppedAsync(two);
        Assert.Equal((20, 3), (Far.Invites.Count, Far.MostUp));
    }

    /// <summary>One that could take all of it, first on every list, is given its turn like the others.</summary>
    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task No_campaign_starves_beside_a_greedy_one()
    {
        var (greedy, modest) = (Numbers(0, 60), Numbers(1_000, 6));
        foreach (string number in (string[])[.. greedy, .. modest]) Far.Script(number, TakenCall.Talks(2));
        var first = await CampaignAsync(Terms() with { CallsPerSecond = 100 }, greedy);
        var second = await CampaignAsync(Terms() with { CallsPerSecond = 100 }, modest);
        StartDialler(parts => parts with { MostCalls = 2 });
        await RunningAsync(first);
        await UntilAsync(() => Task.FromResult(Far.Invites.Count >= 4));
        await RunningAsync(second);
        await StoppedAsync(second);
        int of = Far.Invites.Count(invite => greedy.Contains(invite.Number)), all = Far.Invites.Count;
        Assert.Equal(6, all - of);
        // Six of the one took no more time than about as many of the other.
        Assert.InRange(of, 6, 22);
        Assert.Equal(CampaignState.Run, (await FindAsync(first)).State);
    }
}
