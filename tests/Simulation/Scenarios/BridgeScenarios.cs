using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class BridgesInFairWeather() : BridgeScenarios(Weather.Fair);

public sealed class BridgesInFoulWeather() : BridgeScenarios(Weather.Foul);

/// <summary>Two legs that are joined: by a transfer, by a bridge command, by a linked dial. They live on any of the shards.</summary>
public abstract class BridgeScenarios(Weather weather) : Scenario(weather)
{
    private const string Third = "+493012300007";

    /// <summary>A caller who is answered at once, and somebody who can be called; each says a word of its own.</summary>
    private (SimWorld World, SimPhone Caller, SimPhone Callee, SimCustomer Customer) Begin(ulong seed, bool isAnswered = true)
    {
        var world = World(seed);
        var caller = world.Phone(Theirs);
        var callee = world.Phone(Third);
        (caller.Says, callee.Says) = ("caller speaks", "callee speaks");
        callee.AnswersAfter = world.Between(0.1, 2);
        var customer = world.Customer("telnyx");
        if (isAnswered) customer.On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Answer(call); });
        return (world, caller, callee, customer);
    }

    /// <summary>
    /// Both are up and hear each other. Who was called speaks and hears before its ACK is there, so that alone does not say that it is up.
    /// </summary>
    private static bool IsTwoWay(SimPhone a, SimPhone b) =>
        a.IsEstablished && b.IsEstablished && a.Call?.Media.HasHeard(b.Says!) is true && b.Call?.Media.HasHeard(a.Says!) is true;

    /// <summary>
    /// Runs until the two hear each other. False when the weather did not let them:
    /// an ACK may be lost so often that the leg ends for silence.
    /// </summary>
    private bool Talk(SimWorld world, SimPhone a, SimPhone b)
    {
        int ended = Told<CallEvent.LegEnded>(world).Count();
        world.RunUntil(() => IsTwoWay(a, b)
            || !IsFair && Told<CallEvent.LegEnded>(world).Skip(ended).Any(e => e.Cause is not HangupCause.PartnerHangup));
        if (IsTwoWay(a, b)) return true;
        world.Node.Stop(HangupCause.NodeShutdown);
        world.AssertNothingLeft();
        return false;
    }

    private static string[] NamesOf(SimWorld world, LegId leg) => [.. world.Events.Where(e => e.Leg == leg).Select(e => e.Name)];

    private static LegId Inbound(SimWorld world) => world.Events[0].Leg;

    private static LegId Outbound(SimWorld world) => world.Events.First(e => e["direction"] is "outgoing").Leg;

    [Theory, Seeds(200)]
    public void A_transfer_joins_the_two_and_either_may_hang_up(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed);
        customer.On("call.answered", (call, api) => { if (call.Leg == Inbound(world)) api.Transfer(call, Third); });

        caller.Dial(Ours);
        if (!Talk(world, caller, callee)) return;
        world.After(world.Between(0, 1), seed % 2 == 0 ? caller.Hangup : callee.Hangup);
        world.AssertNothingLeft();

        Assert.Equal(["call.initiated", "call.answered", "call.bridged", "call.hangup"], NamesOf(world, Inbound(world)));
        Assert.Equal(["call.initiated", "call.answered", "call.bridged", "call.hangup"], NamesOf(world, Outbound(world)));
        var made = world.Events.First(e => e.Leg == Outbound(world));
        Assert.Equal(("bridging", Ours, world.Events[0]["call_session_id"]), (made["state"], made["from"], made["call_session_id"]));
        Assert.Equal([HangupCause.RemoteHangup, HangupCause.PartnerHangup], Told<CallEvent.LegEnded>(world).Select(e => e.Cause).Order());
        Assert.Equal(Inbound(world).Shard, Outbound(world).Shard);
    }

    [Theory, Seeds(200)]
    public void Both_hang_up_at_once(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed);
        customer.On("call.answered", (call, api) => { if (call.Leg == Inbound(world)) api.Transfer(call, Third); });

        caller.Dial(Ours);
        if (!Talk(world, caller, callee)) return;
        world.After(world.Between(0, 0.05), caller.Hangup);
        world.After(world.Between(0, 0.05), callee.Hangup);
        world.AssertNothingLeft();

        Assert.Equal(2, Told<CallEvent.LegEnded>(world).Count());
        Assert.All(Told<CallEvent.LegEnded>(world),
            e => Assert.Contains(e.Cause, new[] { HangupCause.RemoteHangup, HangupCause.PartnerHangup }));
    }

    [Theory, Seeds(200)]
    public void A_busy_callee_leaves_the_caller_parked(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed);
        callee.RefusesWith = 486;
        customer
            .On("call.answered", (call, api) => api.Transfer(call, Third))
            .On("call.hangup", (call, api) => { if (call.Leg != Inbound(world)) api.Speak(world.Events[0], "nobody there"); })
            .On("call.speak.ended", (call, api) => api.Hangup(call));

        caller.Dial(Ours);
        world.AssertNothingLeft();

        Assert.Equal(["call.initiated", "call.answered", "call.speak.started", "call.speak.ended", "call.hangup"],
            NamesOf(world, Inbound(world)));
        Assert.Equal(["call.initiated", "call.hangup"], NamesOf(world, Outbound(world)));
        Assert.Contains(Told<CallEvent.LegEnded>(world), e => e.Cause is HangupCause.CalleeBusy);
        Assert.True(caller.Call?.Media.HasHeard("nobody there"));
    }

    [Theory, Seeds(200)]
    public void A_caller_who_leaves_takes_the_ringing_callee_along(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed);
        callee.AnswersAfter = world.Between(0.4, 1.6);
        customer.On("call.answered", (call, api) => { if (call.Leg == Inbound(world)) api.Transfer(call, Third); });

        caller.Dial(Ours);
        world.RunUntil(() => world.Events.Any(e => e["direction"] is "outgoing"));
        world.After(world.Between(0, 2), caller.Hangup);
        world.AssertNothingLeft();

        var ended = Told<CallEvent.LegEnded>(world).Single(e => e.Leg.Direction is Direction.Outbound);
        Assert.Equal(HangupCause.PartnerHangup, ended.Cause);
    }

    [Theory, Seeds(200)]
    public void A_transfer_answers_the_caller_when_the_callee_answers(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed, isAnswered: false);
        caller.OffersLate = seed % 4 == 0;
        customer.On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Transfer(call, Third); });

        caller.Dial(Ours);
        if (!Talk(world, caller, callee)) return;
        callee.Hangup();
        world.AssertNothingLeft();

        Assert.Equal(["call.initiated", "call.answered", "call.bridged", "call.hangup"], NamesOf(world, Inbound(world)));
        var answered = Told<CallEvent.LegAnswered>(world).ToArray();
        Assert.Equal([Direction.Outbound, Direction.Inbound], answered.Select(e => e.Leg.Direction));
    }

    [Theory, Seeds(200)]
    public void A_parked_caller_survives_and_is_spoken_to(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed);
        callee.HangsUpAfter = world.Between(0.5, 2);
        customer
            .On("call.answered",
                (call, api) => { if (call.Leg == Inbound(world)) api.Transfer(call, Third, ("park_after_unbridge", "self")); })
            .On("call.hangup", (call, api) => { if (call.Leg != Inbound(world)) api.Speak(world.Events[0], "goodbye"); })
            .On("call.speak.ended", (call, api) => api.Hangup(call));

        caller.Dial(Ours);
        world.AssertNothingLeft();

        Assert.Equal(["call.initiated", "call.answered", "call.bridged", "call.speak.started", "call.speak.ended", "call.hangup"],
            NamesOf(world, Inbound(world)));
        Assert.True(caller.Call?.Media.HasHeard("goodbye"));
    }

    [Theory, Seeds(200)]
    public void Two_calls_that_are_up_are_bridged_and_a_prompt_overrides_the_other_party(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed);
        customer.On("call.answered", (call, api) =>
        {
            if (world.Events.Count(e => e.Name is "call.answered") == 2)
                api.Bridge(world.Events[0], world.Events.First(e => e["direction"] is "outgoing"));
        });

        caller.Dial(Ours);
        world.RunUntil(() => world.Events.Count > 0);
        customer.Api.Dial(Third, Ours);
        if (!Talk(world, caller, callee)) return;
        customer.Api.Speak(world.Events[0], "a word between");
        world.RunUntil(() => caller.Call!.Media.HasHeard("a word between"));
        caller.Press("5");
        world.RunUntil(() => callee.Call!.Media.Digits == "5" || !IsFair);
        customer.Api.Hangup(world.Events[0]);
        world.AssertNothingLeft();

        Assert.False(callee.Call?.Media.HasHeard("a word between"));
        Assert.Equal(2, Told<CallEvent.LegBridged>(world).Count());
        Assert.Equal([HangupCause.ApiHangup, HangupCause.PartnerHangup], Told<CallEvent.LegEnded>(world).Select(e => e.Cause).Order());
    }

    [Theory, Seeds(200)]
    public void Muted_digits_are_told_and_not_heard(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed);
        customer.On("call.answered", (call, api) =>
        {
            if (call.Leg == Inbound(world)) api.Transfer(call, Third, ("mute_dtmf", seed % 2 == 0 ? "opposite" : "both"));
        });

        caller.Dial(Ours);
        if (!Talk(world, caller, callee)) return;
        caller.Press("7");
        world.RunUntil(() => Told<CallEvent.DigitReceived>(world).Any() && !caller.Call!.Media.IsPressing);
        world.RunFor(TimeSpan.FromSeconds(1));
        caller.Hangup();
        world.AssertNothingLeft();

        Assert.Equal("", callee.Call?.Media.Digits);
    }

    [Theory, Seeds(200)]
    public void A_transfer_ends_at_its_time_limit(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed);
        customer.On("call.answered",
            (call, api) => { if (call.Leg == Inbound(world)) api.Transfer(call, Third, ("time_limit_secs", 30)); });

        caller.Dial(Ours);
        if (!Talk(world, caller, callee)) return;
        world.AssertNothingLeft();

        Assert.Equal([HangupCause.PartnerHangup, HangupCause.TimeLimit], Told<CallEvent.LegEnded>(world).Select(e => e.Cause).Order());
    }

    [Theory, Seeds(200)]
    public void A_new_bridge_ends_the_old_one(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed);
        var other = world.Phone("+493012300008");
        (other.Says, other.AnswersAfter) = ("other speaks", world.Between(0.1, 2));
        customer.On("call.answered", (call, api) => { if (call.Leg == Inbound(world)) api.Transfer(call, Third); });

        caller.Dial(Ours);
        if (!Talk(world, caller, callee)) return;
        customer.Api.Transfer(world.Events[0], other.Number);
        if (!Talk(world, caller, other)) return;
        world.RunUntil(() => callee.IsIdle);
        Assert.True(caller.IsEstablished && other.IsEstablished);
        other.Hangup();
        world.AssertNothingLeft();

        Assert.Equal(["call.initiated", "call.answered", "call.bridged", "call.bridged", "call.hangup"], NamesOf(world, Inbound(world)));
        Assert.Equal(3, Told<CallEvent.LegEnded>(world).Count());
    }

    [Theory, Seeds(200)]
    public void A_failed_transfer_of_a_bridged_call_leaves_the_bridge(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed);
        var other = world.Phone("+493012300008");
        (other.RefusesWith, other.AnswersAfter) = (603, world.Between(0.1, 1));
        customer.On("call.answered", (call, api) => { if (call.Leg == Inbound(world)) api.Transfer(call, Third); });

        caller.Dial(Ours);
        if (!Talk(world, caller, callee)) return;
        customer.Api.Transfer(world.Events[0], other.Number);
        world.RunUntil(() => Told<CallEvent.LegEnded>(world).Any());
        Assert.True(caller.IsEstablished && callee.IsEstablished);
        callee.Hangup();
        world.AssertNothingLeft();

        Assert.Equal(2, Told<CallEvent.LegBridged>(world).Count());
    }

    [Theory, Seeds(200)]
    public void A_linked_dial_is_bridged_when_it_is_answered(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed);
        customer.On("call.answered", (call, api) => { if (call.Leg == Inbound(world)) api.DialLinked(call, Third, Ours); });

        caller.Dial(Ours);
        if (seed % 3 == 0) world.After(world.Between(0.3, 2), caller.Hangup);
        else if (!Talk(world, caller, callee)) return;
        else callee.Hangup();
        world.AssertNothingLeft();

        Assert.Single(world.Events.Select(e => e["call_session_id"]).Distinct());
    }

    [Theory, Seeds(200)]
    public void A_linked_dial_answers_the_caller_when_the_callee_answers_and_not_before(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed, isAnswered: false);
        bool isBusy = seed % 4 == 3;
        if (isBusy) callee.RefusesWith = 486;
        caller.OffersLate = seed % 4 == 0;
        customer.On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.DialLinked(call, Third, Ours); });

        caller.Dial(Ours);
        if (isBusy)
        {
            world.RunUntil(() => Told<CallEvent.LegEnded>(world).Any());
            caller.Hangup();
        }
        else if (!Talk(world, caller, callee)) return;
        else callee.Hangup();
        world.AssertNothingLeft();

        Direction[] answered = isBusy ? [] : [Direction.Outbound, Direction.Inbound];
        Assert.Equal(answered, Told<CallEvent.LegAnswered>(world).Select(e => e.Leg.Direction));
        if (!isBusy) Assert.Equal(["call.initiated", "call.answered", "call.bridged", "call.hangup"], NamesOf(world, Inbound(world)));
    }

    [Theory, Seeds(200)]
    public void A_bridge_answers_a_caller_whom_nobody_has_answered(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed, isAnswered: false);
        // The callee still rings in some of the worlds: the caller is answered all the same.
        string moment = seed % 3 == 0 ? "call.initiated" : "call.answered";
        customer.On(moment, (call, api) =>
        {
            if (call.Leg == Inbound(world)) return;
            if (seed % 2 == 0) api.Bridge(world.Events[0], call);
            else api.Bridge(call, world.Events[0]);
        });
        caller.Dial(Ours);
        world.RunUntil(() => world.Events.Count > 0);
        customer.Api.Dial(Third, Ours);
        if (!Talk(world, caller, callee)) return;
        callee.Hangup();
        world.AssertNothingLeft();

        Assert.Equal(["call.initiated", "call.answered", "call.bridged", "call.hangup"], NamesOf(world, Inbound(world)));
    }

    [Theory, Seeds(200)]
    public void A_transfer_is_heard_out_before_the_bridge(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed);
        customer.On("call.answered", (call, api) =>
        {
            if (call.Leg == Inbound(world)) api.Transfer(call, Third, ("audio_url", "https://customer.example/announce.wav"));
        });

        caller.Dial(Ours);
        if (!Talk(world, caller, callee)) return;
        caller.Hangup();
        world.AssertNothingLeft();

        Assert.Equal(["call.initiated", "call.answered", "call.playback.started", "call.playback.ended", "call.bridged", "call.hangup"],
            NamesOf(world, Outbound(world)));
        Assert.True(callee.Call?.Media.HasHeard("https://customer.example/announce.wav"));
    }

    [Theory, Seeds(200)]
    public void Nobody_is_harmed_by_a_bridge_with_a_call_that_ends(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed);
        caller.Dial(Ours);
        customer.Api.Dial(Third, Ours);
        world.RunUntil(() => caller.IsEstablished && callee.IsEstablished && world.Events.Count(e => e.Name is "call.answered") == 2);
        world.After(world.Between(0, 0.1), callee.Hangup);
        world.After(world.Between(0, 0.1), () => customer.Api.Bridge(world.Events.First(e => e["direction"] is "incoming"),
            world.Events.First(e => e["direction"] is "outgoing"), ("park_after_unbridge", "self")));
        world.RunUntil(() => Told<CallEvent.LegEnded>(world).Any());
        world.RunFor(TimeSpan.FromSeconds(1));
        Assert.True(caller.IsEstablished);
        Assert.Contains(Assert.Single(world.Replies, r => r.Command is "Bridge").Code, new[] { null, "90018" });
        caller.Hangup();
        world.AssertNothingLeft();
    }

    [Theory, Seeds(200)]
    public void A_transfer_that_the_ledger_refuses_leaves_the_caller_alone(ulong seed)
    {
        var (world, caller, callee, customer) = Begin(seed);
        world.Ledger.Refuses = happened => happened is CallEvent.LegInitiated { IsLinked: true };
        customer.On("call.answered", (call, api) => api.Transfer(call, Third));

        caller.Dial(Ours);
        world.RunUntil(() => world.Replies.Count == 2 && caller.IsEstablished);
        world.RunFor(TimeSpan.FromSeconds(3));
        Assert.True(caller.IsEstablished);
        caller.Hangup();
        world.AssertNothingLeft();

        Assert.Null(callee.Call);
        Assert.Single(Told<CallEvent.LegEnded>(world));
    }
}
