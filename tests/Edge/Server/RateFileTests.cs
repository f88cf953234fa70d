using Ringwright.Calls.Pricing;
using Ringwright.Server;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed class RateFileTests
{
    private static readonly SheetDefaults Defaults = new() { EffectiveFrom = DateTimeOffset.UnixEpoch };

    [Fact]
    public void A_line_that_is_no_price_stops_the_start_and_is_named()
    {
        using var folder = new TempFolder();
        string file = folder.File("rates.csv");
        File.WriteAllText(file, "+1,0.01,60,60\n+49,0.02\n");
        Assert.Equal($"{file}: 1 line is wrong, nothing was imported\n  line 2: 2 cells where 4 are expected",
            Assert.Throws<StartRefused>(() => RateFile.Read(file, Defaults)).Message);
        File.WriteAllText(file, "+1,0.01,60,60\n");
        Assert.Single(RateFile.Read(file, Defaults).Rates);
    }
}
