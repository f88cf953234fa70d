using Dapper;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

public sealed class KilledDiallerOnSqliteTests() : KilledDiallerTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class KilledDiallerOnPostgresTests() : KilledDiallerTests(Product.Postgres);

/// <summary>What a process leaves that stopped between two of its writes.</summary>
public abstract class KilledDiallerTests(Product product) : DiallerRig(product)
{
    private async Task<DialAttempt> ClaimAsync(Campaign campaign, int node) =>
        Assert.Single(await Store.DialAttempts.ClaimAsync([AttemptOn(campaign, await TargetAsync(campaign, Anna))], node, Stop));

    private DialAttempt AttemptOn(Campaign campaign, Target target) =>
        new()
        {
            Id = Guid.CreateVersion7(), Tenant = Tenant, Campaign = campaign.Id, List = campaign.List, Target = target.Id,
            Round = target.Round, Number = Anna, From = Caller, Destination = 0, Try = target.Tries[0] + 1, ClaimedAt = Time.GetUtcNow(),
            Evidence = [],
        };

    [Fact]
    public async Task Nobody_is_claimed_for_a_campaign_that_another_node_has_stopped()
    {
        var campaign = await CampaignAsync(Terms(), Anna);
        var attempt = AttemptOn(campaign, await TargetAsync(campaign, Anna));
        CampaignState[] all = [CampaignState.Stop, CampaignState.Run, CampaignState.Stopping];
        foreach (var state in (CampaignState[])[CampaignState.Stopping, CampaignState.Stop])
        {
            await Store.Campaigns.MoveAsync(Tenant, campaign.Id, all, state, reason: null, Time.GetUtcNow(), note: null, Stop);
            Assert.Null(await Store.DialAttempts.ClaimRunningAsync(campaign, [attempt], Store.Node.Node, Stop));
            Assert.Equal(0, await Store.DialAttempts.CountLiveAsync(campaign, Stop));
        }
        await Store.Campaigns.MoveAsync(Tenant, campaign.Id, all, CampaignState.Run, reason: null, Time.GetUtcNow(), note: null, Stop);
        Assert.Single((await Store.DialAttempts.ClaimRunningAsync(campaign, [attempt], Store.Node.Node, Stop))!);
    }

    [Fact]
    public async Task A_try_that_was_claimed_and_never_dialled_is_given_back_at_the_next_start()
    {
        Far.Script(Anna, TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms(tries: 1), Anna);
        await RunningAsync(campaign);
        await ClaimAsync(campaign, Store.Node.Node);
        Assert.Equal(1, (await TargetAsync(campaign, Anna)).Tries[0]);
        StartDialler();
        await StoppedAsync(campaign);
        Assert.Single(Far.Invites);
        Assert.Equal(1, (await TargetAsync(campaign, Anna)).Tries[0]);
        Assert.Equal([AttemptState.Returned, AttemptState.Settled], (await AttemptsAsync(campaign)).Select(attempt => attempt.State));
    }

    /// <summary>As one does whose refusal could not be written, because the database was away.</summary>
    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task A_try_of_this_node_that_nobody_dials_is_given_back_while_it_runs_and_one_that_is_being_dialled_is_not()
    {
        Far.Script(Anna, TakenCall.Talks(1));
        Far.Script(Bert, TakenCall.Talks(1));
        var held = new TaskCompletionSource();
        var campaign = await CampaignAsync(Terms(tries: 1), Bert);
        Far.BeforeRow = () => held.Task;
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(async () => (await AttemptsAsync(campaign)).Count == 1);
        await AddAsync(campaign.List, Anna);
        await ClaimAsync(campaign, Store.Node.Node);
        await UntilAsync(async () => (await AttemptsAsync(campaign)).Any(one => one.State is AttemptState.Returned));
        await PassAsync(5);
        Assert.Equal(AttemptState.Claimed, (await AttemptsAsync(campaign)).Single(one => one.Number == Bert).State);
        held.SetResult();
        await StoppedAsync(campaign);
        Assert.Equal([Anna, Bert], Far.Invites.Select(invite => invite.Number).Order());
        Assert.Equal((1, "not_dialled"), ((await TargetAsync(campaign, Anna)).Tries[0],
            (await AttemptsAsync(campaign)).Single(one => one.State is AttemptState.Returned).Reason));
    }

