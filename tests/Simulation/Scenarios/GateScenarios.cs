using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class GatesInFairWeather() : GateScenarios(Weather.Fair);

public sealed class GatesInFoulWeather() : GateScenarios(Weather.Foul);

/// <summary>
/// A dial gate that answers later, or never: calls wait for it in bounded time, and nothing of those who
/// gave up is left, at the gate or elsewhere.
/// </summary>
public abstract class GateScenarios(Weather weather) : Scenario(weather)
{
    private const string Second = "+493012300002", Third = "+493012300003";

    [Theory, Seeds(100)]
    public void Calls_in_and_out_wait_for_the_gate_and_are_what_they_would_be_without_it(ulong seed)
    {
        var world = World(seed);
        world.SlowGate(TimeSpan.FromSeconds(2));
        var customer = world.Customer("telnyx")
            .On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Answer(call); });
        var (caller, callee) = (world.Phone(Theirs), world.Phone(Second));
        (callee.AnswersAfter, callee.HangsUpAfter, caller.HangsUpAfter) = (world.Between(0.1, 1), world.Between(1, 3),
            TimeSpan.FromSeconds(5));

        caller.Dial(Ours);
        customer.Api.Dial(callee.Number, Ours);
        world.AssertNothingLeft();
        if (!IsFair) return;

        Assert.Equal(2, Told<CallEvent.LegAnswered>(world).Count());
        Assert.True(Assert.Single(world.Dialled).Ack.IsAccepted);
    }

    [Theory, Seeds(200)]
    public void Who_hangs_up_while_the_gate_thinks_leaves_nothing_behind(ulong seed)
    {
        var world = World(seed);
        world.SlowGate(TimeSpan.FromSeconds(4), silence: 0.2);
        var customer = world.Customer("telnyx")
            .On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Answer(call); })
            .On("call.answered", (call, api) => api.Transfer(call, Third));
        SimPhone[] phones = [world.Phone(Theirs), world.Phone(Second), world.Phone(Third)];
        foreach (var phone in phones)
        {
            phone.AnswersAfter = world.Between(0.05, 2);
            phone.HangsUpAfter = world.Between(0.5, 20);
        }

        phones[0].Dial(Ours);
        customer.Api.DialTogether([Second, Third], Ours, ringSeconds: 10);
        world.After(world.Between(0, 12), phones[0].Hangup);
        world.AssertNothingLeft();
    }

    [Theory, Seeds(50)]
    public void A_gate_that_never_answers_refuses_and_others_go_on_meanwhile(ulong seed)
    {
        var world = World(seed);
        world.SlowGate(TimeSpan.FromSeconds(1), silence: 1);
        var customer = world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));
        var (caller, other, third) = (world.Phone(Theirs), world.Phone(Second), world.Phone(Third));
        (caller.HangsUpAfter, other.HangsUpAfter) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        var began = world.Now;

        caller.Dial(Ours);
        customer.Api.Dial(Third, Ours);
        world.After(TimeSpan.FromSeconds(1), () =>
        {
            world.SlowGate(default);
            other.Dial(Ours);
        });
        world.RunUntil(() => world.Dialled.Count > 0);
        double waited = (world.Now - began).TotalSeconds;
        world.AssertNothingLeft();

        Assert.Null(third.Call);
        Assert.Equal((Refusal.Overloaded, "gate_silent"), (world.Dialled[0].Ack.Refusal, world.Dialled[0].Rule));
        Assert.InRange(waited, 5, 5.1);
        if (!IsFair) return;
        Assert.Equal(503, caller.Call?.RefusedWith);
        Assert.Equal(Second, Assert.Single(Told<CallEvent.LegAnswered>(world)).Leg.From);
    }
}
