using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class TrunkFailuresInFairWeather() : TrunkFailureScenarios(Weather.Fair);

public sealed class TrunkFailuresInFoulWeather() : TrunkFailureScenarios(Weather.Foul);

public sealed class TrunkFailuresInAStorm() : TrunkFailureScenarios(Weather.Storm);

/// <summary>Trunks that die and come back, flap, refuse and are full, while calls go on.</summary>
public abstract class TrunkFailureScenarios(Weather weather) : Scenario(weather)
{
    private static readonly TrunkId FirstTrunk = new(new Guid(1, 0, 0, new byte[8]));

    /// <summary>A number with two routes: gives the phones behind the first and the second trunk.</summary>
    private static (SimPhone First, SimPhone Second) TwoRoutes(SimWorld world)
    {
        var (first, second) = (world.Phone(Theirs), world.Place("+493012300002"));
        world.AlsoRoute(Theirs, second);
        foreach (var phone in (SimPhone[])[first, second])
        {
            phone.RingsAfter = TimeSpan.FromMinutes(1);
            (phone.AnswersAfter, phone.HangsUpAfter) = (world.Between(0.05, 0.3), world.Between(0.1, 0.5));
        }
        world.Customer("telnyx");
        return (first, second);
    }

    private static void DialEvery(SimWorld world, double seconds, double until)
    {
        for (double at = 0; at < until; at += seconds)
            world.After(TimeSpan.FromSeconds(at), () => world.Customer("telnyx").Api.Dial(Theirs, Ours));
    }

    private static double[] Waits(SimWorld world)
    {
        var begun = Told<CallEvent.LegInitiated>(world).ToDictionary(e => e.Leg.Id, e => e.At);
        return [.. Told<CallEvent.LegAnswered>(world).Select(e => (e.At - begun[e.Leg.Id]).TotalSeconds)];
    }

    private static void Finish(SimWorld world)
    {
        world.RemoveTrunks();
        world.AssertNothingLeft();
        Assert.Equal(0, world.Node.Health.CountPassedOver(world.Now));
    }

    [Theory, Seeds(20)]
    public void A_trunk_that_dies_costs_one_call_its_time_out_and_is_back_when_it_answers(ulong seed)
    {
        var world = World(seed, probeSeconds: 10);
        var (first, _) = TwoRoutes(world);
        world.RunFor(TimeSpan.FromSeconds(15));
        DialEvery(world, 5, until: 190);
        world.After(TimeSpan.FromSeconds(21), () => world.Net.Cut(first.Address.Address));
        world.After(world.Between(80, 120), () => world.Net.Heal(first.Address.Address));
        world.RunFor(TimeSpan.FromSeconds(200));
        Finish(world);
        if (!IsFair) return;
        Assert.Equal(38, Waits(world).Length);
        Assert.Single(Waits(world), wait => wait > 3.9);
        Assert.Equal(FirstTrunk, Told<CallEvent.LegEnded>(world).Last().Leg.Trunk);
    }

    [Theory, Seeds(20)]
    public void A_trunk_that_flaps_costs_few_calls_their_time(ulong seed)
    {
        var world = World(seed, probeSeconds: 10);
        var (first, _) = TwoRoutes(world);
        world.RunFor(TimeSpan.FromSeconds(15));
        DialEvery(world, 5, until: 600);
        for (int i = 0; i < 60; i++)
        {
            bool isCut = i % 2 == 0;
            world.After(TimeSpan.FromSeconds(10 * i + 1), () =>
            {
                if (isCut) world.Net.Cut(first.Address.Address);
                else world.Net.Heal(first.Address.Address);
            });
        }
        world.RunFor(TimeSpan.FromSeconds(640));
        Finish(world);
        if (IsFair) Assert.InRange(Waits(world).Count(wait => wait > 3.9), 1, 7);
    }

    [Theory, Seeds(20)]
    public void When_both_are_dead_calls_go_on_trying_and_the_first_that_is_back_has_them(ulong seed)
    {
        var world = World(seed);
        var (first, second) = TwoRoutes(world);
        SimPhone[] phones = [first, second];
        foreach (var phone in phones) world.Net.Cut(phone.Address.Address);
        DialEvery(world, 20, until: 400);
        world.After(TimeSpan.FromSeconds(200), () => world.Net.Heal(phones[world.Rng.Next(2)].Address.Address));
        world.RunFor(TimeSpan.FromSeconds(450));
        Finish(world);
        if (IsFair) Assert.NotEmpty(Told<CallEvent.LegAnswered>(world));
    }

    [Theory, Seeds(20)]
    public void No_trunk_has_more_calls_than_it_may_and_each_gives_its_channel_back(ulong seed)
    {
        var world = World(seed, trunkChannels: 1);
        TwoRoutes(world);
        DialEvery(world, 0.4, until: 20);
        world.RunFor(TimeSpan.FromSeconds(20));
        world.RunUntilQuiet();
        foreach (var trunk in world.Current.Trunks)
            Assert.True(world.Node.Health.Ask(trunk, Direction.Outbound, world.Now).IsOpen);
        Finish(world);
        Assert.All(world.Dialled, dialled => Assert.True(dialled.Ack.IsAccepted || dialled.Rule is "trunk_channel_limit"));
    }
}
