using Dapper;
using Ringwright.Campaigns.Dialling;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

public sealed class ForgottenTryOnSqliteTests() : ForgottenTryTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class ForgottenTryOnPostgresTests() : ForgottenTryTests(Product.Postgres);

/// <summary>A database that is as it was a moment ago: a standby has taken over that lacks the last commits.</summary>
public abstract class ForgottenTryTests(Product product) : DiallerRig(product)
{
    private static readonly Guid Somebody = Guid.CreateVersion7();

    [Fact]
    public async Task Whom_this_node_has_called_waits_the_whole_interval_though_the_database_knows_nothing_of_the_call()
    {
        Far.Script(Anna, TakenCall.Busy);
        var campaign = await CampaignAsync(Terms(tries: 2, retrySeconds: 20) with { End = ListEnd.Continue }, Anna);
        await RunningAsync(campaign);
        StartDialler();
        await UntilAsync(async () => (await TargetAsync(campaign, Anna)) is { State: TargetState.Idle, Tries: [1, ..] });
        await ForgetAsync();
        await UntilAsync(async () => await AttemptsAsync(campaign) is [{ State: AttemptState.Settled, Reason: "callee_busy" }]);
        await PassAsync(10);
        Assert.Single(Far.Invites);
        await UntilAsync(async () => (await TargetAsync(campaign, Anna)).State is TargetState.Done);
        var calls = Far.InvitesTo(Anna).ToList();
        Assert.Equal(2, calls.Count);
        Assert.True(calls[1] - calls[0] >= TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Whoever_has_answered_is_not_called_again_and_whoever_is_put_on_the_list_is()
    {
        Far.Script(Anna, TakenCall.Talks(1));
        Far.Script(Bert, TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms(tries: 3) with { End = ListEnd.Continue }, Anna);
        await RunningAsync(campaign);
        StartDialler();
        await UntilAsync(async () => (await TargetAsync(campaign, Anna)).State is TargetState.Done);
        await ForgetAsync();
        await AddAsync(campaign.List, Bert);
        foreach (string number in (string[])[Anna, Bert])
            await UntilAsync(async () => (await TargetAsync(campaign, number)) is { State: TargetState.Done, Tries: [1, ..] });
        await PassAsync(6);
        Assert.Equal([Anna, Bert], Far.Invites.Select(invite => invite.Number));
    }

    [Fact]
    public void What_is_remembered_is_the_same_try_or_a_call_that_was_answered_and_some_minutes_long()
    {
        var tries = new BegunTries(Time);
        var first = Attempt(nth: 1);
        tries.Add(first);
        tries.Add(first);
        Assert.Equal(1, tries.Count);
        Assert.Null(tries.Find(first));
        Assert.Null(tries.Find(Attempt(nth: 2)));
        Assert.Equal(first.Id, tries.Find(Attempt(nth: 1))!.Attempt);
        tries.Answer(first.Id);
        tries.Answer(Guid.CreateVersion7());
        tries.Settle(new(first, "success", "remote_hangup", Due: null));
        var other = tries.Find(Attempt(nth: 2))!;
        Assert.Equal((true, "remote_hangup"), (other.IsAnswered, other.Told!.Value.Reason));
        Assert.Null(tries.Find(Attempt(nth: 2) with { Round = 1 }));
        Time.Advance(TimeSpan.FromMinutes(10));
        tries.Add(Attempt(nth: 3) with { Target = Guid.CreateVersion7() });
        Assert.Equal(1, tries.Count);
        Assert.Null(tries.Find(Attempt(nth: 1)));
    }

    private async Task ForgetAsync()
    {
        await Store.Sql.WriteAsync(db => db.Execute("delete from rw_attempt"), Stop);
        await Store.Sql.WriteAsync(db => db.Execute(
            "update rw_target set state = 'idle', outcome = null, due_at = created_at, tries_0 = 0"), Stop);
    }

    private DialAttempt Attempt(int nth) => new()
    {
        Id = Guid.CreateVersion7(), Tenant = Tenant, Campaign = Somebody, List = Somebody, Target = Somebody, Number = Anna, From = Caller,
        Destination = 0, Try = nth, ClaimedAt = Time.GetUtcNow(), Evidence = [],
    };
}
