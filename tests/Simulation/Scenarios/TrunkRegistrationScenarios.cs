using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class TrunkRegistrationsInFairWeather() : TrunkRegistrationScenarios(Weather.Fair);

public sealed class TrunkRegistrationsInFoulWeather() : TrunkRegistrationScenarios(Weather.Foul);

/// <summary>The node registers with a trunk, which then calls the Contact that it was given.</summary>
public abstract class TrunkRegistrationScenarios(Weather weather) : Scenario(weather)
{
    /// <summary>The node stops and takes its binding back.</summary>
    private static void Finish(SimWorld world, SimRegistrar registrar)
    {
        world.Node.Stop(HangupCause.NodeShutdown);
        world.AssertNothingLeft();
        if (world.IsExcused) return;
        Assert.Null(registrar.Binding);
        Assert.Equal(0, registrar.Expired);
    }

    private static bool IsRegistered(SimWorld world) =>
        world.Node.Trunks.StatusOf(SimWorld.RegisteredTrunk) is { State: TrunkRegistrationState.Registered };

    [Theory, Seeds(100)]
    public void The_node_registers_refreshes_in_time_and_takes_its_binding_back(ulong seed)
    {
        var world = World(seed);
        var registrar = world.Registrar(seconds: 300);
        world.RunUntil(() => IsRegistered(world));
        for (int i = 0; i < 8; i++)
        {
            world.RunFor(world.Between(100, 150));
            if (!world.IsExcused) Assert.True(IsRegistered(world) && registrar.Binding is not null);
        }
        if (!world.IsExcused) Assert.True(registrar is { Registered: >= 3, Challenges: >= 1 });
        world.RunUntil(() => world.Node.Snapshot(0).IsEmpty);
        Finish(world, registrar);
    }

    [Theory, Seeds(100)]
    public void A_call_to_the_registered_Contact_is_the_trunks(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));
        var registrar = world.Registrar(seconds: 300);
        var caller = world.Place(Theirs);
        caller.HangsUpAfter = world.Between(0, 2);

        world.RunUntil(() => IsRegistered(world));
        if (registrar.Binding is not { } binding) return;
        caller.Dial(Ours, binding.Contact);
        world.RunUntil(() => Told<CallEvent.LegEnded>(world).Any());
        world.RunUntil(() => world.Node.Snapshot(0).IsEmpty);
        Finish(world, registrar);
        if (world.IsExcused) return;

        Assert.Equal((Ours, SimWorld.RegisteredTrunk), (Ended(world).Leg.To, Ended(world).Leg.Trunk));
        Assert.Equal(HangupCause.RemoteHangup, Ended(world).Cause);
    }
}
