using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class OutboundInFairWeather() : OutboundScenarios(Weather.Fair);

public sealed class OutboundInFoulWeather() : OutboundScenarios(Weather.Foul);

/// <summary>Calls that the application places.</summary>
public abstract class OutboundScenarios(Weather weather) : Scenario(weather)
{
    [Theory, Seeds(200)]
    public void The_callee_answers_and_hangs_up(ulong seed)
    {
        var world = World(seed);
        var callee = world.Phone(Theirs);
        callee.AnswersAfter = world.Between(0.1, 2);
        callee.HangsUpAfter = world.Between(0, 2);

        world.Customer("telnyx").Api.Dial(Theirs, Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(["call.initiated", "call.answered", "call.hangup"], Names(world));
        Assert.Equal(HangupCause.RemoteHangup, Ended(world).Cause);
    }

    [Theory, Seeds(200)]
    public void The_callee_answers_and_the_application_hangs_up(ulong seed)
    {
        var world = World(seed);
        var callee = world.Phone(Theirs);
        callee.AnswersAfter = world.Between(0.1, 2);

        world.Customer("telnyx")
            .On("call.answered", (call, api) => world.After(world.Between(0, 2), () => api.Hangup(call)))
            .Api.Dial(Theirs, Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(["call.initiated", "call.answered", "call.hangup"], Names(world));
        Assert.Equal(HangupCause.ApiHangup, Ended(world).Cause);
    }

    [Theory, Seeds(200)]
    public void The_callee_refuses(ulong seed)
    {
        (int Status, HangupCause Cause)[] refusals =
        [
            (486, HangupCause.CalleeBusy), (603, HangupCause.CalleeDeclined), (404, HangupCause.NotFound),
            (480, HangupCause.RemoteTimeout), (488, HangupCause.MediaMismatch), (500, HangupCause.RemoteFailure),
        ];
        var world = World(seed);
        var (status, cause) = refusals[world.Rng.Next(refusals.Length)];
        var callee = world.Phone(Theirs);
        callee.RefusesWith = status;
        callee.AnswersAfter = world.Between(0.01, 1);       // before its 180 or after

        world.Customer("telnyx").Api.Dial(Theirs, Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(["call.initiated", "call.hangup"], Names(world));
        Assert.Equal((cause, (int?)status), (Ended(world).Cause, Ended(world).SipStatus));
    }

    [Theory, Seeds(200)]
    public void The_ring_timeout_meets_a_late_answer(ulong seed)
    {
        var world = World(seed);
        var callee = world.Phone(Theirs);
        callee.AnswersAfter = world.Between(4.9, 5.1);

        world.Customer("telnyx")
            .On("call.answered", (call, api) => world.After(TimeSpan.FromSeconds(1), () => api.Hangup(call)))
            .Api.Dial(Theirs, Ours, ringSeconds: 5);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        var ended = Ended(world);
        Assert.Equal(ended.Leg.AnsweredAt is null ? HangupCause.RingTimeout : HangupCause.ApiHangup, ended.Cause);
    }

    [Theory, Seeds(200)]
    public void Nobody_is_there(ulong seed)
    {
        var world = World(seed);
        world.Phone(Theirs).Vanish();

        world.Customer("telnyx").Api.Dial(Theirs, Ours, ringSeconds: seed % 2 == 0 ? 10 : 60);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(["call.initiated", "call.hangup"], Names(world));
        Assert.Equal(seed % 2 == 0 ? HangupCause.RingTimeout : HangupCause.RemoteTimeout, Ended(world).Cause);
        Assert.Equal(408, Ended(world).SipStatus);
    }

    [Theory, Seeds(200)]
    public void A_hang_up_command_races_with_the_answer(ulong seed)
    {
        var world = World(seed);
        var callee = world.Phone(Theirs);
        callee.AnswersAfter = TimeSpan.FromMilliseconds(200);

        world.Customer("telnyx")
            .On("call.initiated", (call, api) => world.After(world.Between(0, 0.3), () => api.Hangup(call)))
            .Api.Dial(Theirs, Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        var ended = Ended(world);
        Assert.Equal(ended.Leg.AnsweredAt is null ? HangupCause.ApiCancel : HangupCause.ApiHangup, ended.Cause);
        Assert.Null(Assert.Single(world.Replies).Code);
    }

    [Theory, Seeds(200)]
    public void Two_phones_answer_one_call(ulong seed)
    {
        var world = World(seed);
        var first = world.Phone("+493012300002");
        var second = world.Phone("+493012300003");
        first.AnswersAfter = world.Between(0.3, 0.35);
        second.AnswersAfter = world.Between(0.3, 0.35);
        world.Fork(Theirs, first, second);

        world.Customer("telnyx")
            .On("call.answered", (call, api) => world.After(world.Between(0, 2), () => api.Hangup(call)))
            .Api.Dial(Theirs, Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(["call.initiated", "call.answered", "call.hangup"], Names(world));
        Assert.Equal(HangupCause.ApiHangup, Ended(world).Cause);
    }

    [Theory, Seeds(200)]
    public void Two_phones_answer_a_call_that_is_hung_up(ulong seed)
    {
        var world = World(seed);
        var first = world.Phone("+493012300002");
        var second = world.Phone("+493012300003");
        first.AnswersAfter = world.Between(0.1, 0.3);
        second.AnswersAfter = world.Between(0.1, 0.3);
        world.Fork(Theirs, first, second);

        world.Customer("telnyx")
            .On("call.initiated", (call, api) => world.After(world.Between(0, 0.4), () => api.Hangup(call)))
            .Api.Dial(Theirs, Ours);
        world.AssertNothingLeft();

        var ended = Ended(world);
        Assert.Equal(ended.Leg.AnsweredAt is null ? HangupCause.ApiCancel : HangupCause.ApiHangup, ended.Cause);
    }

    [Theory, Seeds(200)]
    public void The_first_trunk_wakes_up_when_the_second_is_asked(ulong seed)
    {
        var world = World(seed);
        var first = world.Phone(Theirs);
        var second = world.Phone("+493012300002");
        world.AlsoRoute(Theirs, second);
        first.AnswersAfter = world.Between(0, 0.2);
        second.AnswersAfter = world.Between(0, 2);
        world.Net.Cut(first.Address.Address);
        world.After(world.Between(3, 8), () => world.Net.Heal(first.Address.Address));

        world.Customer("telnyx")
            .On("call.answered", (call, api) => world.After(world.Between(0, 2), () => api.Hangup(call)))
            .Api.Dial(Theirs, Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(["call.initiated", "call.answered", "call.hangup"], Names(world));
        Assert.Equal(HangupCause.ApiHangup, Ended(world).Cause);
    }

    [Theory, Seeds(200)]
    public void The_first_trunk_refuses_and_the_second_answers(ulong seed)
    {
        var world = World(seed);
        var first = world.Phone(Theirs);
        var second = world.Phone("+493012300002");
        world.AlsoRoute(Theirs, second);
        first.RefusesWith = 503;
        first.RingsAfter = TimeSpan.FromSeconds(10);
        first.AnswersAfter = world.Between(0, 0.1);
        second.AnswersAfter = world.Between(0, 1);
        second.HangsUpAfter = world.Between(0, 1);

        world.Customer("telnyx").Api.Dial(Theirs, Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(HangupCause.RemoteHangup, Ended(world).Cause);
        Assert.Equal(PhoneState.Over, second.Call?.State);
    }

    [Theory, Seeds(200)]
    public void The_time_limit_ends_the_call(ulong seed)
    {
        var world = World(seed);
        var callee = world.Phone(Theirs);
        callee.AnswersAfter = world.Between(0.1, 1);
        callee.HangsUpAfter = world.Between(29.5, 30.5);

        world.Customer("telnyx").Api.Dial(Theirs, Ours, limitSeconds: 30);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Contains(Ended(world).Cause, new[] { HangupCause.TimeLimit, HangupCause.RemoteHangup });
    }

    [Theory, Seeds(200)]
    public void A_dial_that_nothing_leads_to_makes_no_leg(ulong seed)
    {
        var world = World(seed);

        world.Customer("telnyx").Api.Dial("+493012300009", Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;

        Assert.Equal(Refusal.NoRoute, Assert.Single(world.Dialled).Ack.Refusal);
        Assert.Empty(world.Events);
        Assert.Equal(0, world.Net.Sent);
    }
}
