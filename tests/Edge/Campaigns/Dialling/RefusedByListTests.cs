using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

public sealed class RefusedByListOnSqliteTests() : RefusedByListTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class RefusedByListOnPostgresTests() : RefusedByListTests(Product.Postgres);

/// <summary>Of whom a list says that nobody is to call him, while somebody is about to.</summary>
public abstract class RefusedByListTests(Product product) : DiallerRig(product)
{
    [Fact]
    public async Task Who_waits_is_called_no_more_and_who_is_on_the_line_is_not_called_again()
    {
        Far.Script(Anna, new TakenCall(null, TimeSpan.FromSeconds(20), HangupCause.CalleeBusy, 486));
        var campaign = await CampaignAsync(Terms(tries: 3, retrySeconds: 30), Anna, Bert);
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(async () => await TargetAsync(campaign, Bert) is { State: TargetState.Idle, Outcome: not null });
        var (anna, bert) = (await TargetAsync(campaign, Anna), await TargetAsync(campaign, Bert));
        Assert.Equal(TargetState.Progressing, anna.State);
        Assert.Equal(2, await RefuseAsync(campaign, anna, bert));
        // The same list is sent once more.
        Assert.Equal(0, await RefuseAsync(campaign, anna, bert));
        await StoppedAsync(campaign);
        foreach (string number in new[] { Anna, Bert })
        {
            var target = await TargetAsync(campaign, number);
            Assert.Equal((TargetState.Done, Target.RefusedByList, 1), (target.State, target.Outcome, target.Tries[0]));
            Assert.Single(Far.InvitesTo(number));
        }
    }

    /// <summary>By whichever node: it has its claim, and no leg yet.</summary>
    [Fact]
    public async Task Who_is_about_to_be_dialled_is_not_and_the_others_are()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Far.BeforeRow = () => held.Task;
        var campaign = await CampaignAsync(Terms(), Anna, Bert);
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(async () => (await AttemptsAsync(campaign)).Count == 2);
        var anna = await TargetAsync(campaign, Anna);
        Assert.Equal(1, await RefuseAsync(campaign, anna));
        await CampaignSwitch.WithdrawAsync(Store, Tenant, campaign.Id, Target.RefusedByList, Time.GetUtcNow(), Stop,
            new HashSet<Guid> { anna.Id });
        held.SetResult();
        await StoppedAsync(campaign);
        anna = await TargetAsync(campaign, Anna);
        Assert.Equal((TargetState.Done, Target.RefusedByList, 0), (anna.State, anna.Outcome, anna.Tries[0]));
        Assert.Empty(Far.InvitesTo(Anna));
        Assert.Single(Far.InvitesTo(Bert));
    }

    /// <summary>Some node has looked, and has not written its claim yet.</summary>
    [Fact]
    public async Task Who_was_looked_at_before_is_not_claimed()
    {
        var campaign = await CampaignAsync(Terms(), Anna);
        var anna = await TargetAsync(campaign, Anna);
        Assert.Equal(1, await RefuseAsync(campaign, anna));
        var attempt = new DialAttempt
        {
            Id = Guid.CreateVersion7(), Tenant = Tenant, Campaign = campaign.Id, List = campaign.List, Target = anna.Id,
            Round = anna.Round, Number = Anna, From = Caller, Destination = 0, Try = 1, ClaimedAt = Time.GetUtcNow(), Evidence = [],
        };
        Assert.Empty(await Store.DialAttempts.ClaimAsync([attempt], Store.Node.Node, Stop));
        Assert.Empty(await AttemptsAsync(campaign));
    }

    [Fact]
    public async Task Who_is_done_by_it_is_called_once_more_only_where_that_is_asked_for()
    {
        var campaign = await CampaignAsync(Terms(), Anna, Bert);
        var anna = await TargetAsync(campaign, Anna);
        Assert.Equal(1, await RefuseAsync(campaign, anna));
        var now = Time.GetUtcNow();
        Assert.Equal(1, await Store.Targets.FinishIdleAsync(Tenant, campaign.List, "busy", now, Stop));
        // Somebody has said before that he wants to be called again.
        Assert.False(await Store.Targets.RecallAsync(anna, now, 0, now, static _ => true, static _ => { }, Stop));
        Assert.Equal(1, await Store.Targets.ResetAsync(Tenant, campaign.List, outcome: null, now, Stop));
        Assert.Equal((TargetState.Done, TargetState.Idle),
            ((await TargetAsync(campaign, Anna)).State, (await TargetAsync(campaign, Bert)).State));
        Assert.Equal(1, await Store.Targets.ResetAsync(Tenant, campaign.List, Target.RefusedByList, now, Stop));
        Assert.Equal(TargetState.Idle, (await TargetAsync(campaign, Anna)).State);
    }

    private ValueTask<int> RefuseAsync(Campaign campaign, params Target[] targets) => Store.Sql.WriteAsync(db =>
        TargetTable.Refuse(db, Tenant, campaign.List, [.. targets.Select(target => target.Id)], Time.GetUtcNow()), Stop);
}
