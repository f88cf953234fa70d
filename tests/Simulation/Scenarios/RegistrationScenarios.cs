using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class RegistrationsInFairWeather() : RegistrationScenarios(Weather.Fair);

public sealed class RegistrationsInFoulWeather() : RegistrationScenarios(Weather.Foul);

/// <summary>Customers' phones that register with the node: how their bindings live and end.</summary>
public abstract class RegistrationScenarios(Weather weather) : Scenario(weather)
{
    private const string User = "alice1", Desk = "+4989111";

    private static RegistrationState State(SimWorld world) => world.Node.Registrations.StatusOf(User).State;

    [Theory, Seeds(100)]
    public void A_phone_registers_refreshes_in_time_and_takes_its_binding_back(ulong seed)
    {
        var world = World(seed);
        var registration = world.Desk(User, Desk).Registration!;

        registration.Register(120);
        world.RunUntil(() => registration.IsRegistered);
        for (int i = 0; i < 8; i++)
        {
            world.RunFor(world.Between(40, 60));
            if (!world.IsExcused) Assert.Single(world.Node.Registrations.Find(User));
        }
        registration.Register(0);
        world.RunUntil(() => !registration.IsRegistered);
        if (!world.IsExcused)
        {
            Assert.Equal(RegistrationState.Unregistered, State(world));
            Assert.True(registration is { Confirmed: >= 5, Challenges: >= 1 });
        }
        world.AssertNothingLeft();
    }

    [Theory, Seeds(100)]
    public void A_binding_that_is_not_refreshed_expires_and_its_number_is_480(ulong seed)
    {
        var world = World(seed);
        var registration = world.Desk(User, Desk).Registration!;
        var caller = world.Phone(Theirs);

        registration.Register(60);
        world.RunUntil(() => registration.IsRegistered);
        registration.Neglect();
        if (!world.IsExcused) Assert.Equal(RegistrationState.Registered, State(world));
        world.RunFor(world.Between(60, 90));
        if (!world.IsExcused) Assert.Equal(RegistrationState.Expired, State(world));
        caller.Dial(Desk);
        world.RunUntil(() => caller.IsIdle);
        world.AssertNothingLeft();

        if (!world.IsExcused) Assert.Equal(480, caller.Call!.RefusedWith);
    }

    [Theory, Seeds(100)]
    public void After_a_crash_a_phone_is_registered_as_before_and_is_called(ulong seed)
    {
        var world = World(seed);
        var (desk, caller) = (world.Desk(User, Desk), world.Phone(Theirs));
        desk.AnswersAfter = TimeSpan.FromMilliseconds(200);

        desk.Registration!.Register(600);
        world.RunUntil(() => desk.Registration.IsRegistered);
        desk.Registration.Neglect();
        world.RunFor(world.Between(0, 2));
        world.Crash(world.Between(0.2, 3));
        world.RunFor(TimeSpan.FromSeconds(4));
        if (!world.IsExcused) Assert.Single(world.Node.Registrations.Find(User));
        caller.Dial(Desk);
        world.RunUntil(() => desk.IsEstablished || caller.IsIdle);
        caller.Hangup();
        world.AssertNothingLeft();

        if (!world.IsExcused) Assert.NotNull(desk.Call);
    }
}
