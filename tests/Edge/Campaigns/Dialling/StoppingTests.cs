using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>A stop that somebody asks for while a campaign stops by itself, because its list is at an end.</summary>
public sealed class StoppingTests() : DiallerRig(Product.Sqlite)
{
    [Fact]
    public async Task A_stop_while_the_last_calls_are_up_starts_no_next_campaign()
    {
        Far.Script(Anna, TakenCall.Talks(5));
        var next = await CampaignAsync(Terms(), Bert);
        var campaign = await CampaignAsync(Terms() with { Next = next.Id }, Anna);
        StartDialler();
        await RunningAsync(campaign);
        await EndingAsync(campaign);
        Assert.True(await CampaignSwitch.StopAsync(Store, Tenant, campaign.Id, Time.GetUtcNow(), note: null, Stop));
        // It is asked for once.
        Assert.False(await CampaignSwitch.StopAsync(Store, Tenant, campaign.Id, Time.GetUtcNow(), note: null, Stop));
        await StoppedAsync(campaign);
        await PassAsync(3);
        Assert.Equal("requested", (await FindAsync(campaign)).StopReason);
        Assert.Equal(CampaignState.Stop, (await FindAsync(next)).State);
        Assert.Empty(Far.InvitesTo(Bert));
    }

    [Fact]
    public async Task A_try_that_is_given_back_does_not_undo_a_stop()
    {
        Far.Script(Anna, new TakenCall(null, TimeSpan.FromSeconds(5), HangupCause.RemoteFailure, 429), TakenCall.Busy);
        var campaign = await CampaignAsync(Terms(), Anna);
        StartDialler();
        await RunningAsync(campaign);
        await EndingAsync(campaign);
        Assert.True(await CampaignSwitch.StopAsync(Store, Tenant, campaign.Id, Time.GetUtcNow(), note: null, Stop));
        await StoppedAsync(campaign);
        await PassAsync(10);
        Assert.Equal((CampaignState.Stop, "requested"), ((await FindAsync(campaign)).State, (await FindAsync(campaign)).StopReason));
        Assert.Single(Far.Invites);
        Assert.Equal((TargetState.Idle, 0), ((await TargetAsync(campaign, Anna)).State, (await TargetAsync(campaign, Anna)).Tries[0]));
    }

    /// <summary>Everybody was called, and somebody is on the line.</summary>
    private Task EndingAsync(Campaign campaign) => UntilAsync(async () =>
        await FindAsync(campaign) is { State: CampaignState.Stopping, StopReason: Campaign.Exhausted });
}
