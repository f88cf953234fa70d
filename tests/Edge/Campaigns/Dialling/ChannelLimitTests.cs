using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>Campaigns that could have more calls up than their account, or its lines, may have.</summary>
public sealed class ChannelLimitTests() : DiallerRig(Product.Sqlite)
{
    private const int Channels = 2;

    private Refusal _refusal = Refusal.TenantChannelLimit;

    private static string[] Numbers(int from, int count) => [.. Enumerable.Range(from, count).Select(i => $"+121255{i:00000}")];

    private Dialled? Ask(DialRequest request) =>
        Far.Up >= Channels ? Dialled.Refused(_refusal, "full", request.To) : null;

    private async Task DoneAsync(params Campaign[] campaigns)
    {
        Far.Refuses = Ask;
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1) });
        foreach (var campaign in campaigns) await RunningAsync(campaign);
        await JumpUntilAsync(async () => (await Task.WhenAll(campaigns.Select(FindAsync))).All(one => one.State is CampaignState.Stop),
            TimeSpan.FromMinutes(10));
    }

    [Theory, InlineData(Refusal.TenantChannelLimit), InlineData(Refusal.NoMediaPort)]
    public async Task A_call_begins_for_each_that_ends_and_few_are_claimed_in_vain(Refusal refusal)
    {
        _refusal = refusal;
        var numbers = Numbers(0, 12);
        foreach (string number in numbers) Far.Script(number, TakenCall.Talks(9));
        var campaign = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, numbers);
        await DoneAsync(campaign);

        var invites = Far.Invites.ToList();
        Assert.Equal(numbers, invites.Select(invite => invite.Number).Order(StringComparer.Ordinal));
        // Two at a time, each ten seconds long: the last two begin after fifty.
        Assert.InRange(invites[^1].At - invites[0].At, TimeSpan.FromSeconds(49), TimeSpan.FromSeconds(56));
        Assert.InRange((await AttemptsAsync(campaign)).Count(attempt => attempt.State is AttemptState.Returned), 1, 25);
        Assert.All(await Store.Targets.ListAsync(Tenant, campaign.List, 0, 100, Stop), target => Assert.Equal(1, target.Tries[0]));
    }

    [Fact]
    public async Task Two_campaigns_of_one_account_take_turns_at_what_ends()
    {
        var (first, second) = (Numbers(0, 6), Numbers(100, 6));
        foreach (string number in (string[])[.. first, .. second]) Far.Script(number, TakenCall.Talks(9));
        var one = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, first);
        var two = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, second);
        await DoneAsync(one, two);
        var invites = Far.Invites.ToList();
        Assert.Equal([.. first, .. second], invites.Select(invite => invite.Number).Order(StringComparer.Ordinal));
        // Neither waits for the end of the other.
        Assert.InRange(invites.Take(8).Count(invite => first.Contains(invite.Number)), 2, 6);
    }

    /// <summary>The database and the way out take their time: whoever looks meanwhile finds no room yet.</summary>
    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task A_trial_that_is_let_through_late_goes_on_at_once()
    {
        var numbers = Numbers(0, 40);
        foreach (string number in numbers) Far.Script(number, TakenCall.Talks(600));
        int asked = 0;
        Far.Refuses = request => Interlocked.Increment(ref asked) <= 3 ? Dialled.Refused(_refusal, "full", request.To) : null;
        Far.BeforeRow = () => Task.Delay(TimeSpan.FromMilliseconds(100), Time, Stop);
        var campaign = await CampaignAsync(Terms() with { CallsPerSecond = 50 }, numbers);
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1) });
        await RunningAsync(campaign);
        await UntilAsync(() => Task.FromResult(Far.Invites.Count >= 40));
        var invites = Far.Invites.ToList();
        // Five seconds until the first trial; each of five others would have had to wait as long.
        Assert.True(invites[^1].At - invites[0].At < TimeSpan.FromSeconds(15), $"{invites[^1].At - invites[0].At}");
    }

    [Fact]
    public void Room_that_others_have_left_is_found_by_trials_that_double()
    {
        var now = DateTimeOffset.UnixEpoch;
        var room = new LineRoom();
        Assert.Equal(int.MaxValue, room.Of(now));
        room.Refused(now);
        room.Refused(now);
        room.Took(now);
        room.Refused(now);
        room.Refused(now);
        Assert.Equal(int.MaxValue, room.Of(now));
        room.Refused(now);
        Assert.Equal((0, now.AddSeconds(5)), (room.Of(now), room.Next));
        room.Freed(2);
        Assert.Equal(2, room.Of(now));
        room.Take(2, now);
        room.Took(now);
        Assert.Equal(0, room.Of(now));

        foreach (int tried in (int[])[1, 2, 4, 8, 16])
        {
            if (tried == 1) now = room.Next;
            Assert.Equal(tried, room.Of(now));
            room.Take(tried, now);
            Assert.Equal(0, room.Of(now));
            room.Took(now);
        }
        Assert.Equal(int.MaxValue, room.Of(now));
    }
}
