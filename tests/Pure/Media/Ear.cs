using Ringwright.Calls;
using Ringwright.Media.Taps;

namespace Ringwright.Pure.Media;

/// <summary>Hears by a tap what a port's party says: 20 ms in each tick, a second of it kept.</summary>
internal sealed class Ear
{
    private readonly TapMemory _memory;
    private long _next;

    public Ear(ShardWorld world, int rate)
    {
        var plan = new TapPlan(Guid.NewGuid(), TapTracks.Said, rate);
        _memory = new(plan, new byte[TapMemory.BytesFor(plan)]);
        world.Shard.OpenTap(world.Port, _memory);
    }

    /// <summary>Whole frames that came since the last call, as many as there is room for.</summary>
    /// <returns>Samples read.</returns>
    public int Read(Span<short> into)
    {
        _next = Math.Max(_next, _memory.Oldest);
        int count = 0;
        for (; _memory.HasFrame(_next) && count + _memory.FrameSamples <= into.Length; _next++, count += _memory.FrameSamples)
            Assert.True(_memory.TryGetFrame(_next, into[count..], out _));
        return count;
    }
}
