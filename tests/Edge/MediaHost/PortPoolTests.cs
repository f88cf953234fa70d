using Ringwright.MediaHost;
using Ringwright.Testing;

namespace Ringwright.Edge.MediaHost;

/// <summary>Port pairs that are bound and unbound by who leases them, while whoever has them may be ending.</summary>
public sealed class PortPoolTests
{
    private const int Pairs = 4;

    private static PortPool Pool()
    {
        int first = FreePort.UdpRange(2 * Pairs);
        var network = new MediaNetwork { FirstPort = first, LastPort = first + 2 * Pairs - 1 };
        return Assert.Single(PortPool.Of(new() { Networks = [network], WarmPairs = 1 }));
    }

    [Fact]
    public void A_pair_that_is_unbound_twice_is_bound_once()
    {
        using var pool = Pool();
        pool.Start();
        Assert.True(pool.TryTake(out var slot));
        pool.Unbind(slot);
        pool.Unbind(slot);
        Assert.False(slot.IsBound);
        List<PortSlot> taken = [];
        while (pool.TryTake(out var next)) taken.Add(next);
        Assert.Equal(Pairs, taken.Distinct().Count());
        Assert.Equal(Pairs, taken.Count);
        Assert.All(taken, one => Assert.True(one.IsBound));
    }

    [Fact]
    public void Of_several_who_unbind_a_pair_one_closes_it()
    {
        using var pool = Pool();
        for (int round = 0; round < 50; round++)
        {
            var slot = pool.Slots[round % Pairs];
            Assert.True(slot.TryBind(out _));
            int closed = 0;
            Parallel.For(0, 4, _ =>
            {
                if (slot.Unbind()) Interlocked.Increment(ref closed);
            });
            Assert.Equal(1, closed);
        }
    }

    [Fact]
    public void A_pair_that_is_bound_keeps_its_sockets_when_it_is_to_be_bound_once_more()
    {
        using var pool = Pool();
        var slot = pool.Slots[0];
        Assert.True(slot.TryBind(out _));
        var (rtp, rtcp) = (slot.Rtp, slot.Rtcp);
        Assert.False(slot.TryBind(out int error));
        Assert.Equal((rtp, rtcp, 0), (slot.Rtp, slot.Rtcp, error));
    }

    [Fact]
    public void What_has_ended_binds_nothing_more_for_who_still_asks()
    {
        using var pool = Pool();
        pool.Start();
        Assert.True(pool.TryTake(out var slot));
        pool.Dispose();
        Assert.Empty(pool.TakeAll(Pairs));
        pool.Unbind(slot);
        pool.Dispose();
        Assert.All(pool.Slots, one => Assert.False(one.IsBound));
    }
}
