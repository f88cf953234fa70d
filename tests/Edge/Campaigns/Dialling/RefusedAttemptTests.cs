using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

public sealed class RefusedAttemptOnSqliteTests() : RefusedAttemptTests(Product.Sqlite);

[Depth("the gate runs these on SQLite, and kills a campaign on PostgreSQL in Interop")]
public sealed class RefusedAttemptOnPostgresTests() : RefusedAttemptTests(Product.Postgres);

/// <summary>What changes between due and dial: each is seen at dispatch, and whom nobody has called has lost no try.</summary>
public abstract class RefusedAttemptTests(Product product) : DiallerRig(product)
{
    private static Dialled Refused(Refusal refusal, string rule) => Dialled.Refused(refusal, rule, "So it is.");

    [Fact]
    public async Task Who_is_on_a_do_not_call_list_is_done_and_the_others_are_called()
    {
        Far.Script(Bert, TakenCall.Talks(1));
        Far.Refuses = request => request.To == Anna ? Refused(Refusal.DoNotCall, "do_not_call") : null;
        var campaign = await CampaignAsync(Terms(tries: 3), Anna, Bert);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal([Bert], Far.Invites.Select(invite => invite.Number));
        var target = await TargetAsync(campaign, Anna);
        Assert.Equal((TargetState.Done, "do_not_call"), (target.State, target.Outcome));
        var attempt = (await AttemptsAsync(campaign)).Single(one => one.Number == Anna);
        Assert.Equal(("fail", "do_not_call", null), (attempt.Result, attempt.Reason, attempt.LegUuid));
    }

