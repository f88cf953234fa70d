using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Switch;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class HostilePeersInFairWeather() : HostileScenarios(Weather.Fair);

public sealed class HostilePeersInFoulWeather() : HostileScenarios(Weather.Foul);

/// <summary>Far ends that play with us: whatever they answer, they are asked a bounded number of times, and nothing is left.</summary>
public abstract class HostileScenarios(Weather weather) : Scenario(weather)
{
    /// <summary>
    /// Of one leg: what gets it up, a PRACK for each reliable response and a BYE for each fork, each with its credentials,
    /// and the changes of a call of some minutes.
    /// </summary>
    private const int MostOfOneLeg = Limits.Invites + 3 * (Ringwright.Sip.Limits.Pracks + 2 * Ringwright.Sip.Limits.Forks);

    [Theory, Seeds(200)]
    public void The_peer_answers_nonsense_for_ever(ulong seed)
    {
        var world = World(seed);
        var troll = world.Troll(Theirs);
        troll.IsStubborn = seed % 3 == 0;
        var customer = world.Customer("telnyx")
            .On("call.answered", (call, api) => world.After(world.Between(0, 300), () => api.Hangup(call)));

        customer.Api.Dial(Theirs, Ours, ringSeconds: 120);
        world.RunFor(TimeSpan.FromMinutes(10));
        int registers = troll.AskedFor(SipMethod.Register);
        world.RemoveTrunks();
        world.AssertNothingLeft();

        Assert.InRange(troll.AskedFor(SipMethod.Invite), 1, Limits.Invites);
        Assert.InRange(troll.Asked - troll.AskedFor(SipMethod.Register), 1, MostOfOneLeg);
        // Ten minutes of a registrar that grants nothing, or seconds: every ten seconds at most, and twice more for each.
        Assert.InRange(registers, 1, 3 * 61);
        Assert.DoesNotContain(Told<CallEvent.LegEnded>(world), ended => ended.Cause is HangupCause.Internal);
    }

    [Theory, Seeds(200)]
    public void A_caller_who_is_taken_on_hears_ringing_only_when_somebody_rings(ulong seed)
    {
        var world = World(seed);
        const string number = "+4989111";
        var (desk, caller) = (world.Desk("alice1", number), world.Phone(Theirs));
        bool rings = seed % 2 == 0;
        desk.RingsAfter = TimeSpan.FromSeconds(rings ? 0.5 : 5);
        (desk.AnswersAfter, desk.RefusesWith) = (TimeSpan.FromSeconds(2), 486);
        desk.Registration!.Register(200);
        world.RunUntil(() => desk.Registration.IsRegistered);
        desk.Registration.Neglect();

        caller.Dial(number);
        world.RunFor(TimeSpan.FromSeconds(0.4));
        bool isEarly = caller.IsRinging;
        world.RunUntil(() => caller.IsIdle);
        bool rang = caller.Call!.HasRung;
        world.AssertNothingLeft();

        Assert.False(isEarly);
        if (!rings) Assert.False(rang);
        if (!world.IsExcused && IsFair) Assert.Equal((rings, 486), (rang, caller.Call.RefusedWith!.Value));
    }
}
