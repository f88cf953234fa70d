using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class CrowdsInFairWeather() : CrowdScenarios(Weather.Fair);

public sealed class CrowdsInFoulWeather() : CrowdScenarios(Weather.Foul);

public sealed class CrowdsInAStorm() : CrowdScenarios(Weather.Storm);

/// <summary>Many calls at once, of every kind, over all shards.</summary>
public abstract class CrowdScenarios(Weather weather) : Scenario(weather)
{
    private const int Calls = 30;

    [Theory, Seeds(200)]
    public void Thirty_calls_of_all_kinds_at_once(ulong seed)
    {
        var world = World(seed);
        var customer = world.Customer("telnyx")
            .On("call.initiated", OnInitiated)
            .On("call.answered", OnAnswered)
            .On("call.gather.ended", (call, api) => api.Hangup(call));
        for (int i = 0; i < Calls; i++)
        {
            var phone = world.Phone($"+4930123{i:00000}");
            if (i % 2 == 0) PlanCaller(world, phone);
            else PlanCallee(world, phone, customer);
        }
        world.AssertNothingLeft();

        // Of thirty calls some have bad luck in most seeds: what is asked for holds for those too.
        Assert.Equal(Told<CallEvent.LegInitiated>(world).Count(), Told<CallEvent.LegEnded>(world).Count());
        if (IsFair) Assert.Equal(Calls, Told<CallEvent.LegInitiated>(world).Count());
        Assert.Equal(SimNode.Shards, Told<CallEvent.LegInitiated>(world).Select(e => e.Leg.Id.Shard).Distinct().Count());

        void OnInitiated(SimWebhook call, SimApi api)
        {
            if (call["direction"] is "incoming" && world.Rng.Chance(0.1)) api.Reject(call);
            else if (call["direction"] is "incoming") world.After(world.Between(0, 1), () => api.Answer(call));
            else if (world.Rng.Chance(0.2)) world.After(world.Between(0, 1), () => api.Hangup(call));
        }

        void OnAnswered(SimWebhook call, SimApi api)
        {
            if (world.Rng.Chance(0.5)) api.GatherUsingSpeak(call, "press", digits: 2, timeoutMillis: 1_500);
            else api.Speak(call, "one");
            world.After(world.Between(0.5, 3), () => api.Hangup(call));
        }
    }

    private static void PlanCaller(SimWorld world, SimPhone phone)
    {
        phone.OffersLate = world.Rng.Chance(0.2);
        world.After(world.Between(0, 2), () => phone.Dial(Ours));
        if (world.Rng.Chance(0.5)) world.After(world.Between(2, 5), phone.Hangup);
        if (world.Rng.Chance(0.3)) world.After(world.Between(2, 4), () => phone.Press("12"));
        if (world.Rng.Chance(0.1)) world.After(world.Between(2, 4), phone.Vanish);
    }

    private static void PlanCallee(SimWorld world, SimPhone phone, SimCustomer customer)
    {
        if (world.Rng.Chance(0.3)) phone.RefusesWith = 486;
        if (world.Rng.Chance(0.8)) phone.AnswersAfter = world.Between(0.05, 2);
        if (world.Rng.Chance(0.3)) phone.HangsUpAfter = world.Between(0, 2);
        if (world.Rng.Chance(0.1)) world.After(world.Between(1, 4), phone.Vanish);
        world.After(world.Between(0, 2), () => customer.Api.Dial(phone.Number, Ours, ringSeconds: 6));
    }
}
