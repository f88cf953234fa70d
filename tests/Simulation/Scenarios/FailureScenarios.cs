using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class FailuresInFairWeather() : FailureScenarios(Weather.Fair);

public sealed class FailuresInFoulWeather() : FailureScenarios(Weather.Foul);

/// <summary>Peers that vanish, a ledger that is slow or refuses, ports that run out, a node that stops.</summary>
public abstract class FailureScenarios(Weather weather) : Scenario(weather)
{
    [Theory, Seeds(200)]
    public void A_caller_vanishes_whenever(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx")
            .On("call.initiated", (call, api) => world.After(TimeSpan.FromSeconds(1), () => api.Answer(call)))
            .On("call.answered", (call, api) => api.Gather(call, digits: 3));
        var caller = world.Phone(Theirs);
        if (seed % 2 == 0) caller.HangsUpAfter = TimeSpan.FromSeconds(1);

        caller.Dial(Ours);
        world.After(world.Between(0, 3), caller.Vanish);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        if (world.Events.Count > 0) Assert.NotEqual(HangupCause.Internal, Ended(world).Cause);
    }

    [Theory, Seeds(200)]
    public void A_callee_vanishes_whenever(ulong seed)
    {
        var world = World(seed);
        var callee = world.Phone(Theirs);
        callee.AnswersAfter = TimeSpan.FromSeconds(1);
        var customer = world.Customer("telnyx").On("call.answered", (call, api) => api.Speak(call, "one"));
        if (seed % 2 == 0) customer.On("call.speak.ended", (call, api) => api.Hangup(call));

        customer.Api.Dial(Theirs, Ours, ringSeconds: 20);
        world.After(world.Between(0, 3), callee.Vanish);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.NotEqual(HangupCause.Internal, Ended(world).Cause);
    }

