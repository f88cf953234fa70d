using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class LampsInFairWeather() : LampScenarios(Weather.Fair);

public sealed class LampsInFoulWeather() : LampScenarios(Weather.Foul);

/// <summary>A customer's phone watches a colleague, whose calls live on any of the shards.</summary>
public abstract class LampScenarios(Weather weather) : Scenario(weather)
{
    private const string User = "alice1", Desk = "+4989111", Watcher = "reception";

    [Theory, Seeds(60)]
    public void A_lamp_follows_the_calls_of_a_colleague_and_is_dark_at_the_end(ulong seed)
    {
        var world = World(seed);
        var (desk, watcher, other) = (world.Desk(User, Desk), world.Desk(Watcher, "+4989112"), world.Phone(Theirs));
        other.AnswersAfter = world.Between(0.5, 2);
        var lamp = watcher.Lamp!;
        lamp.Watch(User);
        world.RunUntil(() => lamp.Shows is not null);
        for (int i = 0; i < 3; i++)
        {
            lamp.Seen.Clear();
            desk.Dial(Theirs);
            world.RunFor(world.Between(4, 40));
            if (IsFair && desk.IsEstablished) Assert.Equal(["confirmed"], lamp.Shows);
            desk.Hangup();
            world.RunFor(world.Between(2, 40));
            if (IsFair) Assert.Empty(lamp.Shows!);
            if (IsFair) Assert.Contains("confirmed", lamp.Seen);
        }
        other.Hangup();
        world.RunFor(TimeSpan.FromSeconds(60));
        if (!world.IsExcused && lamp.IsOn) Assert.Empty(lamp.Shows!);
        lamp.Unwatch();
        world.RunFor(TimeSpan.FromSeconds(1));
        if (!IsFair) world.Node.Stop(HangupCause.NodeShutdown);
        world.AssertNothingLeft();
    }

    /// <summary>The phone is gone: its subscription is over after the first NOTIFY that nobody answers.</summary>
    [Theory, Seeds(30)]
    public void A_watcher_that_vanishes_leaves_nothing(ulong seed)
    {
        var world = World(seed);
        var (desk, watcher, other) = (world.Desk(User, Desk), world.Desk(Watcher, "+4989112"), world.Phone(Theirs));
        other.AnswersAfter = world.Between(0.1, 1);
        watcher.Lamp!.Watch(User);
        world.RunUntil(() => watcher.Lamp.Shows is not null);
        watcher.Vanish();
        desk.Dial(Theirs);
        world.RunFor(world.Between(5, 10));
        desk.Hangup();
        other.Hangup();
        watcher.Lamp.Neglect();
        if (!IsFair)
        {
            world.RunFor(TimeSpan.FromSeconds(40));
            world.Node.Stop(HangupCause.NodeShutdown);
        }
        world.AssertNothingLeft();
    }
}
