using Ringwright.Calls;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class CrashesInFairWeather() : CrashScenarios(Weather.Fair);

public sealed class CrashesInFoulWeather() : CrashScenarios(Weather.Foul);

public sealed class CrashesInAStorm() : CrashScenarios(Weather.Storm);

/// <summary>The node is killed at any moment of a call, and starts again on what its ledger holds.</summary>
public abstract class CrashScenarios(Weather weather) : Scenario(weather)
{
    /// <summary>INVITE, answer and ACK of a call that is answered at once lie within.</summary>
    private const double Setup = 0.4;

    [Theory, Seeds(200)]
    public void A_call_that_is_just_set_up_ends_at_its_callee_too(ulong seed)
    {
        var world = World(seed);
        var customer = world.Customer("telnyx");
        var callee = world.Phone(Theirs);
        callee.RingsAfter = world.Between(0, 0.05);
        if (world.Rng.Chance(0.7)) callee.AnswersAfter = callee.RingsAfter + world.Between(0, 0.2);
        callee.SpeaksEarly = world.Rng.Chance(0.2);
        callee.IsReliable = world.Rng.Chance(0.2);
        // By name the INVITE waits for a row of its own, by address the first row has it.
        customer.Api.Dial(world.Rng.Chance(0.5) ? Theirs : $"sip:{Theirs}@{callee.Address}", Ours);

        CrashWithin(world, Setup);
        Check(world, callee);
    }

