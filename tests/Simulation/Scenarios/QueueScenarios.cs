using Ringwright.Calls;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class QueuesInFairWeather() : QueueScenarios(Weather.Fair);

public sealed class QueuesInFoulWeather() : QueueScenarios(Weather.Foul);

/// <summary>
/// Callers wait in queues until an agent takes them, they leave, give up or have waited too long. Calls and queues live on any shard.
/// </summary>
public abstract class QueueScenarios(Weather weather) : Scenario(weather)
{
    private const string Agent = "+493012300009";

    private static string Caller(int n) => $"+49301230001{n}";

    /// <summary>Each call, as soon as it is answered, waits in the queue.</summary>
    private (SimWorld World, SimCustomer Customer) Begin(ulong seed)
    {
        var world = World(seed);
        var customer = world.Customer("telnyx");
        customer
            .On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Answer(call); })
            .On("call.answered", (call, api) => { if (IsCaller(world, call)) api.Enqueue(call, "support"); });
        return (world, customer);
    }

    private static bool IsCaller(SimWorld world, SimWebhook call) =>
        world.Events.First(e => e.Leg == call.Leg)["direction"] is "incoming";

    private static string[] NamesOf(SimWorld world, SimWebhook call) =>
        [.. world.Events.Where(e => e.Leg == call.Leg).Select(e => e.Name)];

    [Theory, Seeds(200)]
    public void An_agent_takes_the_first_and_they_hear_each_other(ulong seed)
    {
        var (world, customer) = Begin(seed);
        var (caller, agent) = (world.Phone(Caller(1)), world.Phone(Agent));
        (caller.Says, agent.Says) = ("caller speaks", "agent speaks");
        agent.AnswersAfter = world.Between(0.1, 2);
        customer.On("call.enqueued", (_, api) => api.Dial(Agent, Ours));
        customer.On("call.answered", (call, api) => { if (!IsCaller(world, call)) api.BridgeQueue(call, "support"); });

        caller.Dial(Ours);
        world.RunUntil(() => caller.Call!.Media.HasHeard("agent speaks") && agent.Call!.Media.HasHeard("caller speaks")
            || Told<CallEvent.LegEnded>(world).Any());
        if (IsFair) Assert.Empty(Told<CallEvent.LegEnded>(world));
        (seed % 2 == 0 ? caller : agent).Hangup();
        if (!IsFair) EndWhatIsLeft(world);
        world.AssertNothingLeft();
        if (!IsFair) return;

        Assert.Equal(["call.initiated", "call.answered", "call.enqueued", "call.dequeued", "call.bridged", "call.hangup"],
            NamesOf(world, world.Events[0]));
        Assert.Equal("bridged", world.Events.Single(e => e.Name is "call.dequeued")["reason"]);
    }

    [Theory, Seeds(200)]
    public void Whatever_callers_and_agents_do_each_leaves_the_queue_once_and_nobody_is_taken_twice(ulong seed)
    {
        var (world, customer) = Begin(seed);
        var callers = Enumerable.Range(1, 5).Select(n => world.Phone(Caller(n))).ToArray();
        var agent = world.Phone(Agent);
        agent.AnswersAfter = world.Between(0.05, 1);
        customer.On("call.enqueued", (call, api) =>
        {
            switch (world.Rng.Next(6))
            {
                case 0:
                    world.After(world.Between(0, 1), () => api.LeaveQueue(call));
                    break;
                case 1:
                    world.After(world.Between(0, 1), () => api.Hangup(call));
                    break;
                case 2:
                    world.After(world.Between(0, 1), () => api.Dial(Agent, Ours, limitSeconds: 30));
                    break;
            }
        });
        customer.On("call.answered", (call, api) =>
        {
            if (IsCaller(world, call)) return;
            // two at once: one of them finds another caller, or nobody
            api.BridgeQueue(call, "support");
            if (world.Rng.Chance(0.3)) api.BridgeQueue(call, "support");
        });
        customer.On("call.dequeued", (call, api) =>
        {
            if (call["reason"] is "leave" && world.Rng.Chance(0.5)) api.Enqueue(call, "support", ("max_wait_time_secs", 1));
        });

        foreach (var caller in callers) world.After(world.Between(0, 3), () => caller.Dial(Ours));
        foreach (var caller in callers.Take(3)) world.After(world.Between(0, 6), caller.Hangup);
        world.RunFor(TimeSpan.FromSeconds(12));
        EndWhatIsLeft(world);
        world.AssertNothingLeft();

        foreach (var leg in Told<CallEvent.LegEnqueued>(world).GroupBy(e => e.Leg.Id))
            Assert.Equal(leg.Count(), Told<CallEvent.LegDequeued>(world).Count(e => e.Leg.Id == leg.Key));
        // Nobody overtakes: who is taken came before all that are still there.
        Assert.All(Told<CallEvent.LegDequeued>(world).Where(e => e.Position < 1), e => Assert.Fail($"position {e.Position}"));
    }

    [Theory, Seeds(100)]
    public void Who_has_waited_too_long_is_out_and_can_be_spoken_to(ulong seed)
    {
        var world = World(seed);
        var caller = world.Phone(Caller(1));
        world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) =>
            {
                api.Enqueue(call, "support", ("max_wait_time_secs", 2));
                api.Enqueue(call, "other");
            })
            .On("call.dequeued", (call, api) => { if (call["reason"] is "timeout") api.Speak(call, "call again"); })
            .On("call.speak.ended", (call, api) => api.Hangup(call));

        caller.Dial(Ours);
        world.RunFor(TimeSpan.FromSeconds(20));
        EndWhatIsLeft(world);
        world.AssertNothingLeft();
        if (!IsFair) return;
        Assert.Equal(1, world.Replies.Count(reply => reply.Code is "90038"));     // a call waits in one queue
        Assert.True(caller.Call?.Media.HasHeard("call again"));
    }

    [Theory, Seeds(200)]
    public void Killed_at_any_moment_each_queue_and_each_call_ends_once(ulong seed)
    {
        var (world, customer) = Begin(seed);
        var callers = Enumerable.Range(1, 5).Select(n => world.Phone(Caller(n))).ToArray();
        var agent = world.Phone(Agent);
        agent.AnswersAfter = world.Between(0.05, 0.3);
        customer
            .On("call.enqueued", (_, api) => { if (world.Rng.Chance(0.3)) api.Dial(Agent, Ours); })
            .On("call.answered", (call, api) => { if (!IsCaller(world, call)) api.BridgeQueue(call, "support"); });
        foreach (var caller in callers) world.After(world.Between(0, 0.6), () => caller.Dial(Ours));
        world.RunFor(world.Between(0, 1.2));
        world.Crash(world.Between(0.1, 1));
        world.RunFor(TimeSpan.FromSeconds(40));
        EndWhatIsLeft(world);
        world.AssertNothingLeft();
        Assert.All(world.Ledger.Queues.GroupBy(e => e.Queue.Id), queue => Assert.Equal(2, queue.Count()));
    }

    private static void EndWhatIsLeft(SimWorld world)
    {
        world.RunFor(TimeSpan.FromSeconds(5));
        world.Node.Stop(HangupCause.NodeShutdown);
    }
}
