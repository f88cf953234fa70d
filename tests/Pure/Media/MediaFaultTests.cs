using Ringwright.Media.Protocol;

namespace Ringwright.Pure.Media;

/// <summary>Faults of ours over one port: counted, told once, and of no consequence for the other ports of its thread.</summary>
public sealed class MediaFaultTests
{
    [Fact]
    public void A_port_that_throws_at_each_tick_leaves_the_others_their_sound()
    {
        var world = new ShardWorld().Connected();
        var other = world.Open(1);
        world.Do(new MediaCommand.Connect(other, ShardWorld.Plan()));
        var id = Guid.NewGuid();
        world.Do(new MediaCommand.Play(world.Port, id, "torn", 1));
        world.Faulty = "torn";
        world.Out.Clear();
        world.Tick(5);
        Assert.Equal(5, world.Rtp.Count(packet => packet.Port == other));
        Assert.Equal(5, world.Shard.Counters.Faults);
        Assert.IsType<InvalidOperationException>(world.Shard.TakeFault());
        Assert.Null(world.Shard.TakeFault());
        world.Do(new MediaCommand.StopPlay(world.Port, id));
        world.Out.Clear();
        world.Tick(5);
        Assert.Equal(5, world.Rtp.Count(packet => packet.Port == world.Port));
        Assert.Equal(5, world.Shard.Counters.Faults);
    }
}
