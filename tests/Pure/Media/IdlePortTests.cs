using Ringwright.Media.Protocol;
using Ringwright.Media.Rtp;

namespace Ringwright.Pure.Media;

/// <summary>What a port keeps for a party to whom nobody listens, and who hears silence: most calls, for most of their time.</summary>
public sealed class IdlePortTests
{
    private const int Ports = 40, Ticks = 100, MostBytes = 12 * 1024;

    [Theory, InlineData(false), InlineData(true)]
    public void A_port_to_which_nobody_listens_has_no_memory_for_sound(bool talks)
    {
        var world = new ShardWorld().Connected();
        world.Run(2);
        var phone = MediaAddress.From(ShardWorld.Phone);
        byte[] packet = new byte[RtpPacket.HeaderBytes + 160];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i <= Ports; i++) world.Do(new MediaCommand.Connect(world.Open(i), ShardWorld.Plan()));
        for (int tick = 0; tick < Ticks; tick++)
        {
            world.Run(1);
            if (!talks) continue;
            RtpPacket.WriteHeader(packet, false, 0, (ushort)tick, 160 * (uint)tick, world.Source);
            for (int i = 1; i <= Ports; i++) world.Shard.HandlePacket(i, false, packet, phone, world.Now);
        }
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Ports, 0, MostBytes);
        Assert.Equal(talks ? Ports * Ticks : 0, world.Shard.Counters.PacketsReceived);
    }
}