    [Theory, Seeds(200)]
    public void A_call_that_is_just_set_up_ends_at_its_caller_too(ulong seed)
    {
        var world = World(seed);
        if (world.Rng.Chance(0.8)) world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));
        var caller = world.Phone(Theirs);
        caller.OffersLate = world.Rng.Chance(0.3);
        // An INVITE that has no row yet is no call: its caller hears nothing more and gives up by himself.
        caller.GivesUpAfter = TimeSpan.FromSeconds(20);

        caller.Dial(Ours);
        CrashWithin(world, Setup);
        Check(world, caller);
        if (world.IsExcused) return;
        if (world.Events.Count > 0) Assert.False(caller.Call!.WasGivenUp);
    }

    [Theory, Seeds(200)]
    public void Of_phones_that_ring_together_none_goes_on_ringing(ulong seed)
    {
        var world = World(seed);
        // The BYE to an answer that came second is in nobody's row: where it is lost, and we die before
        // it is repeated, its phone is left alone.
        world.Net.Loss = 0;
        var customer = world.Customer("telnyx");
        SimPhone[] phones = [world.Place("a"), world.Place("b"), world.Place("c")];
        world.Fork(Theirs, phones);
        foreach (var phone in phones) phone.AnswersAfter = world.Between(0.05, 0.8);

        customer.Api.Dial(Theirs, Ours);
        CrashWithin(world, 2 * Setup);
        Check(world, phones);
    }

    [Theory, Seeds(200)]
    public void A_call_that_failed_over_ends_at_the_second_trunk_too(ulong seed)
    {
        var world = World(seed);
        var customer = world.Customer("telnyx");
        var first = world.Phone(Theirs);
        (first.RefusesWith, first.AnswersAfter, first.RingsAfter) = (503, TimeSpan.FromMilliseconds(20), TimeSpan.FromMinutes(1));
        var second = world.Phone("+493012300002");
        second.AnswersAfter = world.Between(0.05, 0.3);
        world.AlsoRoute(Theirs, second);

        customer.Api.Dial(Theirs, Ours);
        CrashWithin(world, 2 * Setup);
        Check(world, first, second);
    }

    [Theory, Seeds(200)]
    public void A_peer_that_has_moved_and_a_bridge_end_too(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx")
            .On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Answer(call); })
            .On("call.answered", (call, api) => { if (call["direction"] is "incoming") api.Transfer(call, "+493012300002"); });
        var caller = world.Phone(Theirs);
        var callee = world.Phone("+493012300002");
        callee.AnswersAfter = TimeSpan.FromMilliseconds(200);
        callee.TimerSeconds = 90;

        caller.Dial(Ours);
        world.After(world.Between(0.5, 4), caller.Hold);
        world.After(world.Between(1, 6), caller.Resume);
        CrashWithin(world, 8);
        Check(world, caller, callee);
    }

    [Theory, Seeds(200)]
    public void A_node_that_dies_again_while_it_sends_its_recovery_BYEs_says_the_rest_later(ulong seed)
    {
        var world = World(seed);
        var customer = world.Customer("telnyx")
            .On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Answer(call); });
        var caller = world.Phone(Theirs);
        var callee = world.Phone("+493012300002");
        if (world.Rng.Chance(0.5)) callee.AnswersAfter = world.Between(0.05, 1);
        caller.Dial(Ours);
        customer.Api.Dial(callee.Number, Ours);

        world.RunFor(world.Between(0.5, 3));
        world.Crash(world.Between(0.1, 2));
        world.RunFor(world.Between(2, 3));
        world.Crash(world.Between(0.1, 2));
        Check(world, caller, callee);
    }

    [Theory, Seeds(200)]
    public void What_was_committed_and_told_to_nobody_is_found_by_the_next_start(ulong seed)
    {
        var world = World(seed);
        world.Ledger.LostAnswers = 30;
        var customer = world.Customer("telnyx")
            .On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Answer(call); })
            .On("call.answered", (call, api) => api.Play(call, "https://example.com/a.wav", loop: "infinity"));
        var caller = world.Phone(Theirs);
        var callee = world.Phone("+493012300002");
        callee.AnswersAfter = world.Between(0.05, 1);
        caller.GivesUpAfter = TimeSpan.FromSeconds(20);
        caller.Dial(Ours);
        customer.Api.Dial(callee.Number, Ours);
        CrashWithin(world, 8);
        Check(world, caller, callee);
        foreach (var call in Told<CallEvent.LegInitiated>(world))
        {
            Assert.Single(Told<CallEvent.LegEnded>(world), e => e.Leg.Id == call.Leg.Id);
            // One that was ordered and not yet prepared when its call ended has an end alone.
            var ended = Told<CallEvent.PlaybackEnded>(world).Where(e => e.Leg.Id == call.Leg.Id).Select(e => e.Playback).ToList();
            Assert.Distinct(ended);
            Assert.Subset(ended.ToHashSet(), Told<CallEvent.PlaybackStarted>(world).Where(e => e.Leg.Id == call.Leg.Id)
                .Select(e => e.Playback).ToHashSet());
        }
    }

    private static void CrashWithin(SimWorld world, double seconds)
    {
        world.RunFor(world.Between(0, seconds));
        world.Crash(world.Between(0.05, 3));
        world.RunFor(TimeSpan.FromSeconds(4));
    }

    /// <summary>Nobody is left in a call, each leg has one end, nobody was rung again, and the new node takes calls.</summary>
    private static void Check(SimWorld world, params SimPhone[] phones)
    {
        var calls = phones.Select(phone => phone.Call).ToList();
        // An INVITE that the node never saw comes again, and is a new call to the next start.
        world.RunFor(TimeSpan.FromSeconds(40));
        if (Told<CallEvent.LegInitiated>(world).Any(e => e.Leg.Direction is Direction.Inbound && e.Leg.Id.Epoch > SimWorld.FirstEpoch))
            phones[0].Hangup();
        world.AssertNothingLeft();
        foreach (var leg in Told<CallEvent.LegInitiated>(world))
            Assert.Single(Told<CallEvent.LegEnded>(world), e => e.Leg.Id == leg.Leg.Id);
        for (int i = 0; i < phones.Length; i++)
            if (calls[i] is not null && !world.IsExcused) Assert.Same(calls[i], phones[i].Call);

        int legs = Told<CallEvent.LegInitiated>(world).Count();
        var next = world.Phone("+493012300009");
        next.Dial(Ours);
        world.RunUntil(() => Told<CallEvent.LegInitiated>(world).Count() > legs);
        next.Hangup();
        world.AssertNothingLeft();
    }
}
