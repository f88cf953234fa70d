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

    [Fact]
    public async Task What_is_about_to_be_dialled_when_a_stop_is_asked_for_calls_nobody()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Far.BeforeRow = () => held.Task;
        var campaign = await CampaignAsync(Terms(), Anna);
        var due = (await TargetAsync(campaign, Anna)).DueAt;
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(async () => (await AttemptsAsync(campaign)).Count == 1);
        await PassAsync(1);
        Assert.True(await CampaignSwitch.StopAsync(Store, Tenant, campaign.Id, Time.GetUtcNow(), note: null, Stop));
        var attempt = Assert.Single(await AttemptsAsync(campaign));
        Assert.Equal((AttemptState.Returned, "requested"), (attempt.State, attempt.Reason));
        held.SetResult();
        await StoppedAsync(campaign);
        await PassAsync(3);
        Assert.Empty(Far.Invites);
        var target = await TargetAsync(campaign, Anna);
        // It stands where it stood.
        Assert.Equal((TargetState.Idle, 0, due), (target.State, target.Tries[0], target.DueAt));

        // It has its try, and is called when the campaign runs again.
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Single(Far.InvitesTo(Anna));
    }

    /// <summary>What has its leg goes on, as what is up does.</summary>
    [Fact]
    public async Task What_rings_when_a_stop_is_asked_for_goes_on()
    {
        Far.Script(Anna, TakenCall.Talks(2));
        var campaign = await CampaignAsync(Terms(), Anna, Bert);
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(() => Task.FromResult(!Far.Invites.IsEmpty));
        Assert.True(await CampaignSwitch.StopAsync(Store, Tenant, campaign.Id, Time.GetUtcNow(), note: null, Stop));
        await StoppedAsync(campaign);
        Assert.Equal("success", (await AttemptsAsync(campaign)).Single(attempt => attempt.Number == Anna).Result);
    }

    /// <summary>Everybody was called, and somebody is on the line.</summary>
    private Task EndingAsync(Campaign campaign) => UntilAsync(async () =>
        await FindAsync(campaign) is { State: CampaignState.Stopping, StopReason: Campaign.Exhausted });
}
