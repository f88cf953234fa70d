using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class HoldsInFairWeather() : HoldScenarios(Weather.Fair);

public sealed class HoldsInFoulWeather() : HoldScenarios(Weather.Foul);

/// <summary>Two parties are joined, and one puts the other on hold for longer than a party that talks may be silent.</summary>
public abstract class HoldScenarios(Weather weather) : Scenario(weather)
{
    private const string Third = "+493012300007";

    /// <summary>Null when the weather did not let the two hear each other.</summary>
    private (SimWorld World, SimPhone Caller, SimPhone Callee)? Begin(ulong seed, uint? timerSeconds = null)
    {
        var world = World(seed);
        var (caller, callee) = (world.Phone(Theirs), world.Phone(Third));
        (caller.Says, callee.Says) = ("caller speaks", "callee speaks");
        (caller.TimerSeconds, callee.TimerSeconds) = (timerSeconds, timerSeconds);
        callee.AnswersAfter = TimeSpan.FromSeconds(0.5);
        var customer = world.Customer("telnyx");
        customer.On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Answer(call); });
        customer.On("call.answered", (call, api) => { if (call.Leg == world.Events[0].Leg) api.Transfer(call, Third); });
        caller.Dial(Ours);
        world.RunUntil(() => Hear(caller, callee) || Told<CallEvent.LegEnded>(world).Any());
        if (Hear(caller, callee)) return (world, caller, callee);
        Assert.False(IsFair, "the two never heard each other");
        world.Node.Stop(HangupCause.NodeShutdown);
        world.AssertNothingLeft();
        return null;
    }

    private static bool Hear(SimPhone a, SimPhone b) =>
        a.IsEstablished && b.IsEstablished && a.Call?.Media.HasHeard(b.Says!) is true && b.Call?.Media.HasHeard(a.Says!) is true;

    [Theory, Seeds(100)]
    public void A_call_on_hold_outlives_every_limit_of_silence_on_both_sides_and_goes_on(ulong seed)
    {
        if (Begin(seed) is not var (world, caller, callee)) return;
        var (holder, other) = seed % 2 == 0 ? (caller, callee) : (callee, caller);
        holder.Hold();
        world.RunFor(TimeSpan.FromSeconds(5));
        if (IsFair) Assert.True(other.Call!.IsHeld, "the hold was not passed on");
        world.RunFor(TimeSpan.FromSeconds(200));
        if (IsFair) Assert.True(caller.IsEstablished && callee.IsEstablished, "the call did not outlive its hold");
        holder.Resume();
        world.RunFor(TimeSpan.FromSeconds(5));
        if (IsFair) Assert.False(other.Call!.IsHeld, "the hold was not taken back");
        holder.Hangup();
        world.AssertNothingLeft();
        Assert.Equal(2, Told<CallEvent.LegEnded>(world).Count());
    }

    [Theory, Seeds(100)]
    public void A_holder_who_vanishes_is_found_out_by_two_questions_and_a_grace(ulong seed)
    {
        if (Begin(seed) is not var (world, caller, callee)) return;
        var (holder, other) = seed % 2 == 0 ? (caller, callee) : (callee, caller);
        holder.Hold();
        world.RunFor(TimeSpan.FromSeconds(20));
        holder.Vanish();
        var since = world.Now;
        world.RunUntil(() => Told<CallEvent.LegEnded>(world).Any(), withinSeconds: 300);
        if (IsFair) Assert.InRange((world.Now - since).TotalSeconds, 60 + 32 + 30 - 1, 60 + 60 + 32 + 30 + 1);
        other.Hangup();
        holder.Hangup();        // nobody hears that; it expects no audio, so it would never give up by itself
        world.AssertNothingLeft();
        if (IsFair) Assert.Contains(Told<CallEvent.LegEnded>(world), e => e is { Cause: HangupCause.TransportFailure, SipStatus: 408 });
    }

    [Theory, Seeds(30)]
    public void A_holder_who_is_dark_for_a_minute_and_more_comes_back_to_his_call(ulong seed)
    {
        if (Begin(seed) is not var (world, caller, callee)) return;
        var (holder, other) = seed % 2 == 0 ? (caller, callee) : (callee, caller);
        holder.Hold();
        world.RunFor(world.Between(5, 65));
        holder.GoDark();
        world.RunFor(TimeSpan.FromSeconds(100));
        holder.ComeBack();
        if (IsFair) Assert.True(holder.IsEstablished && other.IsEstablished, "the call did not outlive the darkness");
        holder.Resume();
        world.RunFor(TimeSpan.FromSeconds(5));
        if (IsFair) Assert.False(other.Call!.IsHeld, "the hold was not taken back");
        // What was asked while he was away comes to nothing now.
        world.RunFor(TimeSpan.FromSeconds(60));
        if (IsFair) Assert.True(holder.IsEstablished && other.IsEstablished, "the call ended by a question of before");
        holder.Hangup();
        world.AssertNothingLeft();
        Assert.Equal(2, Told<CallEvent.LegEnded>(world).Count());
    }

    [Theory, Seeds(50)]
    public void A_talker_who_falls_silent_ends_the_call_in_time_whoever_else_talks(ulong seed)
    {
        if (Begin(seed) is not var (world, caller, callee)) return;
        callee.Vanish();
        var since = world.Now;
        world.RunUntil(() => Told<CallEvent.LegEnded>(world).Any());
        if (IsFair) Assert.InRange((world.Now - since).TotalSeconds, SimWorld.TalkingSeconds - 1, SimWorld.TalkingSeconds + 1);
        world.AssertNothingLeft();
        if (IsFair) Assert.Contains(Told<CallEvent.LegEnded>(world), e => e.Cause is HangupCause.RtpTimeout);
    }
}
