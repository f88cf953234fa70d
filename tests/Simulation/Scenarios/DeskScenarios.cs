using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class DesksInFairWeather() : DeskScenarios(Weather.Fair);

public sealed class DesksInFoulWeather() : DeskScenarios(Weather.Foul);

/// <summary>Calls to customers' registered phones, and calls that these place.</summary>
public abstract class DeskScenarios(Weather weather) : Scenario(weather)
{
    private const string User = "alice1", Number = "+4989111";

    /// <summary>Longer than any call here; the binding then ends by itself.</summary>
    private static void Register(SimWorld world, params SimPhone[] desks)
    {
        foreach (var desk in desks) desk.Registration!.Register(200);
        world.RunUntil(() => desks.All(desk => desk.Registration!.IsRegistered));
        foreach (var desk in desks) desk.Registration!.Neglect();
    }

    private static bool HearEachOther(SimPhone a, SimPhone b) =>
        a.IsEstablished && b.IsEstablished && a.Call?.Media.HasHeard(b.Says!) is true && b.Call?.Media.HasHeard(a.Says!) is true;

    /// <summary>
    /// Runs until the two hear each other; then one of them hangs up, and nothing is left.
    /// In foul weather a leg may end for lack of an ACK.
    /// </summary>
    private void Talk(SimWorld world, SimPhone a, SimPhone b, SimPhone hangsUp)
    {
        world.RunUntil(() => HearEachOther(a, b) || !IsFair && a.IsIdle);
        world.After(world.Between(0, 1), hangsUp.Hangup);
        world.AssertNothingLeft();
        if (!IsFair) return;

        Assert.Equal(2, Told<CallEvent.LegBridged>(world).Count());
        Assert.Equal([HangupCause.RemoteHangup, HangupCause.PartnerHangup], Told<CallEvent.LegEnded>(world).Select(e => e.Cause).Order());
    }

    [Theory, Seeds(100)]
    public void Both_phones_of_a_user_ring_one_answers_and_the_other_stops(ulong seed)
    {
        var world = World(seed);
        var (answers, rings, caller) = (world.Desk(User, Number), world.Desk(User, Number), world.Phone(Theirs));
        (caller.Says, answers.Says) = ("caller speaks", "desk speaks");
        answers.AnswersAfter = world.Between(0.1, 3);
        Register(world, answers, rings);

        caller.Dial(Number);
        Talk(world, caller, answers, seed % 2 == 0 ? caller : answers);

        if (world.IsExcused) return;
        Assert.True(answers.Call is { State: PhoneState.Over } && rings.Call is { WasGivenUp: false });
    }

    [Theory, Seeds(100)]
    public void Of_two_that_answer_at_once_one_has_the_call(ulong seed)
    {
        var world = World(seed);
        var (left, right, caller) = (world.Desk(User, Number), world.Desk(User, Number), world.Phone(Theirs));
        (left.AnswersAfter, right.AnswersAfter) = (world.Between(0.5, 0.53), world.Between(0.5, 0.53));
        Register(world, left, right);

        caller.Dial(Number);
        world.RunUntil(() => caller.IsEstablished && left.IsEstablished != right.IsEstablished && (left.IsIdle || right.IsIdle)
            || caller.IsIdle);
        caller.Hangup();
        world.AssertNothingLeft();
    }

    [Theory, Seeds(100)]
    public void A_caller_who_leaves_stops_both_phones(ulong seed)
    {
        var world = World(seed);
        var (left, right, caller) = (world.Desk(User, Number), world.Desk(User, Number), world.Phone(Theirs));
        left.AnswersAfter = world.Between(0.5, 2);
        Register(world, left, right);

        caller.Dial(Number);
        world.After(world.Between(0, 2), caller.Hangup);
        world.RunUntil(() => caller.IsIdle);
        world.AssertNothingLeft();

        Assert.False(left.IsEstablished || right.IsEstablished);
    }

    [Theory, Seeds(100)]
    public void A_phone_calls_out_to_a_trunk_and_is_joined_and_either_may_hang_up(ulong seed)
    {
        var world = World(seed);
        var (desk, callee) = (world.Desk(User, Number), world.Phone(Theirs));
        (desk.Says, callee.Says) = ("desk speaks", "callee speaks");
        callee.AnswersAfter = world.Between(0.1, 2);

        desk.Dial(Theirs);
        Talk(world, desk, callee, seed % 2 == 0 ? desk : callee);

        if (IsFair)
            Assert.All(Told<CallEvent.LegInitiated>(world),
                e => Assert.Equal(e.Leg.Direction is Direction.Inbound, e.Leg.IsPlacedByCustomer));
    }

    [Theory, Seeds(100)]
    public void A_phone_that_leaves_while_it_rings_takes_the_other_side_along(ulong seed)
    {
        var world = World(seed);
        var (desk, callee) = (world.Desk(User, Number), world.Phone(Theirs));
        callee.AnswersAfter = world.Between(0.5, 2);

        desk.Dial(Theirs);
        world.After(world.Between(0, 2), desk.Hangup);
        world.RunUntil(() => desk.IsIdle);
        world.AssertNothingLeft();

        Assert.True(callee.IsIdle);
    }

    [Theory, Seeds(100)]
    public void A_phone_hears_that_the_other_side_is_busy(ulong seed)
    {
        var world = World(seed);
        var (desk, callee) = (world.Desk(User, Number), world.Phone(Theirs));
        (callee.AnswersAfter, callee.RefusesWith) = (world.Between(0, 2), 486);

        desk.Dial(Theirs);
        world.AssertNothingLeft();

        if (!world.IsExcused) Assert.Equal(486, desk.Call!.RefusedWith);
    }
}
