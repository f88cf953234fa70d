using Dapper;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Edge.Store;
using Ringwright.Store.Audit;
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
        Assert.Empty(await Store.DialAttempts.ClaimAsync([AttemptOn(campaign, anna)], Store.Node.Node, Stop));
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

    /// <summary>As who waits for a retry at his second number while whoever answers at the first says no.</summary>
    [Fact]
    public async Task Who_has_the_number_as_any_of_his_addresses_is_found_and_called_no_more()
    {
        Far.Script(Anna, new TakenCall(null, TimeSpan.FromSeconds(2), HangupCause.CalleeBusy, 486));
        var campaign = await CampaignAsync(Terms(retrySeconds: 30) with { Tries = [1, 1, 0, 0, 0] }, Bert);
        await AddAsync(campaign, [Anna, Cleo, null, null, null], key: Anna);
        await AddAsync(campaign, [$"sip:{Caller}@carrier.example", null, null, null, null], key: null);
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(async () => await TargetAsync(campaign, Anna) is { State: TargetState.Idle, Outcome: not null });
        // Whose only number is his key is found by that, and by it alone.
        await AddAsync(campaign, ["+12125550109", null, null, null, null], key: "+12125550109");
        var found = await Store.TargetRefusals.FindFurtherAsync(Tenant, campaign.List,
            static address => TargetAddress.TelephoneOf(address) is Cleo or "+12125550109", Stop);
        var anna = await TargetAsync(campaign, Anna);
        Assert.Equal(new HeldTarget(anna.Id, campaign.List), Assert.Single(found));
        Assert.Equal(1, await Store.TargetRefusals.RefuseAsync(Tenant, found, Time.GetUtcNow(), NoteOf, Stop));
        Assert.Equal(0, await Store.TargetRefusals.RefuseAsync(Tenant, found, Time.GetUtcNow(), NoteOf, Stop));
        await StoppedAsync(campaign);
        anna = await TargetAsync(campaign, Anna);
        Assert.Equal((TargetState.Done, Target.RefusedByList), (anna.State, anna.Outcome));
        Assert.Empty(Far.InvitesTo(Cleo));
    }

    /// <summary>Whichever campaigns call from them, and whoever is about to be dialled for one.</summary>
    [Fact]
    public async Task Who_is_on_lists_of_a_face_is_found_on_all_of_them_and_not_dialled()
    {
        Campaign first = await CampaignAsync(Terms(), Anna, Bert), second = await CampaignAsync(Terms(), Anna),
            plain = await CampaignAsync(Terms(), Anna), gone = await CampaignAsync(Terms(), Anna);
        await Store.Sql.WriteAsync(db => new[] { first, second, gone }.Sum(campaign =>
        {
            var which = new { list = campaign.List };
            return db.Execute("update rw_target_list set face = 'face' where id = @list", which)
                + db.Execute("update rw_target set doc = '{}' where list_id = @list", which);
        }), Stop);
        await Store.Sql.WriteAsync(db => db.Execute("update rw_target_list set deleted_at = created_at where id = @list",
            new { list = gone.List }), Stop);
        var found = await Store.TargetRefusals.FindOfFaceAsync(Tenant, "face", static address => address == Anna, Stop);
        Target[] wanted = [await TargetAsync(first, Anna), await TargetAsync(second, Anna)];
        Assert.Equal(wanted.Select(static one => (one.Id, one.List)).Order(), found.Select(static one => (one.Id, one.List)).Order());
        Assert.Empty(await Store.TargetRefusals.FindOfFaceAsync(Tenant, "other", static _ => true, Stop));

        Assert.Single(await Store.DialAttempts.ClaimAsync([AttemptOn(second, wanted[1])], Store.Node.Node, Stop));
        Assert.Equal(2, await Store.TargetRefusals.RefuseAsync(Tenant, found, Time.GetUtcNow(), NoteOf, Stop));
        await CampaignSwitch.WithdrawAsync(Store, Tenant, [.. found.Select(static one => one.Id)], Target.RefusedByList, Time.GetUtcNow(),
            Stop);
        Assert.Equal(AttemptState.Returned, Assert.Single(await AttemptsAsync(second)).State);
        Assert.Equal((TargetState.Done, Target.RefusedByList, 0), await StandAsync(second));
        Assert.Equal((TargetState.Done, Target.RefusedByList, 0), await StandAsync(first));
        Assert.Equal((TargetState.Idle, null, 0), await StandAsync(plain));

        async Task<(TargetState, string?, int)> StandAsync(Campaign campaign)
        {
            var anna = await TargetAsync(campaign, Anna);
            return (anna.State, anna.Outcome, anna.Tries[0]);
        }
    }

    private DialAttempt AttemptOn(Campaign campaign, Target target) => new()
    {
        Id = Guid.CreateVersion7(), Tenant = Tenant, Campaign = campaign.Id, List = campaign.List, Target = target.Id,
        Round = target.Round, Number = Anna, From = Caller, Destination = 0, Try = 1, ClaimedAt = Time.GetUtcNow(), Evidence = [],
    };

    private AuditNote NoteOf(int refused) => new()
    {
        Tenant = Tenant, At = Time.GetUtcNow(), By = AuditActor.Operator, Change = "targets_taken_out", RecordType = "campaign",
        ResourceId = "list", After = new() { ["taken_out"] = refused },
    };

    private async Task AddAsync(Campaign campaign, string?[] destinations, string? key)
    {
        var now = Time.GetUtcNow();
        await Store.Targets.AddAsync(
        [
            new()
            {
                Id = Target.NewId(now), Tenant = Tenant, List = campaign.List, Name = destinations[0]!, IdentityKey = key,
                Destinations = destinations, DueAt = now, CreatedAt = now, UpdatedAt = now,
            },
        ], Stop);
    }

    private ValueTask<int> RefuseAsync(Campaign campaign, params Target[] targets) => Store.Sql.WriteAsync(db =>
        TargetTable.Refuse(db, Tenant, campaign.List, [.. targets.Select(target => target.Id)], Time.GetUtcNow()), Stop);
}
