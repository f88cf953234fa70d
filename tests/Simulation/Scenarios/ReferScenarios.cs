using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class RefersInFairWeather() : ReferScenarios(Weather.Fair);

public sealed class RefersInFoulWeather() : ReferScenarios(Weather.Foul);

/// <summary>A customer's phone transfers: blind, and with another of its calls. The calls live on any of the shards.</summary>
public abstract class ReferScenarios(Weather weather) : Scenario(weather)
{
    private const string User = "alice1", Desk = "+4989111", Third = "+493012300007";

    private (SimWorld World, SimPhone Desk, SimPhone First, SimPhone Second) Begin(ulong seed, bool trunksRefer = false)
    {
        var world = World(seed);
        world.TrunksMayRefer = trunksRefer;
        var (desk, first, second) = (world.Desk(User, Desk), world.Phone(Theirs), world.Phone(Third));
        (desk.Says, first.Says, second.Says) = ("desk speaks", "first speaks", "second speaks");
        first.AnswersAfter = second.AnswersAfter = world.Between(0.1, 2);
        desk.HangsUpWhenReferred = seed % 2 == 0;
        return (world, desk, first, second);
    }

    private static bool Hear(SimPhone a, SimPhone b) =>
        a.IsEstablished && b.IsEstablished && a.Call?.Media.HasHeard(b.Says!) is true && b.Call?.Media.HasHeard(a.Says!) is true;

    /// <summary>A call of the desk that is up; null when the weather did not let it.</summary>
    private PhoneCall? Talk(SimWorld world, SimPhone desk, SimPhone other)
    {
        desk.Dial(other.Number);
        var call = desk.Call!;
        world.RunUntil(() => Hear(desk, other) || call.State is PhoneState.Over);
        if (call.State is PhoneState.Established && Hear(desk, other)) return call;
        Assert.False(IsFair, "the two never heard each other");
        return null;
    }

    private void End(SimWorld world, params SimPhone[] phones)
    {
        foreach (var phone in phones) phone.Hangup();
        if (!IsFair)
        {
            world.RunFor(TimeSpan.FromSeconds(40));
            world.Node.Stop(HangupCause.NodeShutdown);
        }
        world.AssertNothingLeft();
    }

    [Theory, Seeds(100)]
    public void A_blind_transfer_connects_the_others_and_nobody_is_hung_up_on(ulong seed)
    {
        var (world, desk, first, second) = Begin(seed);
        if (Talk(world, desk, first) is { } call)
        {
            desk.Refer(call, Third);
            world.RunFor(TimeSpan.FromSeconds(12));
            if (IsFair)
            {
                Assert.True(Hear(first, second), "the two who are left do not hear each other");
                Assert.Equal((202, 100, 200), (call.Referral[0], call.Referral[1], call.Referral[^1]));
                Assert.Equal(PhoneState.Over, call.State);
                Assert.Single(Told<CallEvent.LegEnded>(world));
            }
        }
        End(world, first, second, desk);
    }

    [Theory, Seeds(100)]
    public void Whoever_is_behind_a_trunk_that_may_refer_connects_the_others(ulong seed)
    {
        var (world, desk, first, second) = Begin(seed, trunksRefer: true);
        first.HangsUpWhenReferred = seed % 2 == 1;
        if (Talk(world, desk, first) is not null)
        {
            var call = first.Call!;     // it talks
            first.Refer(call, Third);
            world.RunFor(TimeSpan.FromSeconds(12));
            if (IsFair)
            {
                Assert.True(Hear(desk, second), "the two who are left do not hear each other");
                Assert.Equal((202, 100, 200), (call.Referral[0], call.Referral[1], call.Referral[^1]));
                Assert.Equal(PhoneState.Over, call.State);
                Assert.Single(Told<CallEvent.LegEnded>(world));
            }
        }
        End(world, desk, second, first);
    }

    [Theory, Seeds(100)]
    public void A_phone_that_hangs_up_at_once_leaves_the_others_to_each_other(ulong seed)
    {
        var (world, desk, first, second) = Begin(seed);
        if (Talk(world, desk, first) is { } call)
        {
            desk.Refer(call, Third);
            world.RunFor(TimeSpan.FromSeconds(0.001 * (seed % 300)));
            desk.Hangup();
            world.RunFor(TimeSpan.FromSeconds(12));
            // A BYE that overtakes the REFER ends the call for all.
            if (IsFair && call.Referral is [202, ..]) Assert.True(Hear(first, second), "the two who are left do not hear each other");
        }
        End(world, first, second, desk);
    }

    [Theory, Seeds(100)]
    public void A_transfer_to_somebody_who_refuses_leaves_the_call_as_it_was(ulong seed)
    {
        var (world, desk, first, second) = Begin(seed);
        second.RefusesWith = 486;
        if (Talk(world, desk, first) is { } call)
        {
            desk.Refer(call, Third);
            world.RunFor(TimeSpan.FromSeconds(12));
            if (IsFair)
            {
                Assert.Equal((202, 486), (call.Referral[0], call.Referral[^1]));
                Assert.True(Hear(desk, first), "the call did not survive");
            }
        }
        End(world, first, second, desk);
    }

    [Theory, Seeds(200)]
    public void An_attended_transfer_connects_the_others_and_nobody_is_hung_up_on(ulong seed)
    {
        var (world, desk, first, second) = Begin(seed);
        if (Talk(world, desk, first) is { } one && Talk(world, desk, second) is { } two)
        {
            desk.Refer(one, Third, two);
            world.RunFor(TimeSpan.FromSeconds(6));
            if (IsFair)
            {
                Assert.True(Hear(first, second), "the two who are left do not hear each other");
                Assert.Equal((202, 200), (one.Referral[0], one.Referral[^1]));
                Assert.Equal((PhoneState.Over, PhoneState.Over), (one.State, two.State));
                Assert.Equal(2, Told<CallEvent.LegEnded>(world).Count());
            }
            desk.Hangup(one);
        }
        End(world, first, second, desk);
    }

    [Theory, Seeds(100)]
    public void A_phone_that_hangs_up_both_calls_behind_the_REFER_hangs_up_on_nobody(ulong seed)
    {
        var (world, desk, first, second) = Begin(seed);
        desk.HangsUpWhenReferred = false;
        if (Talk(world, desk, first) is { } one && Talk(world, desk, second) is { } two)
        {
            desk.Refer(one, Third, two);
            world.RunUntil(() => one.Referral.Count > 0 || one.State is PhoneState.Over);
            desk.Hangup(one);
            desk.Hangup(two);
            world.RunFor(TimeSpan.FromSeconds(6));
            if (IsFair) Assert.True(Hear(first, second), "the two who are left do not hear each other");
        }
        End(world, first, second, desk);
    }
}
