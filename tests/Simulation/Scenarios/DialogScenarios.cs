using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class DialogsInFairWeather() : DialogScenarios(Weather.Fair);

public sealed class DialogsInFoulWeather() : DialogScenarios(Weather.Foul);

/// <summary>
/// What carriers and phones do inside a dialog: reliable ringing, early media, session timers, hold from our side, redirections.
/// </summary>
public abstract class DialogScenarios(Weather weather) : Scenario(weather)
{
    private const string Third = "+493012300007", Fourth = "+493012300009";

    /// <summary>Ends every call; then nothing may be left.</summary>
    private static void Finish(SimWorld world)
    {
        world.Node.Stop(HangupCause.NodeShutdown);
        world.AssertNothingLeft();
    }

    private static LegId Leg(SimWorld world, string direction) => world.Events.First(e => e["direction"] == direction).Leg;

    private static void Hold(SimWorld world, LegId leg, bool isOn) => world.Node.Command(leg, new LegCommand.Hold(isOn), _ => { });

    [Theory, Seeds(200)]
    public void A_caller_gets_reliable_ringing_with_an_early_and_with_a_late_offer(ulong seed)
    {
        var world = World(seed);
        var caller = world.Phone(Theirs);
        (caller.IsReliable, caller.OffersLate, caller.Says) = (true, seed % 2 == 0, "caller speaks");
        world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) => api.Speak(call, "hello"))
            .On("call.speak.ended", (call, api) => api.Hangup(call));

        caller.Dial(Ours);
        world.RunUntil(() => caller.Call?.Media.HasHeard("hello") is true);
        world.AssertNothingLeft();

        if (!world.IsExcused)
            Assert.Equal(["call.initiated", "call.answered", "call.speak.started", "call.speak.ended", "call.hangup"], Names(world));
    }

    [Theory, Seeds(200)]
    public void A_caller_who_leaves_between_ringing_and_answer_leaves_nothing(ulong seed)
    {
        var world = World(seed);
        var caller = world.Phone(Theirs);
        (caller.IsReliable, caller.OffersLate) = (true, seed % 2 == 0);
        world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));

        caller.Dial(Ours);
        world.After(world.Between(0, 0.4), caller.Hangup);
        world.AssertNothingLeft();

        Assert.Equal("call.hangup", world.Events[^1].Name);
    }

    [Theory, Seeds(200)]
    public void A_caller_whom_nobody_has_answered_hears_the_other_network_and_is_heard(ulong seed)
    {
        var world = World(seed);
        var (caller, callee) = (world.Phone(Theirs), world.Phone(Third));
        (caller.Says, callee.Says) = ("caller speaks", "callee speaks");
        (caller.IsReliable, callee.IsReliable, callee.SpeaksEarly) = (true, true, true);
        world.Customer("telnyx").On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Transfer(call, Third); });

        caller.Dial(Ours);
        world.RunUntil(() => caller.Call!.Media.HasHeard("callee speaks") && callee.Call?.Media.HasHeard("caller speaks") is true,
            withinSeconds: 25);
        if (!world.IsExcused)
        {
            Assert.Empty(Told<CallEvent.LegAnswered>(world));
            Assert.True(caller.IsRinging && callee.IsRinging);
        }
        callee.Hangup();
        if (!world.IsExcused) world.RunUntil(() => Told<CallEvent.LegEnded>(world).Any(e => e.Leg.Direction is Direction.Outbound));
        caller.Hangup();
        world.AssertNothingLeft();
    }

    [Theory, Seeds(200)]
    public void Early_media_becomes_the_call_when_it_is_answered(ulong seed)
    {
        var world = World(seed);
        var (caller, callee) = (world.Phone(Theirs), world.Phone(Third));
        (caller.Says, callee.Says) = ("caller speaks", "callee speaks");
        (caller.IsReliable, callee.IsReliable, callee.SpeaksEarly, callee.AnswersAfter) = (seed % 3 == 0, seed % 2 == 0,
            true, world.Between(0.2, 3));
        world.Customer("telnyx").On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Transfer(call, Third); });

        caller.Dial(Ours);
        world.RunUntil(() => caller.IsEstablished && callee.IsEstablished && caller.Call!.Media.HasHeard("callee speaks")
            && callee.Call!.Media.HasHeard("caller speaks"));
        caller.Hangup();
        world.AssertNothingLeft();

        if (!world.IsExcused) Assert.Equal(2, Told<CallEvent.LegBridged>(world).Count());
    }

    [Theory, Seeds(200)]
    public void A_call_is_refreshed_as_long_as_it_lives(ulong seed)
    {
        var world = World(seed);
        var callee = world.Phone(Third);
        (callee.TimerSeconds, callee.AnswersAfter, callee.Says) = (60, world.Between(0.1, 1), "callee speaks");
        world.Customer("telnyx");
        world.Api.Dial(Third, Ours);
        world.RunUntil(() => callee.IsEstablished);
        world.RunFor(TimeSpan.FromSeconds(150));
        if (!world.IsExcused)
        {
            Assert.True(callee.IsEstablished);
            Assert.InRange(callee.Call!.Renewals, 4, 5);
        }
        Finish(world);
    }

    [Theory, Seeds(200)]
    public void The_node_holds_and_resumes_while_the_phone_may_do_the_same(ulong seed)
    {
        var world = World(seed);
        var caller = world.Phone(Theirs);
        caller.Says = "caller speaks";
        world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));
        caller.Dial(Ours);
        world.RunUntil(() => caller.IsEstablished && world.Events.Any(e => e.Name is "call.answered"));
        if (!caller.IsEstablished)
        {
            Finish(world);
            return;
        }

        var leg = Leg(world, "incoming");
        Hold(world, leg, isOn: true);
        if (seed % 2 == 0) world.After(world.Between(0, 0.2), caller.Hold);
        world.RunUntil(() => caller.Call!.IsHeld && caller.Call.IsSettled);
        Hold(world, leg, isOn: false);
        if (seed % 2 == 0) world.After(world.Between(0, 0.2), caller.Resume);
        world.RunUntil(() => !caller.Call!.IsHeld && caller.Call.IsSettled);
        if (!world.IsExcused) Assert.True(caller.IsEstablished);
        Finish(world);
    }

    [Theory, Seeds(200)]
    public void A_redirected_call_goes_where_it_is_sent_and_is_one_call(ulong seed)
    {
        var world = World(seed);
        var (first, second) = (world.Phone(Third), world.Phone(Fourth));
        first.RedirectsTo =
            seed % 2 == 0 ? $"<tel:{Fourth}>" : $"<sip:nobody@nowhere.example>;q=0.1, <sip:{Fourth}@{second.Address}>;q=0.9";
        second.AnswersAfter = world.Between(0.1, 1);
        world.Customer("telnyx");
        world.Api.Dial(Third, Ours);
        world.RunUntil(() => second.IsEstablished);
        second.Hangup();
        world.AssertNothingLeft();

        Assert.Single(Told<CallEvent.LegInitiated>(world));
        if (!world.IsExcused) Assert.Equal(HangupCause.RemoteHangup, Ended(world).Cause);
    }

    [Theory, Seeds(200)]
    public void Phones_that_send_a_call_to_each_other_end_it(ulong seed)
    {
        var world = World(seed);
        var (first, second) = (world.Phone(Third), world.Phone(Fourth));
        first.RedirectsTo = $"<sip:{Fourth}@{second.Address}>";
        second.RedirectsTo = $"<sip:{Third}@{first.Address}>";
        world.Customer("telnyx");
        world.Api.Dial(Third, Ours);
        world.AssertNothingLeft();

        if (!world.IsExcused) Assert.Equal(302, Ended(world).SipStatus);
    }
}
