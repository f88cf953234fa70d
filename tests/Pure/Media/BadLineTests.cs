using Ringwright.Calls;
using Ringwright.Media.Protocol;

namespace Ringwright.Pure.Media;

public sealed class BadLineTests
{
    private static readonly LineFault Fault = new(0.02, TimeSpan.FromMilliseconds(40), Seed: 7);

    private static ShardWorld Talk(LineFault? fault, int ticks)
    {
        var world = new ShardWorld().Connected();
        if (fault is not null) world.Do(new MediaCommand.Degrade(world.Port, fault));
        for (int i = 0; i < ticks; i++)
        {
            world.Hear();
            world.Tick();
        }
        return world;
    }

    private static PortStatistics Close(ShardWorld world)
    {
        world.Do(new MediaCommand.Close(world.Port));
        return world.Events.OfType<MediaEvent.Closed>().Single().Statistics;
    }

    [Fact]
    public void A_bad_line_loses_what_comes_in_and_makes_it_uneven()
    {
        var statistics = Close(Talk(Fault, 2_000));
        Assert.InRange(statistics.PacketsLost, 20, 65);
        Assert.InRange(statistics.JitterMaxMilliseconds, 5, 45);
    }

    [Fact]
    public void A_bad_line_loses_what_goes_out_and_delays_the_rest()
    {
        var world = Talk(Fault, 2_000);
        var sequences = world.Rtp.Select(p => (int)p.Sequence).ToList();
        Assert.InRange(sequences.Count, 1_935, 1_980);
        Assert.Equal(sequences.Count, sequences.Distinct().Count());
        // Overtaken by at most what fits into the delay.
        Assert.Contains(sequences.Zip(sequences.Skip(1)), pair => (short)(pair.Second - pair.First) < 0);
        Assert.DoesNotContain(sequences.Zip(sequences.Skip(1)), pair => (short)(pair.Second - pair.First) < -3);
    }

    [Fact]
    public void The_seed_fixes_the_harm()
    {
        Assert.Equal(Talk(Fault, 500).Rtp.Select(p => p.Sequence), Talk(Fault, 500).Rtp.Select(p => p.Sequence));
        Assert.NotEqual(Talk(Fault, 500).Rtp.Select(p => p.Sequence), Talk(Fault with { Seed = 8 }, 500).Rtp.Select(p => p.Sequence));
    }

    [Fact]
    public void The_next_lease_of_the_port_has_a_good_line()
    {
        var world = Talk(Fault, 10);
        Close(world);
        var next = PortId.Compose(3, 0, 2);
        world.Shard.Open(next, ShardWorld.Leg, world.Now);
        world.Do(new MediaCommand.Connect(next, ShardWorld.Plan()));
        world.Out.Clear();
        world.Tick(200);
        Assert.Equal(200, world.Rtp.Length);
    }
}