    [Theory, Seeds(200)]
    public void A_slow_ledger_delays_everything_and_loses_nothing(ulong seed)
    {
        var world = World(seed);
        world.Ledger.Slowest = TimeSpan.FromSeconds(2);
        var customer = world.Customer("telnyx")
            .On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Answer(call); });
        var caller = world.Phone(Theirs);
        var callee = world.Phone("+493012300002");
        callee.AnswersAfter = world.Between(0.1, 2);
        callee.HangsUpAfter = world.Between(0, 2);

        caller.Dial(Ours);
        customer.Api.Dial(callee.Number, Ours);
        world.After(world.Between(0, 6), caller.Hangup);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Contains(Told<CallEvent.LegEnded>(world), e => e.Leg.Direction is Direction.Outbound && e.Cause is HangupCause.RemoteHangup);
    }

    [Theory, Seeds(200)]
    public void A_leg_that_the_ledger_refuses_never_was(ulong seed)
    {
        var world = World(seed);
        world.Ledger.Slowest = TimeSpan.FromMilliseconds(500);
        world.Ledger.Refuses = happened => happened is CallEvent.LegInitiated;
        var customer = world.Customer("telnyx");
        var caller = world.Phone(Theirs);
        var callee = world.Phone("+493012300002");

        caller.Dial(Ours);
        customer.Api.Dial(callee.Number, Ours);
        if (seed % 2 == 0) world.After(world.Between(0, 0.6), caller.Hangup);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Empty(world.Events);
        Assert.Equal(Refusal.LedgerUnavailable, Assert.Single(world.Dialled).Ack.Refusal);
        Assert.Null(callee.Call);
        if (seed % 2 != 0) Assert.Equal(503, caller.Call?.RefusedWith);
    }

    [Theory, Seeds(200)]
    public void A_leg_whose_record_fails_ends(ulong seed)
    {
        var world = World(seed);
        var choices = new Rng(seed);
        world.Ledger.Refuses = happened => happened is not (CallEvent.LegInitiated or CallEvent.LegEnded) && choices.Chance(0.2);
        world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) =>
            {
                api.Speak(call, "one");
                api.GatherUsingSpeak(call, "press", digits: 4);
            });
        var caller = world.Phone(Theirs);
        caller.HangsUpAfter = TimeSpan.FromSeconds(5);

        caller.Dial(Ours);
        world.After(world.Between(0, 3), () => caller.Press("12"));
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Contains(Ended(world).Cause, new[] { HangupCause.LedgerUnavailable, HangupCause.RemoteHangup });
    }

    [Theory, Seeds(200)]
    public void A_full_ledger_takes_no_new_calls(ulong seed)
    {
        var world = World(seed);
        world.Ledger.IsReady = false;
        var customer = world.Customer("telnyx");
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        customer.Api.Dial(Theirs, Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(503, caller.Call?.RefusedWith);
        Assert.Equal(Refusal.LedgerUnavailable, Assert.Single(world.Dialled).Ack.Refusal);
        Assert.Empty(world.Ledger.Committed);
    }

    [Theory, Seeds(200)]
    [Failure("ports-used-up")]
    public void Without_media_ports_there_are_no_calls(ulong seed)
    {
        var world = World(seed);
        world.Media.IsFull = true;
        var customer = world.Customer("telnyx");
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        customer.Api.Dial(Theirs, Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(503, caller.Call?.RefusedWith);
        Assert.Equal(Refusal.NoMediaPort, Assert.Single(world.Dialled).Ack.Refusal);
        Assert.Empty(world.Ledger.Committed);
    }

    [Theory, Seeds(200)]
    public void Channels_are_limited_and_given_back(ulong seed)
    {
        var world = World(seed);
        world.Application = world.Application with { InboundChannelLimit = 2 };
        world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));
        var callers = Enumerable.Range(0, 4).Select(i => world.Phone($"+4930123000{i:00}")).ToArray();
        var late = world.Phone("+493012300099");

        foreach (var caller in callers) caller.Dial(Ours);
        world.RunFor(TimeSpan.FromSeconds(40));
        int refused = callers.Count(caller => caller.Call?.RefusedWith == 486), up = callers.Count(caller => caller.IsEstablished);
        foreach (var caller in callers) caller.Hangup();
        world.RunFor(TimeSpan.FromSeconds(40));
        late.Dial(Ours);
        late.HangsUpAfter = TimeSpan.FromSeconds(1);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal((2, 2), (up, refused));
        Assert.Equal(3, Told<CallEvent.LegAnswered>(world).Count());
    }

    [Theory, Seeds(200)]
    public void A_draining_node_takes_no_new_calls_and_keeps_the_old(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));
        var early = world.Phone("+493012300001");
        var late = world.Phone("+493012300002");
        early.HangsUpAfter = TimeSpan.FromSeconds(20);

        early.Dial(Ours);
        world.RunUntil(() => early.IsEstablished);
        world.Node.Stop(cause: null);
        late.Dial(Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(503, late.Call?.RefusedWith);
        Assert.Equal(HangupCause.RemoteHangup, Ended(world).Cause);
    }

    [Theory, Seeds(200)]
    public void Datagrams_that_cannot_be_sent_leave_nothing_behind(ulong seed)
    {
        var world = World(seed);
        world.Node.SendFailures = 0.15;
        var customer = world.Customer("telnyx")
            .On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Answer(call); })
            .On("call.answered", (call, api) => world.After(world.Between(0, 2), () => api.Hangup(call)));
        var caller = world.Phone(Theirs);
        var callee = world.Phone("+493012300002");
        callee.AnswersAfter = world.Between(0.1, 1);

        caller.Dial(Ours);
        customer.Api.Dial(callee.Number, Ours, ringSeconds: 10);
        world.AssertNothingLeft();

        Assert.DoesNotContain(Told<CallEvent.LegEnded>(world), ended => ended.Cause is HangupCause.Internal);
    }

    [Theory, Seeds(200)]
    public void The_node_stops_whatever_its_calls_do(ulong seed)
    {
        var world = World(seed);
        var customer = world.Customer("telnyx")
            .On("call.initiated",
                (call, api) => { if (call["direction"] is "incoming") world.After(world.Between(0, 1), () => api.Answer(call)); })
            .On("call.answered", (call, api) => api.Speak(call, "one"));
        for (int i = 0; i < 3; i++)
        {
            var caller = world.Phone($"+4930123001{i:00}");
            var callee = world.Phone($"+4930123002{i:00}");
            callee.AnswersAfter = world.Between(0.1, 1.5);
            world.After(world.Between(0, 1), () => caller.Dial(Ours));
            world.After(world.Between(0, 1), () => customer.Api.Dial(callee.Number, Ours));
        }

        world.After(world.Between(0, 2), () => world.Node.Stop(HangupCause.NodeShutdown));
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.All(Told<CallEvent.LegEnded>(world), ended => Assert.Contains(ended.Cause,
            new[] { HangupCause.NodeShutdown, HangupCause.RemoteHangup, HangupCause.CallerCancel }));
    }

    /// <summary>Seed 100: a dialled leg was committed in the moment of the stop, and rang on behind it.</summary>
    [Fact]
    public void A_leg_that_begins_behind_the_stop_ends_with_it() => The_node_stops_whatever_its_calls_do(seed: 100);
}
