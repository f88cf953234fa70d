using Ringwright.Core;

namespace Ringwright.Pure.Core;

/// <summary>So many at once, and so many a second.</summary>
public sealed class RationTests
{
    private Instant _now = new(5_000_000_000);

    [Fact]
    public void What_was_taken_grows_again()
    {
        var ration = new Ration(10, 4);
        Assert.True(ration.IsWhole(_now));
        Assert.Equal(10, Take(() => ration.TryTake(_now)));
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal(4, Take(() => ration.TryTake(_now)));
        Assert.False(ration.IsWhole(_now));
        _now += TimeSpan.FromSeconds(3);
        Assert.True(ration.IsWhole(_now));
        _now += TimeSpan.FromDays(1);
        Assert.Equal(10, Take(() => ration.TryTake(_now)));
    }

    [Fact]
    public void Each_has_its_own_and_who_has_all_of_it_is_forgotten()
    {
        var rations = new Rations<int>(2, 1);
        for (int key = 0; key < 1_024; key++) Assert.True(rations.TryTake(key, _now));
        Assert.Equal(1, Take(() => rations.TryTake(7, _now)));
        Assert.Equal(1_024, rations.Count);
        _now += TimeSpan.FromSeconds(1);
        // All but the one that took two.
        Assert.True(rations.TryTake(-1, _now));
        Assert.Equal(2, rations.Count);
        Assert.Equal(1, Take(() => rations.TryTake(7, _now)));
    }

    [Fact]
    public void What_costs_more_is_waited_for()
    {
        var rations = new Rations<int>(10, 4);
        Assert.True(rations.TryTake(1, _now));
        rations.Take(1, 12, _now);
        rations.Take(2, 12, _now);      // has taken nothing
        Assert.False(rations.TryTake(1, _now));
        Assert.Equal(10, Take(() => rations.TryTake(2, _now)));
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal(1, Take(() => rations.TryTake(1, _now)));
    }

    private static int Take(Func<bool> tryTake)
    {
        int taken = 0;
        for (int i = 0; i < 100; i++)
            if (tryTake()) taken++;
        return taken;
    }
}
