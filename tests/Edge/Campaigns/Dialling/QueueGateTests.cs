using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

public sealed class QueueGateOnSqliteTests() : QueueGateTests(Product.Sqlite);

[Depth("the gate runs these on SQLite, and kills a campaign on PostgreSQL in Interop")]
[Collection(nameof(Starving))] // its clock is the test's and its database is not: a server that is busy with others is late by that clock
public sealed class QueueGateOnPostgresTests() : QueueGateTests(Product.Postgres);

/// <summary>A campaign whose calls agents take calls nobody for whom there is none.</summary>
public abstract class QueueGateTests(Product product) : DiallerRig(product)
{
    private static readonly Guid Queue = Guid.Parse("0b6f7f8e-6d0f-4a51-9c3e-0c1d2e3f4a5b");

    private sealed class Agents : IQueueAgents
    {
        public QueueRoom? Room { get; set; }
        public int Busy { get; set; }

        public ValueTask<QueueRoom?> AskAsync(TenantId tenant, Guid queue, Guid campaign, CancellationToken stop) =>
            new(queue == Queue ? Room : null);

        public ValueTask<int> CountBusyAsync(TenantId tenant, Guid queue, CancellationToken stop) => new(queue == Queue ? Busy : 0);
    }

    private static string[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => $"+121255501{i:00}")];

    [Fact]
    public async Task No_more_ring_than_agents_are_free_and_one_more_is_called_as_soon_as_one_is()
    {
        var numbers = Numbers(8);
        foreach (string number in numbers) Far.Script(number, TakenCall.Silent);
        var agents = new Agents { Room = new(2, 0) };
        var campaign = await CampaignAsync(Terms() with { Queue = Queue, CallsPerSecond = 20 }, numbers);
        var dialler = StartDialler(parts => parts with { Agents = agents });
        await RunningAsync(campaign);
        await PassAsync(4);
        Assert.Equal((2, 2), (Far.Invites.Count, Far.Up));
        agents.Room = new(3, 0);
        dialler.AgentsFree(Queue);
        await UntilAsync(() => Task.FromResult(Far.Invites.Count == 3), withinSeconds: 0.7);
        // Those who have answered and wait for somebody are in the way, too.
        agents.Room = new(3, 3);
        await PassAsync(20);
        Assert.Equal(3, Far.Invites.Count);
        agents.Room = new(8, 0);
        dialler.AgentsFree();
        await StoppedAsync(campaign);
        Assert.Equal(8, Far.Invites.Count);
    }

    [Fact, Depth("the gate has as many calls as agents are free, a queue that nobody knows, and who gives up")]
    public async Task Two_campaigns_of_one_queue_call_for_its_free_agent_in_turns_and_not_both()
    {
        var numbers = Numbers(4);
        foreach (string number in numbers) Far.Script(number, TakenCall.Silent);
        var terms = Terms() with { Queue = Queue, CallsPerSecond = 20 };
        Campaign one = await CampaignAsync(terms, numbers[..2]), other = await CampaignAsync(terms, numbers[2..]);
        StartDialler(parts => parts with { Agents = new Agents { Room = new(1, 0) } });
        await RunningAsync(one);
        await RunningAsync(other);
        await StoppedAsync(one);
        await StoppedAsync(other);
        Assert.Equal((4, 1), (Far.Invites.Count, Far.MostUp));
        Assert.Single(Far.Invites.Take(2), invite => numbers[..2].Contains(invite.Number));
    }

    [Theory, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    [InlineData(1, 100, 1), InlineData(2, 200, 4), InlineData(3, 50, 1)]
    public async Task Nobody_is_called_before_an_agent_is_free_and_then_as_many_as_the_level_says(int free, int level, int called)
    {
        var numbers = Numbers(8);
        foreach (string number in numbers) Far.Script(number, TakenCall.Silent);
        var agents = new Agents { Room = new(0, 0) };
        var campaign = await CampaignAsync(Terms() with { Queue = Queue, ServiceLevel = level, CallsPerSecond = 20 }, numbers);
        var dialler = StartDialler(parts => parts with { Agents = agents });
        await RunningAsync(campaign);
        await PassAsync(12);
        Assert.Empty(Far.Invites);
        Assert.Equal(CampaignState.Run, (await FindAsync(campaign)).State);
        agents.Room = new(free, 0);
        dialler.AgentsFree(Queue);
        await UntilAsync(() => Task.FromResult(Far.Invites.Count == called), withinSeconds: 6);
        // As long as they all ring.
        await PassAsync(3);
        Assert.Equal(called, Far.Invites.Count);
        agents.Room = new(8, 0);
        dialler.AgentsFree();
        await StoppedAsync(campaign);
        Assert.Equal(8, Far.Invites.Count);
    }

    [Theory, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    [InlineData(0, true), InlineData(100, false)]
    public async Task Nobody_is_called_at_level_0_or_for_a_queue_that_is_gone(int level, bool isThere)
    {
        var agents = new Agents { Room = isThere ? new(5, 0) : null };
        var campaign = await CampaignAsync(Terms() with { Queue = Queue, ServiceLevel = level }, Anna);
        StartDialler(parts => parts with { Agents = agents });
        await RunningAsync(campaign);
        await PassAsync(12);
        Assert.Empty(Far.Invites);
        Assert.Equal(CampaignState.Run, (await FindAsync(campaign)).State);
    }

    [Fact]
    public async Task Nobody_is_called_where_nobody_knows_any_queue()
    {
        var campaign = await CampaignAsync(Terms() with { Queue = Queue }, Anna);
        StartDialler();
        await RunningAsync(campaign);
        await PassAsync(12);
        Assert.Empty(Far.Invites);
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task An_answer_that_finds_no_agent_within_two_seconds_is_an_abandoned_call()
    {
        var numbers = Numbers(4);
        foreach (string number in numbers[..3]) Far.Script(number, TakenCall.Talks(20));
        var campaign = await CampaignAsync(Terms() with { CallsPerSecond = 20 }, numbers);
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(async () => (await AttemptsAsync(campaign)).Count(one => one.State is AttemptState.Answered) == 3);
        var answered = (await AttemptsAsync(campaign)).Where(one => one.AnsweredAt is not null).ToList();
        DateTimeOffset In(int which, double seconds) => answered[which].AnsweredAt!.Value.AddSeconds(seconds);
        Assert.True(await Store.DialAttempts.NoteAgentAsync(Tenant, answered[0].Id, In(0, 1.9), Stop));
        Assert.True(await Store.DialAttempts.NoteAgentAsync(Tenant, answered[1].Id, In(1, 2.1), Stop));
        // The first one counts, and nobody else's attempt is one.
        Assert.False(await Store.DialAttempts.NoteAgentAsync(Tenant, answered[0].Id, In(0, 9), Stop));
        Assert.False(await Store.DialAttempts.NoteAgentAsync(await Test.TenantAsync("other"), answered[2].Id, In(2, 1), Stop));
        Assert.Equal((0, 2), await Store.DialAttempts.CountWithAgentsAsync(campaign, Stop));
        await PassAsync(1);
        // What is younger than two seconds is not decided.
        var early = await Store.DialAttempts.MeasureAsync(campaign, In(0, -60), In(0, 1), Stop);
        Assert.Equal((0, 0), (early.Answered, early.Abandoned));
        await StoppedAsync(campaign);

        var past = await Store.DialAttempts.MeasureAsync(campaign, In(0, -60), Time.GetUtcNow(), Stop);
        Assert.Equal((3, 2, 4, 3), (past.Answered, past.Abandoned, past.Finished, past.RecentlyAnswered));
        Assert.InRange(past.ToAnswer.TotalSeconds, 0.9, 1.5);
        Assert.InRange(past.Handling.TotalSeconds, 17, 19);
        var later = await Store.DialAttempts.MeasureAsync(campaign, Time.GetUtcNow(), Time.GetUtcNow().AddDays(1), Stop);
        Assert.Equal((0, 0), (later.Answered, later.Abandoned));
        Assert.Equal(In(0, 1.9), (await Store.DialAttempts.FindAsync(Tenant, answered[0].Id, Stop))!.AgentAt);
    }

    [Fact, Depth("the gate has as many calls as agents are free, a queue that nobody knows, and who gives up")]
    public async Task Whom_a_machine_has_answered_for_nobody_has_abandoned()
    {
        var numbers = Numbers(4);
        foreach (string number in numbers) Far.Script(number, TakenCall.Talks(20));
        var campaign = await CampaignAsync(Terms() with { CallsPerSecond = 20 }, numbers);
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(async () => (await AttemptsAsync(campaign)).Count(one => one.State is AttemptState.Answered) == 4);
        var answered = (await AttemptsAsync(campaign)).Where(one => one.AnsweredAt is not null).ToList();
        Assert.True(await Store.DialAttempts.NoteAgentAsync(Tenant, answered[0].Id, answered[0].AnsweredAt!.Value.AddSeconds(1), Stop));
        await Store.DialAttempts.AskAsync(Tenant, answered[1].Id, MachineReasons.Detected, Stop);
        await Store.DialAttempts.AskAsync(Tenant, answered[2].Id, MachineReasons.Left, Stop);
        // Whatever else a program says of a call, somebody was there.
        await Store.DialAttempts.AskAsync(Tenant, answered[3].Id, "busy", Stop);
        var (first, last) = (answered.Min(one => one.AnsweredAt)!.Value, answered.Max(one => one.AnsweredAt)!.Value);
        var past = await Store.DialAttempts.MeasureAsync(campaign, first.AddSeconds(-60), last.AddSeconds(3), Stop);
        Assert.Equal((2, 1), (past.Answered, past.Abandoned));
        await StoppedAsync(campaign);
    }

    [Fact, Depth("the gate has as many calls as agents are free, a queue that nobody knows, and who gives up")]
    public async Task Who_has_gone_while_he_talks_is_not_about_to_be_free()
    {
        var numbers = Numbers(10);
        foreach (string number in numbers) Far.Script(number, TakenCall.Talks(20));
        var agents = new Agents { Room = new(10, 0), Busy = 10 };
        var campaign = await CampaignAsync(
            Terms() with { Queue = Queue, Pacing = Pacing.Predictive, CallsPerSecond = 20 }, numbers);
        DiallerParts? parts = null;
        StartDialler(given => parts = given with { Agents = agents });
        await RunningAsync(campaign);
        await UntilAsync(async () => (await AttemptsAsync(campaign)).Count(one => one.State is AttemptState.Answered) == 10);
        foreach (var one in await AttemptsAsync(campaign))
            Assert.True(await Store.DialAttempts.NoteAgentAsync(Tenant, one.Id, one.AnsweredAt!.Value.AddSeconds(1), Stop));
        agents.Room = new(0, 0);
        var now = Time.GetUtcNow();
        var run = new CampaignRun(await FindAsync(campaign), now)
        {
            MeasuredAt = now,
            Past = new()
            {
                Finished = 200, RecentlyAnswered = 100, Answered = 100,
                ToAnswer = TimeSpan.FromSeconds(10), Handling = TimeSpan.FromSeconds(100),
            },
        };
        // A tenth of a conversation passes until somebody answers: one of ten will have done, and every second call is answered.
        Assert.Equal(2, await new QueueGate(parts!).RoomAsync(run, Queue, [], now, Stop));
        agents.Busy = 0;
        Assert.Equal(0, await new QueueGate(parts!).RoomAsync(run, Queue, [], now, Stop));
        await StoppedAsync(campaign);
    }
}
