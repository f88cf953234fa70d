using Ringwright.Calls;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class InboundInFairWeather() : InboundScenarios(Weather.Fair);

public sealed class InboundInFoulWeather() : InboundScenarios(Weather.Foul);

/// <summary>Calls that come in, from the INVITE to the last BYE.</summary>
public abstract class InboundScenarios(Weather weather) : Scenario(weather)
{
    [Theory, Seeds(200)]
    public void The_caller_hangs_up(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));
        var caller = world.Phone(Theirs);
        caller.HangsUpAfter = world.Between(0.2, 3);

        caller.Dial(Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(["call.initiated", "call.answered", "call.hangup"], Names(world));
        Assert.Equal(HangupCause.RemoteHangup, Ended(world).Cause);
        Assert.True(caller.Call?.Media.PacketsHeard > 0);
    }

    [Theory, Seeds(200)]
    public void The_application_hangs_up(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) => world.After(world.Between(0, 3), () => api.Hangup(call)));
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(["call.initiated", "call.answered", "call.hangup"], Names(world));
        Assert.Equal((HangupCause.ApiHangup, HangupParty.Local), (Ended(world).Cause, Ended(world).By));
    }

    [Theory, Seeds(200)]
    public void Both_hang_up_at_once(ulong seed)
    {
        var world = World(seed);
        var customer = world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        world.RunUntil(() => caller.IsEstablished && world.Events.Count >= 2);
        if (world.Events.Count == 0) return;
        world.After(world.Between(0, 0.05), caller.Hangup);
        world.After(world.Between(0, 0.05), () => customer.Api.Hangup(world.Events[0]));
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal("call.hangup", world.Events[^1].Name);
        Assert.Contains(Ended(world).Cause, new[] { HangupCause.RemoteHangup, HangupCause.ApiHangup });
        Assert.Contains(world.Replies[^1].Code, new[] { null, "90018" });
    }

    [Theory, Seeds(200)]
    public void The_caller_cancels_whenever(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx").On("call.initiated", (call, api) => world.After(world.Between(0, 0.4), () => api.Answer(call)));
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        world.After(world.Between(0, 0.5), caller.Hangup);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        // The INVITE itself may have come only after its CANCEL had to wait.
        Assert.Equal(Told<CallEvent.LegInitiated>(world).Count(), Told<CallEvent.LegEnded>(world).Count());
        foreach (var ended in Told<CallEvent.LegEnded>(world))
            Assert.Equal(ended.Leg.AnsweredAt is null ? HangupCause.CallerCancel : HangupCause.RemoteHangup, ended.Cause);
    }

    [Theory, Seeds(200)]
    public void The_application_declines(ulong seed)
    {
        var world = World(seed);
        bool isBusy = seed % 2 == 0;
        world.Customer("telnyx").On("call.initiated", (call, api) => api.Reject(call, isBusy ? "USER_BUSY" : "CALL_REJECTED"));
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(isBusy ? 486 : 603, caller.Call?.RefusedWith);
        Assert.Equal(isBusy ? HangupCause.ApiRejectBusy : HangupCause.ApiReject, Ended(world).Cause);
    }

    [Theory, Seeds(200)]
    public void No_command_comes_in_time(ulong seed)
    {
        var world = World(seed);
        world.Application = world.Application with { FirstCommandTimeout = TimeSpan.FromSeconds(5) };
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(480, caller.Call?.RefusedWith);
        Assert.Equal(HangupCause.FirstCommandTimeout, Ended(world).Cause);
    }

    [Theory, Seeds(200)]
    public void A_lost_ACK_leaves_no_leg_behind(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        caller.DropOutgoing("ACK", times: 3);
        world.RunUntil(() => caller.IsEstablished);
        world.RunFor(world.Between(0, 6));
        caller.Hangup();
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal("call.hangup", world.Events[^1].Name);
        Assert.Equal(HangupCause.RemoteHangup, Ended(world).Cause);
    }

    [Theory, Seeds(200)]
    public void Without_any_ACK_the_call_is_given_up(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        caller.DropOutgoing("ACK", times: 1_000);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(HangupCause.TransportFailure, Ended(world).Cause);
        Assert.Equal(["call.initiated", "call.answered", "call.hangup"], Names(world));
    }

    [Theory, Seeds(200)]
    public void A_hang_up_before_the_ACK_waits_for_it(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) => api.Hangup(call));
        var caller = world.Phone(Theirs);

        caller.Dial(Ours);
        caller.DropOutgoing("ACK", times: world.Rng.Next(3));
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(HangupCause.ApiHangup, Ended(world).Cause);
    }

    [Theory, Seeds(200)]
    public void The_offer_comes_late(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));
        var caller = world.Phone(Theirs);
        caller.OffersLate = true;
        caller.HangsUpAfter = world.Between(0, 2);

        caller.Dial(Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        var ended = Ended(world);
        // A BYE that overtakes the ACK ends the call before its media were agreed.
        Assert.Equal(ended.Leg.AnsweredAt is null ? 2 : 3, world.Events.Count);
        Assert.Equal(HangupParty.Remote, ended.By);
    }

    [Theory, Seeds(200)]
    public void Hold_and_resume_whenever(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));
        var caller = world.Phone(Theirs);
        caller.Dial(Ours);
        // The first hold may meet a 200 whose ACK is lost, the second a hold that is still open.
        caller.DropOutgoing("ACK", times: world.Rng.Next(3));
        world.RunUntil(() => caller.IsEstablished);

        world.RunFor(world.Between(0, 1));
        caller.Hold();
        world.RunFor(world.Between(0, 0.3));
        caller.Resume();
        world.RunFor(world.Between(0, 0.3));
        caller.Hold();
        world.RunUntil(() => caller.Call!.IsSettled);
        caller.Resume();
        world.RunUntil(() => caller.Call!.IsSettled);
        world.RunFor(TimeSpan.FromSeconds(1));
        Assert.True(caller.IsEstablished || world.IsExcused);
        caller.Hangup();
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        bool[] held = [.. Told<CallEvent.LegHeld>(world).Select(e => e.IsHeld)];
        Assert.NotEmpty(held);
        for (int i = 0; i < held.Length; i++) Assert.Equal(i % 2 == 0, held[i]);
        Assert.False(held[^1]);
    }

    [Theory, Seeds(200)]
    public void A_hold_crosses_the_hang_up(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx")
            .On("call.initiated", (call, api) => api.Answer(call))
            .On("call.answered", (call, api) => world.After(TimeSpan.FromSeconds(2), () => api.Hangup(call)));
        var caller = world.Phone(Theirs);
        caller.Dial(Ours);
        world.RunUntil(() => world.Events.Count >= 2);
        if (world.Events.Count == 0) return;
        world.RunFor(world.Between(1.95, 2.05));
        caller.Hold();
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(HangupCause.ApiHangup, Ended(world).Cause);
    }
}