    /// <summary>A process that slept, and wakes up when another has gone on in its place.</summary>
    [Fact]
    public async Task Whoever_dials_a_try_that_was_given_back_meanwhile_makes_no_leg()
    {
        var campaign = await CampaignAsync(Terms(tries: 1), Anna);
        var attempt = await ClaimAsync(campaign, Store.Node.Node);
        Assert.True(await Store.DialAttempts.SettleAsync(new(attempt, "fail", "node_restart", Time.GetUtcNow(), IsReturned: true),
            AttemptState.Claimed, Time.GetUtcNow(), Stop));
        var request = AttemptMark.On(new() { Tenant = Tenant, Connection = default, To = Anna, From = Caller }, attempt.Id);
        var dialled = await Far.DialAsync(request, Stop);
        Assert.Equal((Refusal.LedgerUnavailable, 0), (dialled.Ack.Refusal, Far.Invites.Count));
        // And not twice by the same claim.
        attempt = await ClaimAsync(campaign, Store.Node.Node);
        request = AttemptMark.On(request, attempt.Id);
        Assert.True((await Far.DialAsync(request, Stop)).Ack.IsAccepted);
        Assert.False((await Far.DialAsync(request, Stop)).Ack.IsAccepted);
        Assert.Single(Far.Invites);
    }

    [Fact]
    public async Task What_is_settled_or_dialled_is_not_given_back()
    {
        var campaign = await CampaignAsync(Terms(tries: 1), Anna);
        var attempt = await ClaimAsync(campaign, Store.Node.Node);
        Assert.True((await Far.DialAsync(
            AttemptMark.On(new() { Tenant = Tenant, Connection = default, To = Anna, From = Caller }, attempt.Id), Stop)).Ack.IsAccepted);
        Assert.False(await Store.DialAttempts.SettleAsync(new(attempt, "fail", "node_restart", Time.GetUtcNow(), IsReturned: true),
            AttemptState.Claimed, Time.GetUtcNow(), Stop));
        var target = await TargetAsync(campaign, Anna);
        Assert.Equal((TargetState.Progressing, 1), (target.State, target.Tries[0]));
    }

    [Fact]
    public async Task Calls_that_ended_while_nobody_dialled_are_settled_by_the_next_start()
    {
        Far.Script(Anna, TakenCall.Talks(2));
        var campaign = await CampaignAsync(Terms(tries: 3), Anna);
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(() => Task.FromResult(Far.Invites.Count == 1));
        await StopDiallerAsync();
        await PassAsync(5);
        Assert.Equal(AttemptState.Ended, Assert.Single(await AttemptsAsync(campaign)).State);
        StartDialler();
        await StoppedAsync(campaign);
        Assert.Single(Far.Invites);
        Assert.Equal(TargetState.Done, (await TargetAsync(campaign, Anna)).State);
    }

    /// <summary>As a backup leaves it whose calls were up: the INVITE was sent, and nobody knows what became of it.</summary>
    [Fact, Depth("the gate has a try that was never dialled and calls that ended meanwhile, on SQLite; kills on PostgreSQL")]
    public async Task A_target_whose_attempt_is_not_there_waits_the_whole_interval()
    {
        Far.Script(Anna, TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms(tries: 2, retrySeconds: 30), Anna);
        await ClaimAsync(campaign, Store.Node.Node);
        await Store.Sql.WriteAsync(db => db.Execute("delete from rw_attempt"), Stop);
        await RunningAsync(campaign);
        StartDialler();
        await PassAsync(28);
        Assert.Empty(Far.Invites);
        await StoppedAsync(campaign);
        Assert.Equal((1, 2), (Far.Invites.Count, (await TargetAsync(campaign, Anna)).Tries[0]));
    }

    [Fact]
    public async Task Two_diallers_of_one_database_call_nobody_twice()
    {
        string[] numbers = [.. Enumerable.Range(0, 40).Select(i => $"+121255501{i:00}")];
        foreach (string number in numbers) Far.Script(number, TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms() with { CallsPerSecond = 20 }, numbers);
        await RunningAsync(campaign);
        // Both believe that they hold it: a hold is no proof.
        StartDialler();
        var other = new CampaignDialler(new()
        {
            Store = Store, Calls = Far, Zones = Zones, Time = Time, Log = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance,
        });
        other.Start();
        await StoppedAsync(campaign);
        Assert.Equal(numbers, Far.Invites.Select(invite => invite.Number).Order());
        await StopDiallerAsync();
        var over = other.DisposeAsync().AsTask();
        await UntilAsync(() => Task.FromResult(over.IsCompleted));
    }
}