    [Fact]
    public async Task A_bad_address_costs_its_own_tries_and_stops_nobody()
    {
        Far.Script(Bert, TakenCall.Talks(1));
        Far.Refuses = request => request.To == Anna ? Refused(Refusal.PremiumDestination, "premium_number") : null;
        var campaign = await CampaignAsync(Terms(tries: 2, retrySeconds: 1), Anna, Bert);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        var target = await TargetAsync(campaign, Anna);
        Assert.Equal((TargetState.Done, "premium_number", 2), (target.State, target.Outcome, target.Tries[0]));
        Assert.Equal("exhausted", (await FindAsync(campaign)).StopReason);
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task What_is_no_number_is_looked_for_when_it_is_called_and_what_stands_for_nobody_costs_its_own_tries()
    {
        Far.Script(Bert, TakenCall.Busy, TakenCall.Talks(1));
        Far.Refuses = request => request.To is "agent:nobody" ? Refused(Refusal.BadDestination, "bad_destination") : null;
        var campaign = await CampaignAsync(Terms(tries: 2, retrySeconds: 1), "agent:nobody", "agent:bert", Anna);
        var book = new Book();
        StartDialler(parts => parts with { Addresses = book });
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal(2, Far.InvitesTo(Bert).Count());
        Assert.Equal("bad_destination", (await TargetAsync(campaign, "agent:nobody")).Outcome);
        var bert = await TargetAsync(campaign, "agent:bert");
        Assert.Equal((TargetState.Done, "remote_hangup", 2), (bert.State, bert.Outcome, bert.Tries[0]));
        // Both times, and nobody is asked what a number is.
        Assert.Equal(["agent:bert", "agent:bert", "agent:nobody", "agent:nobody"], book.Asked.Order());
    }

    [Theory, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    [InlineData(Refusal.InsufficientFunds, "insufficient_funds"), InlineData(Refusal.NoOutboundProfile, "no_outbound_profile")]
    [InlineData(Refusal.CallerIdNotOwned, "caller_id")]
    public async Task What_holds_for_all_stops_the_campaign_with_its_reason_and_gives_the_try_back(Refusal refusal, string rule)
    {
        Far.Refuses = _ => Refused(refusal, rule);
        var campaign = await CampaignAsync(Terms(), Anna, Bert, Cleo);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal(rule, (await FindAsync(campaign)).StopReason);
        foreach (string number in (string[])[Anna, Bert, Cleo])
        {
            var target = await TargetAsync(campaign, number);
            Assert.Equal((TargetState.Idle, 0), (target.State, target.Tries[0]));
        }
        // Once it is paid, all are called.
        Far.Refuses = _ => null;
        foreach (string number in (string[])[Anna, Bert, Cleo]) Far.Script(number, TakenCall.Talks(1));
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal(3, Far.Invites.Count);
    }

    [Fact]
    public async Task A_dead_trunk_stops_the_pace_and_burns_no_tries()
    {
        string[] numbers = [.. Enumerable.Range(0, 30).Select(i => $"+121255501{i:00}")];
        int asked = 0;
        Far.Refuses = _ =>
        {
            Interlocked.Increment(ref asked);
            return Refused(Refusal.NoRoute, "no_route");
        };
        var campaign = await CampaignAsync(Terms(), numbers);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal("trunk_unreachable", (await FindAsync(campaign)).StopReason);
        Assert.InRange(asked, 10, 14);
        var counts = await Store.Targets.CountAsync(Tenant, campaign.List, Stop);
        Assert.Equal((30, 0, 0), (counts.Idle, counts.Progressing, counts.Done));
        Assert.All(await Store.Targets.ListAsync(Tenant, campaign.List, 0, 100, Stop), target => Assert.Equal(0, target.Tries[0]));
    }

    /// <summary>There is a route, and nobody at its end: each call is placed, and cannot be sent.</summary>
    [Fact, Depth("the gate has a dead trunk, and a connection that cannot be made")]
    public async Task A_trunk_that_no_connection_leads_to_stops_the_pace_and_burns_no_tries()
    {
        string[] numbers = [.. Enumerable.Range(0, 30).Select(i => $"+121255504{i:00}")];
        foreach (string number in numbers) Far.Script(number, new TakenCall(null, TimeSpan.FromSeconds(0.3), HangupCause.TransportFailure));
        var campaign = await CampaignAsync(Terms(), numbers);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal("trunk_unreachable", (await FindAsync(campaign)).StopReason);
        Assert.InRange(Far.Invites.Count, 10, 14);
        Assert.All(await Store.Targets.ListAsync(Tenant, campaign.List, 0, 100, Stop), target =>
            Assert.Equal((TargetState.Idle, 0), (target.State, target.Tries[0])));

        // When it is mended, all are called.
        foreach (string number in numbers) Far.Script(number, TakenCall.Busy);
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal("exhausted", (await FindAsync(campaign)).StopReason);
        Assert.All(await Store.Targets.ListAsync(Tenant, campaign.List, 0, 100, Stop), target => Assert.Equal(1, target.Tries[0]));
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task A_far_end_that_answers_429_again_and_again_is_no_dead_trunk()
    {
        var tooMany = new TakenCall(null, TimeSpan.FromSeconds(0.3), HangupCause.RemoteFailure, 429);
        Far.Script(Anna, [.. Enumerable.Repeat(tooMany, 12), TakenCall.Talks(1)]);
        var campaign = await CampaignAsync(Terms(), Anna);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal((13, "exhausted"), (Far.Invites.Count, (await FindAsync(campaign)).StopReason));
        Assert.Equal(1, (await TargetAsync(campaign, Anna)).Tries[0]);
    }

    [Fact]
    public async Task A_connection_that_cannot_be_made_and_429_reach_nobody_and_cost_no_try()
    {
        Far.Script(Anna, new(null, TimeSpan.FromSeconds(0.3), HangupCause.TransportFailure),
            new TakenCall(null, TimeSpan.FromSeconds(0.3), HangupCause.RemoteFailure, 429), TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms(tries: 1), Anna);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal(3, Far.Invites.Count);
        var target = await TargetAsync(campaign, Anna);
        Assert.Equal((TargetState.Done, 1), (target.State, target.Tries[0]));
        Assert.Equal([AttemptState.Returned, AttemptState.Returned, AttemptState.Settled],
            (await AttemptsAsync(campaign)).Select(attempt => attempt.State));
    }

    /// <summary>All take the same way.</summary>
    public static TheoryData<Refusal> Fulls => Depth.Rows([Refusal.TenantChannelLimit, Refusal.TrunkLimit],
        [Refusal.ProfileChannelLimit, Refusal.ConnectionChannelLimit, Refusal.NoMediaPort, Refusal.MediaAway, Refusal.LedgerUnavailable,
            Refusal.Draining, Refusal.Overloaded]);

    [Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    [Theory, MemberData(nameof(Fulls))]
    public async Task What_is_full_for_a_moment_is_asked_again_later(Refusal refusal)
    {
        int asked = 0;
        Far.Script(Anna, TakenCall.Talks(1));
        Far.Refuses = _ => Interlocked.Increment(ref asked) <= 3 ? Refused(refusal, "full") : null;
        var campaign = await CampaignAsync(Terms(tries: 1), Anna);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Single(Far.Invites);
        Assert.Equal(1, (await TargetAsync(campaign, Anna)).Tries[0]);
    }

    /// <summary>Each has its place: one that is added must be thought of.</summary>
    [Fact]
    public void Every_refusal_means_something()
    {
        foreach (var refusal in Enum.GetValues<Refusal>())
            Assert.True(Enum.IsDefined(AttemptJudge.Of(refusal)), $"{refusal}");
    }

    /// <summary>It knows one of them.</summary>
    private sealed class Book : ITargetAddresses
    {
        public ConcurrentQueue<string> Asked { get; } = new();

        public ValueTask<string?> ResolveAsync(TenantId tenant, string address, CancellationToken stop)
        {
            Asked.Enqueue(address);
            return new(address is "agent:bert" ? Bert : null);
        }
    }
}
