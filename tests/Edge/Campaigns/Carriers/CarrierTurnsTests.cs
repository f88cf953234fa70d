using Ringwright.Campaigns.Carriers;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Carriers;

public sealed class CarrierTurnsTests
{
    /// <summary>A reason has the data coding that the centre wrote: there are 256 of them.</summary>
    [Fact]
    public void A_carrier_that_says_ever_other_things_fills_no_log()
    {
        var clock = new FakeTimeProvider();
        var turns = new CarrierTurns(clock);
        int told = Enumerable.Range(0, 256).Count(n => turns.TryTell("north", $"its data coding {n} is that of no text", out _));
        Assert.Equal(120, told);
        Assert.False(turns.TryTell("north", "its data coding 200 is that of no text", out _));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(turns.TryTell("north", "its data coding 200 is that of no text", out long times));
        Assert.Equal(1, times);
    }
}
